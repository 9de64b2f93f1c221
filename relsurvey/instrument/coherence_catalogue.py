"""Every kind of contradiction that `coherence` knows, with what to do about it."""

from __future__ import annotations

from relsurvey.instrument.problem_kind import Kind
from relsurvey.problems import Problem


def finding(code: str, place: str, found: object = "") -> Problem:
    """Make the row for one contradiction of a catalogued kind."""
    return CATALOGUE[code].problem(code, column=place, found=str(found))


CATALOGUE: dict[str, Kind] = {
    # ids
    "empty_id": Kind("error", "et id", "an id", "Giv delen et id.", "Give the part an id."),
    "duplicate_id": Kind(
        "error",
        "et id, som kun bruges én gang",
        "an id that is used once",
        "Giv den ene et andet id.",
        "Give one of them another id.",
    ),
    "column_clash": Kind(
        "error",
        "forskellige id'er til spørgsmål, baggrundsfelter og begreber",
        "different ids for items, background fields and constructs",
        "Giv den ene et andet id: begge bliver kolonner i samme tabel.",
        "Give one of them another id: both become columns of the same table.",
    ),
    "awkward_item_id": Kind(
        "warning",
        "et lille bogstav, så højst 19 små bogstaver og tal",
        "a lower-case letter, then at most 19 lower-case letters and digits",
        "Vælg et id, som alle spørgeskemaværktøjer kan bruge.",
        "Choose an id that every survey tool can carry.",
    ),
    # texts
    "no_language": Kind(
        "error",
        "mindst ét sprog",
        "at least one language",
        "Skriv sprogene under `languages`.",
        "Write the languages under `languages`.",
    ),
    "language_absent": Kind(
        "error",
        "tekster på sproget",
        "texts in the language",
        "Oversæt teksterne, eller fjern sproget fra `languages`.",
        "Translate the texts, or remove the language from `languages`.",
    ),
    "undeclared_language": Kind(
        "warning",
        "et sprog fra `languages`",
        "a language listed under `languages`",
        "Tilføj sproget under `languages`, eller fjern teksten.",
        "Add the language under `languages`, or remove the text.",
    ),
    "missing_translation": Kind(
        "error",
        "en tekst på hvert af instrumentets sprog",
        "a text in each language of the instrument",
        "Skriv teksten på det sprog, der mangler.",
        "Write the text in the language that is missing.",
    ),
    "empty_text": Kind("error", "en tekst", "a text", "Skriv teksten.", "Write the text."),
    # response scales
    "too_few_options": Kind(
        "error",
        "mindst to svarmuligheder",
        "at least two answer options",
        "Tilføj svarmuligheder.",
        "Add answer options.",
    ),
    "duplicate_code": Kind(
        "error",
        "en kode, som kun bruges én gang",
        "a code that is used once",
        "Giv den ene svarmulighed en anden kode.",
        "Give one of the options another code.",
    ),
    "unordered_codes": Kind(
        "error",
        "stigende koder, laveste svar først",
        "rising codes, the lowest answer first",
        "Ret rækkefølgen.",
        "Correct the order.",
    ),
    "uneven_codes": Kind(
        "warning",
        "koder med samme afstand",
        "evenly spaced codes",
        "Overvej koderne: et vendt svar rammer ellers en kode, der ikke findes.",
        "Reconsider the codes: a reversed answer would otherwise meet a code that does not exist.",
    ),
    "missing_code_collides": Kind(
        "error",
        "en kode uden for skalaen",
        "a code outside the scale",
        "Giv koden for manglende svar en værdi, som ingen svarmulighed har.",
        "Give the missing code a value that no answer option has.",
    ),
    "duplicate_label": Kind(
        "error",
        "forskellige tekster til forskellige koder",
        "different labels for different codes",
        "Skriv teksterne, så svar kan genkendes på teksten alene.",
        "Write the labels so that an answer can be told from its label alone.",
    ),
    "label_is_other_code": Kind(
        "warning",
        "en tekst, som ikke er en anden svarmuligheds kode",
        "a label that is not another option's code",
        "Ret teksten eller koden.",
        "Correct the label or the code.",
    ),
    "unused_scale": Kind(
        "note",
        "en skala, som bruges",
        "a scale that is used",
        "Fjern skalaen, eller brug den.",
        "Remove the scale, or use it.",
    ),
    # constructs and items
    "unknown_construct": Kind(
        "error",
        "et begreb, som findes",
        "a construct that exists",
        "Ret navnet, eller tilføj begrebet.",
        "Correct the name, or add the construct.",
    ),
    "unknown_facet": Kind(
        "error",
        "en facet, som begrebet har",
        "a facet that the construct has",
        "Ret navnet, eller tilføj facetten.",
        "Correct the name, or add the facet.",
    ),
    "unknown_response_scale": Kind(
        "error",
        "en svarskala, som findes",
        "a response scale that exists",
        "Ret navnet, eller tilføj skalaen.",
        "Correct the name, or add the scale.",
    ),
    "construct_without_item": Kind(
        "error",
        "mindst ét spørgsmål",
        "at least one item",
        "Tilføj spørgsmål, eller fjern begrebet.",
        "Add items, or remove the construct.",
    ),
    "single_item_construct": Kind(
        "note",
        "flere spørgsmål om samme begreb",
        "several items for one construct",
        "Vær klar over, at pålidelighed ikke kan beregnes.",
        "Be aware that reliability cannot be computed.",
    ),
    "mixed_scales": Kind(
        "warning",
        "én svarskala inden for et begreb",
        "one response scale within a construct",
        "Brug samme skala: ellers kan svarene ikke lægges sammen.",
        "Use the same scale: otherwise the answers cannot be averaged.",
    ),
    "facet_without_item": Kind(
        "warning",
        "mindst ét spørgsmål om hver facet",
        "at least one item for each facet",
        "Tilføj et spørgsmål, eller fjern facetten.",
        "Add an item, or remove the facet.",
    ),
    "item_without_facet": Kind(
        "warning",
        "en af begrebets facetter",
        "one of the construct's facets",
        "Skriv, hvilken facet spørgsmålet hører til.",
        "Write which facet the item belongs to.",
    ),
    "reverse_without_pair": Kind(
        "warning",
        "et ligefremt spørgsmål ved siden af det vendte",
        "a regularly keyed item beside the reversed one",
        "Tilføj et ligefremt spørgsmål om det samme.",
        "Add a regularly keyed item on the same content.",
    ),
    "long_item": Kind(
        "warning",
        "højst 20 ord",
        "at most 20 words",
        "Gør spørgsmålet kortere.",
        "Shorten the item.",
    ),
    "duplicate_text": Kind(
        "warning",
        "spørgsmål med hver sin ordlyd",
        "items that are worded differently",
        "Ret det ene spørgsmål, eller fjern det.",
        "Reword one of the items, or remove it.",
    ),
    # forms and background
    "no_form": Kind(
        "error", "mindst ét skema", "at least one form", "Tilføj et skema.", "Add a form."
    ),
    "empty_block": Kind(
        "error",
        "mindst ét spørgsmål på hver side",
        "at least one item on each page",
        "Tilføj spørgsmål, eller fjern siden.",
        "Add items, or remove the page.",
    ),
    "item_in_no_form": Kind(
        "warning",
        "et spørgsmål, som indgår i et skema",
        "an item that stands in a form",
        "Sæt spørgsmålet ind i et skema, eller fjern det.",
        "Put the item into a form, or remove it.",
    ),
    "item_twice_in_form": Kind(
        "error",
        "hvert spørgsmål én gang i et skema",
        "each item once in a form",
        "Fjern den ene.",
        "Remove one of the two.",
    ),
    "unknown_item": Kind(
        "error",
        "et spørgsmål, som findes",
        "an item that exists",
        "Ret navnet, eller tilføj spørgsmålet.",
        "Correct the name, or add the item.",
    ),
    "unknown_background": Kind(
        "error",
        "et baggrundsfelt, som findes",
        "a background field that exists",
        "Ret navnet, eller tilføj feltet.",
        "Correct the name, or add the field.",
    ),
    "leader_text_missing": Kind(
        "error",
        "spørgsmålet i jeg-form til lederens eget skema",
        "the item in the first person for the leader's own form",
        "Skriv `leader_text`, eller tag spørgsmålet ud af skemaet.",
        "Write `leader_text`, or take the item out of the form.",
    ),
    "options_expected": Kind(
        "error",
        "svarmuligheder til et valgfelt",
        "options for a choice field",
        "Tilføj `options`.",
        "Add `options`.",
    ),
    "options_unused": Kind(
        "warning",
        "svarmuligheder kun til valgfelter",
        "options for choice fields only",
        "Fjern `options`, eller gør feltet til `choice`.",
        "Remove `options`, or make the field a `choice`.",
    ),
    "impossible_bounds": Kind(
        "error",
        "en nedre grænse under den øvre, og kun til tal",
        "a lower bound below the upper one, and for numbers only",
        "Ret `low` og `high`.",
        "Correct `low` and `high`.",
    ),
    "unknown_language": Kind(
        "error",
        "et af instrumentets sprog",
        "one of the instrument's languages",
        "Ret sproget i oversættelsesloggen.",
        "Correct the language in the translation log.",
    ),
}

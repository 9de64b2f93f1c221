"""Every kind of contradiction that `coherence` knows, with what to do about it."""

from __future__ import annotations

from relsurvey.problem_kind import Kind
from relsurvey.problems import Problem


def finding(code: str, place: str, found: object = "") -> Problem:
    """Make the row for one contradiction of a catalogued kind."""
    return CATALOGUE[code].problem(code, column=place, found=str(found))


CATALOGUE: dict[str, Kind] = {
    # ids
    "empty_id": Kind("error", "an id", "et id", "Give the part an id.", "Giv delen et id."),
    "duplicate_id": Kind(
        "error",
        "an id that is used once",
        "et id, som kun bruges én gang",
        "Give one of them another id.",
        "Giv den ene et andet id.",
    ),
    "column_clash": Kind(
        "error",
        "different ids for items, background fields and constructs",
        "forskellige id'er til spørgsmål, baggrundsfelter og begreber",
        "Give one of them another id: both become columns of the same table.",
        "Giv den ene et andet id: begge bliver kolonner i samme tabel.",
    ),
    "awkward_item_id": Kind(
        "warning",
        "a lower-case letter, then at most 19 lower-case letters and digits",
        "et lille bogstav, så højst 19 små bogstaver og tal",
        "Choose an id that every survey tool can carry.",
        "Vælg et id, som alle spørgeskemaværktøjer kan bruge.",
    ),
    # texts
    "no_language": Kind(
        "error",
        "at least one language",
        "mindst ét sprog",
        "Write the languages under `languages`.",
        "Skriv sprogene under `languages`.",
    ),
    "language_absent": Kind(
        "error",
        "texts in the language",
        "tekster på sproget",
        "Translate the texts, or remove the language from `languages`.",
        "Oversæt teksterne, eller fjern sproget fra `languages`.",
    ),
    "undeclared_language": Kind(
        "warning",
        "a language listed under `languages`",
        "et sprog fra `languages`",
        "Add the language under `languages`, or remove the text.",
        "Tilføj sproget under `languages`, eller fjern teksten.",
    ),
    "missing_translation": Kind(
        "error",
        "a text in each language of the instrument",
        "en tekst på hvert af instrumentets sprog",
        "Write the text in the language that is missing.",
        "Skriv teksten på det sprog, der mangler.",
    ),
    "empty_text": Kind("error", "a text", "en tekst", "Write the text.", "Skriv teksten."),
    # response scales
    "too_few_options": Kind(
        "error",
        "at least two answer options",
        "mindst to svarmuligheder",
        "Add answer options.",
        "Tilføj svarmuligheder.",
    ),
    "duplicate_code": Kind(
        "error",
        "a code that is used once",
        "en kode, som kun bruges én gang",
        "Give one of the options another code.",
        "Giv den ene svarmulighed en anden kode.",
    ),
    "unordered_codes": Kind(
        "error",
        "rising codes, the lowest answer first",
        "stigende koder, laveste svar først",
        "Correct the order.",
        "Ret rækkefølgen.",
    ),
    "uneven_codes": Kind(
        "warning",
        "evenly spaced codes",
        "koder med samme afstand",
        "Reconsider the codes: a reversed answer would otherwise meet a code that does not exist.",
        "Overvej koderne: et vendt svar rammer ellers en kode, der ikke findes.",
    ),
    "missing_code_collides": Kind(
        "error",
        "a code outside the scale",
        "en kode uden for skalaen",
        "Give the missing code a value that no answer option has.",
        "Giv koden for manglende svar en værdi, som ingen svarmulighed har.",
    ),
    "duplicate_label": Kind(
        "error",
        "different labels for different codes",
        "forskellige tekster til forskellige koder",
        "Write the labels so that an answer can be told from its label alone.",
        "Skriv teksterne, så svar kan genkendes på teksten alene.",
    ),
    "label_is_other_code": Kind(
        "warning",
        "a label that is not another option's code",
        "en tekst, som ikke er en anden svarmuligheds kode",
        "Correct the label or the code.",
        "Ret teksten eller koden.",
    ),
    "unused_scale": Kind(
        "note",
        "a scale that is used",
        "en skala, som bruges",
        "Remove the scale, or use it.",
        "Fjern skalaen, eller brug den.",
    ),
    # constructs and items
    "unknown_construct": Kind(
        "error",
        "a construct that exists",
        "et begreb, som findes",
        "Correct the name, or add the construct.",
        "Ret navnet, eller tilføj begrebet.",
    ),
    "unknown_facet": Kind(
        "error",
        "a facet that the construct has",
        "en facet, som begrebet har",
        "Correct the name, or add the facet.",
        "Ret navnet, eller tilføj facetten.",
    ),
    "unknown_response_scale": Kind(
        "error",
        "a response scale that exists",
        "en svarskala, som findes",
        "Correct the name, or add the scale.",
        "Ret navnet, eller tilføj skalaen.",
    ),
    "construct_without_item": Kind(
        "error",
        "at least one item",
        "mindst ét spørgsmål",
        "Add items, or remove the construct.",
        "Tilføj spørgsmål, eller fjern begrebet.",
    ),
    "single_item_construct": Kind(
        "note",
        "several items for one construct",
        "flere spørgsmål om samme begreb",
        "Be aware that reliability cannot be computed.",
        "Vær klar over, at pålidelighed ikke kan beregnes.",
    ),
    "mixed_scales": Kind(
        "warning",
        "one response scale within a construct",
        "én svarskala inden for et begreb",
        "Use the same scale: otherwise the answers cannot be averaged.",
        "Brug samme skala: ellers kan svarene ikke lægges sammen.",
    ),
    "facet_without_item": Kind(
        "warning",
        "at least one item for each facet",
        "mindst ét spørgsmål om hver facet",
        "Add an item, or remove the facet.",
        "Tilføj et spørgsmål, eller fjern facetten.",
    ),
    "item_without_facet": Kind(
        "warning",
        "one of the construct's facets",
        "en af begrebets facetter",
        "Write which facet the item belongs to.",
        "Skriv, hvilken facet spørgsmålet hører til.",
    ),
    "reverse_without_pair": Kind(
        "warning",
        "a regularly keyed item beside the reversed one",
        "et ligefremt spørgsmål ved siden af det vendte",
        "Add a regularly keyed item on the same content.",
        "Tilføj et ligefremt spørgsmål om det samme.",
    ),
    "long_item": Kind(
        "warning",
        "at most 20 words",
        "højst 20 ord",
        "Shorten the item.",
        "Gør spørgsmålet kortere.",
    ),
    "duplicate_text": Kind(
        "warning",
        "items that are worded differently",
        "spørgsmål med hver sin ordlyd",
        "Reword one of the items, or remove it.",
        "Ret det ene spørgsmål, eller fjern det.",
    ),
    # forms and background
    "no_form": Kind(
        "error", "at least one form", "mindst ét skema", "Add a form.", "Tilføj et skema."
    ),
    "empty_block": Kind(
        "error",
        "at least one item on each page",
        "mindst ét spørgsmål på hver side",
        "Add items, or remove the page.",
        "Tilføj spørgsmål, eller fjern siden.",
    ),
    "item_in_no_form": Kind(
        "warning",
        "an item that stands in a form",
        "et spørgsmål, som indgår i et skema",
        "Put the item into a form, or remove it.",
        "Sæt spørgsmålet ind i et skema, eller fjern det.",
    ),
    "item_twice_in_form": Kind(
        "error",
        "each item once in a form",
        "hvert spørgsmål én gang i et skema",
        "Remove one of the two.",
        "Fjern den ene.",
    ),
    "unknown_item": Kind(
        "error",
        "an item that exists",
        "et spørgsmål, som findes",
        "Correct the name, or add the item.",
        "Ret navnet, eller tilføj spørgsmålet.",
    ),
    "unknown_background": Kind(
        "error",
        "a background field that exists",
        "et baggrundsfelt, som findes",
        "Correct the name, or add the field.",
        "Ret navnet, eller tilføj feltet.",
    ),
    "leader_text_missing": Kind(
        "error",
        "the item in the first person for the leader's own form",
        "spørgsmålet i jeg-form til lederens eget skema",
        "Write `leader_text`, or take the item out of the form.",
        "Skriv `leader_text`, eller tag spørgsmålet ud af skemaet.",
    ),
    "options_expected": Kind(
        "error",
        "options for a choice field",
        "svarmuligheder til et valgfelt",
        "Add `options`.",
        "Tilføj `options`.",
    ),
    "options_unused": Kind(
        "warning",
        "options for choice fields only",
        "svarmuligheder kun til valgfelter",
        "Remove `options`, or make the field a `choice`.",
        "Fjern `options`, eller gør feltet til `choice`.",
    ),
    "impossible_bounds": Kind(
        "error",
        "a lower bound below the upper one, and for numbers only",
        "en nedre grænse under den øvre, og kun til tal",
        "Correct `low` and `high`.",
        "Ret `low` og `high`.",
    ),
    "unknown_language": Kind(
        "error",
        "one of the instrument's languages",
        "et af instrumentets sprog",
        "Correct the language in the translation log.",
        "Ret sproget i oversættelsesloggen.",
    ),
}

"""What can be changed while answers are read, and why, in plain Danish and English."""

from __future__ import annotations

from relsurvey.responses.source import Change

# code: what in English and Danish, why in English and Danish
CHANGES: dict[str, tuple[str, str, str, str]] = {
    "long_row": (
        "row left out",
        "række udeladt",
        "it has more cells than there are column names",
        "den har flere celler, end der er kolonnenavne",
    ),
    "tool_column": (
        "column not read",
        "kolonne ikke læst",
        "the survey tool added it",
        "surveyværktøjet har tilføjet den",
    ),
    "personal_column": (
        "column not read",
        "kolonne ikke læst",
        "it tells who somebody is",
        "den fortæller, hvem nogen er",
    ),
    "header_row": (
        "row left out",
        "række udeladt",
        "it belongs to the headings",
        "den hører til overskrifterne",
    ),
    "preview_answer": (
        "answer left out",
        "besvarelse udeladt",
        "it was given in a preview or a test",
        "den er givet i en forhåndsvisning eller en prøve",
    ),
    "partial_answer": (
        "answer left out",
        "besvarelse udeladt",
        "it was not sent off; partial answers are kept when that is asked for",
        "den er ikke sendt af; ufuldstændige besvarelser tages med, når der bedes om det",
    ),
    "no_answer_given": (
        "row left out",
        "række udeladt",
        "the person was invited and gave no answer",
        "personen er inviteret, men har ikke svaret",
    ),
    "unknown_column": (
        "column not read",
        "kolonne ikke læst",
        "it is not in the questionnaire",
        "den hører ikke til spørgeskemaet",
    ),
    "personal_numbers": (
        "column not read",
        "kolonne ikke læst",
        "it seems to hold CPR numbers",
        "den ser ud til at indeholde CPR-numre",
    ),
    "email_addresses": (
        "column not read",
        "kolonne ikke læst",
        "it seems to hold e-mail addresses",
        "den ser ud til at indeholde e-mailadresser",
    ),
    "duplicate_column": (
        "columns not read",
        "kolonner ikke læst",
        "they have the same name and differ",
        "de har samme navn og er forskellige",
    ),
    "no_respondent_column": (
        "id made from the row number",
        "id dannet ud fra rækkenummeret",
        "the file has no column respondent",
        "filen har ingen kolonne respondent",
    ),
    "blank_respondent": (
        "id made from the row number",
        "id dannet ud fra rækkenummeret",
        "the cell is blank",
        "cellen er tom",
    ),
    "label_read": (
        "answer text read as code",
        "svartekst læst som kode",
        "the file holds answer texts",
        "filen indeholder svartekster",
    ),
    "value_label_read": (
        "code replaced by that of its value label",
        "kode erstattet af værditekstens kode",
        "the file's value labels disagree with its codes, and what people saw decides",
        "filens værditekster passer ikke med dens koder, og det, folk så, afgør det",
    ),
    "position_read": (
        "place in the list read as code",
        "plads i listen læst som kode",
        "the file was said to hold places",
        "filen er angivet at indeholde pladser",
    ),
    "unit_compared_as": (
        "unit renamed",
        "enhed omdøbt",
        "the file of units says what it is compared as",
        "enhedsfilen siger, hvad den sammenlignes som",
    ),
    "mark_read": (
        "cell read as blank",
        "celle læst som tom",
        "it holds NA or #NULL!, which programs write for nothing",
        "den indeholder NA eller #NULL!, som programmer skriver for ingenting",
    ),
    "declared_missing": (
        "cell read as blank",
        "celle læst som tom",
        "the file declares its value to be no answer",
        "filen angiver, at værdien ikke er et svar",
    ),
    "roster_wins": (
        "column replaced",
        "kolonne erstattet",
        "the roster has it too, and the roster's values are used",
        "enhedslisten har den også, og dens værdier er brugt",
    ),
    "unknown_unit": (
        "no roster facts added",
        "ingen oplysninger tilføjet fra enhedslisten",
        "the unit is not in the roster",
        "enheden står ikke i enhedslisten",
    ),
    "nameless_unit": (
        "roster row left out",
        "række i enhedslisten udeladt",
        "it names no unit",
        "den angiver ingen enhed",
    ),
    "duplicate_unit": (
        "roster row left out",
        "række i enhedslisten udeladt",
        "the unit stands further up already",
        "enheden står allerede længere oppe",
    ),
    "counted_by_leader": (
        "span of control filled in",
        "ledelsesspænd udfyldt",
        "answers per leader counted; a lower bound, because people who did not answer are missing",
        "svar pr. leder er talt; en nedre grænse, fordi de, der ikke svarede, mangler",
    ),
    "counted_by_unit": (
        "span of control filled in",
        "ledelsesspænd udfyldt",
        "answers per unit counted; a lower bound, because people who did not answer are missing",
        "svar pr. enhed er talt; en nedre grænse, fordi de, der ikke svarede, mangler",
    ),
}


def change(code: str, column: str, n: int) -> Change:
    """Make a change of one kind."""
    what, what_da, why, why_da = CHANGES[code]
    return Change(what=what, column=column, n=n, why=why, what_da=what_da, why_da=why_da, code=code)

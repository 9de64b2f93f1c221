"""Problems of single cells, in plain Danish and English."""

from __future__ import annotations

from relsurvey.problem_kind import Kind

KINDS_OF_CELLS: dict[str, Kind] = {
    "unknown_code": Kind(
        "error",
        "one of {codes}, or blank",
        "en af {codes}, eller tom",
        "Correct the cell; until then it counts as not answered.",
        "Ret cellen; indtil da tæller den som ubesvaret.",
    ),
    "unknown_label": Kind(
        "error",
        "one of {codes}, or a label of the scale{nearest_en}",
        "en af {codes} eller en svartekst fra skalaen{nearest_da}",
        "Correct the cell; until then it counts as not answered.",
        "Ret cellen; indtil da tæller den som ubesvaret.",
    ),
    "ambiguous_label": Kind(
        "error",
        "a text that stands for one answer only ({codes})",
        "en tekst, der kun står for ét svar ({codes})",
        "The text can mean several answers, and nothing was guessed. Name the language of the "
        "answers, or export codes instead of texts.",
        "Teksten kan betyde flere svar, og der er ikke gættet. Angiv svarenes sprog, eller "
        "eksportér koder i stedet for tekster.",
    ),
    "codes_and_labels": Kind(
        "note",
        "codes only or texts only",
        "kun koder eller kun tekster",
        "The column mixes codes and texts. Each has one meaning only, so all were read.",
        "Kolonnen blander koder og tekster. Hver har kun én betydning, så alle er læst.",
    ),
    "unfamiliar_value_labels": Kind(
        "warning",
        "value labels that the instrument knows",
        "værditekster, som instrumentet kender",
        "The codes were read as they are. Make sure that they mean the same as in the instrument.",
        "Koderne er læst, som de er. Se efter, at de betyder det samme som i instrumentet.",
    ),
    "unknown_option": Kind(
        "error",
        "one of {options}{nearest_en}",
        "en af {options}{nearest_da}",
        "Correct the cell; until then it counts as blank.",
        "Ret cellen; indtil da tæller den som tom.",
    ),
    "not_a_number": Kind(
        "error",
        "a number",
        "et tal",
        "Correct the cell; until then it counts as blank.",
        "Ret cellen; indtil da tæller den som tom.",
    ),
    "not_whole": Kind(
        "error",
        "a whole number",
        "et helt tal",
        "Correct the cell; until then it counts as blank. A full stop or comma between thousands "
        "has to go.",
        "Ret cellen; indtil da tæller den som tom. Punktum eller komma mellem tusinder skal væk.",
    ),
    "mixed_decimals": Kind(
        "error",
        "the same decimal sign in the whole column",
        "samme decimaltegn i hele kolonnen",
        "The column uses both comma and full stop, and nothing was guessed. Say which is the "
        "decimal sign, or correct the cells.",
        "Kolonnen bruger både komma og punktum, og der er ikke gættet. Angiv decimaltegnet, eller "
        "ret cellerne.",
    ),
    "out_of_bounds": Kind(
        "error",
        "a number from {low:g} to {high:g}",
        "et tal fra {low:g} til {high:g}",
        "Correct the cell; until then it counts as blank.",
        "Ret cellen; indtil da tæller den som tom.",
    ),
    "version_mismatch": Kind(
        "error",
        "version {version} of {instrument}",
        "version {version} af {instrument}",
        "The answers were given to another version of the questionnaire. Read them with the "
        "instrument file of that version.",
        "Svarene er givet på en anden version af spørgeskemaet. Indlæs dem med den versions "
        "instrumentfil.",
    ),
}

"""The door of the room: an instrument goes in, a file for people comes out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from relsurvey.errors import InstrumentError
from relsurvey.instrument.form import Form
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.questionnaire.answer_template import answer_template
from relsurvey.questionnaire.codebook import codebook
from relsurvey.questionnaire.csv_file import write_csv
from relsurvey.questionnaire.expert_sheet import expert_sheet
from relsurvey.questionnaire.roster_template import roster_template
from relsurvey.questionnaire.sheet import Sheet
from relsurvey.questionnaire.translation_sheet import translation_sheet
from relsurvey.questionnaire.xlsx_file import write_xlsx

KINDS: dict[str, Callable[[Instrument, Form, Sequence[str]], tuple[Sheet, ...]]] = {
    "codebook": codebook,
    "answer_template": answer_template,
    "roster_template": roster_template,
    "expert_sheet": expert_sheet,
    "translation_log": translation_sheet,
}
DELIMITERS = (";", ",", "\t")


def export_questionnaire(
    instrument: Instrument | str | Path,
    *,
    form: str = "full",
    language: str | Sequence[str] = ("da", "en"),
    to: str,
    path: str | Path,
    delimiter: str = ";",
) -> Path:
    """Write a form of an instrument as a file.

    Parameters
    ----------
    instrument : Instrument, str or Path
        An instrument, the name of a shipped one, or where it lies.
    form : str, default "full"
        Which form.
    language : str or sequence of str, default ("da", "en")
        Languages of texts and labels; an expert sheet is written in the first of them.
    to : {"codebook", "answer_template", "roster_template", "expert_sheet", "translation_log"}
        What to write.
    path : str or Path
        Where; its suffix, ``.csv`` or ``.xlsx``, decides the format. The file is written whole or
        not at all; one that is there is replaced.
    delimiter : {";", ",", tab}
        Between the cells of a CSV file, which is UTF-8 with byte order mark. The semicolon is what
        a Danish Excel expects.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InstrumentError
        Unknown instrument, form, language, kind, suffix or delimiter, or a file that cannot be
        written.
    """
    target = Path(path)
    _refuse_unknown(to, KINDS, "Unknown kind of export.", "to")
    suffix = target.suffix.lower()
    _refuse_unknown(suffix, (".csv", ".xlsx"), "Unknown file format.", "suffix of path")
    _refuse_unknown(delimiter, DELIMITERS, "Unknown delimiter.", "delimiter")
    if not isinstance(instrument, Instrument):
        instrument = load_instrument(instrument)
    languages = (language,) if isinstance(language, str) else tuple(language)
    if not languages:
        raise InstrumentError("No language is asked for.", expected=", ".join(instrument.languages))
    for each in languages:
        _refuse_unknown(
            each, instrument.languages, "The instrument lacks this language.", "language"
        )
    sheets = KINDS[to](instrument, instrument.form(form), languages)
    if suffix == ".csv":
        write_csv(target, sheets, delimiter)
    else:
        write_xlsx(target, sheets, title=instrument.title.get(languages[0]))
    return target


def _refuse_unknown(got: str, known: Collection[str], what: str, where: str) -> None:
    if got not in known:
        raise InstrumentError(
            what, where=where, got=repr(got), expected=" or ".join(map(repr, known))
        )

"""The door of the room: an instrument goes in, files for people and tools come out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from relsurvey.atomic_file import replacing
from relsurvey.errors import InstrumentError
from relsurvey.instrument.asked import Asked, asked
from relsurvey.instrument.form import Form
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.questionnaire.answer_template import answer_template
from relsurvey.questionnaire.codebook import codebook
from relsurvey.questionnaire.csv_file import write_csv
from relsurvey.questionnaire.ddi import ddi
from relsurvey.questionnaire.expert_sheet import expert_sheet
from relsurvey.questionnaire.formr import formr
from relsurvey.questionnaire.google_forms import google_forms
from relsurvey.questionnaire.html_preview import html_preview
from relsurvey.questionnaire.html_sheets import write_html
from relsurvey.questionnaire.limesurvey import limesurvey
from relsurvey.questionnaire.paper import paper
from relsurvey.questionnaire.qualtrics import qualtrics
from relsurvey.questionnaire.redcap import redcap
from relsurvey.questionnaire.roster_template import roster_template
from relsurvey.questionnaire.sheet import Sheet
from relsurvey.questionnaire.spss_file import spss_file
from relsurvey.questionnaire.surveyjs import surveyjs
from relsurvey.questionnaire.table_schema import table_schema
from relsurvey.questionnaire.translation_sheet import translation_sheet
from relsurvey.questionnaire.word import word
from relsurvey.questionnaire.xlsform import xlsform
from relsurvey.questionnaire.xlsx_file import write_xlsx

Content = bytes | tuple[Sheet, ...]
DELIMITERS = (";", ",", "\t")
TABLES = (".xlsx", ".csv")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of export: how it is made, and the suffixes that its file may have.

    ``one_language`` is true where a file holds one language; several then give several files.
    ``fixed_order`` is true where people would see items in one order although the form asks for a
    random one.
    """

    make: Callable[[Instrument, Form, Sequence[str]], Content]
    suffixes: tuple[str, ...]
    one_language: bool = False
    fixed_order: bool = False


def _tool(
    make: Callable[[Asked], Content],
    suffix: str,
    *,
    one_language: bool = False,
    fixed_order: bool = False,
) -> Kind:
    return Kind(lambda *asked_for: make(asked(*asked_for)), (suffix,), one_language, fixed_order)


KINDS: dict[str, Kind] = {
    "codebook": Kind(codebook, (*TABLES, ".html")),
    "answer_template": Kind(answer_template, TABLES),
    "roster_template": Kind(roster_template, TABLES),
    "expert_sheet": Kind(expert_sheet, TABLES),
    "translation_log": Kind(translation_sheet, TABLES),
    "limesurvey": _tool(limesurvey, ".txt"),
    "xlsform": _tool(xlsform, ".xlsx", fixed_order=True),
    "redcap": _tool(redcap, ".csv", one_language=True, fixed_order=True),
    "qualtrics": _tool(qualtrics, ".txt", one_language=True, fixed_order=True),
    "surveyjs": _tool(surveyjs, ".json"),
    "google_forms": _tool(google_forms, ".gs", one_language=True, fixed_order=True),
    "formr": _tool(formr, ".xlsx", one_language=True, fixed_order=True),
    "preview": _tool(html_preview, ".html", one_language=True),
    "word": _tool(word, ".docx", one_language=True),
    "paper": _tool(paper, ".pdf", one_language=True, fixed_order=True),
    "spss": _tool(spss_file, ".sav", one_language=True),
    "ddi": _tool(ddi, ".xml"),
    "table_schema": _tool(table_schema, ".json"),
}


def export_questionnaire(
    instrument: Instrument | str | Path,
    *,
    form: str = "full",
    language: str | Sequence[str] = ("da", "en"),
    to: str,
    path: str | Path,
    delimiter: str = ";",
) -> tuple[Path, ...]:
    """Write a form of an instrument as a file for people or for a survey tool.

    Parameters
    ----------
    instrument : Instrument, str or Path
        An instrument, the name of a shipped one, or where it lies.
    form : str, default "full"
        Which form.
    language : str or sequence of str, default ("da", "en")
        Languages of texts and labels; a tool starts in the first of them, and an expert sheet is
        written in it.
    to : str
        One of ``KINDS``: a table for people (``codebook``, ``answer_template``,
        ``roster_template``, ``expert_sheet``, ``translation_log``), the file of a survey tool
        (``limesurvey``, ``xlsform``, ``redcap``, ``qualtrics``, ``surveyjs``, ``google_forms``,
        ``formr``), the questionnaire itself (``preview``, ``word``, ``paper``), or metadata
        (``spss``, ``ddi``, ``table_schema``).
    path : str or Path
        Where. A table is ``.csv`` or ``.xlsx``, a codebook also ``.html``; the others have one
        suffix. The file is written
        whole or not at all; one that is there is replaced. Where a tool's file holds one language
        only, several languages give ``name_da.csv`` and ``name_en.csv``.
    delimiter : {";", ",", tab}
        Between the cells of a table written as CSV, which is UTF-8 with byte order mark. The
        semicolon is what a Danish Excel expects.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    InstrumentError
        Unknown instrument, form, language, kind, suffix or delimiter, codes that the tool cannot
        carry, or a file that cannot be written.
    """
    target = Path(path)
    _refuse_unknown(to, KINDS, "Unknown kind of export.", "to")
    kind = KINDS[to]
    _refuse_unknown(target.suffix.lower(), kind.suffixes, "Unknown file format.", "suffix of path")
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
    files = {target: languages}
    if kind.one_language and len(languages) > 1:
        files = {target.with_stem(f"{target.stem}_{one}"): (one,) for one in languages}
    asked_form = instrument.form(form)
    made = {file: kind.make(instrument, asked_form, own) for file, own in files.items()}
    for file, content in made.items():
        _write(file, content, instrument.title.get(languages[0]), delimiter, languages[0])
    return tuple(made)


def loses_random_order(instrument: Instrument | str | Path, form: str, to: str) -> bool:
    """Say whether the form asks for a random order of items that this kind of file cannot carry."""
    if not isinstance(instrument, Instrument):
        instrument = load_instrument(instrument)
    shuffled = any(block.random_order for block in instrument.form(form).blocks)
    return shuffled and KINDS[to].fixed_order


def _write(file: Path, content: Content, title: str, delimiter: str, language: str) -> None:
    if isinstance(content, bytes):
        with replacing(file) as draft:
            draft.write_bytes(content)
    elif file.suffix.lower() == ".csv":
        write_csv(file, content, delimiter)
    elif file.suffix.lower() == ".html":
        write_html(file, content, title, language)
    else:
        write_xlsx(file, content, title=title)


def _refuse_unknown(got: str, known: Collection[str], what: str, where: str) -> None:
    if got not in known:
        raise InstrumentError(
            what, where=where, got=repr(got), expected=" or ".join(map(repr, known))
        )

"""Experts' filled sheets read back: every rating, and every cell that cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from relsurvey.errors import InstrumentError
from relsurvey.instrument.content_validity import RATING_COLUMNS
from relsurvey.instrument.expert_layout import HEADERS, NONE, NONE_LABEL, KnownItems
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.sheet_rows import Row, sheet_rows
from relsurvey.problem_kind import Kind
from relsurvey.problems import Problem, Problems

_KINDS = {
    "no_heading": Kind(
        "error",
        "a row with the headings",
        "en række med overskrifterne",
        "Use the sheet as it was sent out.",
        "Brug arket, som det blev sendt ud.",
    ),
    "unknown_item": Kind(
        "error",
        "the number or id of an item",
        "et spørgsmåls nummer eller id",
        "Correct the number in the sheet.",
        "Ret nummeret i arket.",
    ),
    "other_item": Kind(
        "error",
        "a number and a wording that belong together",
        "et nummer og en ordlyd, der hører sammen",
        "See whether the sheet was made for another version. The row was not used.",
        "Se efter, om arket er lavet til en anden udgave. Rækken er ikke brugt.",
    ),
    "unknown_construct": Kind(
        "error",
        "a construct from the list",
        "et begreb fra listen",
        "Correct the answer. As it stands it is left out.",
        "Ret svaret. Det regnes ikke med, som det står.",
    ),
    "unknown_rating": Kind(
        "error",
        "1, 2, 3 or 4",
        "1, 2, 3 eller 4",
        "Correct the answer. As it stands it is left out.",
        "Ret svaret. Det regnes ikke med, som det står.",
    ),
    "rated_twice": Kind(
        "error",
        "one answer per item",
        "ét svar pr. spørgsmål",
        "Delete one of the answers. The first one was used.",
        "Slet det ene svar. Det første er brugt.",
    ),
    "missing_rating": Kind(
        "warning",
        "an answer for each item",
        "et svar for hvert spørgsmål",
        "Ask the expert, or go on without the answer.",
        "Spørg eksperten, eller regn uden svaret.",
    ),
}
_ANSWERS = ("belongs_to", "relevance", "clarity", "comment")


@dataclass(frozen=True, slots=True, eq=False)
class ExpertRatings:
    """What the experts wrote.

    Attributes
    ----------
    frame : DataFrame
        One row per expert and item: ``expert item relevance clarity belongs_to comment``; missing
        where an expert gave no usable answer. Goes into `content_validity` as it is.
    problems : Problems
        Every cell that could not be used, with file, row and column, and what was left open.
    """

    frame: pd.DataFrame
    problems: Problems


@dataclass(slots=True)
class _Sheet:
    """One expert's file while it is read."""

    file: str
    columns: dict[int, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    ratings: dict[str, dict[str, object]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_expert_sheets(instrument: Instrument, paths: Sequence[str | Path]) -> ExpertRatings:
    """Read the filled sheets of several experts, one file each.

    Parameters
    ----------
    instrument : Instrument
    paths : sequence of path
        CSV or XLSX files as `export_questionnaire(…, to="expert_sheet")` writes them; the name of
        the file without its ending names the expert.

    Returns
    -------
    ExpertRatings

    Raises
    ------
    InstrumentError
        No file, a file that cannot be read at all, or the same file twice.
    """
    files = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if not files:
        raise InstrumentError("There is no expert sheet to read.", expected="at least one file")
    if len({file.resolve() for file in files}) < len(files):
        raise InstrumentError(
            "The same expert sheet is given twice.", got=", ".join(map(str, files))
        )
    stems = [file.stem for file in files]
    rows: list[dict[str, object]] = []
    problems: list[Problem] = []
    for file, stem in zip(files, stems, strict=True):
        sheet = _read(instrument, file)
        expert = stem if stems.count(stem) == 1 else str(file.with_suffix(""))
        rows += [
            {"expert": expert, "item": item, **dict.fromkeys(_ANSWERS), **answers}
            for item, answers in sheet.ratings.items()
        ]
        problems += sheet.problems
    frame = pd.DataFrame(rows, columns=[*RATING_COLUMNS, "comment"])
    for column in ("relevance", "clarity"):
        frame[column] = frame[column].astype(float)
    return ExpertRatings(frame=frame, problems=Problems(tuple(problems)))


def _read(instrument: Instrument, file: Path) -> _Sheet:
    sheet = _Sheet(file=file.name)
    known = KnownItems.of(instrument)
    readers: dict[str, Callable[[object], object]] = {
        "belongs_to": _construct_reader(instrument),
        "relevance": _rating,
        "clarity": _rating,
        "comment": str,
    }
    page = ""
    for row in sheet_rows(file):
        if row.sheet != page:
            page, sheet.columns = row.sheet, {}
        heading = _heading(row)
        if heading:
            sheet.columns = heading
            sheet.headings |= {name: str(row.cells[at]) for at, name in heading.items()}
        elif sheet.columns:
            _read_row(sheet, row, known, readers)
    if not sheet.headings:
        _note(sheet, "no_heading")
    _note_gaps(sheet, known)
    return sheet


def _heading(row: Row) -> dict[int, str]:
    """Columns of a row that is a heading: position to name; empty if it is none."""
    names = {
        text.casefold(): name for name, texts in HEADERS.items() for text in (name, *texts.values())
    }
    found = {at: names.get(str(cell).strip().casefold(), "") for at, cell in enumerate(row.cells)}
    known = {at: name for at, name in found.items() if name}
    return known if "item" in known.values() and set(known.values()) & set(_ANSWERS) else {}


def _read_row(
    sheet: _Sheet, row: Row, known: KnownItems, readers: dict[str, Callable[[object], object]]
) -> None:
    cells = {
        name: row.cells[at]
        for at, name in sheet.columns.items()
        if at < len(row.cells) and str(row.cells[at]).strip()
    }
    written = str(cells.get("item", "")).strip()
    item = known.ids.get(written, "")
    answers = {name: cells[name] for name in _ANSWERS if name in cells}
    if not item:
        if answers:
            _note(sheet, "unknown_item", row.number, "item", written)
        return
    wording = " ".join(str(cells.get("text", "")).split())
    if wording and known.wordings.get(wording, item) != item:
        _note(sheet, "other_item", row.number, "text", f"{written}: {wording}")
        return
    rated = sheet.ratings.setdefault(item, {})
    for name, cell in answers.items():
        value = readers[name](cell)
        if value is None:
            code = "unknown_construct" if name == "belongs_to" else "unknown_rating"
            _note(sheet, code, row.number, name, cell)
        elif rated.setdefault(name, value) != value:
            _note(sheet, "rated_twice", row.number, name, cell)


def _rating(cell: object) -> object:
    try:
        value = float(str(cell))
    except ValueError:
        return None
    return value if value in (1, 2, 3, 4) else None


def _construct_reader(instrument: Instrument) -> Callable[[object], object]:
    known = {label.casefold(): NONE for label in (NONE, *NONE_LABEL.values())}
    for construct in instrument.constructs:
        names = (construct.id, *(text for _, text in construct.name.each()))
        known |= {" ".join(name.split()).casefold(): construct.id for name in names}
    return lambda cell: known.get(" ".join(str(cell).split()).casefold())


def _note_gaps(sheet: _Sheet, known: KnownItems) -> None:
    for name in ("belongs_to", "relevance", "clarity"):
        left = [
            f"{known.numbers[item]} ({item})"
            for item, answers in sheet.ratings.items()
            if answers.get(name) is None
        ]
        if left:
            _note(sheet, "missing_rating", "", name, f"{len(left)}: {', '.join(left)}")


def _note(sheet: _Sheet, code: str, row: str = "", column: str = "", found: object = "") -> None:
    heading = sheet.headings.get(column, column)
    kind = _KINDS[code]
    sheet.problems.append(
        kind.problem(code, file=sheet.file, row=row, column=heading, found=str(found))
    )

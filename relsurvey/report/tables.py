"""Every table of a study as CSV and JSON at full precision."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd

from relsurvey.questionnaire.csv_file import inert
from relsurvey.report.contents import ReportContents
from relsurvey.report.named_tables import NamedTable, named_tables
from relsurvey.results import json_ready

FOLDER = "tables"
# What some program may take for the end of a cell: what follows must not be a formula either.
CELL_ENDS = re.compile(r"([;\t\r\n]+)")


def write_tables(contents: ReportContents, folder: Path, *, person_level: bool = False) -> Path:
    """Write every table as ``<name>.csv`` and ``<name>.json``, and ``index.csv`` that lists them.

    Parameters
    ----------
    contents : ReportContents
        What the study produced.
    folder : Path
        An existing folder; the tables lie in ``tables`` inside it.
    person_level : bool, default False
        Write one row per person as well (``scores``, ``careless_flags``, ``problem_rows``). These
        are personal data; without it no table has a row for a person or for a unit below the
        fewest answers that may be shown.

    Returns
    -------
    Path
        The folder ``tables``.
    """
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    tables = named_tables(contents, person_level=person_level)
    for table in tables:
        _write(place, table.name, table.frame)
    _write(place, "index", _index(tables))
    return place


def csv_text(frame: pd.DataFrame) -> str:
    """Return a frame as CSV: commas, decimal points, full precision, missing values blank.

    A text that a spreadsheet program would run as a formula gets an apostrophe in front; numbers
    stay as they are.
    """
    safe = frame.rename(columns={name: _inert(name) for name in frame.columns})
    for position, (_, column) in enumerate(frame.items()):
        if column.dtype.kind not in "biuf":
            safe.isetitem(position, [_inert(cell) for cell in column])
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text


def _inert(cell: object) -> object:
    """Put an apostrophe before every piece of a text that would be run as a formula."""
    if not isinstance(cell, str):
        return cell
    pieces = CELL_ENDS.split(cell)
    return "".join(piece if i % 2 else str(inert(piece)) for i, piece in enumerate(pieces))


def _write(place: Path, name: str, frame: pd.DataFrame) -> None:
    (place / f"{name}.csv").write_text(csv_text(frame), encoding="utf-8", newline="")
    text = json.dumps(json_ready(frame), ensure_ascii=False, allow_nan=False, indent=1)
    (place / f"{name}.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _index(tables: list[NamedTable]) -> pd.DataFrame:
    rows = [
        (
            f"{table.name}.csv",
            table.what,
            len(table.frame),
            ", ".join(map(str, table.frame.columns)),
        )
        for table in tables
    ]
    return pd.DataFrame(rows, columns=["file", "what", "rows", "columns"])

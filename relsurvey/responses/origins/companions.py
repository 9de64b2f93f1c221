"""Files and sheets that SurveyXact writes beside its data set: question texts and answer labels."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from relsurvey.errors import ResponsesError
from relsurvey.responses.cell_text import as_text
from relsurvey.responses.read_table import ReadOptions, read_table
from relsurvey.responses.text_encoding import find_encoding

_DATASET = re.compile("dataset", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Companions:
    """What stands beside a data set: texts of its columns, labels of their values."""

    texts: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def companions_of(path: Path, source_format: str) -> Companions:
    """Read the structure and the labels of a SurveyXact data set, where they are there.

    Parameters
    ----------
    path : Path
        The data set: ``dataset.csv`` with ``structure.csv`` and ``labels.csv`` beside it, or a
        workbook with sheets ``Dataset``, ``Structure`` and ``Labels``.
    source_format : str
        ``"csv"`` or ``"xlsx"``; others have no companions.

    Raises
    ------
    ResponsesError
        A companion that cannot be read.
    """
    if source_format == "csv" and _DATASET.search(path.name):
        structure, labels = (_beside(path, name) for name in ("structure", "labels"))
        return Companions(
            _texts(structure, ReadOptions(known=_HEADS)) if structure else {},
            _labels(_csv_rows(labels)) if labels else {},
        )
    if source_format == "xlsx":
        sheets = {title.casefold(): title for title in _sheets(path)}
        if {"dataset", "structure"} <= sheets.keys():
            texts = _texts(path, ReadOptions(known=_HEADS, sheet=sheets["structure"]))
            rows = _xlsx_rows(path, sheets["labels"]) if "labels" in sheets else ()
            return Companions(texts, _labels(rows))
    return Companions()


_HEADS = ("questionName", "variableName", "questionText")


def _beside(path: Path, name: str) -> Path | None:
    wanted = _DATASET.sub(name, path.name).casefold()
    return next((one for one in path.parent.iterdir() if one.name.casefold() == wanted), None)


def _texts(path: Path, options: ReadOptions) -> dict[str, str]:
    table = read_table(path, options)
    columns = {column.name.casefold(): column for column in table.columns}
    names, texts = (columns.get(name) for name in ("variablename", "questiontext"))
    if names is None or texts is None:
        raise ResponsesError(
            "The structure of the data set lacks a column.",
            where=path.name,
            got=", ".join(column.name for column in table.columns),
            expected="variableName and questionText",
            hint="Export the data set again, with structure and labels.",
        )
    return dict(zip(names.cells(), texts.cells(), strict=True))


def _csv_rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding=find_encoding(path), newline="") as stream:
        head = stream.readline()
        delimiter = max("\t;,", key=head.count)
        stream.seek(0)
        yield from csv.reader(stream, delimiter=delimiter)


def _sheets(path: Path) -> list[str]:
    from openpyxl import load_workbook

    with path.open("rb") as stream:
        book = load_workbook(stream, read_only=True)
        try:
            return [sheet.title for sheet in book.worksheets]
        finally:
            book.close()


def _xlsx_rows(path: Path, title: str) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    with path.open("rb") as stream:
        book = load_workbook(stream, read_only=True, data_only=True)
        try:
            for row in book[title].iter_rows(values_only=True):
                yield [as_text(value) for value in row]
        finally:
            book.close()


def _labels(rows: Iterable[list[str]]) -> dict[str, dict[str, str]]:
    """Gather rows of variable, value and label; they have no heading."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if len(row) >= 3 and row[0]:
            found.setdefault(row[0], {})[row[1].strip()] = row[2]
    return found

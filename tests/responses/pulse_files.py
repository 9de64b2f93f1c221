"""Rows of answers to the pulse instrument, and how to write and change them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from relsurvey.problems import Problems
from relsurvey.responses.responses import Responses

ITEMS = ("s1", "s2", "s3", "c1", "c2", "p1", "p2", "p3")
HEADER = ("respondent", "unit", "job", "hours", *ITEMS)
ANSWERS = (
    ("A1", "Øst", "1", "37", "1", "2", "3", "4", "5", "0", "1", "2"),
    ("A2", "Øst", "2", "30", "5", "8", "9", "", "1", "3", "", "0"),
    ("A3", "Vest", "1", "", "2", "2", "2", "2", "2", "1", "1", "1"),
)
ROWS = (HEADER, *ANSWERS)
Rows = Sequence[Sequence[object]]


def csv_bytes(rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return stream.getvalue().encode(encoding)


def codes_of(found: Responses | Problems) -> list[str]:
    return [problem.code for problem in getattr(found, "problems", found)]


def with_column(rows: Rows, name: str, cells: Sequence[object]) -> list[tuple[object, ...]]:
    """Rows (header first) with one column more."""
    return [(*row, cell) for row, cell in zip(rows, (name, *cells), strict=True)]


def with_cell(rows: Rows, row: int, column: str, cell: object) -> list[list[object]]:
    """Rows (header first) with one cell replaced; row as a person counts, the header is 1."""
    changed = [list(one) for one in rows]
    changed[row - 1][list(rows[0]).index(column)] = cell
    return changed

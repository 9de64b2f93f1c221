"""Write sheets as CSV that a Danish Excel opens well."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from relsurvey.atomic_file import replacing
from relsurvey.questionnaire.sheet import Sheet

_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def inert(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula.

    A text that begins with ``= + - @``, a tab or a line break, after blanks or not, gets an
    apostrophe before it; a plain number stays.
    """
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    risky = value.startswith(_FORMULA_STARTS) or value.lstrip().startswith(_FORMULA_STARTS)
    return "'" + value if risky else value


def write_csv(path: Path, sheets: Sequence[Sheet], delimiter: str = ";") -> None:
    """Write the sheets that go into CSV, one below the other, as UTF-8 with byte order mark."""
    with replacing(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
        for number, sheet in enumerate(sheet for sheet in sheets if sheet.in_csv):
            if number:
                writer.writerow([])
            for line in sheet.preamble:
                writer.writerow([inert(line)])
            writer.writerow([inert(name) for name in sheet.columns])
            writer.writerows([[inert(cell) for cell in row] for row in sheet.rows])

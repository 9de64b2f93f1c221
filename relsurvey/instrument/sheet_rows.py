"""The rows of a CSV or XLSX file as a person sees them."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from zipfile import BadZipFile

from relsurvey.errors import InstrumentError

DELIMITERS = (";", ",", "\t")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a person sees it, its cells, and the sheet of a workbook it is on."""

    number: str
    cells: tuple[object, ...]
    sheet: str = ""


def sheet_rows(file: Path) -> Iterator[Row]:
    """Give the rows of a CSV file, or of every visible sheet of an XLSX file; empty cells are "".

    Parameters
    ----------
    file : Path
        ``.csv`` (UTF-8 or CP1252; semicolon, comma or tab, whichever is most common) or ``.xlsx``.

    Raises
    ------
    InstrumentError
        No such file, another suffix, or content that cannot be read.
    """
    suffix = file.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise InstrumentError(
            "This kind of file cannot be read as a sheet.",
            where=str(file),
            got=suffix or "no suffix",
            expected=".csv or .xlsx",
        )
    try:
        yield from _csv_rows(file) if suffix == ".csv" else _xlsx_rows(file)
    except OSError as error:
        raise InstrumentError(
            "A sheet cannot be read.", where=str(file), got=str(error.strerror or error)
        ) from error


def _csv_rows(file: Path) -> Iterator[Row]:
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    delimiter = max(DELIMITERS, key=text.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            yield Row(number=str(start), cells=tuple(cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise InstrumentError(
            "A sheet is not valid CSV.", where=f"{file}, row {start}", got=str(error)
        ) from error


def _xlsx_rows(file: Path) -> Iterator[Row]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            # openpyxl says that it drops Excel's own extensions; they hold no cell values
            warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
            book = load_workbook(file, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, TypeError) as error:
        raise InstrumentError(
            "A sheet is not a readable XLSX workbook.", where=str(file), got=str(error)
        ) from error
    for sheet in (sheet for sheet in book.worksheets if sheet.sheet_state == "visible"):
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            filled = tuple("" if cell is None else cell for cell in cells)
            yield Row(number=f"{sheet.title}: {number}", cells=filled, sheet=sheet.title)

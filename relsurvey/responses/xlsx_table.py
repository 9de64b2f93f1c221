"""XLSX: one sheet of a workbook, its saved values as text; broken and oversized files refused."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from warnings import catch_warnings, simplefilter

from relsurvey.errors import ResponsesError
from relsurvey.problems import Problem
from relsurvey.responses.cell_text import as_text
from relsurvey.responses.problem_rows import cell_problems
from relsurvey.responses.read_table import ReadOptions
from relsurvey.responses.source import Source
from relsurvey.responses.table import MAX_COLUMNS, Table, TableBuilder

MAX_UNPACKED = 2 << 30  # bytes; a sheet of 1,000,000 rows and 60 columns of codes takes about 1.7e9
MAX_RATIO = 400  # honest sheets pack 5 to 60 times
_CHUNK_ROWS = 5_000


def read_xlsx_table(file: Path, options: ReadOptions) -> Table:
    """Read one sheet of a workbook.

    Numbers that are whole become whole numbers (4.0 is ``"4"``), dates ISO texts, formulas the
    value that was saved with them; a formula without one is reported. Hidden rows and columns are
    read like the others.

    Raises
    ------
    ResponsesError
        No workbook, a damaged one, one that unpacks to far too much, an unknown sheet, or several
        sheets with anything on them and none chosen.
    """
    has_formulas = _inspect(file)
    with catch_warnings(), file.open("rb") as stream:
        simplefilter("ignore", UserWarning)  # parts of a workbook that hold no cells
        book = _opened(stream, file, values=True)
        try:
            sheet = _chosen(book, options, file)
            table, header_row, extra = _read_sheet(sheet, file)
            problems = cell_problems(
                "cell_without_heading", extra, [""] * len(extra), file=file.name
            )
            if has_formulas:
                problems += _unsaved_formulas(file, sheet.title, table, header_row)
        finally:
            book.close()
    return replace(table, problems=(*table.problems, *problems))


def _opened(stream: BinaryIO, file: Path, *, values: bool) -> Any:  # noqa: ANN401  (openpyxl)
    from openpyxl import load_workbook

    try:
        return load_workbook(stream, read_only=True, data_only=values)
    except Exception as error:  # openpyxl lets every error of its XML and zip readers through
        raise _damaged(file, error) from error


def _inspect(file: Path) -> bool:
    """Refuse what is no workbook or a zip bomb; say whether any sheet holds a formula."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _refuse_strange(parts, file)
            sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
            return any(_holds_formula(archive, part) for part in sheets)
    except ResponsesError:
        raise
    except Exception as error:  # a damaged archive raises errors of five libraries
        raise _damaged(file, error) from error


def _refuse_strange(parts: list[zipfile.ZipInfo], file: Path) -> None:
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names and "_rels/.rels" not in names:
        raise ResponsesError(
            "The file is a zip, but no Excel workbook.",
            where=file.name,
            got=", ".join(sorted(names)[:5]),
            hint="Unpack it, or save the answers as .xlsx.",
        )
    unpacked, packed = sum(part.file_size for part in parts), file.stat().st_size
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 1 << 16):
        raise ResponsesError(
            "The workbook unpacks to far more than a survey holds, and was not opened.",
            where=file.name,
            got=f"{unpacked:,} bytes from {packed:,}",
            expected=f"at most {MAX_UNPACKED:,} bytes, and {MAX_RATIO} times its size",
            hint="Export the answers as CSV.",
        )


def _holds_formula(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(1 << 20):
            if any(mark in tail + chunk for mark in (b"<f>", b"<f ", b"<x:f>", b"<x:f ")):
                return True
            tail = chunk[-8:]
    return False


def _damaged(file: Path, error: Exception) -> ResponsesError:
    return ResponsesError(
        "The workbook is damaged or cut off.",
        where=file.name,
        got=f"{type(error).__name__}: {error}"[:200],
        hint="Open it in a spreadsheet program and save it again as .xlsx, or export CSV.",
    )


def _chosen(book: Any, options: ReadOptions, file: Path) -> Any:  # noqa: ANN401  (openpyxl)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    wanted = options.sheet
    if wanted is None:
        return _only(sheets, options.known, file)
    if isinstance(wanted, int) and 1 <= wanted <= len(sheets):
        return list(sheets.values())[wanted - 1]
    if wanted in sheets:
        return sheets[str(wanted)]
    raise ResponsesError(
        "The workbook has no such sheet.",
        where=file.name,
        got=str(wanted),
        expected=", ".join(sheets) or "(it has no sheet of cells)",
    )


def _only(sheets: dict[str, Any], known: Collection[str], file: Path) -> Any:  # noqa: ANN401
    """Take the only sheet with content, else the only one whose header has two known names."""
    headers = {title: _header(sheet, file) for title, sheet in sheets.items()}
    filled = [title for title, header in headers.items() if header]
    if len(filled) == 1:
        return sheets[filled[0]]
    by_name = {title.casefold(): title for title in filled}
    if {"dataset", "structure"} <= by_name.keys():  # as SurveyXact writes it
        return sheets[by_name["dataset"]]
    names = {name.casefold() for name in known}
    fitting = [title for title in filled if len(names.intersection(headers[title])) >= 2]
    if len(fitting) == 1:
        return sheets[fitting[0]]
    raise ResponsesError(
        "The workbook has several sheets with content." if filled else "The workbook is empty.",
        where=file.name,
        got=", ".join(filled),
        hint="Name the sheet to be read." if filled else "Export it again.",
    )


def _header(sheet: Any, file: Path) -> set[str]:  # noqa: ANN401
    rows = islice(_texts(sheet, file), 100)
    return {
        " ".join(cell.split()).casefold() for cell in next(filter(any, rows), []) if cell.strip()
    }


def _texts(sheet: Any, file: Path) -> Iterator[list[str]]:  # noqa: ANN401
    sheet.reset_dimensions()  # what some tools write there is wrong
    try:
        for row in sheet.iter_rows(values_only=True):
            yield [as_text(value) for value in row]
    except ResponsesError:
        raise
    except Exception as error:  # as above: any error of a damaged part
        raise _damaged(file, error) from error


def _read_sheet(sheet: Any, file: Path) -> tuple[Table, int, list[int]]:  # noqa: ANN401
    rows = _texts(sheet, file)
    header: list[str] = []
    header_row = 0
    for header in rows:
        header_row += 1
        if any(header):
            break
    while header and not header[-1]:
        header.pop()
    width = len(header)
    if width > MAX_COLUMNS or not width:
        raise ResponsesError("The sheet has no header row.", where=f"{file.name}, {sheet.title}")
    builder = TableBuilder(header, header_row=header_row)
    extra: list[int] = []
    row = header_row
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        records: list[Sequence[str]] = []
        for record in chunk:
            row += 1
            if len(record) > width and any(record[width:]):
                extra.append(row)
            records.append(record[:width] + [""] * (width - len(record)))
        builder.add(records)
    source = Source(file=file.name, format="xlsx", sheet=sheet.title)
    return builder.finish(source), header_row, extra


def _unsaved_formulas(file: Path, title: str, table: Table, header_row: int) -> list[Problem]:
    """Find formulas without a saved value: a program wrote the workbook, no spreadsheet did."""
    blank = {
        int(row): {place for place, column in enumerate(table.columns) if column.codes[at] == 0}
        for at, row in enumerate(table.rows)
    }
    every = set(range(len(table.columns)))
    found: dict[str, list[int]] = {}
    with file.open("rb") as stream:
        book = _opened(stream, file, values=False)
        book[title].reset_dimensions()
        rows = islice(book[title].iter_rows(), header_row, None)
        for row, cells in enumerate(rows, start=header_row + 1):
            for place in _formula_places(cells, blank.get(row, every)):
                found.setdefault(table.columns[place].name, []).append(row)
        book.close()
    return [
        one
        for name, rows in found.items()
        for one in cell_problems(
            "formula_without_value", rows, ["formula"] * len(rows), file=file.name, column=name
        )
    ]


def _formula_places(cells: Iterable[Any], blank: set[int]) -> list[int]:
    return [
        place
        for place, cell in enumerate(cells)
        if place in blank and getattr(cell, "data_type", "") == "f"
    ]

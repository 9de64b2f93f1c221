"""CSV: delimiter, encoding and header found out, every record read or reported."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from relsurvey.errors import ResponsesError
from relsurvey.responses.even_csv import read_even_csv
from relsurvey.responses.read_table import ReadOptions
from relsurvey.responses.source import Source
from relsurvey.responses.table import Table, TableBuilder
from relsurvey.responses.text_encoding import find_encoding, given_encoding

DELIMITERS = (",", ";", "\t", "|")
_CHUNK_ROWS = 1_000  # small pieces stay in the processor's cache
_SAMPLE = 1 << 16


def read_csv_table(file: Path, options: ReadOptions) -> Table:
    """Read a delimited text file.

    Comma, semicolon, tab and bar are told apart by which of them makes the header fall into known
    column names, then by which gives rows of equal length. A first line ``sep=;``, as Excel writes
    it, decides. Rows are counted as a spreadsheet shows them: a quoted line break starts no row.

    Raises
    ------
    ResponsesError
        Bytes that do not fit the encoding, quotation marks that do not pair, or no header.
    """
    encoding = given_encoding(file, options.encoding) if options.encoding else find_encoding(file)
    try:
        with file.open(encoding=encoding, newline="") as stream:
            said, skip = _said_delimiter(stream)
            delimiter = _given(options.delimiter, file) or said or _sniff(stream, options.known)
            stream.seek(0)
            stream.read(skip)
            source = Source(
                file=file.name,
                format="csv",
                encoding="utf-8" if encoding == "utf-8-sig" else encoding,
                delimiter=delimiter,
                decimal=options.decimal or "",
            )
            quick = _quickly(stream, file, source, encoding, options) if not skip else None
            if quick is not None:
                return quick
            stream.seek(0)
            stream.read(skip)
            builder, ends_cleanly = _records(stream, delimiter, file)
    except UnicodeError as error:
        raise ResponsesError(
            f"The file is not {encoding}.",
            where=file.name,
            got=str(error),
            hint="Leave the encoding out so that it is found, or export the file again as UTF-8.",
        ) from error
    return builder.finish(source, truncated=not ends_cleanly)


def _quickly(
    stream: io.TextIOBase, file: Path, source: Source, encoding: str, options: ReadOptions
) -> Table | None:
    """Read a file in which every line has all its cells; None where that is not sure."""
    first = next(csv.reader([stream.readline()], delimiter=source.delimiter), [])
    header = [" ".join(name.split()) for name in first]
    if not any(header) or not _ends_with_line_break(file):
        return None
    columns = read_even_csv(file, header, source.delimiter, encoding, options.codes)
    if columns is None:
        return None
    rows = np.arange(2, len(columns[0].codes) + 2, dtype=np.int64)
    blank = np.logical_and.reduce([column.codes == 0 for column in columns])
    if blank.any():
        rows = rows[~blank]
        columns = [replace(column, codes=column.codes[~blank]) for column in columns]
    return Table(tuple(columns), rows, source)


def _records(stream: io.TextIOBase, delimiter: str, file: Path) -> tuple[TableBuilder, bool]:
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    row = 0
    try:
        for header in reader:
            row += 1
            if any(cell.strip() for cell in header):
                break
        else:
            raise ResponsesError("The file is blank.", where=file.name)
        builder = TableBuilder(header, header_row=row)
        while records := list(islice(reader, _CHUNK_ROWS)):
            row += len(records)
            builder.add(records)
    except csv.Error as error:
        raise ResponsesError(
            "The file's quotation marks do not pair, or a cell is far too long.",
            where=f"{file.name}, line {reader.line_num}",
            got=str(error),
            hint="The file may be cut off, or a text holds a quotation mark. Export it again.",
        ) from error
    return builder, _ends_with_line_break(file)


def _ends_with_line_break(file: Path) -> bool:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 4))
        end = stream.read()
    return b"\n" in end or b"\r" in end


def _given(delimiter: str | None, file: Path) -> str:
    if delimiter is None:
        return ""
    found = "\t" if delimiter in ("tab", r"\t") else delimiter
    if len(found) != 1 or found in '"\r\n ' or found.isalnum():
        raise ResponsesError(
            "This cannot be a delimiter.",
            where=file.name,
            got=repr(delimiter),
            expected='one character such as "," or ";", or "tab"',
        )
    return found


def _said_delimiter(stream: io.TextIOBase) -> tuple[str, int]:
    """Read what Excel's first line ``sep=;`` says, and how many characters it takes."""
    head = stream.read(16)
    if head.lower().startswith("sep=") and len(head) > 5 and head[5] in "\r\n":
        return head[4], 7 if head[5:7] == "\r\n" else 6
    stream.seek(0)
    return "", 0


def _sniff(stream: io.TextIOBase, known: Collection[str]) -> str:
    sample = stream.read(_SAMPLE)
    names = {name.casefold() for name in known}
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter, names))


def _fit(sample: str, delimiter: str, names: set[str]) -> tuple[int, float, int]:
    """How well a delimiter explains the sample: known names, share of even rows, columns."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        records = [record for record in islice(reader, 50) if record]
    except csv.Error:
        return 0, 0.0, 0
    if not records:
        return 0, 0.0, 0
    header = records[0]
    hits = len(names.intersection(" ".join(name.split()).casefold() for name in header))
    even = sum(len(record) == len(header) for record in records) / len(records)
    return hits, even if len(header) > 1 else 0.0, len(header)

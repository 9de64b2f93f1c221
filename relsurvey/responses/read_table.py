"""Any file of answers as a table of texts: its format is known by its bytes, not by its name."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from relsurvey.errors import ResponsesError
from relsurvey.responses.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the caller knows about a file; None is found out.

    Attributes
    ----------
    known : collection of str
        Column names to be expected; they help to tell delimiters apart.
    codes : collection of str
        Those of them whose cells are codes of answers, or their labels.
    sheet : str or int, optional
        Sheet of a workbook, by name or by place (1 is the first).
    encoding, delimiter, decimal : str, optional
        Of a text file.
    """

    known: Collection[str] = ()
    codes: Collection[str] = ()
    sheet: str | int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None


def read_table(path: str | Path, options: ReadOptions) -> Table:
    """Read the cells of a CSV, XLSX, SPSS or Stata file.

    Raises
    ------
    ResponsesError
        The file is not there, is empty, is of another kind, or is damaged.
    """
    file = Path(path)
    kind = _kind(file)
    if kind == "csv":
        from relsurvey.responses.csv_table import read_csv_table as read
    elif kind == "xlsx":
        from relsurvey.responses.xlsx_table import read_xlsx_table as read
    elif kind == "sav":
        from relsurvey.responses.sav_table import read_sav_table as read
    else:
        from relsurvey.responses.sav_table import read_dta_table as read
    table = read(file, options)
    return replace(table, source=replace(table.source, sha256=_sha256(file)))


def _kind(file: Path) -> str:
    """Tell the format by the first bytes; anything that is no known binary format is text."""
    try:
        with file.open("rb") as stream:
            head = stream.read(64)
    except FileNotFoundError as error:
        raise ResponsesError("There is no such file.", got=str(file)) from error
    except OSError as error:
        raise ResponsesError(
            "The file cannot be opened.", where=str(file), got=error.strerror or str(error)
        ) from error
    if not head:
        raise ResponsesError("The file is empty.", where=file.name, hint="Export it again.")
    for start, name, hint in _REFUSED:
        if head.startswith(start):
            raise ResponsesError(
                f"This is {name}.",
                where=file.name,
                expected="CSV, XLSX, SPSS .sav or Stata .dta",
                hint=hint,
            )
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith((b"$FL2", b"$FL3", "$FL2".encode("cp037"))):
        return "sav"
    if head.startswith(b"<stata_dta>") or (head[0] in _OLD_STATA and head[1:3] in _STATA_ORDER):
        return "dta"
    return "csv"


_OLD_STATA = (113, 114, 115)  # versions before the one that begins with its name
_STATA_ORDER = (b"\x01\x01", b"\x02\x01")
_REFUSED = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel file (.xls) or a workbook with a password",
        "Open it in a spreadsheet program and save it as .xlsx without a password.",
    ),
    (b"%PDF", "a PDF", "Ask for the answers as CSV or XLSX."),
    (b"\x1f\x8b", "a compressed file (gzip)", "Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z)", "Unpack it first."),
    (b"Rar!", "a compressed file (rar)", "Unpack it first."),
    (b"PK\x05\x06", "an empty zip file", "Export the answers again."),
    (b"PAR1", "a Parquet file", "Save it as CSV."),
    (b"{\\rtf", "a text document (RTF)", "Ask for the answers as CSV or XLSX."),
)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

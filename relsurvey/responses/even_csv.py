"""The quick way through a plain CSV file: numbers read as numbers, where no row can be uneven."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.responses.cell_text import as_text
from relsurvey.responses.table import Column

_ENCODINGS = ("utf-8", "utf-8-sig", "cp1252")
_CHUNK = 1 << 24
_SMALL = 1000  # codes of answers


def read_even_csv(
    file: Path, header: Sequence[str], delimiter: str, encoding: str, codes: Collection[str]
) -> list[Column] | None:
    """Read the columns below the first line, or None where the slow way is needed.

    Columns named in ``codes`` are parsed as numbers, others as texts. The file must have a cell in
    every place: the number of delimiters says so, as long as no quotation mark can hide one, or
    every cell stands in quotation marks. Anything else, and anything that is no finite number among
    the numbers but a text, is left to the reader that looks at each record.

    Parameters
    ----------
    file : Path
    header : sequence of str
        Column names, of the first line.
    delimiter, encoding : str
    codes : collection of str
        Columns whose cells are codes.
    """
    width = len(header)
    if encoding not in _ENCODINGS or width < 2 or len(set(header)) < width:
        return None
    n_rows = _even_rows(file, delimiter, width)
    if n_rows is None:
        return None
    names = [str(place) for place in range(width)]
    kinds = {place: str for place, name in zip(names, header, strict=True) if name not in codes}
    if len(kinds) == width:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            frame = pd.read_csv(
                file,
                sep=delimiter,
                encoding=encoding,
                header=None,
                skiprows=1,
                names=names,
                index_col=False,
                dtype=kinds,
                keep_default_na=False,
                na_values=[""],
                skip_blank_lines=False,
            )
    except (ValueError, pd.errors.ParserError, pd.errors.ParserWarning):
        return None
    if len(frame) != n_rows:
        return None
    columns = [_column(name, frame[place]) for place, name in zip(names, header, strict=True)]
    found = [column for column in columns if column is not None]
    return found if len(found) == width else None


def _even_rows(file: Path, delimiter: str, width: int) -> int | None:
    """Count the rows below the header, if every line has all its cells."""
    mark = delimiter.encode()
    quoted = b'"' + mark + b'"'
    lines = marks = quotes = between = returns = pairs = 0
    tail, last = b"", b""
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            joined = tail + chunk
            lines += chunk.count(b"\n")
            marks += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == ord(mark)))
            if b"\r" in joined:
                returns += chunk.count(b"\r")
                pairs += joined[len(tail) and len(tail) - 1 :].count(b"\r\n")
            if b'"' in joined:
                quotes += chunk.count(b'"')
                between += joined.count(quoted)
            tail, last = chunk[-2:], chunk[-1:]
    lines += last not in (b"\n", b"")
    plain = quotes == 0
    all_quoted = quotes == 2 * width * lines and between == (width - 1) * lines
    if returns != pairs or marks != (width - 1) * lines or not (plain or all_quoted):
        return None
    return lines - 1


def _column(name: str, values: pd.Series) -> Column | None:
    if values.dtype.kind in "iuf":
        return _numbers(name, values.to_numpy())
    if values.dtype.kind == "b":
        return None
    codes, texts = pd.factorize(values.to_numpy(dtype=object))  # NaN, a blank cell, is -1
    found = texts.tolist()
    return Column(name, ("", *found), _fitting((codes + 1).astype(np.int32), len(found) + 1))


def _numbers(name: str, values: NDArray[np.number]) -> Column | None:
    """Column of numbers; NaN is a blank cell."""
    blank = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)
    filled = np.where(blank, _SMALL, values)
    if values.size and filled.min() >= 0 and filled.max() <= _SMALL:
        whole = filled.astype(np.int16)
        is_code = np.array_equal(whole, filled)
        if is_code and np.count_nonzero(whole == _SMALL) == np.count_nonzero(blank):
            return _small_codes(name, whole)
    kept = values[~blank]
    if not np.isfinite(kept).all():
        return None
    codes = np.zeros(len(values), dtype=np.int32)
    unique, inverse = np.unique(kept, return_inverse=True)
    codes[~blank] = inverse + 1
    found = [as_text(value) for value in unique.tolist()]
    return Column(name, ("", *found), _fitting(codes, len(found) + 1))


def _small_codes(name: str, whole: NDArray[np.int16]) -> Column:
    """Column of whole numbers from 0; ``_SMALL`` is a blank cell."""
    there = np.zeros(_SMALL + 1, dtype=bool)
    there[whole] = True
    found = np.flatnonzero(there[:_SMALL])
    place = np.zeros(_SMALL + 1, dtype=np.int32)
    place[found] = np.arange(1, found.size + 1)
    texts = ("", *(str(value) for value in found.tolist()))
    return Column(name, texts, _fitting(place, len(texts))[whole])


def _fitting(codes: NDArray[np.int32], n_texts: int) -> NDArray[np.signedinteger]:
    return codes.astype(np.int8) if n_texts <= 127 else codes

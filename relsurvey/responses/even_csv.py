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
            returns += chunk.count(b"\r")
            pairs += joined[len(tail) and len(tail) - 1 :].count(b"\r\n")
            marks += chunk.count(mark)
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
    codes, texts = pd.factorize(values.fillna(""))
    order = {"": 0}
    found = np.asarray(texts, dtype=object).tolist()
    lookup = np.array([order.setdefault(text, len(order)) for text in found], dtype=np.int32)
    return Column(name, tuple(order), _fitting(lookup[codes], len(order)))


def _numbers(name: str, values: NDArray[np.number]) -> Column | None:
    """Column of numbers; NaN is a blank cell."""
    filled = ~np.isnan(values) if values.dtype.kind == "f" else np.ones(len(values), dtype=bool)
    kept = values[filled]
    if kept.size and not np.isfinite(kept).all():
        return None
    codes = np.zeros(len(values), dtype=np.int32)
    if kept.size and kept.min() >= 0 and kept.max() < _SMALL and (kept == kept.astype(int)).all():
        whole = kept.astype(np.int64)
        there = np.flatnonzero(np.bincount(whole, minlength=_SMALL))
        place = np.zeros(_SMALL, dtype=np.int32)
        place[there] = np.arange(1, there.size + 1)
        codes[filled] = place[whole]
        found = [str(value) for value in there.tolist()]
    else:
        unique, inverse = np.unique(kept, return_inverse=True)
        codes[filled] = inverse + 1
        found = [as_text(value) for value in unique.tolist()]
    return Column(name, ("", *found), _fitting(codes, len(found) + 1))


def _fitting(codes: NDArray[np.int32], n_texts: int) -> NDArray[np.signedinteger]:
    return codes.astype(np.int8) if n_texts <= 127 else codes

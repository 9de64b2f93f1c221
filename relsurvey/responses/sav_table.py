"""SPSS .sav and Stata .dta: codes with their labels, user-missing values kept as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from relsurvey.errors import ResponsesError
from relsurvey.responses.cell_text import as_text
from relsurvey.responses.read_table import ReadOptions
from relsurvey.responses.source import Source
from relsurvey.responses.table import Column, Table


def read_sav_table(file: Path, options: ReadOptions) -> Table:
    """Read an SPSS system file.

    Values that SPSS treats as user-missing are kept, so that "don't know" and "prefer not to
    answer" stay apart; system-missing is blank. Value labels are handed on with the codes.

    Raises
    ------
    ResponsesError
        pyreadstat is not installed, or the file is damaged.
    """
    return _table(file, options, "sav")


def read_dta_table(file: Path, options: ReadOptions) -> Table:
    """Read a Stata file; extended missing values (``.a`` … ``.z``) are kept as their letters.

    Raises
    ------
    ResponsesError
        pyreadstat is not installed, or the file is damaged.
    """
    return _table(file, options, "dta")


def _table(file: Path, options: ReadOptions, kind: str) -> Table:
    frame, meta = _read(file, options, kind)
    columns = tuple(_column(frame, place, meta) for place in range(frame.shape[1]))
    if not columns:
        raise ResponsesError("The file has no variables.", where=file.name)
    rows = np.arange(2, len(frame) + 2, dtype=np.int64)
    blank = np.ones(len(frame), dtype=bool)
    for column in columns:
        blank &= column.codes == 0
    if blank.any():
        columns = tuple(
            Column(c.name, c.texts, c.codes[~blank], c.labels, c.declared_missing) for c in columns
        )
    source = Source(file=file.name, format=kind, encoding=str(meta.file_encoding or ""))
    return Table(columns, rows[~blank], source)


def _read(file: Path, options: ReadOptions, kind: str) -> tuple[pd.DataFrame, Any]:
    try:
        import pyreadstat
    except ImportError as error:
        raise ResponsesError(
            "Reading SPSS and Stata files needs the package pyreadstat.",
            where=file.name,
            hint="pip install relsurvey[spss], or save the answers as CSV.",
        ) from error
    try:
        read = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
        return read(str(file), user_missing=True, encoding=options.encoding)
    except Exception as error:  # the library raises its own and several built-in errors
        raise ResponsesError(
            f"The {'SPSS' if kind == 'sav' else 'Stata'} file is damaged or cut off.",
            where=file.name,
            got=f"{type(error).__name__}: {error}"[:200],
            hint="Save it again in the program that wrote it, or export CSV.",
        ) from error


def _column(frame: pd.DataFrame, place: int, meta: Any) -> Column:  # noqa: ANN401  (pyreadstat)
    name = str(frame.columns[place])
    codes, values = pd.factorize(frame.iloc[:, place].to_numpy(), use_na_sentinel=True)
    index: dict[str, int] = {"": 0}
    lookup = np.zeros(len(values) + 1, dtype=np.int32)  # the last entry serves code −1: missing
    for at, value in enumerate(values):
        lookup[at] = index.setdefault(as_text(value), len(index))
    labels = {
        as_text(value): str(label)
        for value, label in meta.variable_value_labels.get(name, {}).items()
    }
    ranges = meta.missing_ranges.get(name, [])
    letters = set(meta.missing_user_values.get(name, ()))
    declared = frozenset(
        text for text in index if text and (text in letters or _in_ranges(text, ranges))
    )
    return Column(name, tuple(index), lookup[codes], labels, declared)


def _in_ranges(text: str, ranges: list[dict[str, Any]]) -> bool:
    for bounds in ranges:
        low, high = bounds["lo"], bounds["hi"]
        if isinstance(low, str):
            if text == low.strip():
                return True
            continue
        try:
            if float(low) <= float(text) <= float(high):
                return True
        except ValueError:
            continue
    return False

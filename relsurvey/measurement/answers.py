"""Columns of a frame as numbers, or an error that names the column and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError

FloatArray = NDArray[np.float64]
LARGEST = 1e100  # squares and products of more overflow


def answer_matrix(frame: pd.DataFrame, columns: Sequence[str], where: str) -> FloatArray:
    """Return the columns as floats, NaN where there is no answer, shape (rows, columns).

    Parameters
    ----------
    frame : DataFrame
        Any frame; it is not changed.
    columns : sequence
        Column names, each once.
    where : str
        What the columns belong to, for messages.

    Raises
    ------
    DataError
        When there are no columns, one is named twice, is not there or is there twice, is not
        numeric, or holds infinities.
    """
    check_frame(frame)
    _check_names(frame, columns, where)
    return np.column_stack([_numbers(frame[column], column, where) for column in columns])


def check_frame(frame: object) -> None:
    """Raise `DataError` unless the data are a DataFrame with one row of column names."""
    if not isinstance(frame, pd.DataFrame) or frame.columns.nlevels > 1:
        raise DataError(
            "The data are not a frame.",
            got=type(frame).__name__,
            expected="a pandas DataFrame with one row of column names",
            hint="Scores and responses have one in .frame.",
        )


def check_scales(scales: Mapping[str, object]) -> None:
    """Raise `DataError` unless ``scales`` maps names to lists of column names."""
    if not isinstance(scales, Mapping) or not scales:
        raise DataError(
            "No scales were given.",
            got=repr(scales),
            expected='a mapping of names to column names, such as {"lead": ["x1", "x2", "x3"]}',
        )


def constant_columns(values: FloatArray, columns: Sequence[str]) -> list[str]:
    """Return the names of columns in which all answers that are there are the same."""
    here = np.isfinite(values)
    low = np.where(here, values, np.inf).min(axis=0)
    high = np.where(here, values, -np.inf).max(axis=0)
    return [str(column) for column, same in zip(columns, low >= high, strict=True) if same]


def left_out(
    where: str, n_left_out: int, n_rows: int, missing: str = "an answer"
) -> tuple[str, ...]:
    """Return the sentence on rows left out for something missing; nothing when there are none."""
    if n_left_out == 0:
        return ()
    return (f"{where}: {n_left_out} of {n_rows} rows are left out because {missing} is missing.",)


def _check_names(frame: pd.DataFrame, columns: Sequence[str], where: str) -> None:
    if isinstance(columns, str) or len(columns) == 0:
        raise DataError(
            "A list of column names is needed.", where=where, got=repr(columns), expected="a list"
        )
    repeated = sorted({str(column) for column in columns if list(columns).count(column) > 1})
    if repeated:
        raise DataError("A column is named twice.", where=where, got=", ".join(repeated))
    absent = [str(column) for column in columns if column not in frame.columns]
    if absent:
        raise DataError(
            "The data lack columns.",
            where=where,
            got=", ".join(absent),
            expected=f"columns among: {', '.join(str(name) for name in frame.columns[:40])}",
        )


def _numbers(series: pd.Series, column: str, where: str) -> FloatArray:
    if isinstance(series, pd.DataFrame):
        raise DataError("The data have two columns of one name.", where=where, got=str(column))
    if not pd.api.types.is_numeric_dtype(series) or pd.api.types.is_complex_dtype(series):
        raise DataError(
            "A column does not hold numbers.",
            where=f"{where}, column {column}",
            got=str(series.dtype),
            hint="Recode label texts to answer codes first.",
        )
    values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    if (np.abs(values) > LARGEST).any():
        raise DataError(
            "A column holds infinite or enormous numbers.",
            where=f"{where}, column {column}",
            expected=f"numbers up to {LARGEST:g}",
        )
    return values

"""Which rows a model can use: checked columns, listwise deletion that is counted and named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError, ModelError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
LARGEST = 1e100  # squares and products of more overflow


@dataclass(frozen=True, slots=True, eq=False)
class CompleteCases:
    """The rows that have everything, and what was left out.

    Attributes
    ----------
    frame : DataFrame
        Complete rows with a fresh index; numeric columns as float64.
    clusters : int array (n,) or None
        Cluster of every row as a code 0 … G-1.
    n_dropped : int
        Rows with something missing.
    notes : tuple of str
        One sentence on the rows left out, when there are any.
    """

    frame: pd.DataFrame
    clusters: IntArray | None
    n_dropped: int
    notes: tuple[str, ...]

    @property
    def n_obs(self) -> int:
        """Complete rows."""
        return len(self.frame)

    @property
    def n_clusters(self) -> int | None:
        """Clusters among the complete rows."""
        return None if self.clusters is None else int(self.clusters.max()) + 1

    def columns(self, names: Sequence[str]) -> FloatArray:
        """Return numeric columns as an (n, len(names)) array."""
        return self.frame[list(names)].to_numpy(dtype=np.float64)

    def standardised(self, names: Sequence[str]) -> FloatArray:
        """Return numeric columns (n, len(names)) as z-scores; a constant one is a ModelError."""
        values = self.columns(names)
        require_variation(values, names)
        centred = values - values.mean(axis=0)
        return np.asarray(centred / values.std(axis=0, ddof=1))


def complete_cases(
    frame: pd.DataFrame,
    numeric: Sequence[str],
    other: Sequence[str] = (),
    cluster: str | None = None,
) -> CompleteCases:
    """Keep the rows that have a value in every named column.

    Parameters
    ----------
    frame : DataFrame
        Not changed.
    numeric : sequence of str
        Columns that must be numbers.
    other : sequence of str
        Columns of any type; numbers and truth values become float64.
    cluster : str, optional
        Column that says which cluster a row belongs to.

    Raises
    ------
    DataError
        A column is unknown, stands twice, is not numeric or holds infinite values, or no complete
        row is left.
    """
    everything = list(dict.fromkeys([*numeric, *other, *([cluster] if cluster else [])]))
    require_columns(frame, everything)
    typed = {name: _typed(frame, name, must_be_numeric=name in numeric) for name in everything}
    missing = {name: values.isna().to_numpy(dtype=bool) for name, values in typed.items()}
    complete = ~np.logical_or.reduce([*missing.values(), np.zeros(len(frame), dtype=bool)])
    n_dropped = int((~complete).sum())
    by_column = {name: int(gaps.sum()) for name, gaps in missing.items() if gaps.any()}
    kept = pd.DataFrame(typed, index=pd.RangeIndex(len(frame)))
    if n_dropped:
        kept = kept[complete].reset_index(drop=True)
    for name in everything:
        if isinstance(kept[name].dtype, pd.CategoricalDtype):
            kept[name] = kept[name].cat.remove_unused_categories()
    if kept.empty:
        raise DataError(
            "No row has a value in every column that the model uses.",
            where=_listed(by_column),
            got=f"{len(frame)} rows, none complete",
            expected="complete rows",
            hint="Leave out the column with most missing values.",
        )
    clusters = None
    if cluster is not None:
        clusters = np.asarray(pd.factorize(kept[cluster])[0], dtype=np.int64)
    notes: tuple[str, ...] = ()
    if n_dropped:
        notes = (
            f"{n_dropped} of {len(frame)} rows were left out because a value is missing "
            f"({_listed(by_column)}).",
        )
    return CompleteCases(frame=kept, clusters=clusters, n_dropped=n_dropped, notes=notes)


def require_columns(frame: pd.DataFrame, names: Iterable[str], where: str = "") -> None:
    """Raise a DataError that names the first unknown or repeated column and its nearest kin."""
    if not isinstance(frame, pd.DataFrame):
        raise DataError(
            "The data are not a frame.",
            where=where,
            got=type(frame).__name__,
            expected="a pandas DataFrame; scores and responses have one in .frame",
        )
    known = [str(column) for column in frame.columns]
    for name in names:
        if name not in frame.columns:
            near = get_close_matches(str(name), known, n=1, cutoff=0.5)
            raise DataError(
                f"There is no column {name!r}.",
                where=where,
                got=str(name),
                expected=f"perhaps {near[0]!r}" if near else "one of " + ", ".join(known[:20]),
            )
        if not frame.columns.is_unique and int((frame.columns == name).sum()) > 1:
            raise DataError(
                f"The column {name!r} stands more than once in the frame.",
                where=where,
                expected="one column of each name",
            )


def require_variation(values: FloatArray, names: Sequence[str]) -> None:
    """Raise a ModelError that names the columns (n, m) with one value in every row."""
    constant = [name for name, same in zip(names, np.ptp(values, axis=0) == 0, strict=True) if same]
    if constant:
        raise ModelError(
            "A column has the same value in every complete row.",
            where=", ".join(constant),
            got=f"{values.shape[0]} rows with one value",
            expected="columns that vary",
        )


def _typed(frame: pd.DataFrame, name: str, *, must_be_numeric: bool) -> pd.Series:
    values = frame[name]
    if pd.api.types.is_numeric_dtype(values.dtype) and values.dtype.kind != "c":
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        n_too_large = int((np.abs(numbers) > LARGEST).sum())
        if n_too_large:
            raise DataError(
                f"The column {name!r} holds infinite or enormous values.",
                got=f"{n_too_large} such values",
                expected=f"numbers up to {LARGEST:g}, or missing",
            )
        return pd.Series(numbers)
    if must_be_numeric:
        example = values.dropna()
        raise DataError(
            f"The column {name!r} is not numeric.",
            got=f"{values.dtype}, for example {example.iloc[0]!r}" if len(example) else "no values",
            expected="numbers",
            hint="Turn the answers into numbers first; read_responses and score do so.",
        )
    if values.dtype.kind in "Mmc":
        raise DataError(
            f"The column {name!r} holds neither numbers nor groups.",
            got=str(values.dtype),
            expected="numbers or texts",
            hint="Turn times into numbers first, for example years since they began.",
        )
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.reset_index(drop=True)
    return values.astype(object).reset_index(drop=True)


def _listed(by_column: dict[str, int]) -> str:
    ordered = sorted(by_column.items(), key=lambda item: -item[1])
    shown = ", ".join(f"{name} {count}" for name, count in ordered[:8])
    return shown + (" …" if len(ordered) > 8 else "")

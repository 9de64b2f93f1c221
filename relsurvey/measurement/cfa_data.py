"""The rows that a factor model is fitted to, by group, with their clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError
from relsurvey.measurement.answers import answer_matrix, constant_columns, left_out
from relsurvey.stats.ordinal_data import MISSING, OrdinalData

FloatArray = NDArray[np.float64]
Index = NDArray[np.int64]

MOST_POINTS = 10


@dataclass(frozen=True, slots=True, eq=False)
class CfaData:
    """Rows of the items.

    Attributes
    ----------
    items : tuple of str
        Columns.
    labels : tuple of str
        Groups, sorted or as an ordered categorical column says; one empty label without groups.
    values : tuple of ndarray, shape (n_g, p)
        Answers of each group, NaN for none.
    places : tuple of ndarray of int, shape (n_g,)
        Where each row stands in the frame.
    index : Index
        Of the frame, all its rows.
    clusters : tuple of ndarray of int, or None
        Cluster of each row, numbered over all groups.
    n_clusters : int
        Clusters; 0 without.
    notes : tuple of str
        Rows left out.
    """

    items: tuple[str, ...]
    labels: tuple[str, ...]
    values: tuple[FloatArray, ...]
    places: tuple[Index, ...]
    index: pd.Index
    clusters: tuple[Index, ...] | None
    n_clusters: int
    notes: tuple[str, ...]

    @property
    def n_obs(self) -> int:
        """Rows of all groups."""
        return sum(len(rows) for rows in self.values)


def cfa_data(
    frame: pd.DataFrame,
    items: Sequence[str],
    *,
    group: str | None,
    cluster: str | None,
    complete: bool,
    needed: Sequence[str] = (),
) -> CfaData:
    """Take items, groups and clusters from a frame.

    Parameters
    ----------
    frame : DataFrame
        It is not changed.
    items : sequence of str
        Columns of the model.
    group, cluster : str, optional
        Columns; rows that lack one of them are left out.
    complete : bool
        Leave out rows that lack any item, or only those that lack all.
    needed : sequence of str
        Items that no row may lack (predictors).

    Raises
    ------
    DataError
        When columns are absent or not numbers, items do not vary, there are too few rows or
        clusters.
    """
    values = answer_matrix(_numeric(frame, items), items, "the model")
    there = np.isfinite(values)
    answered = there.all(axis=1) if complete else there.any(axis=1)
    if needed and not complete:
        must = np.isin(np.array(items, dtype=object), list(needed))
        answered = there[:, must].all(axis=1) & there[:, ~must].any(axis=1)
    known = np.ones(len(frame), dtype=bool)
    for name in (group, cluster):
        if name is not None:
            known &= _column(frame, name).notna().to_numpy()
    notes = list(left_out("CFA", int((~answered).sum()), len(frame)))
    if (answered & ~known).any():
        said = " or ".join(name for name in (group, cluster) if name is not None)
        notes += left_out("CFA", int((answered & ~known).sum()), len(frame), said)
    kept = np.flatnonzero(answered & known)
    if group is None:
        labels: tuple[str, ...] = ("",)
        places = [kept]
    else:
        column = _column(frame, group).iloc[kept]
        names = _group_names(column)
        labels = tuple(str(name) for name in names)
        places = [kept[(column == name).to_numpy()] for name in names]
        if len(labels) < 2:
            raise DataError("There is only one group.", where=group, got=", ".join(labels))
    for label, rows in zip(labels, places, strict=True):
        _check_rows(values[rows], items, f"group {label}" if group else "")
    clusters, n_clusters = _clusters(frame, cluster, kept, places)
    return CfaData(
        tuple(items),
        labels,
        tuple(values[rows] for rows in places),
        tuple(places),
        frame.index,
        clusters,
        n_clusters,
        tuple(notes),
    )


def ordinal_data(data: CfaData) -> tuple[tuple[OrdinalData, ...], tuple[str, ...]]:
    """Answers as categories, the same in all groups, and notes on categories merged.

    A category that a group never uses is merged with the next one towards the middle of the scale,
    in all groups.
    """
    stacked = np.concatenate(data.values)
    codes = np.full(stacked.shape, MISSING, dtype=np.int16)
    bounds = np.cumsum([0, *(len(rows) for rows in data.values)])
    points, notes = [], []
    for at, item in enumerate(data.items):
        there = np.isfinite(stacked[:, at])
        seen, place = np.unique(stacked[there, at], return_inverse=True)
        if len(seen) > MOST_POINTS:
            raise DataError(
                "An item has too many different answers to be ordinal.",
                where=f"column {item}",
                got=f"{len(seen)} values",
                expected=f"2 to {MOST_POINTS}",
                hint="Take estimator='mlr', which treats answers as numbers.",
            )
        own = np.full(len(stacked), MISSING, dtype=np.int64)
        own[there] = place
        merged = _merge([own[a:b] for a, b in pairwise(bounds)], len(seen))
        if merged is not None:
            new = np.where(there, merged[own], MISSING)
            notes.append(f"{item}: {_told(data, seen, merged, own)}")
            own = new
        codes[:, at] = own
        points.append(int(own.max()) + 1)
        if points[-1] < 2:
            raise DataError("An item has only one answer in common over the groups.", got=str(item))
    sizes = np.array(points, dtype=np.int64)
    parts = tuple(OrdinalData(codes[a:b], sizes) for a, b in pairwise(bounds))
    return parts, tuple(notes)


def _told(data: CfaData, seen: FloatArray, merged: Index, own: Index) -> str:
    """Say which answers which group never gives, and which are taken together for it."""
    bounds = np.cumsum([0, *(len(rows) for rows in data.values)])
    never = []
    for label, (start, end) in zip(data.labels, pairwise(bounds), strict=True):
        unused = np.setdiff1d(np.arange(len(seen)), own[start:end])
        if len(unused):
            answers = ", ".join(f"{answer:g}" for answer in seen[unused])
            never.append(f"group {label} never answers {answers}")
    together = [seen[merged == new] for new in range(int(merged.max()) + 1)]
    taken = " and ".join(
        "+".join(f"{answer:g}" for answer in part) for part in together if len(part) > 1
    )
    return f"{', '.join(never)}; {taken} are taken as one answer in all groups."


def _merge(groups: list[Index], points: int) -> Index | None:
    """Merge categories until every group uses all; None when they do from the start."""
    new = np.arange(points)
    while True:
        count = int(new.max()) + 1
        used = [np.bincount(new[own[own != MISSING]], minlength=count) for own in groups]
        empty = np.flatnonzero((np.array(used) == 0).any(axis=0))
        if not len(empty) or count == 1:
            return None if count == points else new
        at = int(empty[0])
        lower = at if at < (count - 1) / 2 else at - 1  # merge categories lower and lower + 1
        lower = min(max(lower, 0), count - 2)
        new = np.where(new > lower, new - 1, new)


def _numeric(frame: pd.DataFrame, items: Sequence[str]) -> pd.DataFrame:
    """Ordered categories as their place, all else as it is."""
    ordered = [
        name
        for name in dict.fromkeys(items)
        if name in frame.columns
        and isinstance(frame[name], pd.Series)
        and getattr(frame[name].dtype, "ordered", False)
    ]
    if not ordered:
        return frame
    places = {name: frame[name].cat.codes.astype(float).replace(-1.0, np.nan) for name in ordered}
    return frame.assign(**places)


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns or isinstance(frame[name], pd.DataFrame):
        raise DataError("The data lack a column, or have it twice.", got=str(name))
    return frame[name]


def _group_names(column: pd.Series) -> list[object]:
    """Return groups as an ordered categorical says, else as numbers or by name."""
    if getattr(column.dtype, "ordered", False):
        return [name for name in column.cat.categories if (column == name).any()]
    return sorted(column.unique(), key=_sort_key)


def _sort_key(value: object) -> tuple[int, float, str]:
    if isinstance(value, int | float | np.number):
        return 0, float(value), ""
    return 1, 0.0, str(value)


def _check_rows(rows: FloatArray, items: Sequence[str], where: str) -> None:
    if len(rows) <= len(items):
        raise DataError(
            "There are too few complete rows for the model.",
            where=where,
            got=f"{len(rows)} rows without a missing answer",
            expected=f"more than the {len(items)} items",
        )
    constant = constant_columns(rows, items)
    if constant:
        raise DataError(
            "Items do not vary: everybody gives the same answer.",
            where=where,
            got=", ".join(constant),
        )


def _clusters(
    frame: pd.DataFrame, cluster: str | None, kept: Index, places: list[Index]
) -> tuple[tuple[Index, ...] | None, int]:
    if cluster is None:
        return None, 0
    codes, names = pd.factorize(_column(frame, cluster))
    used, numbers = np.unique(codes[kept], return_inverse=True)
    if min(len(np.unique(codes[rows])) for rows in places) < 2:
        raise DataError(
            "Errors for clusters need two clusters or more"
            + (" in each group." * (len(places) > 1) or "."),
            where=cluster,
            got=str(len(names)),
        )
    every = np.zeros(len(frame), dtype=np.int64)
    every[kept] = numbers
    return tuple(every[rows] for rows in places), len(used)

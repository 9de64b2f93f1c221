"""Correlations of items, Pearson or polychoric, with the rows that answered them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.answers import answer_matrix, constant_columns, left_out
from relsurvey.stats.ordinal_scale import as_categories, closed_up
from relsurvey.stats.pairwise_cov import pairwise_correlations
from relsurvey.stats.polychoric import polychorics

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ItemCorrelations:
    """Answers of complete rows (n, p), their correlations (p, p), and rows left out."""

    values: FloatArray
    correlations: FloatArray
    notes: tuple[str, ...]


def item_correlations(
    frame: pd.DataFrame, items: Sequence[str], *, ordered: bool, where: str
) -> ItemCorrelations:
    """Return the correlations of items in the rows that answered them all.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    items : sequence
        Columns, three or more.
    ordered : bool
        Polychoric instead of Pearson correlations.
    where : str
        The analysis, for messages.

    Raises
    ------
    DataError
        When columns are missing, not numeric or do not vary, or rows are too few.
    ModelError
        When the correlations are not positive definite.
    """
    values = answer_matrix(frame, items, where)
    complete = values[np.isfinite(values).all(axis=1)]
    if len(items) < 3 or len(complete) <= len(items):
        raise DataError(
            "Three items and more complete rows than items are needed.",
            where=where,
            got=f"{len(items)} items, {len(complete)} complete rows",
        )
    constant = constant_columns(complete, items)
    if constant:
        raise DataError("Items do not vary.", where=where, got=", ".join(constant))
    found = correlations_of(complete, ordered=ordered)
    if np.linalg.eigvalsh(found)[0] < 1e-8:
        raise ModelError(
            "The correlations are not positive definite.",
            where=where,
            hint="Items may be copies of each other or sums of others, or rows may be too few.",
        )
    notes = left_out(where, len(values) - len(complete), len(values))
    return ItemCorrelations(complete, found, notes)


def correlations_of(values: FloatArray, *, ordered: bool) -> FloatArray:
    """Correlations (p, p) of answers without holes, each item varying."""
    if ordered:
        return polychorics(as_categories(values)).matrix()
    return np.asarray(np.corrcoef(values.T), dtype=np.float64)


def sample_correlations(
    values: FloatArray, samples: Iterable[IntArray], *, ordered: bool
) -> FloatArray:
    """Correlations (b, p, p) of each sample of rows, pairs taken where answers are missing.

    NaN in a sample where an item does not vary.
    """
    found = []
    data = as_categories(values) if ordered else None
    for rows in samples:
        if data is None:
            found.append(pairwise_correlations(values[rows]))
            continue
        drawn = closed_up(data, rows)
        if (drawn.points < 2).any():
            found.append(np.full((values.shape[1],) * 2, np.nan))
            continue
        found.append(polychorics(drawn).matrix())
    return np.array(found)

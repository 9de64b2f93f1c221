"""Ordinal answers as categories, and the two-way tables of all pairs at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int16]

MISSING = -1
_ROWS = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalData:
    """Ordinal answers as zero-based categories.

    Attributes
    ----------
    codes : ndarray of int16, shape (n, p)
        Category 0 … k−1 of each answer; −1 where there is none.
    points : ndarray of int, shape (p,)
        Number of categories per item.
    """

    codes: Codes
    points: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PairTables:
    """Tables of all pairs i > j of p items, in the order of the lower triangle by columns.

    Attributes
    ----------
    first, second : ndarray of int, shape (m,)
        The items of each pair, ``first > second``; m = p(p−1)/2.
    counts : ndarray, shape (m, k, k)
        Counts by category of the first and of the second item; k is the largest number of
        categories, rows and columns that an item does not have are zero.
    margins : list of ndarray, length p
        Counts of each item's categories over all who answered it.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    counts: Array
    margins: tuple[Array, ...]


def pair_tables(data: OrdinalData) -> PairTables:
    """Count all pairs by one matrix product of indicator columns, in blocks of rows.

    Parameters
    ----------
    data : OrdinalData
        Answers; a pair counts those who answered both items.

    Returns
    -------
    PairTables
        Counts of every pair and every item.
    """
    offsets = np.concatenate([[0], np.cumsum(data.points)])
    total = np.zeros((offsets[-1], offsets[-1]))
    for start in range(0, len(data.codes), _ROWS):
        block = data.codes[start : start + _ROWS]
        indicators = np.zeros((len(block), offsets[-1]), dtype=np.float32)
        rows, items = np.nonzero(block != MISSING)
        indicators[rows, offsets[items] + block[rows, items]] = 1.0
        total += indicators.T @ indicators
    second, first = np.triu_indices(len(data.points), 1)
    largest = int(data.points.max())
    place = np.minimum(np.arange(largest), data.points[:, None] - 1) + offsets[:-1, None]
    there = np.arange(largest) < data.points[:, None]
    counts = total[place[first][:, :, None], place[second][:, None, :]]
    counts *= there[first][:, :, None] & there[second][:, None, :]
    margins = tuple(
        np.diag(total)[offsets[item] : offsets[item + 1]].copy() for item in range(len(data.points))
    )
    return PairTables(first=first, second=second, counts=counts, margins=margins)

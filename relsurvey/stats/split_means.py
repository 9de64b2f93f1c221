"""Means of random halves of groups, so that predictors and outcome come from different people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FEWEST = 4  # two people a half


@dataclass(frozen=True, slots=True, eq=False)
class SplitMeans:
    """Group means and what is needed to halve the groups.

    Attributes
    ----------
    columns : array (n, m)
        Rows of groups that can be halved.
    groups : int array (n,)
        Codes 0 … G-1.
    first : array (G, m)
        Means of whole groups.
    n_small : int
        Groups left out because they are too small.
    n_splits, seed : int
    """

    columns: FloatArray
    groups: IntArray
    first: FloatArray
    n_small: int
    n_splits: int
    seed: int

    def halves(self) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Yield means (G, m) of one half and of the other; the odd one out falls to either."""
        generator = np.random.default_rng(self.seed)
        sizes = np.bincount(self.groups)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        for _ in range(self.n_splits):
            order = np.lexsort((generator.random(len(self.groups)), self.groups))
            place = np.empty(len(order), dtype=np.int64)
            place[order] = np.arange(len(order))
            place -= starts[self.groups]
            cut = (sizes + generator.integers(0, 2, sizes.size)) // 2
            inside = place < cut[self.groups]
            yield (
                group_means(self.columns[inside], self.groups[inside]),
                group_means(self.columns[~inside], self.groups[~inside]),
            )


def split_means(columns: FloatArray, groups: IntArray, n_splits: int, seed: int) -> SplitMeans:
    """Set aside groups too small to halve.

    Parameters
    ----------
    columns : array (n, m)
    groups : int array (n,)
        Codes 0 … G-1, every code in use.
    n_splits, seed : int
    """
    sizes = np.bincount(groups)
    kept = sizes[groups] >= FEWEST
    codes = np.unique(groups[kept], return_inverse=True)[1].astype(np.int64)
    means = group_means(columns[kept], codes) if kept.any() else columns[:0]
    small = int((sizes < FEWEST).sum())
    return SplitMeans(columns[kept], codes, means, small, n_splits, seed)


def group_means(columns: FloatArray, groups: IntArray) -> FloatArray:
    """Return the means (G, m) of groups with codes 0 … G-1."""
    sizes = np.bincount(groups)
    sums = np.column_stack([np.bincount(groups, weights=column) for column in columns.T])
    return np.asarray(sums / sizes[:, None])

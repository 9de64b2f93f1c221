"""Rows sorted by group, so that group sums and medians need no loop over groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """Values of several columns, sorted by group.

    Attributes
    ----------
    values : ndarray, shape (n, k)
        Rows of one group stand together.
    codes : ndarray of int, shape (n,)
        Group of each row, from 0 to g - 1; every group has at least one row.
    starts, sizes : ndarray of int, shape (g,)
        First row and number of rows of each group.
    means, variances : ndarray, shape (g, k)
        Of each group; variances with divisor size - 1, NaN in groups of one.
    """

    values: FloatArray
    codes: IntArray
    starts: IntArray
    sizes: IntArray
    means: FloatArray
    variances: FloatArray

    @property
    def medians(self) -> FloatArray:
        """Group medians, shape (g, k)."""
        low = self.starts + (self.sizes - 1) // 2
        high = self.starts + self.sizes // 2
        levels, ranks = _levels(self.values)
        small = len(self.starts) * len(levels) < 2**31
        keys = self.codes * len(levels) + ranks.T
        keys = np.sort(keys.astype(np.int32) if small else keys, axis=1)
        ordered = levels[keys - self.codes * len(levels)].T
        medians: FloatArray = (ordered[low] + ordered[high]) / 2.0
        return medians

    def mean_absolute_deviations(self, centres: FloatArray) -> FloatArray:
        """Mean absolute deviation from each group's centre (g, k), shape (g, k)."""
        distances = np.abs(self.values - centres[self.codes])
        sums = np.add.reduceat(distances, self.starts, axis=0)
        mean_distances: FloatArray = sums / self.sizes[:, None]
        return mean_distances


def _levels(values: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return values that occur (and perhaps more), ascending, and the place of each answer."""
    low, high = float(values.min()), float(values.max())
    if high - low < 1000.0 and bool((values == np.rint(values)).all()):
        return np.arange(low, high + 1.0), (values - low).astype(np.int64)
    levels, ranks = np.unique(values, return_inverse=True)
    return levels, ranks.reshape(values.shape).astype(np.int64)


def group_rows(values: FloatArray, codes: IntArray) -> Grouped:
    """Sort rows by group.

    Parameters
    ----------
    values : ndarray, shape (n, k)
        No NaN.
    codes : ndarray of int, shape (n,)
        Group numbers from 0; numbers that no row has are closed up.
    """
    counts = np.bincount(codes)
    sizes = counts[counts > 0]
    dense = np.repeat(np.arange(len(sizes)), sizes)
    in_order = bool((codes[1:] >= codes[:-1]).all())
    ordered = values if in_order else values[np.argsort(codes, kind="stable")]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    means = np.add.reduceat(ordered, starts, axis=0) / sizes[:, None]
    squares = np.add.reduceat((ordered - means[dense]) ** 2, starts, axis=0)
    several = (sizes > 1)[:, None]
    variances = np.where(several, squares / np.maximum(sizes - 1, 1)[:, None], np.nan)
    return Grouped(ordered, dense, starts, sizes, means, variances)

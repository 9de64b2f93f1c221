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
    """

    values: FloatArray
    codes: IntArray
    starts: IntArray
    sizes: IntArray

    @property
    def means(self) -> FloatArray:
        """Group means, shape (g, k)."""
        sums = np.add.reduceat(self.values, self.starts, axis=0)
        means: FloatArray = sums / self.sizes[:, None]
        return means

    @property
    def variances(self) -> FloatArray:
        """Group variances with divisor size - 1, shape (g, k); NaN in groups of one."""
        squares = (self.values - self.means[self.codes]) ** 2
        sums = np.add.reduceat(squares, self.starts, axis=0)
        several = (self.sizes > 1)[:, None]
        return np.where(several, sums / np.maximum(self.sizes - 1, 1)[:, None], np.nan)

    @property
    def medians(self) -> FloatArray:
        """Group medians, shape (g, k)."""
        low = self.starts + (self.sizes - 1) // 2
        high = self.starts + self.sizes // 2
        medians = np.empty((len(self.starts), self.values.shape[1]))
        for column in range(self.values.shape[1]):
            ordered = self.values[np.lexsort((self.values[:, column], self.codes)), column]
            medians[:, column] = (ordered[low] + ordered[high]) / 2.0
        return medians

    def mean_absolute_deviations(self, centres: FloatArray) -> FloatArray:
        """Mean absolute deviation from each group's centre (g, k), shape (g, k)."""
        distances = np.abs(self.values - centres[self.codes])
        sums = np.add.reduceat(distances, self.starts, axis=0)
        mean_distances: FloatArray = sums / self.sizes[:, None]
        return mean_distances


def group_rows(values: FloatArray, codes: IntArray) -> Grouped:
    """Sort rows by group.

    Parameters
    ----------
    values : ndarray, shape (n, k)
        No NaN.
    codes : ndarray of int, shape (n,)
        Group numbers from 0; numbers that no row has are closed up.
    """
    _, dense = np.unique(codes, return_inverse=True)
    order = np.argsort(dense, kind="stable")
    sizes = np.bincount(dense)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return Grouped(values[order], dense[order].astype(np.int64), starts, sizes)

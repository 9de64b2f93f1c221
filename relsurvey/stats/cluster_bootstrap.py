"""Cluster bootstrap of anything that follows from cross-products: whole clusters are resampled.

Every cluster's cross-products are summed once. A replicate draws as many clusters as there are,
with replacement, and adds up their cross-products: rows are never touched again, so the cost of a
replicate does not depend on how many people there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# A column with less than this share of its variance left after the ones before it is dropped.
ALIASED = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class CrossProducts:
    """Sums of products per cluster.

    Attributes
    ----------
    sums : array (G, m(m+1)/2)
        Upper triangle of ``Z_g' Z_g``, row by row.
    n_columns : int
        m, the number of columns of Z.
    """

    sums: FloatArray
    n_columns: int

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return int(self.sums.shape[0])

    def total(self) -> FloatArray:
        """Return ``Z'Z`` (m, m) over all clusters."""
        return np.asarray(unpack(self.sums.sum(axis=0)[None, :], self.n_columns)[0])


def cross_products(columns: FloatArray, clusters: IntArray) -> CrossProducts:
    """Sum the products of all pairs of columns within each cluster.

    Parameters
    ----------
    columns : array (n, m)
        Centred columns keep their precision; a column of ones among them carries the means.
    clusters : int array (n,)
        Codes 0 … G-1, every code in use.
    """
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(clusters[order]) > 0])
    ordered = columns[order]
    n_columns = columns.shape[1]
    sums = np.empty((starts.size, n_columns * (n_columns + 1) // 2))
    for place, (left, right) in enumerate(zip(*np.triu_indices(n_columns), strict=True)):
        sums[:, place] = np.add.reduceat(ordered[:, left] * ordered[:, right], starts)
    return CrossProducts(sums=sums, n_columns=n_columns)


def resample(
    products: CrossProducts, n_boot: int, seed: int, batch: int = 500
) -> Iterator[FloatArray]:
    """Yield the cross-products of bootstrap replicates in batches of (b, m, m).

    Parameters
    ----------
    products : CrossProducts
    n_boot : int
        Replicates in all.
    seed : int
        Of ``numpy.random.default_rng``; the batch size does not change the draws.
    batch : int
        Replicates at a time, which bounds the memory.

    Notes
    -----
    Field & Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390. The same draws in
    R need a loop: ``sandwich::vcovBS(lm, cluster, type = "xy")``.
    """
    generator = np.random.default_rng(seed)
    n_clusters = products.n_clusters
    for start in range(0, n_boot, batch):
        size = min(batch, n_boot - start)
        drawn = generator.integers(0, n_clusters, size=(size, n_clusters))
        drawn += n_clusters * np.arange(size)[:, None]
        weights = np.bincount(drawn.ravel(), minlength=size * n_clusters)
        sums = weights.reshape(size, n_clusters).astype(np.float64) @ products.sums
        yield unpack(sums, products.n_columns)


def unpack(sums: FloatArray, n_columns: int) -> FloatArray:
    """Return symmetric (b, m, m) matrices from their upper triangles (b, m(m+1)/2)."""
    left, right = np.triu_indices(n_columns)
    matrices = np.empty((sums.shape[0], n_columns, n_columns))
    matrices[:, left, right] = sums
    matrices[:, right, left] = sums
    return matrices


def partial_out(matrices: FloatArray, n_first: int) -> FloatArray:
    """Return cross-products (b, m-f, m-f) of what the first f columns leave of the others.

    Parameters
    ----------
    matrices : array (b, m, m)
        Cross-products.
    n_first : int
        f. Among these, a column that is constant or follows from the ones before it in a replicate
        (a control group that was not drawn) is passed over in that replicate.
    """
    remaining = matrices
    lengths = np.diagonal(matrices, axis1=1, axis2=2)
    for column in range(n_first):
        pivot = remaining[:, 0, 0]
        kept = pivot > ALIASED * lengths[:, column]
        inverse = np.where(kept, 1.0 / np.where(kept, pivot, 1.0), 0.0)
        along = remaining[:, 1:, 0]
        remaining = remaining[:, 1:, 1:] - (
            along[:, :, None] * along[:, None, :] * inverse[:, None, None]
        )
    return remaining

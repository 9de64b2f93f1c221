"""Normal likelihood of rows in clusters with random intercepts: value, slopes, curvature, scores.

A cluster of n rows has log|Σw|·(n − 1) + log|Σw + nΣb|, the cross-products around its own mean and
a quadratic form in that mean (McDonald, R. P., & Goldstein, H., 1989, British Journal of
Mathematical and Statistical Psychology, 42, 215-232). One transformation T with TΣwT′ = I and
TΣbT′ = diag(λ) serves clusters of all sizes: (Σw + nΣb)⁻¹ = T′ diag(1 / (1 + nλ)) T.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.pattern_products import (
    covariance_curvature,
    half_product,
    halves,
    mixed_curvature,
    pack,
)

Array = NDArray[np.float64]
Index = NDArray[np.int64]
LEAST = 1e-3  # of what a cluster's covariances between may take from those within


@dataclass(frozen=True, slots=True, eq=False)
class ClusteredData:
    """Rows in clusters, reduced to what the likelihood needs.

    Attributes
    ----------
    n_obs : int
    size : ndarray, shape (j,)
        Rows of each of the j clusters.
    mean : ndarray, shape (j, p)
    within : ndarray, shape (p, p)
        Cross-products around the clusters' own means, summed.
    centred : ndarray, shape (n, p)
        Rows minus their cluster's mean, ordered by cluster.
    """

    n_obs: int
    size: Array
    mean: Array
    within: Array
    centred: Array


def cluster_data(data: Array, clusters: Index) -> ClusteredData:
    """Reduce complete rows (n, p) in clusters (n,)."""
    codes = np.unique(clusters, return_inverse=True)[1].ravel()
    order = np.argsort(codes, kind="stable")
    rows = data[order]
    size = np.bincount(codes)
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    mean = np.add.reduceat(rows, start, axis=0) / size[:, None]
    centred = rows - np.repeat(mean, size, axis=0)
    return ClusteredData(len(data), size.astype(float), mean, centred.T @ centred, centred)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The data in the coordinates in which both levels are uncorrelated.

    Attributes
    ----------
    value : float
        −log-likelihood, with the constant.
    transform : ndarray, shape (p, p)
        T.
    ratio : ndarray, shape (p,)
        λ, variance between by variance within.
    share : ndarray, shape (j, p)
        1 / (1 + nλ).
    distance : ndarray, shape (j, p)
        T times the cluster's mean minus μ.
    within : ndarray, shape (p, p)
        TWT′.
    """

    value: float
    transform: Array
    ratio: Array
    share: Array
    distance: Array
    within: Array


def split(data: ClusteredData, within: Array, between: Array, mean: Array) -> Split | None:
    """Value and parts of the likelihood; None where a cluster's covariances are not proper."""
    try:
        root = np.linalg.cholesky(within)
    except np.linalg.LinAlgError:
        return None
    inverse_root = np.linalg.inv(root)
    ratio, turn = np.linalg.eigh(inverse_root @ between @ inverse_root.T)
    weight = 1.0 + data.size[:, None] * ratio
    if not np.all(weight > LEAST):
        return None
    transform = turn.T @ inverse_root
    distance = (data.mean - mean) @ transform.T
    spread = transform @ data.within @ transform.T
    logarithm = 2.0 * data.n_obs * float(np.sum(np.log(np.diag(root)))) + np.log(weight).sum()
    quadratic = np.trace(spread) + np.sum(data.size[:, None] * distance**2 / weight)
    constant = data.n_obs * len(mean) * np.log(2.0 * np.pi)
    value = 0.5 * float(constant + logarithm + quadratic)
    return Split(value, transform, ratio, 1.0 / weight, distance, spread)


def slopes(data: ClusteredData, at: Split) -> tuple[Array, Array, Array]:
    """Slopes of −log-likelihood by Σw (p, p), Σb (p, p) and μ (p,), as symmetric matrices."""
    size = data.size[:, None]
    pulled = at.distance * at.share
    alone = data.n_obs - len(data.size)
    by_within = np.diag(alone + at.share.sum(axis=0)) - at.within - (size * pulled).T @ pulled
    by_between = np.diag((size * at.share).sum(axis=0)) - (size**2 * pulled).T @ pulled
    back = at.transform.T
    by_mean = -(size * pulled).sum(axis=0) @ at.transform
    return 0.5 * back @ by_within @ back.T, 0.5 * back @ by_between @ back.T, by_mean


def curvature(data: ClusteredData, at: Split) -> Array:
    """Second derivatives of −log-likelihood, shape (2p* + p, 2p* + p).

    By the lower triangle of Σw, then of Σb, then μ; clusters of one size share their terms.
    """
    p = data.mean.shape[1]
    sizes, of = np.unique(data.size, return_inverse=True)
    of = of.ravel()
    count = np.bincount(of).astype(float)
    pulled = at.distance * at.share
    member = (of[None, :] == np.arange(len(sizes))[:, None]).astype(float)
    share = 1.0 / (1.0 + sizes[:, None] * at.ratio)
    crossed = np.stack([(row[:, None] * pulled).T @ pulled for row in member])
    back = at.transform.T
    inverse = (back * share[:, None, :]) @ at.transform
    spread = pack(sizes[:, None, None] * (back @ crossed @ at.transform))
    level = sizes[:, None] * (member @ pulled) @ at.transform
    packed = pack(inverse)
    alone = pack((back @ at.transform)[None])
    own = pack((back @ at.within @ at.transform)[None])
    single = half_product(alone, own, np.array([data.n_obs - len(data.size)], dtype=float))
    whole = [
        covariance_curvature(half_product(packed, spread, count, sizes**power) + extra, p)
        for power, extra in ((0, single), (1, 0.0), (2, 0.0))
    ]
    mixed = mixed_curvature(packed, level), mixed_curvature(packed, sizes[:, None] * level)
    by_mean = np.tensordot(sizes * count, inverse, 1)
    return np.block(
        [
            [whole[0], whole[1], mixed[0]],
            [whole[1], whole[2], mixed[1]],
            [mixed[0].T, mixed[1].T, by_mean],
        ]
    )


def cluster_meat(data: ClusteredData, at: Split) -> Array:
    """Cross-products of the clusters' scores, shape (2p* + p, 2p* + p), ordered as `curvature`."""
    p = data.mean.shape[1]
    weight = halves(p)
    alone = at.transform.T @ at.transform
    packed_alone = pack(alone)
    edges = np.concatenate([[0], np.cumsum(data.size)]).astype(np.int64)
    reached = data.centred @ alone
    pulled = at.distance * at.share @ at.transform
    meat = np.zeros((2 * len(weight) + p, 2 * len(weight) + p))
    for first in range(0, len(data.size), 256):
        block = slice(first, min(first + 256, len(data.size)))
        size = data.size[block, None]
        own = [reached[edges[c] : edges[c + 1]] for c in range(block.start, block.stop)]
        crossed = pack(np.stack([rows.T @ rows for rows in own]))
        inverse = pack((at.transform.T * at.share[block, None, :]) @ at.transform)
        outer = size * pack(pulled[block, :, None] * pulled[block, None, :])
        by_within = crossed - (size - 1.0) * packed_alone + outer - inverse
        scores = np.concatenate(
            [weight * by_within, weight * size * (outer - inverse), size * pulled[block]], axis=1
        )
        meat += scores.T @ scores
    return meat

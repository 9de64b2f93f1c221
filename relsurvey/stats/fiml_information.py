"""Curvature and scores of the likelihood of rows with gaps, by covariances and means."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.incomplete import Completed, IncompleteData
from relsurvey.stats.pattern_products import (
    covariance_curvature,
    half_product,
    halves,
    mixed_curvature,
    pack,
)

Array = NDArray[np.float64]
Index = NDArray[np.int64]
BLOCK = 512


def pattern_inverses(data: IncompleteData, precision: Array) -> Iterator[tuple[slice, Array]]:
    """Yield blocks of patterns and the inverse covariance of what they see, (k, p, p)."""
    for first in range(0, len(data.seen), BLOCK):
        patterns = slice(first, min(first + BLOCK, len(data.seen)))
        inverses = np.repeat(precision[None], patterns.stop - first, axis=0)
        for at, lacking in data.alike(patterns):
            if lacking.shape[1]:
                inner = np.linalg.inv(precision[lacking[:, :, None], lacking[:, None, :]])
                side = precision[lacking]
                inverses[at.start - first : at.stop - first] -= side.transpose(0, 2, 1) @ (
                    inner @ side
                )
        yield patterns, inverses


def moment_information(data: IncompleteData, at: Completed) -> Array:
    """Observed information on the lower triangle of Σ and then μ, shape (p* + p, p* + p)."""
    p = data.values.shape[1]
    size = p * (p + 1) // 2
    products, mixed = np.zeros((size, size)), np.zeros((size, p))
    by_mean = np.zeros((p, p))
    for patterns, inverses in pattern_inverses(data, at.precision):
        inverse, count = pack(inverses), data.count[patterns]
        ends = zip(data.start[patterns], count, strict=True)
        rows = [at.pulled[start : start + number] for start, number in ends]
        spread = pack(np.stack([part.T @ part for part in rows]))
        level = np.stack([part.sum(axis=0) for part in rows])
        products += half_product(inverse, spread, count.astype(float))
        mixed += mixed_curvature(inverse, level)
        by_mean += np.tensordot(count, inverses, 1)
    return np.block([[covariance_curvature(products, p), mixed], [mixed.T, by_mean]])


def complete_information(precision: Array, n: int) -> Array:
    """Information of ``n`` rows without gaps at their own moments, shape (p* + p, p* + p)."""
    p = len(precision)
    inverse = pack(precision[None])
    weight = np.array([float(n)])
    by_covariance = covariance_curvature(half_product(inverse, n * inverse, weight), p)
    mixed = np.zeros((len(by_covariance), p))
    return np.block([[by_covariance, mixed], [mixed.T, n * precision]])


def moment_scores(data: IncompleteData, at: Completed) -> Iterator[tuple[slice, Array]]:
    """Yield blocks of rows and their scores by the lower triangle of Σ and then μ."""
    weight = halves(data.values.shape[1])
    for patterns, inverses in pattern_inverses(data, at.precision):
        packed, count = pack(inverses), data.count[patterns]
        of = np.repeat(np.arange(len(count)), count)
        first = int(data.start[patterns.start])
        for begin in range(0, len(of), BLOCK):
            rows = slice(first + begin, first + min(begin + BLOCK, len(of)))
            pulled = at.pulled[rows]
            outer = pack(pulled[:, :, None] * pulled[:, None, :])
            by_covariance = weight * (outer - packed[of[begin : begin + BLOCK]])
            yield rows, np.concatenate([by_covariance, pulled], axis=1)


def cluster_scores(data: IncompleteData, at: Completed, clusters: Index, n_clusters: int) -> Array:
    """Scores summed by cluster, shape (n_clusters, p* + p).

    ``clusters`` holds a number from 0 for each row, in the data's own order.
    """
    p = data.values.shape[1]
    sums = np.zeros((n_clusters, p * (p + 1) // 2 + p))
    for rows, scores in moment_scores(data, at):
        np.add.at(sums, clusters[rows], scores)
    return sums


def row_meat(data: IncompleteData, at: Completed) -> Array:
    """Cross-products of the rows' scores, shape (p* + p, p* + p)."""
    p = data.values.shape[1]
    size = p * (p + 1) // 2 + p
    meat = np.zeros((size, size))
    for _, scores in moment_scores(data, at):
        meat += scores.T @ scores
    return meat

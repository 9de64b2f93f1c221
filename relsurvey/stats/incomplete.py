"""Normal likelihood of rows with gaps, and the means and covariances of greatest likelihood by EM.

Dempster, A. P., Laird, N. M., & Rubin, D. B. (1977). Journal of the Royal Statistical Society B,
39, 1-38. All patterns go through the inverse P of the one whole covariance matrix: what is missing
in a pattern has the conditional covariance P[m, m]⁻¹, so the work grows with the gaps, not with
the number of patterns times p³.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.squared_extrapolation import fixed_point

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Moments = tuple[Array, Array]


@dataclass(frozen=True, slots=True, eq=False)
class IncompleteData:
    """Rows grouped by which values are there, patterns with few gaps first.

    Attributes
    ----------
    values : ndarray, shape (n, p)
        Rows ordered by pattern, gaps filled with 0.
    seen : ndarray of bool, shape (k, p)
        The k patterns.
    start, count : ndarray of int, shape (k,)
        First row of each pattern, and its rows.
    gaps : ndarray of int, shape (k,)
        Missing values of each pattern, ascending.
    order : ndarray of int, shape (n,)
        Place of each row in the data given.
    """

    values: Array
    seen: NDArray[np.bool_]
    start: Index
    count: Index
    gaps: Index
    order: Index

    def alike(self, patterns: slice = slice(None)) -> Iterator[tuple[slice, Index]]:
        """Yield runs of patterns with equally many gaps, and the items they lack (k, g)."""
        gaps = self.gaps[patterns]
        offset = patterns.start or 0
        for number in np.unique(gaps):
            first, last = np.searchsorted(gaps, [number, number + 1]) + offset
            lacking = np.nonzero(~self.seen[first:last])[1].reshape(last - first, number)
            yield slice(first, last), lacking


def group_patterns(data: Array) -> IncompleteData:
    """Order the rows (n, p) by pattern; rows without any value are left out."""
    there = np.isfinite(data)
    kept = np.flatnonzero(there.any(axis=1))
    seen, pattern = np.unique(there[kept], axis=0, return_inverse=True)
    rank = np.argsort(np.argsort((~seen).sum(axis=1), kind="stable"))
    pattern = rank[pattern.ravel()]
    seen = seen[np.argsort(rank)]
    order = np.argsort(pattern, kind="stable")
    count = np.bincount(pattern, minlength=len(seen))
    start = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64)
    values = np.where(there[kept][order], data[kept][order], 0.0)
    return IncompleteData(values, seen, start, count, (~seen).sum(axis=1), kept[order])


@dataclass(frozen=True, slots=True, eq=False)
class Completed:
    """What the data are expected to be at some covariances and means.

    Attributes
    ----------
    deviance : float
        −2 log-likelihood, with the constant.
    residual : ndarray, shape (n, p)
        Distance from the means, gaps filled with their conditional expectation.
    pulled : ndarray, shape (n, p)
        Inverse covariance of what is seen times its residual; zero where there is a gap.
    precision : ndarray, shape (p, p)
        Inverse of the covariance matrix.
    gap_covariance : ndarray, shape (p, p)
        Sum over the rows of the conditional covariance of what is missing.
    """

    deviance: float
    residual: Array
    pulled: Array
    precision: Array
    gap_covariance: Array

    def inverse_sum(self) -> Array:
        """Sum over the rows of the inverse covariance of what is seen, shape (p, p)."""
        spent = self.precision @ self.gap_covariance @ self.precision
        total: Array = len(self.residual) * self.precision - spent
        return total


def completed(data: IncompleteData, covariance: Array, mean: Array) -> Completed | None:
    """Fill the gaps by expectation; None where the covariances are not positive definite."""
    try:
        root = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        return None
    n, p = data.values.shape
    inverse_root = np.linalg.inv(root)
    precision = inverse_root.T @ inverse_root
    logarithm = 2.0 * n * float(np.sum(np.log(np.diag(root))))
    residual = np.where(np.repeat(data.seen, data.count, axis=0), data.values - mean, 0.0)
    left = residual @ precision
    gap_covariance = np.zeros(p * p)
    for patterns, lacking in data.alike():
        if lacking.shape[1] == 0:
            continue
        count = data.count[patterns]
        begin = data.start[patterns.start]
        rows = slice(begin, begin + count.sum())
        inner = precision[lacking[:, :, None], lacking[:, None, :]]
        logarithm += float(np.linalg.slogdet(inner)[1] @ count)
        spread = np.linalg.inv(inner)
        place = (lacking[:, :, None] * p + lacking[:, None, :]).ravel()
        weight = (count[:, None, None] * spread).ravel()
        gap_covariance += np.bincount(place, weight, minlength=p * p)
        of = np.repeat(np.arange(len(count)), count)
        pull = np.take_along_axis(left[rows], lacking[of], axis=1)
        fill = -np.matmul(spread[of], pull[:, :, None])[:, :, 0]
        np.put_along_axis(residual[rows], lacking[of], fill, axis=1)
    pulled = residual @ precision
    seen = float(data.seen.sum(axis=1) @ data.count)
    deviance = logarithm + float(np.sum(residual * pulled)) + seen * float(np.log(2.0 * np.pi))
    return Completed(deviance, residual, pulled, precision, gap_covariance.reshape(p, p))


def item_moments(data: IncompleteData) -> Moments:
    """Mean and variance (divisor n) of what is seen of each item, shapes (p,) and (p,)."""
    there = np.repeat(data.seen, data.count, axis=0)
    number = there.sum(axis=0)
    mean = data.values.sum(axis=0) / number
    return mean, np.sum(np.where(there, data.values - mean, 0.0) ** 2, axis=0) / number


@dataclass(frozen=True, slots=True, eq=False)
class Saturated:
    """Moments of greatest likelihood: ``mean`` (p,), ``covariance`` (p, p), ``deviance``."""

    mean: Array
    covariance: Array
    deviance: float
    steps: int
    converged: bool


def saturated_moments(
    data: IncompleteData, *, tolerance: float = 1e-9, steps: int = 5000
) -> Saturated:
    """Mean and covariance of greatest likelihood by EM.

    Ends when an EM step moves no mean or covariance by more than ``tolerance`` of the items'
    standard deviations. R: ``lavInspect(fit, "sampstat.h1")`` of a fit with ``missing = "fiml"``.
    """
    n, p = data.values.shape
    middle, variance = item_moments(data)
    scale = np.sqrt(variance)
    there = np.repeat(data.seen, data.count, axis=0)
    unit = replace(data, values=np.where(there, (data.values - middle) / scale, 0.0))

    def em_step(moments: Array) -> tuple[float, Array] | None:
        at = completed(unit, moments[p:].reshape(p, p), moments[:p])
        if at is None:
            return None
        shift = at.residual.mean(axis=0)
        spread = (at.residual.T @ at.residual + at.gap_covariance) / n - np.outer(shift, shift)
        return at.deviance, np.concatenate([moments[:p] + shift, spread.ravel()])

    start = np.concatenate([np.zeros(p), np.eye(p).ravel()])
    found = fixed_point(em_step, start, tolerance=tolerance, steps=steps)
    mean = middle + scale * found.at[:p]
    covariance = np.outer(scale, scale) * found.at[p:].reshape(p, p)
    at = completed(data, covariance, mean)
    deviance = at.deviance if at else float("nan")
    return Saturated(mean, covariance, deviance, found.steps, found.converged)

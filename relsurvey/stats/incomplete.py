"""Normal likelihood of rows with holes: all patterns at once, full-information moments by EM."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class IncompleteData:
    """Rows grouped by which values are there.

    Attributes
    ----------
    values : ndarray, shape (n, p)
        Rows ordered by pattern, holes filled with 0.
    seen : ndarray of bool, shape (k, p)
        The k patterns.
    pattern : ndarray of int, shape (n,)
        Pattern of each row, ascending.
    start : ndarray of int, shape (k,)
        First row of each pattern.
    count : ndarray of int, shape (k,)
        Rows of each pattern.
    order : ndarray of int, shape (n,)
        Place of each row in the data given.
    """

    values: Array
    seen: NDArray[np.bool_]
    pattern: NDArray[np.int64]
    start: NDArray[np.int64]
    count: NDArray[np.int64]
    order: NDArray[np.int64]


def group_patterns(data: Array) -> IncompleteData:
    """Order the rows by pattern; rows without any value are left out."""
    there = np.isfinite(data)
    kept = np.flatnonzero(there.any(axis=1))
    seen, pattern = np.unique(there[kept], axis=0, return_inverse=True)
    order = np.argsort(pattern, kind="stable")
    pattern = pattern[order]
    count = np.bincount(pattern, minlength=len(seen))
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    values = np.where(there[kept][order], data[kept][order], 0.0)
    return IncompleteData(values, seen, pattern, start, count, kept[order])


@dataclass(frozen=True, slots=True, eq=False)
class PatternTerms:
    """What the likelihood at some Σ and μ is made of.

    Attributes
    ----------
    inverse : ndarray, shape (k, p, p)
        Σ⁻¹ of the values seen in each pattern, zero elsewhere.
    pulled : ndarray, shape (n, p)
        Inverse times residual of each row.
    deviance : float
        −2 log-likelihood, with the constant.
    """

    inverse: Array
    pulled: Array
    deviance: float


def pattern_terms(data: IncompleteData, covariance: Array, mean: Array) -> PatternTerms | None:
    """Terms of the likelihood, or None where Σ is not positive definite."""
    p = len(mean)
    mask = data.seen[:, :, None] & data.seen[:, None, :]
    filled = np.where(mask, covariance, 0.0)
    diagonal = np.arange(p)
    filled[:, diagonal, diagonal] = np.where(data.seen, covariance[diagonal, diagonal], 1.0)
    try:
        root = np.linalg.cholesky(filled)
    except np.linalg.LinAlgError:
        return None
    logarithm = 2.0 * np.sum(np.log(root[:, diagonal, diagonal]), axis=1)
    inverse = np.where(mask, np.linalg.inv(filled), 0.0)
    residual = np.where(data.seen[data.pattern], data.values - mean, 0.0)
    pulled = np.empty_like(residual)
    for index, (start, count) in enumerate(zip(data.start, data.count, strict=True)):
        rows = slice(start, start + count)
        pulled[rows] = residual[rows] @ inverse[index]
    seen = int((data.seen.sum(axis=1) * data.count).sum())
    deviance = float(logarithm @ data.count + np.sum(residual * pulled))
    return PatternTerms(inverse, pulled, deviance + seen * float(np.log(2.0 * np.pi)))


def saturated_moments(data: IncompleteData, *, steps: int = 500) -> tuple[Array, Array, float]:
    """Mean and covariance of greatest likelihood by EM, and their deviance."""
    weight = data.seen[data.pattern]
    number = weight.sum(axis=0)
    mean = data.values.sum(axis=0) / number
    covariance = np.diag(np.sum(np.where(weight, data.values - mean, 0.0) ** 2, axis=0) / number)
    n, before = len(data.values), np.inf
    for _ in range(steps):
        terms = pattern_terms(data, covariance, mean)
        assert terms is not None
        shift = covariance @ terms.pulled.mean(axis=0)
        average = np.tensordot(data.count, terms.inverse, 1) / n
        grown = terms.pulled.T @ terms.pulled / n - average
        mean = mean + shift
        covariance = covariance + covariance @ grown @ covariance - np.outer(shift, shift)
        if before - terms.deviance < 1e-9 * n**0.5:
            break
        before = terms.deviance
    return mean, covariance, terms.deviance

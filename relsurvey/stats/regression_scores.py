"""Regression scores: expected factors given the answers that are there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.stats.fiml_information import pattern_inverses
from relsurvey.stats.incomplete import completed, group_patterns
from relsurvey.stats.linear_model import Implied

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ScoredRows:
    """Factor scores of some rows.

    Attributes
    ----------
    score : ndarray, shape (n, m)
        Mean (of continuous answers) or mode (of ordinal ones) of the factors given the answers.
    std_error : ndarray, shape (n, m)
        Their standard deviation given the answers; NaN where the solution is improper.
    """

    score: Array
    std_error: Array


def regression_scores(at: Implied, mean: Array, values: Array) -> ScoredRows:
    """Return the expected factors of rows with or without gaps, with their errors.

    E(η|y) = α + C′Σ⁻¹(y − μ) and Var(η|y) = Φ − C′Σ⁻¹C, with C the covariances of items and
    factors and only the rows and columns of the items that were answered.

    Parameters
    ----------
    at : Implied
        Matrices and moments of the group.
    mean : ndarray, shape (p,)
        Means of the items: implied ones, or the sample's where the model has none.
    values : ndarray, shape (n, p)
        Rows with one answer at least; gaps are NaN.

    Raises
    ------
    ModelError
        When the implied covariance matrix is not positive definite.

    References
    ----------
    Thurstone, L. L. (1935). The vectors of mind; Lawley, D. N., & Maxwell, A. E. (1971). Factor
    analysis as a statistical method, chapter 8.
    R: ``lavaan::lavPredict(fit, method = "regression", se = "standard")``.
    """
    data = group_patterns(values)
    filled = completed(data, at.covariance, mean)
    if filled is None:
        raise ModelError(
            "Factor scores cannot be computed: the model implies an improper covariance matrix.",
            hint="The notes of the fit say what is improper.",
        )
    score = np.empty((len(values), len(at.latent_mean)))
    error = np.empty_like(score)
    score[data.order] = at.latent_mean + filled.pulled @ at.cross
    variance = np.diag(at.latent_covariance)
    for patterns, inverses in pattern_inverses(data, filled.precision):
        explained = np.sum((inverses @ at.cross) * at.cross, axis=1)
        first = int(data.start[patterns.start])
        left = np.repeat(variance - explained, data.count[patterns], axis=0)
        error[data.order[first : first + len(left)]] = _root(left, variance)
    return ScoredRows(score, error)


def _root(left: Array, variance: Array) -> Array:
    """Root of what is left of a variance: 0 for rounding below it, NaN for less."""
    proper = (left >= -1e-9 * np.abs(variance)) & (variance > 0.0)
    return np.where(proper, np.sqrt(np.maximum(left, 0.0)), np.nan)

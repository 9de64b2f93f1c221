"""Reliability of sums of ordinal answers: the covariances of answers that a factor model implies.

An answer is the number of thresholds that a normal latent response passes, so categories count one
apart. The covariance of two answers is the sum over both items' thresholds of
``P(both below) - P(one below) P(other below)``, given the latent correlation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from scipy.special import ndtr

from relsurvey.stats.bivariate_normal import bivariate_density, bivariate_distribution

Array = NDArray[np.float64]

_FAR = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class AnswerCovariances:
    """Covariances of ordinal answers under a correlation matrix, and how they move.

    Attributes
    ----------
    covariances : ndarray, shape (p, p)
        Covariances of the answers, categories one apart.
    by_correlation : ndarray, shape (p, p)
        Derivative of each by its latent correlation.
    by_threshold : ndarray, shape (p, p, k)
        Derivative of entry (i, j) by the thresholds of item i; the symmetric entry holds j's.
    """

    covariances: Array
    by_correlation: Array
    by_threshold: Array


def padded(thresholds: tuple[Array, ...]) -> Array:
    """Thresholds as one matrix (p, k), the missing ones put where nobody passes."""
    cuts = np.full((len(thresholds), max(len(values) for values in thresholds)), _FAR)
    for item, values in enumerate(thresholds):
        cuts[item, : len(values)] = values
    return cuts


def answer_covariances(cuts: Array, correlations: Array) -> AnswerCovariances:
    """Covariances of answers whose latent responses have these correlations.

    Parameters
    ----------
    cuts : ndarray, shape (p, k)
        Thresholds (`padded`).
    correlations : ndarray, shape (p, p)
        Of the latent responses, below 1; the diagonal is for two answers that share only what
        the factor explains (`with_own_variances` puts an item with itself there).
    """
    first, second = np.triu_indices(len(cuts))
    x, y = cuts[first][:, :, None], cuts[second][:, None, :]
    rho = correlations[first, second][:, None, None]
    below = bivariate_distribution(x, y, rho) - ndtr(x) * ndtr(y)
    rest = np.sqrt(1.0 - rho**2)
    by_first = _density(x) * (ndtr((y - rho * x) / rest) - ndtr(y))
    by_second = _density(y) * (ndtr((x - rho * y) / rest) - ndtr(x))
    covariances, by_correlation = np.empty((2, *correlations.shape))
    by_threshold = np.empty((*correlations.shape, cuts.shape[1]))
    slopes = bivariate_density(x, y, rho).sum(axis=(1, 2))
    for rows, columns, moved in (
        (first, second, by_first.sum(axis=2)),
        (second, first, by_second.sum(axis=1)),
    ):
        covariances[rows, columns] = below.sum(axis=(1, 2))
        by_correlation[rows, columns] = slopes
        by_threshold[rows, columns] = moved
    return AnswerCovariances(covariances, by_correlation, by_threshold)


def with_own_variances(cuts: Array, shared: AnswerCovariances) -> AnswerCovariances:
    """Put the items' own variances on the diagonal, which no latent correlation moves."""
    every = np.arange(len(cuts))
    x, y = cuts[:, :, None], cuts[:, None, :]
    covariances, by_correlation = shared.covariances.copy(), shared.by_correlation.copy()
    by_threshold = shared.by_threshold.copy()
    covariances[every, every] = (ndtr(np.minimum(x, y)) - ndtr(x) * ndtr(y)).sum(axis=(1, 2))
    by_correlation[every, every] = 0.0
    conditional = (x < y) + 0.5 * (x == y)
    by_threshold[every, every] = (_density(x) * (conditional - ndtr(y))).sum(axis=2)
    return AnswerCovariances(covariances, by_correlation, by_threshold)


def _density(x: Array) -> Array:
    return np.asarray(np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi))


@dataclass(frozen=True, slots=True, eq=False)
class AnswerModel:
    """What one factor says about the answers to a scale.

    Attributes
    ----------
    common, total : AnswerCovariances
        Due to the factor alone, and in all.
    loadings : ndarray, shape (p,)
        Standardised loadings of the latent responses.
    """

    common: AnswerCovariances
    total: AnswerCovariances
    loadings: Array


def answer_model(cuts: Array, loadings: Array, observed: Array | None = None) -> AnswerModel:
    """Covariances of ordinal answers under one factor.

    Parameters
    ----------
    cuts : ndarray, shape (p, k)
        Thresholds (`padded`).
    loadings : ndarray, shape (p,)
        Standardised loadings, between -1 and 1.
    observed : ndarray, shape (p, p), optional
        Polychoric correlations for ``total``. Without it, the correlations that the model implies:
        semTools' default of observed ones overstates a scale whose one factor does not fit.
    """
    common = answer_covariances(cuts, np.outer(loadings, loadings))
    if observed is None:
        return AnswerModel(common, with_own_variances(cuts, common), loadings)
    apart = observed * (1.0 - np.eye(len(cuts)))
    total = with_own_variances(cuts, answer_covariances(cuts, apart))
    return AnswerModel(common, total, loadings)


@dataclass(frozen=True, slots=True, eq=False)
class CategoricalReliability:
    """A reliability, and its derivatives by thresholds (p, k) and by loadings (p,).

    The derivatives hold for the implied variance, not for an observed one.
    """

    estimate: float
    by_threshold: Array
    by_loading: Array


def categorical_reliability(model: AnswerModel, *, best: bool = False) -> CategoricalReliability:
    """Reliability of a sum of ordinal answers under one factor.

    The variance that the factor gives the sum over the whole variance of the sum.

    Parameters
    ----------
    model : AnswerModel
        Covariances of the answers.
    best : bool, default False
        Whether to take the weighted sum with the largest reliability instead of the plain one.

    References
    ----------
    Green, S. B., & Yang, Y. (2009). Psychometrika, 74, 155-167.
    R: ``semTools::compRelSEM(fit, obs.var = FALSE)`` with ordered items; ``obs.var = TRUE`` with
    observed correlations; ``semTools::maximalRelia(fit)`` for the best weights with those.
    """
    common, total = model.common, model.total
    weights = np.ones(len(model.loadings))
    if best:
        weights = linalg.eigh(common.covariances, total.covariances)[1][:, -1]
    products = np.outer(weights, weights)
    variance = float((products * total.covariances).sum())
    estimate = float((products * common.covariances).sum()) / variance
    by_correlation = products * (common.by_correlation - estimate * total.by_correlation)
    by_threshold = (
        products[:, :, None] * (common.by_threshold - estimate * total.by_threshold)
    ).sum(axis=1)
    return CategoricalReliability(
        estimate=estimate,
        by_threshold=2.0 * by_threshold / variance,
        by_loading=2.0 * by_correlation @ model.loadings / variance,
    )

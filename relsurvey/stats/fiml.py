"""Full-information maximum likelihood of a linear model on rows with gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import DataError, ModelError
from relsurvey.stats.fiml_information import moment_information
from relsurvey.stats.fiml_tests import FimlTests, fiml_tests
from relsurvey.stats.implied_bend import bend
from relsurvey.stats.incomplete import (
    IncompleteData,
    Saturated,
    completed,
    group_patterns,
    item_moments,
    saturated_moments,
)
from relsurvey.stats.likelihood_search import Found, minimise
from relsurvey.stats.linear_model import Implied, LinearModel, implied
from relsurvey.stats.near_moments import near_moments
from relsurvey.stats.normal_theory import Moments, moment_slopes, pull_back
from relsurvey.stats.pattern_products import pack_slopes

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class FimlFit:
    """Linear models fitted to rows with gaps; tuples have an entry for each group.

    Attributes
    ----------
    theta : ndarray, shape (q,)
    implied : tuple of Implied
        Matrices and moments at the estimates.
    covariance_naive : ndarray, shape (q, q)
        Inverse of the observed information: errors for normal, independent rows.
    covariance_robust : ndarray, shape (q, q)
        Huber–White sandwich, by clusters where they were given.
    loglik, loglik_saturated : float
        Log-likelihoods, with the constant.
    chi2, df, chi2_null, df_null
        Test against the saturated moments, of the model and of independent items.
    tests : FimlTests
        Scaling factors of both tests and what the robust fit indices need.
    saturated : tuple of Saturated
        Mean and covariance of greatest likelihood.
    slopes : tuple of (ndarray, ndarray), shapes (p, p) and (p,)
        Slopes of the log-likelihood by Σ and μ at the estimates, for score tests.
    n_obs, n_patterns : tuple of int
        Rows used, and patterns among them.
    n_empty : int
        Rows left out because they hold no value.
    converged : bool
    """

    theta: Array
    implied: tuple[Implied, ...]
    covariance_naive: Array
    covariance_robust: Array
    loglik: float
    loglik_saturated: float
    chi2: float
    df: int
    chi2_null: float
    df_null: int
    tests: FimlTests
    saturated: tuple[Saturated, ...]
    slopes: tuple[tuple[Array, Array], ...]
    n_obs: tuple[int, ...]
    n_patterns: tuple[int, ...]
    n_empty: int
    converged: bool


def fit_fiml(
    models: Sequence[LinearModel],
    data: Sequence[Array],
    *,
    clusters: Sequence[Index] | None = None,
    start: Array | None = None,
    curved: bool = True,
    given: Index | None = None,
) -> FimlFit:
    """Fit linear models with means to rows with gaps, with all errors and tests.

    Arbuckle, J. L. (1996). Full information estimation in the presence of incomplete data; Yuan,
    K.-H., & Bentler, P. M. (2000). Sociological Methodology, 30, 165-200.

    Parameters
    ----------
    models : sequence of LinearModel
        With intercepts, free or fixed; one for each group. Equal indices are equal parameters.
    data : sequence of ndarray, shape (n_g, p)
        Gaps are NaN. Rows without any value are left out and counted.
    clusters : sequence of ndarray of int, shape (n_g,), optional
        Cluster of each row, numbered over all groups; robust errors and tests then allow for alike
        rows.
    start : ndarray, shape (q,), optional
        Starting values instead of the first model's own.
    curved : bool
        Whether the test, as the errors, counts how the moments bend with the parameters: see
        `robust_likelihood`.
    given : ndarray of int, optional
        Items without gaps whose moments are no part of the model.

    Raises
    ------
    DataError
        When an item has no value or does not vary.
    ModelError
        When the saturated covariances or the information are singular.

    Notes
    -----
    R: ``lavaan::cfa(model, data, estimator = "MLR", missing = "fiml", cluster = …)``.
    """
    grouped = [group_patterns(rows) for rows in data]
    for group in grouped:
        _check(group)
    saturated = [saturated_moments(group) for group in grouped]
    if not all(part.converged for part in saturated):
        raise ModelError(
            "The covariance matrix of the items is singular, or too little of it is seen.",
            hint="Items that are copies of others, or that hardly anybody answered together, make "
            "it so.",
        )
    found = _search(models, grouped, saturated, models[0].start() if start is None else start)
    at = tuple(implied(model, found.theta) for model in models)
    try:
        naive: Array = np.asarray(np.linalg.inv(found.curvature), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise ModelError("The information is singular: the model is not identified.") from None
    members = None if clusters is None else _renumber(clusters, grouped)
    tested = naive if curved else _straight(models, found, grouped, at)
    given = np.zeros(0, dtype=np.int64) if given is None else given
    tests = fiml_tests(models, at, grouped, saturated, tested, members, given)
    outside = sum(_given_value(group, given) for group in grouped)
    loglik = -found.value + outside
    loglik_saturated = -0.5 * sum(part.deviance for part in saturated) + outside
    null = sum(_independence_value(group, given) for group in grouped)
    p, x, groups = models[0].n_observed, len(given), len(models)
    n_obs = tuple(len(group.values) for group in grouped)
    return FimlFit(
        theta=found.theta,
        implied=at,
        covariance_naive=naive,
        covariance_robust=naive @ tests.meat @ naive,
        loglik=loglik,
        loglik_saturated=loglik_saturated,
        chi2=2.0 * (loglik_saturated - loglik),
        df=groups * (p * (p + 3) - x * (x + 3)) // 2 - len(found.theta),
        chi2_null=2.0 * (loglik_saturated + null),
        df_null=groups * (p * (p - 1) - x * (x - 1)) // 2,
        tests=tests,
        saturated=tuple(saturated),
        slopes=tuple(_slopes(*pair) for pair in zip(grouped, at, strict=True)),
        n_obs=n_obs,
        n_patterns=tuple(len(group.seen) for group in grouped),
        n_empty=sum(len(rows) for rows in data) - sum(n_obs),
        converged=found.converged,
    )


def _check(data: IncompleteData) -> None:
    number = data.seen.T @ data.count if len(data.seen) else np.zeros(data.values.shape[1])
    if np.any(number < 2):
        raise DataError("An item has no values.", got=f"column {int(np.argmin(number))}")
    _, variance = item_moments(data)
    if np.any(variance <= 0.0):
        raise DataError("An item does not vary.", got=f"column {int(np.argmin(variance))}")


def _renumber(clusters: Sequence[Index], data: Sequence[IncompleteData]) -> list[Index]:
    """Cluster of each row in the data's order, numbered from 0 over all groups."""
    kept = [own[group.order] for own, group in zip(clusters, data, strict=True)]
    codes = np.unique(np.concatenate(kept), return_inverse=True)[1].ravel().astype(np.int64)
    return np.split(codes, np.cumsum([len(own) for own in kept])[:-1])


def _independence_value(data: IncompleteData, given: Index) -> float:
    """−log-likelihood of uncorrelated items, those given left out."""
    _, variance = item_moments(data)
    number = data.seen.T @ data.count
    terms = number * (np.log(2.0 * np.pi * variance) + 1.0)
    return 0.5 * float(terms.sum() - terms[given].sum())


def _given_value(data: IncompleteData, given: Index) -> float:
    """−log-likelihood of items without gaps, of any covariances."""
    if not len(given):
        return 0.0
    rows = data.values[:, given]
    own = np.cov(rows.T, ddof=0).reshape(len(given), -1)
    constant = len(given) * (np.log(2.0 * np.pi) + 1.0)
    return 0.5 * len(rows) * float(np.linalg.slogdet(own)[1] + constant)


def _slopes(data: IncompleteData, at: Implied) -> tuple[Array, Array]:
    filled = completed(data, at.covariance, at.mean)
    assert filled is not None
    spread = filled.pulled.T @ filled.pulled - filled.inverse_sum()
    return 0.5 * spread, filled.pulled.sum(axis=0)


def _straight(
    models: Sequence[LinearModel],
    found: Found,
    data: Sequence[IncompleteData],
    at: Sequence[Implied],
) -> Array:
    """Inverse of the information without the bend of the moments, shape (q, q)."""
    bends = np.zeros_like(found.curvature)
    for model, group, own in zip(models, data, at, strict=True):
        spread, level = _slopes(group, own)
        bends += bend(model, own, -spread, -level)
    return np.asarray(np.linalg.inv(found.curvature - bends), dtype=np.float64)


def _search(
    models: Sequence[LinearModel],
    data: Sequence[IncompleteData],
    saturated: Sequence[Saturated],
    start: Array,
) -> Found:
    """First fit the saturated moments as if they were complete, then the rows themselves."""

    def rows(theta: Array) -> tuple[float, Array]:
        value, slope = 0.0, np.zeros(len(theta))
        for model, group in zip(models, data, strict=True):
            at = implied(model, theta)
            filled = completed(group, at.covariance, at.mean)
            if filled is None:
                return float("inf"), theta
            spread = filled.inverse_sum() - filled.pulled.T @ filled.pulled
            level = filled.pulled.sum(axis=0)
            value += 0.5 * filled.deviance
            slope += pull_back(model, at, 0.5 * spread, -level)
        return value, slope

    def observed(theta: Array) -> Array:
        pairs = zip(models, data, strict=True)
        parts = [observed_information(model, theta, group) for model, group in pairs]
        total: Array = np.sum(parts, axis=0)
        return total

    samples = [
        Moments(len(group.values), part.mean, part.covariance)
        for group, part in zip(data, saturated, strict=True)
    ]
    return minimise(rows, observed, near_moments(models, samples, start))


def observed_information(model: LinearModel, theta: Array, data: IncompleteData) -> Array:
    """Second derivatives of one group's −log-likelihood by the parameters, shape (q, q)."""
    at = implied(model, theta)
    filled = completed(data, at.covariance, at.mean)
    assert filled is not None
    slopes = moment_slopes(model, at)
    stacked = np.concatenate([pack_slopes(slopes.covariance), slopes.mean.T])
    spread, level = _slopes(data, at)
    information: Array = stacked.T @ moment_information(data, filled) @ stacked
    return information + bend(model, at, -spread, -level)

"""Two linear models, within and between clusters, in the likelihood of both levels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.likelihood_search import Found, minimise
from relsurvey.stats.linear_model import INTERCEPT, RESIDUAL, LinearModel, implied
from relsurvey.stats.near_moments import near_moments
from relsurvey.stats.normal_theory import Moments, moment_slopes, pull_back
from relsurvey.stats.pattern_products import pack_slopes
from relsurvey.stats.proper_search import factor_blocks, minimise_proper
from relsurvey.stats.two_level_information import model_information
from relsurvey.stats.two_level_likelihood import (
    ClusteredData,
    cluster_meat,
    slopes,
    split,
)
from relsurvey.stats.two_level_saturated import TwoLevelMoments

Array = NDArray[np.float64]


def search(
    within: LinearModel, between: LinearModel, data: ClusteredData, saturated: TwoLevelMoments
) -> tuple[Found, Array | None, NDArray[np.bool_]]:
    """Find the parameters of greatest likelihood, beginning near the saturated moments.

    Both models number the parameters of one vector, so that they can share some.

    Where there is no maximum, since variances run below zero until a cluster's covariances are no
    longer proper, the search is made among proper ones: residual variances of zero at least and
    semi-definite factor covariances. With no more clusters than items that is the rule: it is then
    made first, and a maximum with variances below zero is looked for from there.

    Returns
    -------
    Found, ndarray or None, ndarray of bool, shape (q,)
        Where it ended; the covariance of the estimates if it was made among proper ones; and the
        variances that are held at zero.
    """

    def objective(theta: Array) -> tuple[float, Array]:
        low, high = implied(within, theta), implied(between, theta)
        at = split(data, low.covariance, high.covariance, high.mean)
        if at is None:
            return float("inf"), theta
        by_within, by_between, by_mean = slopes(data, at)
        slope = pull_back(within, low, by_within, np.zeros(len(by_mean)))
        return at.value, slope + pull_back(between, high, by_between, by_mean)

    def information(theta: Array) -> Array:
        return model_information(within, between, theta, data)

    ridge = 0.05 * np.diag(np.diag(saturated.between) + 0.02 * np.diag(saturated.within))
    low = Moments(data.n_obs - len(data.size), np.zeros_like(saturated.mean), saturated.within)
    high = Moments(len(data.size), saturated.mean, saturated.between + ridge)
    first = np.where(_has(within), within.start(), between.start())
    start = near_moments([within, between], [low, high], first)
    bounded = _variances(within) | _variances(between)
    none_held = np.zeros(len(start), dtype=bool)
    if len(data.size) > len(saturated.mean):
        found = minimise(objective, information, start)
        if found.converged:
            return found, None, none_held
    start = np.where(bounded, np.abs(start), start)
    blocks = factor_blocks((within, between)) or []
    proper, covariance, held = minimise_proper(objective, start, bounded, blocks)
    if held.any() and len(data.size) <= len(saturated.mean):
        found = minimise(objective, information, proper.theta, rounds=2)
        if found.converged:
            return found, None, none_held
    return proper, covariance, held


def _has(model: LinearModel) -> NDArray[np.bool_]:
    """Which parameters a model has, shape (q,)."""
    there = np.zeros(model.n_parameters, dtype=bool)
    there[model.parameter[model.parameter >= 0]] = True
    return there


def _variances(model: LinearModel) -> NDArray[np.bool_]:
    """Which parameters are residual variances of items, shape (q,)."""
    own = (model.matrix == RESIDUAL) & (model.row == model.column) & (model.parameter >= 0)
    chosen = np.zeros(model.n_parameters, dtype=bool)
    chosen[model.parameter[own]] = True
    return chosen


def model_meat(
    within: LinearModel, between: LinearModel, theta: Array, data: ClusteredData
) -> Array:
    """Cross-products of the clusters' scores by all parameters, shape (q, q)."""
    low, high = implied(within, theta), implied(between, theta)
    at = split(data, low.covariance, high.covariance, high.mean)
    assert at is not None
    own, among = moment_slopes(within, low), moment_slopes(between, high)
    parts = [pack_slopes(own.covariance), pack_slopes(among.covariance), among.mean.T]
    stacked = np.concatenate(parts)
    return stacked.T @ cluster_meat(data, at) @ stacked


def independence_models(
    p: int, within: Array | None = None, between: Array | None = None
) -> tuple[LinearModel, LinearModel]:
    """Free variances at both levels and free means between, and nothing else."""
    item, zero = np.arange(p), np.zeros(p, dtype=np.int64)
    kind = np.full(p, RESIDUAL)
    value = np.ones(p) if within is None else within
    low = LinearModel(p, 0, kind, item, item, item, value, 3 * p)
    high = LinearModel(
        p,
        0,
        np.concatenate([kind, np.full(p, INTERCEPT)]),
        np.concatenate([item, item]),
        np.concatenate([item, zero]),
        np.arange(p, 3 * p),
        np.concatenate([value if between is None else between, np.zeros(p)]),
    )
    return low, high

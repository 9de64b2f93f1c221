"""Two linear models, within and between clusters, in the likelihood of both levels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.likelihood_search import Found, minimise
from relsurvey.stats.linear_model import INTERCEPT, RESIDUAL, Implied, LinearModel, implied
from relsurvey.stats.near_moments import bend, near_moments
from relsurvey.stats.normal_theory import Moments, moment_slopes, pull_back
from relsurvey.stats.pattern_products import pack_slopes
from relsurvey.stats.two_level_likelihood import (
    ClusteredData,
    cluster_meat,
    curvature,
    slopes,
    split,
)
from relsurvey.stats.two_level_saturated import TwoLevelMoments

Array = NDArray[np.float64]


def search(
    within: LinearModel, between: LinearModel, data: ClusteredData, saturated: TwoLevelMoments
) -> Found:
    """Find the parameters of greatest likelihood, beginning near the saturated moments."""
    count = within.n_parameters

    def objective(theta: Array) -> tuple[float, Array]:
        low, high = implied(within, theta[:count]), implied(between, theta[count:])
        at = split(data, low.covariance, high.covariance, high.mean)
        if at is None:
            return float("inf"), theta
        by_within, by_between, by_mean = slopes(data, at)
        own = pull_back(within, low, by_within, np.zeros(len(by_mean)))
        return at.value, np.concatenate([own, pull_back(between, high, by_between, by_mean)])

    def information(theta: Array) -> Array:
        return model_information(within, between, theta, data)

    ridge = 0.05 * np.diag(np.diag(saturated.between) + 0.02 * np.diag(saturated.within))
    none = np.zeros_like(saturated.mean)
    low = Moments(data.n_obs - len(data.size), none, saturated.within)
    high = Moments(len(data.size), saturated.mean, saturated.between + ridge)
    starts = [
        near_moments([model], [sample], model.start())
        for model, sample in ((within, low), (between, high))
    ]
    return minimise(objective, information, np.concatenate(starts))


def _stacked(within: LinearModel, between: LinearModel, low: Implied, high: Implied) -> Array:
    """Slopes of the packed Σw, the packed Σb and μ by all parameters, shape (2p* + p, q)."""
    own, among = moment_slopes(within, low), moment_slopes(between, high)
    first, second = pack_slopes(own.covariance), pack_slopes(among.covariance)
    size, p, count = len(first), within.n_observed, within.n_parameters
    stacked = np.zeros((2 * size + p, count + between.n_parameters))
    stacked[:size, :count] = first
    stacked[size : 2 * size, count:] = second
    stacked[2 * size :, count:] = among.mean.T
    return stacked


def model_information(
    within: LinearModel, between: LinearModel, theta: Array, data: ClusteredData
) -> Array:
    """Second derivatives of −log-likelihood by all parameters, shape (q, q)."""
    count = within.n_parameters
    low, high = implied(within, theta[:count]), implied(between, theta[count:])
    at = split(data, low.covariance, high.covariance, high.mean)
    assert at is not None
    stacked = _stacked(within, between, low, high)
    total = stacked.T @ curvature(data, at) @ stacked
    by_within, by_between, by_mean = slopes(data, at)
    total[:count, :count] += bend(within, theta[:count], by_within, np.zeros(len(by_mean)))
    total[count:, count:] += bend(between, theta[count:], by_between, by_mean)
    return total


def model_meat(
    within: LinearModel, between: LinearModel, theta: Array, data: ClusteredData
) -> Array:
    """Cross-products of the clusters' scores by all parameters, shape (q, q)."""
    count = within.n_parameters
    low, high = implied(within, theta[:count]), implied(between, theta[count:])
    at = split(data, low.covariance, high.covariance, high.mean)
    assert at is not None
    stacked = _stacked(within, between, low, high)
    return stacked.T @ cluster_meat(data, at) @ stacked


def independence_models(
    p: int, within: Array | None = None, between: Array | None = None
) -> tuple[LinearModel, LinearModel]:
    """Free variances at both levels and free means between, and nothing else."""
    item, zero = np.arange(p), np.zeros(p, dtype=np.int64)
    kind = np.full(p, RESIDUAL)
    value = np.ones(p) if within is None else within
    low = LinearModel(p, 0, kind, item, item, item, value)
    high = LinearModel(
        p,
        0,
        np.concatenate([kind, np.full(p, INTERCEPT)]),
        np.concatenate([item, item]),
        np.concatenate([item, zero]),
        np.arange(2 * p),
        np.concatenate([value if between is None else between, np.zeros(p)]),
    )
    return low, high

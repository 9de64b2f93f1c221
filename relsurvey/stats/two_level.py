"""Maximum likelihood of two linear models at once: among rows within clusters, among clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.stats.likelihood_search import Found
from relsurvey.stats.linear_model import Implied, LinearModel, implied
from relsurvey.stats.two_level_likelihood import (
    ClusteredData,
    cluster_data,
    cluster_meat,
    curvature,
    split,
)
from relsurvey.stats.two_level_model import independence_models, model_meat, search
from relsurvey.stats.two_level_saturated import TwoLevelMoments, saturated_levels

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class TwoLevelEstimates:
    """Two linear models fitted to rows in clusters.

    Attributes
    ----------
    theta : ndarray, shape (q,)
        Parameters of both models.
    within, between : Implied
        Matrices and moments at the estimates.
    covariance_naive, covariance_robust : ndarray, shape (q, q)
        Inverse of the observed information; the Huber–White sandwich over clusters, None unless
        asked for.
    loglik, loglik_saturated, loglik_null : float
        Log-likelihoods, with the constant; the null model has uncorrelated items at both levels.
    chi2, df, chi2_null, df_null
        Tests against the saturated moments.
    scaling_factor, scaling_factor_null : float
        Yuan–Bentler factors, NaN unless asked for.
    saturated : TwoLevelMoments
    n_obs, n_clusters : int
    converged : bool
    held : ndarray of bool, shape (q,)
        Residual variances held at zero, as the likelihood has no maximum when they can be negative.
        Errors of the others are given that they are zero; theirs are zero.
    proper : bool
        Whether the search was made among proper covariances, since without that there is no end.
    """

    theta: Array
    within: Implied
    between: Implied
    covariance_naive: Array
    covariance_robust: Array | None
    loglik: float
    loglik_saturated: float
    loglik_null: float
    chi2: float
    df: int
    chi2_null: float
    df_null: int
    scaling_factor: float
    scaling_factor_null: float
    saturated: TwoLevelMoments
    n_obs: int
    n_clusters: int
    converged: bool
    held: NDArray[np.bool_]
    proper: bool


def fit_two_level(
    within: LinearModel,
    between: LinearModel,
    data: Array,
    clusters: Index,
    *,
    robust: bool = False,
) -> TwoLevelEstimates:
    """Fit a model within and a model between clusters to the same items, with random intercepts.

    Parameters
    ----------
    within, between : LinearModel
        On the same p items, numbering parameters of one vector; means belong to the model between.
    data : ndarray, shape (n, p)
        Complete rows.
    clusters : ndarray of int, shape (n,)
    robust : bool
        Also give Huber–White errors and Yuan–Bentler factors.

    Raises
    ------
    ModelError
        When the observed information is singular at the end of the search.

    Notes
    -----
    Muthén, B. O. (1994). Sociological Methods & Research, 22, 376-398. R: ``lavaan::cfa("level: 1
    … level: 2 …", data, cluster = …)`` with ``estimator = "ML"`` or ``"MLR"``.
    """
    reduced = cluster_data(data, clusters)
    saturated = saturated_levels(reduced)
    found, proper, held = search(within, between, reduced, saturated)
    independent = _independence(reduced, saturated)
    theta, p = found.theta, within.n_observed
    free = p * (p + 1) + p
    df, df_null = free - len(theta), p * (p - 1)
    naive = _inverse(found.curvature) if proper is None else proper
    sandwich: Array | None = None
    factor = factor_null = float("nan")
    if robust:
        meat = model_meat(within, between, theta, reduced)
        sandwich = naive @ meat @ naive
        total = _saturated_trace(reduced, saturated)
        factor = (total - float(np.sum(naive * meat))) / df if df else factor
        pair = independence_models(p)
        null_meat = model_meat(*pair, independent.theta, reduced)
        null_inverse = _inverse(independent.curvature)
        factor_null = (total - float(np.sum(null_inverse * null_meat))) / df_null
    return TwoLevelEstimates(
        theta=theta,
        within=implied(within, theta),
        between=implied(between, theta),
        covariance_naive=naive,
        covariance_robust=sandwich,
        loglik=-found.value,
        loglik_saturated=saturated.loglik,
        loglik_null=-independent.value,
        chi2=2.0 * (saturated.loglik + found.value),
        df=df,
        chi2_null=2.0 * (saturated.loglik + independent.value),
        df_null=df_null,
        scaling_factor=factor,
        scaling_factor_null=factor_null,
        saturated=saturated,
        n_obs=reduced.n_obs,
        n_clusters=len(reduced.size),
        converged=found.converged and saturated.converged,
        held=held,
        proper=proper is not None,
    )


def _inverse(information: Array) -> Array:
    try:
        inverse: Array = np.asarray(np.linalg.inv(information), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise ModelError(
            "The information of the two-level model is singular.",
            hint="The model is not identified, or a level has too few clusters for it.",
        ) from None
    return inverse


def _saturated_trace(data: ClusteredData, saturated: TwoLevelMoments) -> float:
    at = split(data, saturated.within, saturated.between, saturated.mean)
    assert at is not None
    return float(np.sum(_inverse(curvature(data, at)) * cluster_meat(data, at)))


def _independence(data: ClusteredData, saturated: TwoLevelMoments) -> Found:
    pair = independence_models(
        len(saturated.mean), np.diag(saturated.within), np.diag(saturated.between)
    )
    return search(*pair, data, saturated)[0]

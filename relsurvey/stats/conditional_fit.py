"""Least squares of slopes on covariates and residual covariances on a linear model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from relsurvey.errors import ModelError
from relsurvey.stats.conditional_moments import ConditionalMoments
from relsurvey.stats.gauss_newton import fit_moments
from relsurvey.stats.linear_model import FACTOR, LOADING, PATH, Implied, LinearModel, implied
from relsurvey.stats.maximum_likelihood import check_identified
from relsurvey.stats.moment_tests import GroupMoments, Sandwich, group_sandwich
from relsurvey.stats.rank_two_slopes import cell_slopes, slopes_at

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalModel:
    """A linear model given some of its latent variables, which are observed predictors.

    Attributes
    ----------
    linear : LinearModel
        Of the p outcomes; the predictors have no variance.
    given : ndarray of int, shape (x,)
        Columns of the predictors among the latent variables.
    """

    linear: LinearModel
    given: Index


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalFit:
    """A least-squares solution.

    Attributes
    ----------
    theta : ndarray, shape (q,)
    covariance : ndarray, shape (q, q)
        Robust.
    chi2 : float
        Unscaled statistic.
    parts : tuple of GroupMoments
    sandwich : Sandwich
    at : tuple of Implied
        Given the predictors.
    sizes : tuple of float
        Rows of each group that its errors are divided by, together one less for each group.
    with_locations : tuple of ndarray, shape (t, q)
        Covariances of each group's thresholds and intercepts with the estimates.
    """

    theta: Array
    covariance: Array
    chi2: float
    parts: tuple[GroupMoments, ...]
    sandwich: Sandwich
    at: tuple[Implied, ...]
    sizes: tuple[float, ...]
    with_locations: tuple[Array, ...]


def conditional_model(model: LinearModel, n_outcomes: int, given: Index) -> ConditionalModel:
    """Leave the predictors' items, which stand last, and their variances out of a model."""
    outside = (model.matrix == LOADING) & (model.row >= n_outcomes)
    own = model.matrix == FACTOR
    fixed = own & np.isin(model.row, given) & np.isin(model.column, given)
    linear = replace(
        model,
        n_observed=n_outcomes,
        matrix=model.matrix[~outside],
        row=model.row[~outside],
        column=model.column[~outside],
        parameter=model.parameter[~outside],
        value=np.where(fixed, 0.0, model.value)[~outside],
    )
    return ConditionalModel(linear, given)


def fit_conditional(
    models: Sequence[ConditionalModel],
    moments: Sequence[ConditionalMoments],
    weighting: str,
    start: Array,
) -> ConditionalFit:
    """Minimise the weighted distance between sample and model moments.

    Thresholds and intercepts are saturated, so that slopes, variances of numeric outcomes and
    residual covariances enter.

    Parameters
    ----------
    models, moments : sequence
        One for each group.
    weighting : {"diagonal", "none", "full"}
        Inverse variances (WLSMV), 1 (ULSMV), inverse of Γ (WLS).
    start : ndarray, shape (q,)

    Raises
    ------
    ModelError
        When there is no minimum, the model is not identified, or Γ cannot be inverted.

    References
    ----------
    Muthén, B. (1984). Psychometrika, 49, 115-132. R: ``lavaan::sem(…, estimator = "WLSMV")``, whose
    ``conditional.x`` is then TRUE.
    """
    total = sum(own.n for own in moments)
    degrees = total - len(moments)
    weights = [_weight(own, weighting) for own in moments]

    def values(theta: Array) -> Array:
        together = zip(models, moments, strict=True)
        return np.concatenate([_values(model, own, theta) for model, own in together])

    def slopes(theta: Array) -> Array:
        together = zip(models, moments, strict=True)
        return np.concatenate([_slopes(model, own, theta) for model, own in together])

    shares = [(own.n - 1) / degrees for own in moments]
    scaled = [share * weight for share, weight in zip(shares, weights, strict=True)]
    stacked = np.concatenate(scaled) if scaled[0].ndim == 1 else linalg.block_diag(*scaled)
    sample = np.concatenate([own.vector() for own in moments])
    found = fit_moments(sample, np.asarray(stacked), values, slopes, start)
    if not found.converged or not np.isfinite(found.theta).all():
        raise ModelError(
            "The model did not converge: no minimum of the distance was found.",
            got=f"{found.steps} steps",
            hint="Look for items that hardly correlate with their factor, or too few rows.",
        )
    bounds = np.cumsum([0, *(len(own.spread) for own in moments)])
    parts = tuple(
        GroupMoments(own.n / total, found.slopes[bounds[g] : bounds[g + 1]], weights[g], own.gamma)
        for g, own in enumerate(moments)
    )
    weighted = np.concatenate([part.weighted_slopes() for part in parts])
    check_identified(found.slopes.T @ weighted)
    robust = group_sandwich(parts)
    return ConditionalFit(
        theta=found.theta,
        covariance=robust.covariance / degrees,
        chi2=degrees * found.distance,
        parts=parts,
        sandwich=robust,
        at=tuple(implied(model.linear, found.theta) for model in models),
        sizes=tuple(part.share * degrees for part in parts),
        with_locations=tuple(
            own.location_cross @ part.weighted_slopes() @ robust.bread / degrees
            for own, part in zip(moments, parts, strict=True)
        ),
    )


def _values(model: ConditionalModel, own: ConditionalMoments, theta: Array) -> Array:
    at = implied(model.linear, theta)
    numeric = np.diag(at.covariance)[~own.ordinal]
    regressed = at.reduced[:, model.given].ravel()
    return np.concatenate([regressed, numeric, at.covariance[own.first, own.second]])


def _slopes(model: ConditionalModel, own: ConditionalMoments, theta: Array) -> Array:
    at = implied(model.linear, theta)
    cells, q = cell_slopes(model.linear, at), len(theta)
    free = np.flatnonzero(model.linear.parameter >= 0)
    kind, column = model.linear.matrix[free], model.linear.column[free]
    moves = np.isin(kind, (LOADING, PATH))
    total = np.linalg.inv(np.eye(model.linear.n_latent) - at.paths)
    step = total[np.where(moves, column, 0)][:, model.given] * moves[:, None]  # (c, x)
    regressed = cells.left[:, None, :] * step.T[None, :, :]
    numeric = np.flatnonzero(~own.ordinal)
    by_cell = np.concatenate(
        [
            regressed.reshape(-1, len(free)),
            slopes_at(cells, numeric, numeric),
            slopes_at(cells, own.first, own.second),
        ]
    )
    return cells.gather(by_cell, q)


def _weight(own: ConditionalMoments, weighting: str) -> Array:
    if weighting == "none":
        return np.ones(len(own.spread))
    if weighting == "diagonal":
        return 1.0 / own.spread
    if own.n <= len(own.spread) or np.linalg.eigvalsh(own.gamma)[0] < 1e-10:
        raise ModelError(
            "The weight matrix of WLS cannot be computed: there are too few rows.",
            got=f"{own.n} rows, {len(own.spread)} moments",
            hint="Take estimator='wlsmv', which needs only its diagonal.",
        )
    return np.asarray(np.linalg.inv(own.gamma), dtype=np.float64)

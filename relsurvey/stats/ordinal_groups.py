"""Least squares of thresholds and polychoric correlations of several groups at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.stats.gauss_newton import fit_moments
from relsurvey.stats.linear_model import Implied, LinearModel, implied
from relsurvey.stats.maximum_likelihood import check_identified
from relsurvey.stats.moment_tests import GroupMoments, Sandwich, group_sandwich
from relsurvey.stats.ordinal_fit import OrdinalMoments
from relsurvey.stats.rank_two_slopes import cell_slopes, slopes_at

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ThresholdModel:
    """A group's model of latent responses and of the thresholds that cut them.

    Attributes
    ----------
    linear : LinearModel
        Latent responses, with residual variances, intercepts and factor means.
    item, parameter : ndarray of int, shape (t,)
        Item of each threshold, and the free parameter that it is.
    """

    linear: LinearModel
    item: Index
    parameter: Index


@dataclass(frozen=True, slots=True, eq=False)
class GroupsFit:
    """A least-squares solution.

    Attributes
    ----------
    theta : ndarray, shape (q,)
        Estimates, thresholds among them.
    covariance : ndarray, shape (q, q)
        Their robust covariance.
    chi2 : float
        Unscaled statistic.
    parts : tuple of GroupMoments
        Slopes, weights and Γ of each group.
    sandwich : Sandwich
        Traces for the scaled test.
    at : tuple of Implied
        Latent responses of each group.
    """

    theta: Array
    covariance: Array
    chi2: float
    parts: tuple[GroupMoments, ...]
    sandwich: Sandwich
    at: tuple[Implied, ...]


def fit_ordinal_groups(
    models: Sequence[ThresholdModel], moments: Sequence[OrdinalMoments], start: Array
) -> GroupsFit:
    """Minimise the distance weighted by inverse variances (WLSMV).

    Moments are the thresholds in units of the latent responses' standard deviations, and the
    correlations.

    Parameters
    ----------
    models : sequence of ThresholdModel
        One for each group, sharing parameters by their index.
    moments : sequence of OrdinalMoments
        One for each group, with their joint covariance.
    start : ndarray, shape (q,)
        First values.

    Raises
    ------
    ModelError
        When there is no minimum or the model is not identified.
    """
    total = sum(group.n for group in moments)
    degrees = total - len(moments)
    gammas = [_joint(group) for group in moments]
    weights = [1.0 / _plain_variances(group) for group in moments]
    stacked = np.concatenate(
        [(group.n - 1) / degrees * own for group, own in zip(moments, weights, strict=True)]
    )
    sample = np.concatenate(
        [part for m in moments for part in (*m.estimates.thresholds, m.estimates.correlations)]
    )
    pairs = [(m.estimates.tables.first, m.estimates.tables.second) for m in moments]

    def values(theta: Array) -> Array:
        together = zip(models, pairs, strict=True)
        return np.concatenate([_moments(model, theta, *pair) for model, pair in together])

    def slopes(theta: Array) -> Array:
        together = zip(models, pairs, strict=True)
        return np.concatenate([_slopes(model, theta, *pair) for model, pair in together])

    found = fit_moments(sample, stacked, values, slopes, start)
    if not found.converged or not np.isfinite(found.theta).all():
        raise ModelError(
            "The model did not converge: no minimum of the distance was found.",
            got=f"{found.steps} steps",
            hint="Look for groups with few rows, and for answers that hardly anybody in a group "
            "gives.",
        )
    check_identified(found.slopes.T @ (stacked[:, None] * found.slopes))
    bounds = np.cumsum([0, *(len(weight) for weight in weights)])
    parts = tuple(
        GroupMoments(m.n / total, found.slopes[bounds[g] : bounds[g + 1]], weights[g], gammas[g])
        for g, m in enumerate(moments)
    )
    robust = group_sandwich(parts)
    return GroupsFit(
        theta=found.theta,
        covariance=robust.covariance / degrees,
        chi2=degrees * found.distance,
        parts=parts,
        sandwich=robust,
        at=tuple(implied(model.linear, found.theta) for model in models),
    )


def _joint(group: OrdinalMoments) -> Array:
    if group.joint is None:
        raise ValueError("the joint covariance of thresholds and correlations is needed")
    return group.joint


def _plain_variances(group: OrdinalMoments) -> Array:
    """Variances that weigh the moments: those without clusters for the correlations."""
    t = len(_joint(group)) - len(group.spread)
    return np.concatenate([group.plain_threshold_variances[:t], group.spread])


def _moments(model: ThresholdModel, theta: Array, first: Index, second: Index) -> Array:
    at = implied(model.linear, theta)
    width = np.sqrt(np.maximum(np.diag(at.covariance), 1e-12))
    cuts = (theta[model.parameter] - at.mean[model.item]) / width[model.item]
    correlations = at.covariance[first, second] / (width[first] * width[second])
    return np.concatenate([cuts, correlations])


def _slopes(model: ThresholdModel, theta: Array, first: Index, second: Index) -> Array:
    at = implied(model.linear, theta)
    cells, q = cell_slopes(model.linear, at), len(theta)
    every, t = np.arange(len(at.mean)), len(model.item)
    variance = np.maximum(np.diag(at.covariance), 1e-12)
    width = np.sqrt(variance)
    by_variance = cells.gather(slopes_at(cells, every, every), q)
    relative = by_variance / variance[:, None]
    by_mean = cells.gather(cells.mean, q)
    cuts = (theta[model.parameter] - at.mean[model.item]) / width[model.item]
    upper = -by_mean[model.item] / width[model.item][:, None]
    upper -= 0.5 * cuts[:, None] * relative[model.item]
    upper[np.arange(t), model.parameter] += 1.0 / width[model.item]
    scale = width[first] * width[second]
    correlation = at.covariance[first, second] / scale
    lower = cells.gather(slopes_at(cells, first, second), q) / scale[:, None]
    lower -= 0.5 * correlation[:, None] * (relative[first] + relative[second])
    return np.concatenate([upper, lower])

"""Least squares of thresholds and polychoric correlations of several groups at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from relsurvey.errors import ModelError
from relsurvey.stats.gauss_newton import fit_moments
from relsurvey.stats.linear_model import Implied, implied
from relsurvey.stats.maximum_likelihood import check_identified
from relsurvey.stats.moment_tests import GroupMoments, Sandwich, group_sandwich
from relsurvey.stats.ordinal_fit import OrdinalMoments
from relsurvey.stats.threshold_moments import (
    ThresholdModel,
    slope_places,
    sparse_slopes,
)

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GroupSample:
    """What one group's answers say, and how it is weighed; the same for every model.

    Attributes
    ----------
    n : int
        Rows.
    moments : ndarray, shape (t + r,)
        Thresholds, then correlations.
    weight : ndarray, shape (t + r,)
        Inverse of their variances without clusters.
    gamma : ndarray, shape (t + r, t + r)
        Asymptotic covariance of sqrt(n) times the moments.
    n_thresholds : int
        t.
    traces, traces_null : tuple of float
        tr(WΓ) and tr(WΓWΓ) of all moments and of the correlations alone.
    """

    n: int
    moments: Array
    weight: Array
    gamma: Array
    n_thresholds: int
    traces: tuple[float, float]
    traces_null: tuple[float, float]


def group_sample(moments: OrdinalMoments) -> GroupSample:
    """Take what fits over groups need from a group's estimates with their joint covariance."""
    if moments.joint is None:
        raise ValueError("the joint covariance of thresholds and correlations is needed")
    values = np.concatenate([*moments.estimates.thresholds, moments.estimates.correlations])
    t = len(values) - len(moments.spread)
    weight = 1.0 / np.concatenate([moments.plain_threshold_variances[:t], moments.spread])
    root = np.sqrt(weight)
    scaled = moments.joint * root * root[:, None]
    apart = scaled[t:, t:]
    return GroupSample(
        n=moments.n,
        moments=values,
        weight=weight,
        gamma=moments.joint,
        n_thresholds=t,
        traces=(float(np.trace(scaled)), float(np.sum(scaled * scaled))),
        traces_null=(float(np.trace(apart)), float(np.sum(apart * apart))),
    )


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
    models: Sequence[ThresholdModel], samples: Sequence[GroupSample], start: Array
) -> GroupsFit:
    """Minimise the distance weighted by inverse variances (WLSMV).

    Parameters
    ----------
    models : sequence of ThresholdModel
        One for each group, sharing parameters by their index.
    samples : sequence of GroupSample
        One for each group.
    start : ndarray, shape (q,)
        First values.

    Raises
    ------
    ModelError
        When there is no minimum or the model is not identified.
    """
    total = sum(group.n for group in samples)
    degrees = total - len(samples)
    stacked = np.concatenate([(group.n - 1) / degrees * group.weight for group in samples])
    sample = np.concatenate([group.moments for group in samples])
    places = [slope_places(model, len(start)) for model in models]

    def values(theta: Array) -> Array:
        return np.concatenate([model.moments(theta) for model in models])

    def slopes(theta: Array) -> sparse.csr_array:
        together = zip(models, places, strict=True)
        return sparse.csr_array(sparse.vstack([sparse_slopes(m, theta, p) for m, p in together]))

    found = fit_moments(sample, stacked, values, slopes, start)
    if not found.converged or not np.isfinite(found.theta).all():
        raise ModelError(
            "The model did not converge: no minimum of the distance was found.",
            got=f"{found.steps} steps",
            hint="Look for groups with few rows, and for answers that hardly anybody in a group "
            "gives.",
        )
    bounds = np.cumsum([0, *(len(group.moments) for group in samples)])
    parts = tuple(
        GroupMoments(
            group.n / total,
            found.slopes[bounds[g] : bounds[g + 1]],
            group.weight,
            group.gamma,
            group.traces,
        )
        for g, group in enumerate(samples)
    )
    few = sparse.csr_array(found.slopes)
    check_identified((few.T @ few.multiply(stacked[:, None])).toarray())
    robust = group_sandwich(parts)
    return GroupsFit(
        theta=found.theta,
        covariance=robust.covariance / degrees,
        chi2=degrees * found.distance,
        parts=parts,
        sandwich=robust,
        at=tuple(implied(model.linear, found.theta) for model in models),
    )

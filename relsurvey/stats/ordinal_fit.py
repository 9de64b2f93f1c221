"""Least squares of polychoric correlations on a factor model: WLSMV, ULSMV, WLS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from relsurvey.errors import ModelError
from relsurvey.stats.gauss_newton import fit_moments
from relsurvey.stats.linear_model import Implied, LinearModel, implied
from relsurvey.stats.maximum_likelihood import check_identified, stable_discrepancy
from relsurvey.stats.moment_tests import GroupMoments, Sandwich, group_sandwich
from relsurvey.stats.normal_theory import Moments
from relsurvey.stats.ordinal_covariance import ordinal_covariance, threshold_variances
from relsurvey.stats.ordinal_data import OrdinalData
from relsurvey.stats.polychoric import Polychorics, polychorics
from relsurvey.stats.rank_two_slopes import cell_slopes, slopes_at

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalMoments:
    """What ordinal answers of one group say.

    Attributes
    ----------
    n : int
        Rows.
    estimates : Polychorics
        Thresholds and correlations.
    gamma : ndarray, shape (r, r)
        Asymptotic covariance of sqrt(n) times the correlations, clustered if there are clusters.
    spread : ndarray, shape (r,)
        Its diagonal without clusters, which weighs the correlations.
    threshold_variances : ndarray
        Asymptotic variance of sqrt(n) times each threshold.
    plain_threshold_variances : ndarray
        The same without clusters.
    joint : ndarray or None
        Asymptotic covariance of thresholds and correlations together, where it was asked for.
    """

    n: int
    estimates: Polychorics
    gamma: Array
    spread: Array
    threshold_variances: Array
    plain_threshold_variances: Array
    joint: Array | None


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalFit:
    """A least-squares solution.

    Attributes
    ----------
    theta : ndarray, shape (q,)
        Estimates.
    covariance : ndarray, shape (q, q)
        Their robust covariance.
    chi2 : float
        Unscaled statistic, (N − 1) times the distance.
    parts : tuple of GroupMoments
        Slopes, weights and Γ of each group.
    sandwich : Sandwich
        Traces for the scaled test.
    at : tuple of Implied
        What the estimates imply.
    """

    theta: Array
    covariance: Array
    chi2: float
    parts: tuple[GroupMoments, ...]
    sandwich: Sandwich
    at: tuple[Implied, ...]


def ordinal_moments(
    data: OrdinalData, clusters: Index | None = None, *, jointly: bool = False
) -> OrdinalMoments:
    """Thresholds, polychoric correlations and their asymptotic covariance.

    Parameters
    ----------
    data : OrdinalData
        Answers.
    clusters : ndarray of int, optional
        Cluster of each row; Γ is enlarged by G/(G−1), as lavaan 0.7 does. The weights of the
        correlations stay those of independent rows.
    jointly : bool
        Whether WLS will need thresholds and correlations together.
    """
    estimates = polychorics(data)
    plain = threshold_variances(data, estimates)
    own, joint = plain, None
    if jointly:
        joint = ordinal_covariance(data, estimates, with_thresholds=True, clusters=clusters)
    if joint is not None and clusters is None:
        gamma = joint[len(plain) :, len(plain) :]
    else:
        gamma = ordinal_covariance(data, estimates, with_thresholds=False)
    spread = np.diag(gamma).copy()
    if clusters is not None:
        size = len(np.unique(clusters))
        enlarged = size / (size - 1)
        gamma = enlarged * ordinal_covariance(
            data, estimates, with_thresholds=False, clusters=clusters
        )
        own = enlarged * threshold_variances(data, estimates, clusters)
        joint = None if joint is None else enlarged * joint
    return OrdinalMoments(len(data.codes), estimates, gamma, spread, own, plain, joint)


def fit_ordinal(
    models: Sequence[LinearModel],
    moments: Sequence[OrdinalMoments],
    weighting: str,
    start: Array,
) -> OrdinalFit:
    """Minimise the weighted distance between polychoric and model correlations.

    The thresholds are saturated, so that only correlations enter.

    Parameters
    ----------
    models : sequence of LinearModel
        One for each group; variances of the items are 1, their residual variances no parameters.
    moments : sequence of OrdinalMoments
        One for each group.
    weighting : {"diagonal", "none", "full"}
        Inverse variances (WLSMV), 1 (ULSMV), inverse of Γ (WLS).
    start : ndarray, shape (q,)
        First values.

    Raises
    ------
    ModelError
        When there is no minimum, the model is not identified, or Γ cannot be inverted.

    References
    ----------
    Muthén, B. (1984). Psychometrika, 49, 115-132. Muthén, B., du Toit, S. H. C., & Spisic, D.
    (1997). Robust inference using weighted least squares.
    R: ``lavaan::cfa(model, data, ordered = TRUE, estimator = "WLSMV")``.
    """
    total = sum(group.n for group in moments)
    shares = [group.n / total for group in moments]
    weights = [_weight(group, weighting) for group in moments]
    places = [(group.estimates.tables.first, group.estimates.tables.second) for group in moments]
    bounds = np.cumsum([0, *(len(first) for first, _ in places)])

    def values(theta: Array) -> Array:
        return np.concatenate(
            [
                implied(model, theta).covariance[first, second]
                for model, (first, second) in zip(models, places, strict=True)
            ]
        )

    def slopes(theta: Array) -> Array:
        found = []
        for model, (first, second) in zip(models, places, strict=True):
            cells = cell_slopes(model, implied(model, theta))
            found.append(cells.gather(slopes_at(cells, first, second), len(theta)))
        return np.concatenate(found)

    sample = np.concatenate([group.estimates.correlations for group in moments])
    degrees = total - len(moments)
    stacked = _stack(weights, [(group.n - 1) / degrees for group in moments])
    found = fit_moments(sample, stacked, values, slopes, start)
    if not found.converged or not np.isfinite(found.theta).all():
        raise ModelError(
            "The model did not converge: no minimum of the distance was found.",
            got=f"{found.steps} steps",
            hint="Look for items that hardly correlate with their factor, factors that are the "
            "same, or too few rows for the number of items.",
        )
    parts = tuple(
        GroupMoments(share, found.slopes[low:high], weight, group.gamma)
        for share, low, high, weight, group in zip(
            shares, bounds[:-1], bounds[1:], weights, moments, strict=True
        )
    )
    weighted = stacked[:, None] * found.slopes if stacked.ndim == 1 else stacked @ found.slopes
    check_identified(found.slopes.T @ weighted)
    robust = group_sandwich(parts)
    return OrdinalFit(
        theta=found.theta,
        covariance=robust.covariance / degrees,
        chi2=degrees * found.distance,
        parts=parts,
        sandwich=robust,
        at=tuple(implied(model, found.theta) for model in models),
    )


def threshold_estimates(fit: OrdinalFit, moments: Sequence[OrdinalMoments]) -> list[Array]:
    """Estimate and standard error of each group's thresholds, shape (2, number of thresholds).

    They are those of the sample, except with full weights, which let them follow the correlations.
    """
    degrees = sum(group.n for group in moments) - len(moments)
    found = []
    for part, group, at in zip(fit.parts, moments, fit.at, strict=True):
        size = part.share * degrees
        sample = np.concatenate(group.estimates.thresholds)
        if part.weight.ndim == 1 or group.joint is None:
            found.append(np.stack([sample, np.sqrt(group.threshold_variances / size)]))
            continue
        t, tables = len(sample), group.estimates.tables
        carried = group.joint[:t, t:] @ part.weight
        rest = group.estimates.correlations - at.covariance[tables.first, tables.second]
        through = carried @ part.slopes
        spread = group.joint[:t, :t] - carried @ group.joint[t:, :t]
        spread = spread / size + through @ fit.covariance @ through.T
        found.append(np.stack([sample - carried @ rest, np.sqrt(np.diag(spread))]))
    return found


@dataclass(frozen=True, slots=True)
class RobustOrdinal:
    """Normal-theory statistics of the correlations and what scales them (Savalei 2021)."""

    chi2: float
    factor: float
    chi2_null: float
    factor_null: float


def robust_ordinal(fit: OrdinalFit, moments: Sequence[OrdinalMoments], df: int) -> RobustOrdinal:
    """Return the normal-theory discrepancy at the least-squares estimates and its factor.

    Savalei, V. (2021). Multivariate Behavioral Research, 56, 390-407.
    R: ``fitMeasures(fit, c("cfi.robust", "rmsea.robust"))``. NaN where a polychoric matrix, or the
    matrix that the model implies, is not positive definite. With several groups lavaan divides
    the null model's trace of each group by its share of the rows, which makes it about as many
    times too large as there are groups; here it is weighted like the model's.
    """
    total = sum(group.n for group in moments)
    chi2 = chi2_null = trace = trace_null = 0.0
    df_null = sum(len(group.spread) for group in moments)
    middles = []
    for part, group, at in zip(fit.parts, moments, fit.at, strict=True):
        observed, model = group.estimates.matrix(), at.covariance.copy()
        np.fill_diagonal(model, 1.0)
        if min(np.linalg.eigvalsh(observed)[0], np.linalg.eigvalsh(model)[0]) < 1.5e-8:
            return RobustOrdinal(np.nan, np.nan, np.nan, np.nan)
        nothing = np.zeros(len(observed))
        chi2 += group.n * stable_discrepancy(model, nothing, Moments(group.n, nothing, observed))
        chi2_null -= group.n * float(np.linalg.slogdet(observed)[1])
        tables = group.estimates.tables
        normal = _normal_weight(_inverse(model), tables.first, tables.second)
        weighted = part.weighted_slopes()
        spread_weighted = part.gamma @ weighted
        normal_slopes = normal @ part.slopes
        trace += float(np.sum(normal * part.gamma))
        trace_null += float(np.trace(part.gamma))
        middles.append(
            (
                part.share * spread_weighted.T @ normal_slopes,
                part.share * part.slopes.T @ normal_slopes,
                part.share * weighted.T @ spread_weighted,
            )
        )
    cross, curvature, meat = (sum(parts) for parts in zip(*middles, strict=True))
    bread = fit.sandwich.bread
    trace += float(np.trace(bread @ curvature @ bread @ meat) - 2.0 * np.sum(bread * cross))
    if df == 0 or total == 0:
        return RobustOrdinal(chi2, np.nan, chi2_null, trace_null / df_null)
    return RobustOrdinal(chi2, trace / df, chi2_null, trace_null / df_null)


def _normal_weight(inverse: Array, first: Index, second: Index) -> Array:
    """Normal-theory weight of the correlations, shape (r, r)."""
    by_first, by_second = inverse[first], inverse[second]
    weight: Array = by_first[:, first] * by_second[:, second]
    weight += by_first[:, second] * by_second[:, first]
    return weight


def _weight(group: OrdinalMoments, weighting: str) -> Array:
    if weighting == "none":
        return np.ones(len(group.spread))
    if weighting == "diagonal":
        return 1.0 / group.spread
    if group.n <= len(group.spread) or np.linalg.eigvalsh(group.gamma)[0] < 1e-10:
        raise ModelError(
            "The weight matrix of WLS cannot be computed: there are too few rows.",
            got=f"{group.n} rows, {len(group.spread)} correlations",
            hint="Take estimator='wlsmv', which needs only its diagonal.",
        )
    return _inverse(group.gamma)


def _inverse(matrix: Array) -> Array:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _stack(weights: list[Array], shares: list[float]) -> Array:
    scaled = [share * weight for share, weight in zip(shares, weights, strict=True)]
    if scaled[0].ndim == 1:
        return np.concatenate(scaled)
    return np.asarray(linalg.block_diag(*scaled))

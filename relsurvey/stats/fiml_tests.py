"""Robust errors, scaled tests and robust fit indices of full-information maximum likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.fiml_information import (
    cluster_scores,
    complete_information,
    moment_information,
    row_meat,
)
from relsurvey.stats.incomplete import (
    Completed,
    IncompleteData,
    Saturated,
    completed,
    item_moments,
)
from relsurvey.stats.linear_model import Implied, LinearModel
from relsurvey.stats.normal_theory import Moments, discrepancy, moment_slopes
from relsurvey.stats.pattern_products import lower, pack_slopes
from relsurvey.stats.robust_likelihood import enlargement

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class FimlTests:
    """What robust errors, scaled tests and robust fit indices are made of.

    Attributes
    ----------
    meat : ndarray, shape (q, q)
        Cross-products of the model's scores, of rows or of clusters.
    scaling_factor, scaling_factor_null : float
        Yuan–Bentler factors (lavaan's and Mplus' MLR) that the two statistics are divided by.
    complete_chi2, complete_chi2_null : float
        Discrepancy of the estimates from the saturated moments, as if these came from whole rows.
    complete_factor, complete_factor_null : float
        Expected value of the two by degree of freedom under a true model.
    complete_factor_normal, complete_factor_normal_null : float
        The same if the rows are normal and independent.

    Notes
    -----
    Robust indices take the ``complete_*`` numbers: CFI from ``complete_chi2 − df·complete_factor``,
    RMSEA from the same divided by n·df. Zhang, X., & Savalei, V. (2023). Psychological Methods,
    28, 263-283 (their FIML-C, V3 and, for normal rows, V6).
    R: ``fitMeasures(fit, c("cfi.robust", "rmsea.robust"))``.
    """

    meat: Array
    scaling_factor: float
    scaling_factor_null: float
    complete_chi2: float
    complete_chi2_null: float
    complete_factor: float
    complete_factor_null: float
    complete_factor_normal: float
    complete_factor_normal_null: float


def fiml_tests(
    models: Sequence[LinearModel],
    at: Sequence[Implied],
    data: Sequence[IncompleteData],
    saturated: Sequence[Saturated],
    inverse: Array,
    clusters: Sequence[Index] | None,
    given: Index,
) -> FimlTests:
    """Scaling factors and robust parts of a fit.

    Parameters
    ----------
    models, at, data, saturated : sequence
        One for each group.
    inverse : ndarray, shape (q, q)
        Inverse of the models' observed information, with or without how their moments bend.
    clusters : sequence of ndarray of int, or None
        Cluster of each row in the order of ``data``, numbered from 0 over all groups.
    given : ndarray of int
        Items without gaps whose moments are no part of the model.
    """
    p, groups, q, x = models[0].n_observed, len(models), len(inverse), len(given)
    n_clusters = 0 if clusters is None else 1 + max(int(own.max()) for own in clusters)
    members = [None] * groups if clusters is None else list(clusters)
    parts = [
        _group_part(*group, n_clusters, given)
        for group in zip(models, at, data, saturated, members, strict=True)
    ]
    total = sum(part.trace for part in parts)
    spent_null = sum(part.trace_null for part in parts)
    meat = _model_meat(parts, n_clusters)
    spent = float(np.sum(inverse * meat))
    df = groups * (p * (p + 3) - x * (x + 3)) // 2 - q
    df_null = groups * (p * (p - 1) - x * (x - 1)) // 2
    base = sum(part.base for part in parts)
    base_normal = sum(part.base_normal for part in parts)
    # parameters of the model may be shared by groups, those of independent items are not
    forms = [np.sum(group, axis=0) for group in zip(*(part.crossed for part in parts), strict=True)]
    own = [part.crossed_null for part in parts]
    factors = base - _spent(*forms), base - sum(_spent(*each) for each in own)
    normal = base_normal - _spent_normal(forms), base_normal - sum(map(_spent_normal, own))
    return FimlTests(
        meat=meat,
        scaling_factor=(total - spent) / df if df else float("nan"),
        scaling_factor_null=(total - spent_null) / df_null,
        complete_chi2=sum(part.distance for part in parts),
        complete_chi2_null=sum(part.distance_null for part in parts),
        complete_factor=factors[0] / df if df else float("nan"),
        complete_factor_null=factors[1] / df_null,
        complete_factor_normal=normal[0] / df if df else float("nan"),
        complete_factor_normal_null=normal[1] / df_null,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What one group adds: model slopes, scores or meat, traces, and the complete-data numbers."""

    scores: Array
    trace: float
    trace_null: float
    crossed: list[Array]
    crossed_null: list[Array]
    base: float
    base_normal: float
    distance: float
    distance_null: float


def _group_part(
    model: LinearModel,
    at: Implied,
    data: IncompleteData,
    saturated: Saturated,
    clusters: Index | None,
    n_clusters: int,
    given: Index,
) -> _Part:
    n, p = data.values.shape
    enlarged = enlargement(clusters)
    slopes = moment_slopes(model, at)
    kept = _kept(p, given)
    square = np.ix_(kept, kept)
    stacked = np.concatenate([pack_slopes(slopes.covariance), slopes.mean.T])[kept]
    filled = _filled(data, at.covariance, at.mean)
    free = _filled(data, saturated.covariance, saturated.mean)
    information = moment_information(data, free)[square]
    free_inverse = _inverse(information)
    if clusters is None:
        scores = stacked.T @ row_meat(data, filled)[square] @ stacked
        free_meat = row_meat(data, free)[square]
    else:
        root = np.sqrt(enlarged)
        scores = root * cluster_scores(data, filled, clusters, n_clusters)[:, kept] @ stacked
        sums = root * cluster_scores(data, free, clusters, n_clusters)[:, kept]
        free_meat = sums.T @ sums
    whole = complete_information(_inverse(saturated.covariance), n)[square]
    between = whole @ free_inverse @ free_meat
    sample = Moments(n, saturated.mean, saturated.covariance)
    forms = information, between, whole, free_meat
    own = np.setdiff1d(np.arange(p), given)
    null = _independence_slopes(p)[np.ix_(kept, np.concatenate([own, p + own]))]
    mean, variance = item_moments(data)
    outside = Moments(n, sample.mean[given], sample.covariance[np.ix_(given, given)])
    return _Part(
        scores=scores,
        trace=float(np.sum(free_inverse * free_meat)),
        trace_null=enlarged * _independent_trace(data, clusters, own),
        crossed=[stacked.T @ form @ stacked for form in forms],
        crossed_null=[null.T @ form @ null for form in forms],
        base=float(np.sum(free_inverse.T * between)),
        base_normal=float(np.sum(free_inverse * whole)),
        distance=n * discrepancy(at, sample),
        distance_null=n * _independence_discrepancy(mean, variance, sample)
        - n * _independence_discrepancy(mean[given], variance[given], outside),
    )


def _kept(p: int, given: Index) -> Index:
    """Places of the packed covariances and the means that a model is about."""
    rows, columns = lower(p)
    outside = np.isin(rows, given) & np.isin(columns, given)
    return np.flatnonzero(~np.concatenate([outside, np.isin(np.arange(p), given)]))


def _spent(rows: Array, mixed: Array, whole: Array, meat: Array) -> float:
    """Return what estimation takes from the expected complete-data statistic.

    With W, C and J the information of the rows, of whole rows, and the meat, all by the saturated
    moments, and R = Δ(Δ′WΔ)⁻¹Δ′: 2 tr(RCW⁻¹J) − tr(RCRJ). Given are Δ′WΔ, Δ′CW⁻¹JΔ, Δ′CΔ and Δ′JΔ.
    """
    inverse = np.linalg.inv(rows)
    first = float(np.sum(inverse * mixed.T))
    return 2.0 * first - float(np.sum((inverse @ whole @ inverse) * meat.T))


def _spent_normal(forms: Sequence[Array]) -> float:
    """Return the same with the information of the rows as their meat."""
    return _spent(forms[0], forms[2], forms[2], forms[0])


def _model_meat(parts: Sequence[_Part], n_clusters: int) -> Array:
    summed = np.asarray(sum(part.scores for part in parts))
    return summed.T @ summed if n_clusters else summed


def _inverse(matrix: Array) -> Array:
    inverse: Array = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    return inverse


def _filled(data: IncompleteData, covariance: Array, mean: Array) -> Completed:
    filled = completed(data, covariance, mean)
    assert filled is not None
    return filled


def _independence_slopes(p: int) -> Array:
    """Slopes of the packed moments by the p variances and then the p means."""
    rows, columns = lower(p)
    slopes = np.zeros((len(rows) + p, 2 * p))
    slopes[np.flatnonzero(rows == columns), np.arange(p)] = 1.0
    slopes[len(rows) + np.arange(p), p + np.arange(p)] = 1.0
    return slopes


def _independence_discrepancy(mean: Array, variance: Array, sample: Moments) -> float:
    off = sample.mean - mean
    spread = (np.diag(sample.covariance) + off**2) / variance
    log_sample = float(np.linalg.slogdet(sample.covariance)[1])
    return float(np.sum(np.log(variance) + spread)) - log_sample - len(mean)


def _independent_trace(data: IncompleteData, clusters: Index | None, own: Index) -> float:
    """Trace of meat times inverse information when the items are independent.

    Each item then stands alone, and its variance and mean are uncorrelated at the optimum.
    """
    mean, variance = item_moments(data)
    there = np.repeat(data.seen, data.count, axis=0)
    number = there.sum(axis=0)
    pulled = np.where(there, (data.values - mean) / variance, 0.0)
    by_variance = 0.5 * (pulled**2 - there / variance)
    scores = np.concatenate([by_variance, pulled], axis=1)
    if clusters is not None:
        sums = np.zeros((int(clusters.max()) + 1, scores.shape[1]))
        np.add.at(sums, clusters, scores)
        scores = sums
    inverse = np.concatenate([2.0 * variance**2 / number, variance / number])
    chosen = np.concatenate([own, len(mean) + own])
    return float(inverse[chosen] @ np.sum(scores[:, chosen] ** 2, axis=0))

"""Least squares for ordinal and numeric items together, given predictors that are observed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa_data import CfaData, ordinal_data
from relsurvey.measurement.cfa_solution import Solution, Thresholds
from relsurvey.measurement.model_matrices import linear_model
from relsurvey.measurement.parameter_table import ParameterTable
from relsurvey.stats import fit_indices
from relsurvey.stats.conditional_fit import (
    ConditionalFit,
    ConditionalModel,
    conditional_model,
    fit_conditional,
)
from relsurvey.stats.conditional_moments import ConditionalMoments, conditional_moments
from relsurvey.stats.fit_measures import TestPair, fit_measures
from relsurvey.stats.linear_model import Implied, LinearModel, implied
from relsurvey.stats.moment_tests import scaled_shifted
from relsurvey.stats.standardised_solution import ResidualVariances, residual_variances

Array = NDArray[np.float64]
Index = NDArray[np.int64]


def conditional_solution(
    table: ParameterTable, data: CfaData, ordinal: Collection[str], weighting: str
) -> Solution:
    """Fit thresholds, slopes on predictors, and residual correlations given the predictors.

    Parameters
    ----------
    table : ParameterTable
        The model, without residual variances of ordinal items and without intercepts.
    data : CfaData
        Answers and predictors; no row lacks a predictor.
    ordinal : collection of str
        Items that are ordinal; the others are numeric.
    weighting : {"diagonal", "none", "full"}
        As in `fit_conditional`.

    Raises
    ------
    ModelError
        When the model cannot be estimated, or an ordinal item predicts.
    """
    _check(table, ordinal)
    moments, notes = _moments(table, data, ordinal)
    p = len(table.items) - len(table.exogenous)
    covariates = [rows[:, p:] for rows in data.values]
    whole = [_whole(own, given) for own, given in zip(moments, covariates, strict=True)]
    models = tuple(
        linear_model(table, group, matrix, np.r_[np.zeros(p), given.mean(axis=0)])
        for group, (matrix, given) in enumerate(zip(whole, covariates, strict=True))
    )
    given_places = np.array([table.latents.index(name) for name in table.exogenous], dtype=np.int64)
    conditional = [conditional_model(model, p, given_places) for model in models]
    df = sum(len(own.spread) for own in moments) - table.n_free
    if df < 0:
        raise ModelError(
            "The model has more parameters than there are correlations and slopes.",
            got=f"{table.n_free} parameters, {df + table.n_free} moments",
            hint="One factor needs at least three items.",
        )
    start = np.zeros(table.n_free)
    for model in reversed(models):
        own = model.parameter >= 0
        start[model.parameter[own]] = model.value[own]
    fit = fit_conditional(conditional, moments, weighting, start)
    follows = np.array([item in set(ordinal) for item in table.items])
    residuals = [
        _residuals(table, model, at, follows) for model, at in zip(conditional, fit.at, strict=True)
    ]
    at = tuple(implied(model, fit.theta) for model in models)
    return Solution(
        table=table,
        models=models,
        at=at,
        theta=fit.theta,
        covariance=fit.covariance,
        observed=tuple(whole),
        n_obs=tuple(own.n for own in moments),
        thresholds=tuple(
            _thresholds(models[g], fit, moments[g], residuals[g], g) for g in range(len(models))
        ),
        measures=_measures(fit, moments, df, full=weighting == "full"),
        rest=(),
        notes=tuple(notes),
        residuals=tuple(residuals),
    )


def _check(table: ParameterTable, ordinal: Collection[str]) -> None:
    predicting = {row.rhs for row in table.rows if row.op == "~"}
    wrong = sorted(str(item) for item in predicting & set(ordinal))
    if wrong:
        raise ModelError(
            "An ordinal item cannot predict.",
            got=", ".join(wrong),
            hint="Let a factor predict that the item measures, or leave it out of `ordered`.",
        )


def _moments(
    table: ParameterTable, data: CfaData, ordinal: Collection[str]
) -> tuple[list[ConditionalMoments], list[str]]:
    p = len(table.items) - len(table.exogenous)
    chosen = [at for at, item in enumerate(table.items[:p]) if item in set(ordinal)]
    notes: tuple[str, ...] = ()
    codes = [np.full((len(rows), p), -1, dtype=np.int64) for rows in data.values]
    points = [0] * p
    if chosen:
        part = replace(
            data,
            items=tuple(data.items[at] for at in chosen),
            values=tuple(rows[:, chosen] for rows in data.values),
        )
        answers, notes = ordinal_data(part)
        for own, found in zip(codes, answers, strict=True):
            own[:, chosen] = found.codes
        for at, k in zip(chosen, answers[0].points.tolist(), strict=True):
            points[at] = k
    clusters = data.clusters or (None,) * len(data.values)
    moments = [
        conditional_moments(own, rows[:, :p], points, rows[:, p:], members)
        for own, rows, members in zip(codes, data.values, clusters, strict=True)
    ]
    return moments, list(notes)


def _whole(moments: ConditionalMoments, covariates: Array) -> Array:
    """Covariances of latent responses, numeric items and predictors together."""
    given = np.cov(covariates.T, ddof=1).reshape(covariates.shape[1], -1)
    crossed = moments.slopes @ given
    return np.block(
        [[moments.covariance + crossed @ moments.slopes.T, crossed], [crossed.T, given]]
    )


def _residuals(
    table: ParameterTable, model: ConditionalModel, at: Implied, follows: NDArray[np.bool_]
) -> ResidualVariances:
    own = residual_variances(model.linear, at, follows[: model.linear.n_observed])
    outside = len(follows) - len(own.value)
    return ResidualVariances(
        follows,
        np.append(own.value, np.zeros(outside)),
        np.concatenate([own.slopes, np.zeros((outside, own.slopes.shape[1]))]),
        np.array([_column(table, item) for item in table.items]),
    )


def _column(table: ParameterTable, item: str) -> int:
    return table.latents.index(item) if item in table.structural else -1


def _thresholds(
    model: LinearModel,
    fit: ConditionalFit,
    moments: ConditionalMoments,
    residuals: ResidualVariances,
    group: int,
) -> Thresholds:
    """Thresholds and intercepts as estimated, and in units of the whole response's width."""
    sizes = [len(own) for own in moments.locations]
    item = np.repeat(np.arange(len(sizes)), sizes)
    ordinal = moments.ordinal[item]
    number = np.concatenate([np.arange(1, size + 1) for size in sizes])
    estimate = np.concatenate(moments.locations)
    error = np.sqrt(np.diag(moments.location_gamma) / fit.sizes[group])
    at = implied(model, fit.theta)
    everything = residual_variances(model, at, residuals.follows)
    variance = np.diag(at.covariance).copy()
    slopes = -everything.slopes
    ordinals = residuals.follows
    variance[ordinals] = (1.0 - everything.value + residuals.value)[ordinals]
    slopes[ordinals] += residuals.slopes[ordinals]
    width = np.sqrt(variance)[item]
    by_theta = -0.5 * (estimate / (variance[item] * width))[:, None] * slopes[item]
    with_theta = fit.with_locations[group]
    squares = np.einsum("tq,qr,tr->t", by_theta, fit.covariance, by_theta)
    squares += 2.0 * np.einsum("tq,tq->t", by_theta, with_theta) / width + error**2 / variance[item]
    return Thresholds(
        item=item,
        number=np.where(ordinal, number, 0),
        estimate=estimate,
        std_error=error,
        std_estimate=estimate / width,
        std_estimate_error=np.sqrt(np.maximum(squares, 0.0)),
    )


def _measures(
    fit: ConditionalFit, moments: list[ConditionalMoments], df: int, *, full: bool
) -> dict[str, float]:
    degrees = sum(own.n for own in moments) - len(moments)
    df_null = sum(len(own.first) for own in moments)
    chi2_null = trace = square = 0.0
    for part, own in zip(fit.parts, moments, strict=True):
        m = len(own.first)
        sample = own.covariance[own.first, own.second]
        weight = part.weight[-m:] if part.weight.ndim == 1 else np.diag(part.weight)[-m:]
        chi2_null += (own.n - 1) * float(sample @ (weight * sample))
        root = np.sqrt(weight)
        scaled_gamma = own.gamma[-m:, -m:] * root * root[:, None]
        trace += float(np.trace(scaled_gamma))
        square += float(np.sum(scaled_gamma**2))
    tests = TestPair(fit.chi2, df, chi2_null, df_null, degrees, len(moments))
    scaled = None
    if not full and df > 0:
        scaled = (
            scaled_shifted(fit.chi2, df, fit.sandwich.trace, fit.sandwich.trace_of_square),
            scaled_shifted(chi2_null, df_null, trace, square),
        )
    total = sum(own.n for own in moments)
    srmr = 0.0
    for own, at in zip(moments, fit.at, strict=True):
        expected = at.covariance.copy()
        expected[own.ordinal, own.ordinal] = 1.0
        p, x = own.slopes.shape
        counted = p * (p + 1) // 2
        # lavaan counts a residual of zero for each predictor
        share = own.n / total * np.sqrt(counted / (counted + x))
        srmr += share * fit_indices.srmr(own.covariance, expected)
    return fit_measures(tests, scaled) | {"srmr": srmr}

"""Least squares for ordinal answers: WLSMV, ULSMV and WLS."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa_data import CfaData, ordinal_data
from relsurvey.measurement.cfa_solution import Rest, Solution, Thresholds
from relsurvey.measurement.model_matrices import linear_model
from relsurvey.measurement.parameter_table import ParameterTable
from relsurvey.stats import fit_indices
from relsurvey.stats.fit_measures import RobustParts, TestPair, fit_measures
from relsurvey.stats.linear_model import Implied
from relsurvey.stats.moment_tests import ScaledTest, scaled_shifted
from relsurvey.stats.ordinal_fit import (
    OrdinalFit,
    OrdinalMoments,
    fit_ordinal,
    ordinal_moments,
    robust_ordinal,
    threshold_estimates,
)

Array = NDArray[np.float64]
WEIGHTINGS = {"wlsmv": "diagonal", "ulsmv": "none", "wls": "full"}


def ordinal_solution(table: ParameterTable, data: CfaData, estimator: str) -> Solution:
    """Fit polychoric correlations.

    Parameters
    ----------
    table : ParameterTable
        The model, without residual variances and intercepts.
    data : CfaData
        Answers, with holes where pairs are taken as they are.
    estimator : {"wlsmv", "ulsmv", "wls"}

    Raises
    ------
    ModelError
        When the model cannot be estimated.
    """
    parts, notes = ordinal_data(data)
    clusters = data.clusters or (None,) * len(parts)
    moments = tuple(
        ordinal_moments(part, own, jointly=estimator == "wls")
        for part, own in zip(parts, clusters, strict=True)
    )
    p, groups = len(table.items), len(parts)
    df = groups * p * (p - 1) // 2 - table.n_free
    if df < 0:
        raise ModelError(
            "The model has more parameters than there are correlations.",
            got=f"{table.n_free} parameters, {df + table.n_free} correlations",
            hint="One factor needs at least three items.",
        )
    matrices = [group.estimates.matrix() for group in moments]
    models = tuple(linear_model(table, at, matrix) for at, matrix in enumerate(matrices))
    start = np.zeros(table.n_free)
    for model in reversed(models):
        own = model.parameter >= 0
        start[model.parameter[own]] = model.value[own]
    fit = fit_ordinal(models, moments, WEIGHTINGS[estimator], start)
    measures = _measures(fit, moments, df, full=estimator == "wls")
    total = data.n_obs
    measures["srmr"] = sum(
        group.n / total * fit_indices.srmr(matrix, _unit(at))
        for group, matrix, at in zip(moments, matrices, fit.at, strict=True)
    )
    return Solution(
        table=table,
        models=models,
        at=fit.at,
        theta=fit.theta,
        covariance=fit.covariance,
        observed=tuple(matrices),
        n_obs=tuple(group.n for group in moments),
        thresholds=tuple(
            _thresholds(group, own)
            for group, own in zip(moments, threshold_estimates(fit, moments), strict=True)
        ),
        measures=measures,
        rest=_rest(fit, moments),
        notes=(*notes, *ordinal_remarks(moments, data.items)),
    )


def _measures(
    fit: OrdinalFit, moments: tuple[OrdinalMoments, ...], df: int, *, full: bool
) -> dict[str, float]:
    degrees = sum(group.n for group in moments) - len(moments)
    df_null = sum(len(group.spread) for group in moments)
    chi2_null = trace = square = 0.0
    for part, group in zip(fit.parts, moments, strict=True):
        sample = group.estimates.correlations
        weighted = part.weight * sample if part.weight.ndim == 1 else part.weight @ sample
        chi2_null += (group.n - 1) * float(sample @ weighted)
        traces = part.traces()
        trace, square = trace + traces[0], square + traces[1]
    tests = TestPair(fit.chi2, df, chi2_null, df_null, degrees, len(moments))
    if full or df == 0:
        return fit_measures(tests)
    scaled: tuple[ScaledTest, ScaledTest] = (
        scaled_shifted(fit.chi2, df, fit.sandwich.trace, fit.sandwich.trace_of_square),
        scaled_shifted(chi2_null, df_null, trace, square),
    )
    found = robust_ordinal(fit, moments, df)
    robust = RobustParts(found.chi2, found.factor, found.chi2_null, found.factor_null, degrees)
    return fit_measures(tests, scaled, robust)


def _unit(at: Implied) -> Array:
    implied = at.covariance.copy()
    np.fill_diagonal(implied, 1.0)
    return implied


def _thresholds(group: OrdinalMoments, found: Array) -> Thresholds:
    sizes = [len(own) for own in group.estimates.thresholds]
    return Thresholds(
        item=np.repeat(np.arange(len(sizes)), sizes),
        number=np.concatenate([np.arange(1, size + 1) for size in sizes]),
        estimate=found[0],
        std_error=found[1],
    )


def _rest(fit: OrdinalFit, moments: tuple[OrdinalMoments, ...]) -> tuple[Rest, ...]:
    found = []
    for part, group, at in zip(fit.parts, moments, fit.at, strict=True):
        tables = group.estimates.tables
        distance = group.estimates.correlations - at.covariance[tables.first, tables.second]
        none, less = np.zeros(0), 1.0 - 1.0 / group.n
        found.append(
            Rest(part.share, none, none, part.weight, less * distance, tables.first, tables.second)
        )
    return tuple(found)


def ordinal_remarks(moments: tuple[OrdinalMoments, ...], items: tuple[str, ...]) -> list[str]:
    """Say what is wrong with polychoric correlations, if anything is."""
    notes = []
    for group in moments:
        tables = group.estimates.tables
        if len(group.estimates.unsettled):
            pairs = ", ".join(
                f"{items[tables.second[pair]]} with {items[tables.first[pair]]}"
                for pair in group.estimates.unsettled[:5]
            )
            notes.append(
                f"Polychoric correlations that the answers do not settle ({pairs}): tables with "
                "empty cells. Merge rare answers, or leave out one of two items that say the same."
            )
        if np.linalg.eigvalsh(group.estimates.matrix())[0] < 1.5e-8:
            notes.append(
                "The polychoric correlations contradict each other (a matrix that is not positive "
                "definite): robust indices are left out. More rows, or fewer items or answers, "
                "help."
            )
    empty = sum(_empty_cells(group) for group in moments)
    if empty > 0.0:
        notes.append(
            f"{empty:.0%} of the cells in the two-way tables of the items are empty; with many, "
            "errors and test are approximate."
        )
    return notes


def _empty_cells(group: OrdinalMoments) -> float:
    sizes = np.array([len(margin) for margin in group.estimates.tables.margins])
    tables = group.estimates.tables
    cells = sizes[tables.first] * sizes[tables.second]
    filled = (tables.counts > 0).sum(axis=(1, 2))
    share = 1.0 - float(filled.sum()) / float(cells.sum())
    return share if math.isfinite(share) else 0.0

"""Factor analysis of people in teams: one model within the teams, one between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.cfa_data import CfaData, cfa_data
from relsurvey.measurement.cfa_notes import improper_notes
from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.cfa_tables import parameter_frame
from relsurvey.measurement.model_matrices import linear_model
from relsurvey.measurement.model_text import Model
from relsurvey.measurement.parameter_table import ParameterTable
from relsurvey.measurement.two_level_fit import LEVELS, TwoLevelFit
from relsurvey.measurement.two_level_parameters import two_level_tables
from relsurvey.measurement.two_level_tables import item_iccs, two_level_measures
from relsurvey.stats.two_level import TwoLevelEstimates, fit_two_level

Array = NDArray[np.float64]


def two_level_cfa(
    frame: pd.DataFrame,
    within: Model,
    between: Model,
    cluster: str,
    *,
    estimator: str = "ml",
    std_lv: bool = False,
    confidence: float = 0.95,
) -> TwoLevelFit:
    """Fit a factor model within and one between clusters to the same items.

    Every item is the sum of a cluster's random intercept and a person's deviation from it; each
    part has its own factor model. Employees' ratings of one leader are a shared construct: its
    model is the one between.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    within, between : mapping or str
        Factor to items, or lavaan's lines, as in `cfa`; both levels name the same items. Labels
        that stand at both levels make parameters equal. ``"saturated"`` in place of one of them
        leaves its level without a model: chi-square and indices are then about the other level
        (Ryu, E., & West, S. G., 2009, Structural Equation Modeling, 16, 583-601).
    cluster : str
        Column of clusters, of any sizes.
    estimator : {"ml", "mlr"}
        Errors from the observed information and the plain test, or Huber–White errors over
        clusters and the Yuan–Bentler test.
    std_lv : bool
        Fix the factor variances at 1 instead of each factor's first loading.
    confidence : float
        Coverage of the intervals of parameters; RMSEA's is 90 % by convention.

    Returns
    -------
    TwoLevelFit
        ``tidy()``, ``glance()``, ``icc()``, ``reliability()``, ``factor_correlations()``,
        ``residuals()``.

    Raises
    ------
    DataError
        When an item is not a numeric column or does not vary within clusters, or there are too few
        rows or clusters.
    ModelError
        When a model cannot be read or is not identified, the levels name different items, or the
        steps do not converge.

    Notes
    -----
    R: ``lavaan::cfa("level: 1 … level: 2 …", data, cluster = …)``; rows with a missing item are
    left out, as there. lavaan ends the search for the saturated moments early, so its chi-square
    lies up to a tenth lower. Sources stand in `relsurvey.stats.two_level`.
    """
    if estimator not in ("ml", "mlr"):
        raise ModelError("There is no such estimator.", got=repr(estimator), expected="'ml', 'mlr'")
    if not 0.0 < confidence < 1.0:
        raise ModelError("The confidence must lie between 0 and 1.", got=repr(confidence))
    low, high = two_level_tables(within, between, std_lv=std_lv)
    data = cfa_data(frame, low.items, group=None, cluster=cluster, complete=True)
    fit = _estimate(low, high, data, robust=estimator == "mlr")
    levels = _solutions(low, high, data, fit, robust=estimator == "mlr")
    tables = [parameter_frame(solution, ("",), confidence) for solution in levels]
    for name, table in zip(LEVELS, tables, strict=True):
        table.insert(3, "level", name)
    return TwoLevelFit(
        parameters=pd.concat(tables, ignore_index=True),
        fit=two_level_measures(fit, levels, estimator),
        icc_table=item_iccs(fit, low.items),
        within=levels[0],
        between=levels[1],
        cluster_size=float(1.0 / np.mean(1.0 / _sizes(data))),
        confidence=confidence,
        notes=(*data.notes, *_notes(fit, levels)),
    )


def _estimate(
    low: ParameterTable, high: ParameterTable, data: CfaData, *, robust: bool
) -> TwoLevelEstimates:
    rows = data.values[0]
    assert data.clusters is not None
    codes = data.clusters[0]
    size = np.bincount(codes)
    mean = np.stack([np.bincount(codes, column) / size for column in rows.T], axis=1)
    own = (rows - mean[codes]).T @ (rows - mean[codes])
    _check_within(data, own)
    pooled = own / max(len(rows) - len(size), 1)
    p = len(data.items)
    moments = p * (p + 1) + p
    inside, among = (len({row.index for row in t.rows if row.index >= 0}) for t in (low, high))
    if low.n_free > moments or max(inside, among - p) > p * (p + 1) // 2:
        raise ModelError(
            "The model has more parameters than there are covariances.",
            got=f"{inside} within, {among} between",
        )
    spread = np.cov(mean.T, ddof=0)
    first = linear_model(low, 0, pooled)
    second = linear_model(high, 0, spread, rows.mean(axis=0))
    fit = fit_two_level(first, second, rows, codes, robust=robust)
    if not fit.converged:
        raise ModelError(
            "The likelihood has no maximum: factor variances or correlations between clusters run "
            "out of what is possible.",
            where="two-level model",
            got=f"{len(size)} clusters, {len(high.factors)} factors between",
            hint="So few clusters do not bear so many factors: take fewer between, or "
            "between='saturated' for the model within alone.",
        )
    return fit


def _check_within(data: CfaData, cross: Array) -> None:
    rows = data.values[0]
    own = np.diag(cross)
    flat = own <= 1e-12 * np.var(rows, axis=0) * len(rows)
    if flat.any():
        raise DataError(
            "Items do not vary within clusters.",
            got=", ".join(str(name) for name, no in zip(data.items, flat, strict=True) if no),
            hint="A column that is the same for all of a cluster has no model within.",
        )
    if np.linalg.eigvalsh(cross / np.sqrt(np.outer(own, own)))[0] < 1e-10:
        raise ModelError(
            "The covariance matrix of the items within clusters is singular.",
            hint="Items that are sums or copies of others, or fewer rows than items, make it so.",
        )


def _solutions(
    low: ParameterTable,
    high: ParameterTable,
    data: CfaData,
    fit: TwoLevelEstimates,
    *,
    robust: bool,
) -> tuple[Solution, Solution]:
    covariance = fit.covariance_robust if robust else fit.covariance_naive
    assert covariance is not None
    saturated = fit.saturated
    parts = (low, fit.within, saturated.within), (high, fit.between, saturated.between)
    made = [
        Solution(
            table=table,
            models=(linear_model(table, 0, np.eye(len(data.items)), saturated.mean),),
            at=(at,),
            theta=fit.theta,
            covariance=covariance,
            observed=(observed,),
            n_obs=(data.n_obs,),
            thresholds=(),
            measures={},
            rest=(),
            notes=(),
        )
        for table, at, observed in parts
    ]
    return made[0], made[1]


def _sizes(data: CfaData) -> Array:
    assert data.clusters is not None
    return np.bincount(data.clusters[0]).astype(float)


def _at_edge(covariance: Array) -> bool:
    sizes = np.linalg.eigvalsh(covariance)
    return bool(sizes[0] < 1e-4 * sizes[-1])


def _held(fit: TwoLevelEstimates, levels: tuple[Solution, Solution]) -> list[str]:
    return [
        f"{row.lhs} {name}"
        for name, level in zip(LEVELS, levels, strict=True)
        for row in level.table.rows
        if row.index >= 0 and fit.held[row.index]
    ]


def _notes(fit: TwoLevelEstimates, levels: tuple[Solution, Solution]) -> list[str]:
    notes = [
        f"{name.capitalize()} clusters: {note[0].lower()}{note[1:]}"
        for name, level in zip(LEVELS, levels, strict=True)
        for note in improper_notes(level)
    ]
    held = _held(fit, levels)
    if held:
        notes.append(
            f"Residual variances held at zero: {', '.join(held)}. Without that the likelihood has "
            "no maximum, since they would fall below zero; there is too little variance between so "
            "few clusters to tell it from chance. Errors and chi-square are given that they are "
            "zero."
        )
    edge = [
        name
        for name, level in zip(LEVELS, levels, strict=True)
        if fit.proper and level.table.factors and _at_edge(level.at[0].factors)
    ]
    if edge:
        notes.append(
            f"Factor covariances {' and '.join(edge)} clusters lie at the edge of what is "
            "possible: some factors there are sums of others. So few clusters do not tell so many "
            "factors apart; their errors are given that edge."
        )
    p = len(fit.saturated.mean)
    if fit.n_clusters <= p:
        notes.append(
            f"There are {fit.n_clusters} clusters for {p} items: the saturated model between lies "
            "at the edge of what is possible, and chi-square does not follow its distribution."
        )
    if fit.n_clusters < len(fit.theta):
        notes.append("There are fewer clusters than parameters: the errors are uncertain.")
    notes.append(
        "Maximum likelihood takes the answers as continuous and normal at both levels; cut-offs "
        "for fit indices were found for one level, and hardly feel misfit between clusters."
    )
    return notes

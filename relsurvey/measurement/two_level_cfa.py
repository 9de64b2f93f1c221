"""Factor analysis of people in teams: one model within the teams, one between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.cfa_data import CfaData, cfa_data
from relsurvey.measurement.cfa_notes import improper_notes
from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.cfa_tables import parameter_frame
from relsurvey.measurement.model_matrices import linear_model
from relsurvey.measurement.model_text import Model, read_terms
from relsurvey.measurement.parameter_table import ParameterTable, parameter_table
from relsurvey.measurement.two_level_fit import LEVELS, TwoLevelFit
from relsurvey.measurement.two_level_omega import level_omegas
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
        Factor to items, or lavaan's lines, as in `cfa`; both levels name the same items.
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
    low = parameter_table(read_terms(within), std_lv=std_lv)
    high = _same_items(low, parameter_table(read_terms(between), std_lv=std_lv, means=True))
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
        omega_table=level_omegas(levels[0], levels[1], _sizes(data)),
        within=levels[0],
        between=levels[1],
        notes=(*data.notes, *_notes(fit, levels)),
    )


def _same_items(low: ParameterTable, high: ParameterTable) -> ParameterTable:
    """Return the model between with its items in the order of the model within."""
    odd = sorted(str(item) for item in set(low.items) ^ set(high.items))
    if odd:
        raise ModelError(
            "The two levels name different items.",
            got=", ".join(odd) + " at one level only",
            expected="the same items within and between",
        )
    return replace(high, items=low.items)


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
    if low.n_free + high.n_free > moments or max(low.n_free, high.n_free - p) > p * (p + 1) // 2:
        raise ModelError(
            "The model has more parameters than there are covariances.",
            got=f"{low.n_free} within, {high.n_free} between",
        )
    spread = np.cov(mean.T, ddof=0)
    first = linear_model(low, 0, pooled)
    second = linear_model(high, 0, spread, rows.mean(axis=0))
    fit = fit_two_level(first, second, rows, codes, robust=robust)
    if not fit.converged:
        raise ModelError(
            "The steps do not lead to a maximum of the likelihood.",
            where="two-level model",
            got="negative residual variances between: "
            + ", ".join(
                str(name)
                for name, value in zip(data.items, np.diag(fit.between.residuals), strict=True)
                if value < 0.0
            ),
            hint="With few clusters, fix such a residual variance between at zero ('x1 ~~ 0*x1'), "
            "or take fewer factors between.",
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
    count, saturated = low.n_free, fit.saturated
    parts = (
        (low, fit.within, slice(0, count), saturated.within),
        (high, fit.between, slice(count, None), saturated.between),
    )
    made = [
        Solution(
            table=table,
            models=(linear_model(table, 0, np.eye(len(data.items)), saturated.mean),),
            at=(at,),
            theta=fit.theta[place],
            covariance=covariance[place, place],
            observed=(observed,),
            n_obs=(data.n_obs,),
            thresholds=(),
            measures={},
            rest=(),
            notes=(),
        )
        for table, at, place, observed in parts
    ]
    return made[0], made[1]


def _sizes(data: CfaData) -> Array:
    assert data.clusters is not None
    return np.bincount(data.clusters[0]).astype(float)


def _notes(fit: TwoLevelEstimates, levels: tuple[Solution, Solution]) -> list[str]:
    notes = [
        f"{name.capitalize()} clusters: {note[0].lower()}{note[1:]}"
        for name, level in zip(LEVELS, levels, strict=True)
        for note in improper_notes(level)
    ]
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

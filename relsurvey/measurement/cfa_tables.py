"""Tables of a fitted factor model: parameters, factor correlations, items, residuals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.model_matrices import rows_of
from relsurvey.stats.standardised_solution import Standardised, standardised_solution

FloatArray = NDArray[np.float64]
Rows = list[tuple[str, str, str, float, float, float, float]]


def parameter_frame(solution: Solution, labels: tuple[str, ...], confidence: float) -> pd.DataFrame:
    """One row per parameter, in lavaan's order; ``group`` where there are groups.

    Parameters
    ----------
    solution : Solution
        What was fitted.
    labels : tuple of str
        Names of the groups.
    confidence : float
        Coverage of the bounds.
    """
    errors = np.sqrt(np.maximum(np.diag(solution.covariance), 0.0))
    frames = []
    for group, label in enumerate(labels):
        rows = _group_rows(solution, group, errors)
        table = pd.DataFrame(
            rows,
            columns=[
                "lhs",
                "op",
                "rhs",
                "estimate",
                "std_error",
                "std_estimate",
                "std_estimate_error",
            ],
        )
        if len(labels) > 1:
            table.insert(3, "group", label)
        frames.append(table)
    table = pd.concat(frames, ignore_index=True)
    reach = float(ndtri((1.0 + confidence) / 2.0))
    free = table["std_error"] > 0.0
    at = list(table.columns).index("std_error") + 1
    statistic = (table["estimate"] / table["std_error"].where(free)).astype(float)
    table.insert(at, "statistic", statistic)
    table.insert(at + 1, "p_value", 2.0 * ndtr(-statistic.abs()))
    table.insert(at + 2, "conf_low", table["estimate"] - reach * table["std_error"])
    table.insert(at + 3, "conf_high", table["estimate"] + reach * table["std_error"])
    table["std_conf_low"] = table["std_estimate"] - reach * table["std_estimate_error"]
    table["std_conf_high"] = table["std_estimate"] + reach * table["std_estimate_error"]
    return table


def _group_rows(solution: Solution, group: int, errors: FloatArray) -> Rows:
    table, model = solution.table, solution.models[group]
    residuals = solution.residuals[group] if solution.ordinal else None
    found = standardised_solution(model, solution.theta, solution.at[group], residuals)
    std_errors = _delta(found.slopes, solution.covariance)
    rows: Rows = []
    for cell, row in enumerate(rows_of(table, group)):
        free = row.index >= 0
        rows.append(
            (
                str(row.lhs),
                row.op,
                str(row.rhs),
                float(solution.theta[row.index]) if free else float(model.value[cell]),
                float(errors[row.index]) if free else 0.0,
                float(found.estimate[cell]),
                float(std_errors[cell]),
            )
        )
    if not solution.ordinal:
        return rows
    n_written = max((at + 1 for at, row in enumerate(rows) if row[1] == "=~"), default=len(rows))
    return [
        *rows[:n_written],
        *_threshold_rows(solution, group),
        *_residual_rows(solution, group, found),
        *rows[n_written:],
    ]


def _threshold_rows(solution: Solution, group: int) -> Rows:
    own = solution.thresholds[group]
    columns = (own.estimate, own.std_error, own.std_estimate, own.std_estimate_error)
    return [
        (
            str(solution.table.items[item]),
            *(("|", f"t{number}") if number else ("~1", "")),
            *numbers,
        )
        for item, number, *numbers in zip(
            own.item.tolist(), own.number.tolist(), *(c.tolist() for c in columns), strict=True
        )
    ]


def _residual_rows(solution: Solution, group: int, found: Standardised) -> Rows:
    """Residual variances that follow from the loadings: no errors of their own but standardised."""
    residuals = solution.residuals[group]
    errors = _delta(found.unique_slopes, solution.covariance)
    return [
        (str(item), "~~", str(item), value, 0.0, float(found.unique[at]), float(errors[at]))
        for at, (item, value, follows) in enumerate(
            zip(solution.table.items, residuals.value.tolist(), residuals.follows, strict=True)
        )
        if follows
    ]


def _delta(slopes: FloatArray, covariance: FloatArray) -> FloatArray:
    variances = np.einsum("cq,cq->c", slopes @ covariance, slopes)
    scale = np.einsum("cq,cq->c", slopes * np.abs(np.diag(covariance)), slopes)
    exact: FloatArray = np.where(variances > 1e-20 * np.maximum(scale, 1e-300), variances, 0.0)
    return np.sqrt(exact)


def factor_correlation_frame(parameters: pd.DataFrame, factors: tuple[str, ...]) -> pd.DataFrame:
    """One row per pair of factors, with bounds from the delta method."""
    names = [str(factor) for factor in factors]
    chosen = parameters["lhs"].isin(names) & (parameters["op"] == "~~")
    chosen &= parameters["lhs"] != parameters["rhs"]
    renamed = parameters[chosen].drop(columns=["estimate", "std_error", "conf_low", "conf_high"])
    renamed = renamed.rename(
        columns={
            "lhs": "factor_a",
            "rhs": "factor_b",
            "std_estimate": "estimate",
            "std_estimate_error": "std_error",
            "std_conf_low": "conf_low",
            "std_conf_high": "conf_high",
        }
    )
    wanted = ["factor_a", "factor_b", "estimate", "std_error", "conf_low", "conf_high"]
    if "group" in parameters:
        wanted.insert(2, "group")
    table: pd.DataFrame = renamed[wanted].reset_index(drop=True)
    return table


def item_correlations(solution: Solution, labels: tuple[str, ...]) -> pd.DataFrame:
    """Pearson or polychoric correlations of the items; groups below each other."""
    names = [str(item) for item in solution.table.items]
    frames = [
        pd.DataFrame(_correlations(matrix), index=names, columns=names)
        for matrix in solution.observed
    ]
    if len(labels) == 1:
        return frames[0]
    return pd.concat(dict(zip(labels, frames, strict=True)), names=["group", "item"])


def residual_frame(solution: Solution, labels: tuple[str, ...]) -> pd.DataFrame:
    """One row per pair of items: observed and implied correlation, and their difference.

    R: ``residuals(fit, type = "cor")`` for ordinal, ``type = "cor.bentler"`` for continuous items.
    """
    names = np.array([str(item) for item in solution.table.items])
    second, first = np.triu_indices(len(names), 1)
    frames = []
    for label, matrix, at in zip(labels, solution.observed, solution.at, strict=True):
        scale = np.sqrt(np.diag(matrix))
        implied = (at.covariance / np.outer(scale, scale))[first, second]
        observed = (matrix / np.outer(scale, scale))[first, second]
        frame = pd.DataFrame(
            {
                "lhs": names[second],
                "rhs": names[first],
                "observed": observed,
                "implied": implied,
                "residual": observed - implied,
            }
        )
        if len(labels) > 1:
            frame.insert(2, "group", label)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _correlations(matrix: FloatArray) -> FloatArray:
    scale = np.sqrt(np.diag(matrix))
    return np.asarray(matrix / np.outer(scale, scale))

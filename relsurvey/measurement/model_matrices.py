"""A parameter table as the matrices of `relsurvey.stats.linear_model`, with first values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.measurement.parameter_table import Parameter, ParameterTable
from relsurvey.stats.linear_model import (
    FACTOR,
    INTERCEPT,
    LOADING,
    MEAN,
    PATH,
    RESIDUAL,
    LinearModel,
)
from relsurvey.stats.start_values import first_guess

Array = NDArray[np.float64]


def rows_of(table: ParameterTable, group: int) -> list[Parameter]:
    """Rows of one group."""
    return [row for row in table.rows if row.group == group]


def linear_model(
    table: ParameterTable, group: int, covariance: Array, mean: Array | None = None
) -> LinearModel:
    """Return the matrices of one group; the cells are the group's rows, in their order.

    After them stand the fixed loadings of structural items on the latent variables that they are.

    Parameters
    ----------
    table : ParameterTable
        The model.
    group : int
        Which group.
    covariance : ndarray, shape (p, p)
        Covariances or correlations of the items, for the first values.
    mean : ndarray, shape (p,), optional
        Means of the items.
    """
    rows = rows_of(table, group)
    places = [cell_place(table, row.lhs, row.op, row.rhs) for row in rows]
    values = _first_values(table, rows, covariance, mean)
    for at, name in enumerate(table.structural, start=len(table.factors)):
        places.append((LOADING, table.items.index(name), at))
        values.append(1.0)
    number = [row.index for row in rows] + [-1] * len(table.structural)
    matrix, row_at, column_at = (
        np.array(part, dtype=np.int64) for part in zip(*places, strict=True)
    )
    return LinearModel(
        n_observed=len(table.items),
        n_latent=len(table.latents),
        matrix=matrix,
        row=row_at,
        column=column_at,
        parameter=np.array(number, dtype=np.int64),
        value=np.array(values),
        size=table.n_free,
    )


def cell_place(table: ParameterTable, lhs: str, op: str, rhs: str) -> tuple[int, int, int]:
    """Matrix, row and column of a parameter."""
    item = {name: at for at, name in enumerate(table.items)}
    factor = {name: at for at, name in enumerate(table.latents)}
    if op == "=~":
        if rhs in factor:
            return PATH, factor[rhs], factor[lhs]
        return LOADING, item[rhs], factor[lhs]
    if op == "~":
        return PATH, factor[lhs], factor[rhs]
    if op == "~1":
        return (MEAN, factor[lhs], 0) if lhs in factor else (INTERCEPT, item[lhs], 0)
    if lhs in factor:
        return FACTOR, factor[lhs], factor[rhs]
    return RESIDUAL, item[lhs], item[rhs]


def _first_values(
    table: ParameterTable, rows: list[Parameter], covariance: Array, mean: Array | None
) -> list[float]:
    item = {name: at for at, name in enumerate(table.items)}
    factor = {name: at for at, name in enumerate(table.factors)}
    scale = np.sqrt(np.diag(covariance))
    loads = np.zeros((len(item), len(factor)), dtype=bool)
    for row in rows:
        if row.op == "=~" and row.rhs in item:
            loads[item[row.rhs], factor[row.lhs]] = True
    loadings, between, residuals = first_guess(covariance / np.outer(scale, scale), loads)
    width = _widths(table, rows, loadings * scale[:, None], item, factor)
    measured = {row.rhs for row in rows if row.op == "=~" and row.rhs in factor}
    values = []
    given = set(table.exogenous)
    for row in rows:
        value = row.value
        if row.lhs in given:
            value = _given_value(item, row, covariance, mean)
        elif row.index >= 0 and row.op == "=~" and row.rhs in item:
            i, j = item[row.rhs], factor[row.lhs]
            value = loadings[i, j] * scale[i] / width[j]
        elif row.index >= 0 and row.op == "=~":
            value = 0.7 * width[factor[row.rhs]] / width[factor[row.lhs]]
        elif row.index >= 0 and row.op == "~~" and row.lhs in factor and row.rhs in factor:
            i, j = factor[row.lhs], factor[row.rhs]
            share = 0.5 if i == j and row.lhs in measured else 1.0
            value = share * between[i, j] * width[i] * width[j]
        elif row.index >= 0 and row.op == "~~" and row.lhs == row.rhs and row.lhs in item:
            value = residuals[item[row.lhs]] * scale[item[row.lhs]] ** 2
        elif row.index >= 0 and row.op == "~1" and row.lhs in item and mean is not None:
            value = mean[item[row.lhs]]
        values.append(float(value))
    return values


def _given_value(
    item: dict[str, int], row: Parameter, covariance: Array, mean: Array | None
) -> float:
    """Variance, covariance or mean of predictors in the rows."""
    if row.op == "~1":
        return 0.0 if mean is None else float(mean[item[row.lhs]])
    return float(covariance[item[row.lhs], item[row.rhs]])


def _widths(
    table: ParameterTable,
    rows: list[Parameter],
    raw: Array,
    item: dict[str, int],
    factor: dict[str, int],
) -> Array:
    """Return the width of each factor that its fixed loading, or its fixed variance, implies."""
    width = np.ones(len(factor))
    for row in rows:
        if row.op == "~~" and row.lhs == row.rhs and row.lhs in factor and row.index < 0:
            width[factor[row.lhs]] = np.sqrt(max(row.value, 1e-6))
    fixed = [row for row in rows if row.op == "=~" and row.index < 0 and row.value != 0.0]
    for row in fixed:
        if row.rhs in item:
            implied = raw[item[row.rhs], factor[row.lhs]] / row.value
            size = max(abs(implied), 0.05 * float(np.sqrt(np.mean(raw**2) + 1e-12)))
            width[factor[row.lhs]] = -size if implied < 0.0 else size
    for row in fixed:
        if row.rhs in factor:
            width[factor[row.lhs]] = 0.7 * width[factor[row.rhs]] / row.value
    return width

"""The completely standardised solution of a linear model, with slopes for the delta method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.linear_model import (
    FACTOR,
    INTERCEPT,
    LOADING,
    MEAN,
    PATH,
    RESIDUAL,
    Implied,
    LinearModel,
)
from relsurvey.stats.rank_two_slopes import cell_slopes

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Standardised:
    """Standardised cells and residuals.

    Attributes
    ----------
    estimate : ndarray, shape (c,)
        Every cell of the model, standardised.
    slopes : ndarray, shape (c, q)
        Their derivatives by every parameter.
    unique : ndarray, shape (p,)
        Share of each item's variance that the factors leave.
    unique_slopes : ndarray, shape (p, q)
        Its derivatives.
    """

    estimate: Array
    slopes: Array
    unique: Array
    unique_slopes: Array


def standardised_solution(
    model: LinearModel, theta: Array, at: Implied, *, unit_variances: bool = False
) -> Standardised:
    """Standardise by the model's own standard deviations of items and factors.

    Covariances of residuals and of disturbances become their correlations, as in lavaan.
    R: ``lavaan::standardizedSolution(fit)``.

    Parameters
    ----------
    model : LinearModel
        Its cells are what is standardised.
    theta : ndarray, shape (q,)
        Estimates.
    at : Implied
        What they imply.
    unit_variances : bool
        Items have variance 1 and residual variances are what is left of it (ordinal answers).
    """
    p, m, q = model.n_observed, model.n_latent, model.n_parameters
    variances, slopes = _variances(model, at, unit_variances)
    free = model.parameter >= 0
    value = model.value.copy()
    value[free] = theta[model.parameter[free]]
    powers = np.zeros((len(value), 2 * p + 2 * m))
    for cell, (kind, i, j) in enumerate(zip(model.matrix, model.row, model.column, strict=True)):
        for place, power in _powers(int(kind), int(i), int(j), p, m):
            powers[cell, place] += power
    scale = np.exp(powers @ np.log(np.abs(np.where(variances == 0.0, 1.0, variances))))
    relative = slopes / np.where(variances == 0.0, 1.0, variances)[:, None]
    by_theta = (value * scale)[:, None] * (powers @ relative)
    direct = np.zeros((len(value), q))
    direct[np.flatnonzero(free), model.parameter[free]] = scale[free]
    residual, total = variances[p + m : 2 * p + m], variances[:p]
    share = residual / total
    share_slopes = (slopes[p + m : 2 * p + m] - share[:, None] * slopes[:p]) / total[:, None]
    return Standardised(value * scale, by_theta + direct, share, share_slopes)


def _powers(kind: int, i: int, j: int, p: int, m: int) -> tuple[tuple[int, float], ...]:
    """Which variances a cell is multiplied by, and to what power."""
    latent, residual, disturbance = p, p + m, 2 * p + m
    if kind == LOADING:
        return (latent + j, 0.5), (i, -0.5)
    if kind == PATH:
        return (latent + j, 0.5), (latent + i, -0.5)
    if kind == RESIDUAL:
        return ((i, -1.0),) if i == j else ((residual + i, -0.5), (residual + j, -0.5))
    if kind == FACTOR:
        if i == j:
            return ((latent + i, -1.0),)
        return (disturbance + i, -0.5), (disturbance + j, -0.5)
    if kind == INTERCEPT:
        return ((i, -0.5),)
    if kind == MEAN:
        return ((latent + i, -0.5),)
    raise ValueError(kind)


def _variances(model: LinearModel, at: Implied, unit_variances: bool) -> tuple[Array, Array]:
    """Variances of items, factors, residuals, disturbances, and slopes (2p + 2m, q)."""
    p, m, q = model.n_observed, model.n_latent, model.n_parameters
    cells = cell_slopes(model, at)
    items = cells.gather(2.0 * cells.weight * cells.left * cells.right, q)
    free = np.flatnonzero(model.parameter >= 0)
    kind, i, j = model.matrix[free], model.row[free], model.column[free]
    total = np.linalg.inv(np.eye(m) - at.paths)
    latent = np.zeros((m, len(free)))
    through = kind == FACTOR
    latent[:, through] = (1.0 + (i != j)[through]) * total[:, i[through]] * total[:, j[through]]
    path = kind == PATH
    latent[:, path] = 2.0 * total[:, i[path]] * at.latent_covariance[:, j[path]]
    own_residual, own_disturbance = np.zeros((p, len(free))), np.zeros((m, len(free)))
    for target, name in ((own_residual, RESIDUAL), (own_disturbance, FACTOR)):
        places = np.flatnonzero((kind == name) & (i == j))
        target[i[places], places] = 1.0
    residual, slopes_residual = np.diag(at.residuals), cells.gather(own_residual, q)
    variance = np.diag(at.covariance)
    if unit_variances:
        common = np.einsum("ij,ij->i", at.cross, at.loadings)
        residual, slopes_residual = 1.0 - common, -items
        variance, items = np.ones(p), np.zeros_like(items)
    values = np.concatenate(
        [variance, np.diag(at.latent_covariance), residual, np.diag(at.factors)]
    )
    slopes = np.concatenate(
        [items, cells.gather(latent, q), slopes_residual, cells.gather(own_disturbance, q)]
    )
    return values, slopes

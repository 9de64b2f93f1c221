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
Index = NDArray[np.int64]


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


@dataclass(frozen=True, slots=True, eq=False)
class ResidualVariances:
    """Residual variances that are no parameters but what is left of a latent response's 1.

    Attributes
    ----------
    follows : ndarray of bool, shape (p,)
        The items whose residual variance follows from the rest (ordinal ones).
    value : ndarray, shape (p,)
    slopes : ndarray, shape (p, q)
        Derivatives by every parameter.
    latent : ndarray of int, shape (p,)
        The latent variable that an item is itself, residual and all, as it stands in regressions;
        −1 for the others.
    """

    follows: NDArray[np.bool_]
    value: Array
    slopes: Array
    latent: Index


def residual_variances(
    model: LinearModel, at: Implied, follows: NDArray[np.bool_]
) -> ResidualVariances:
    """One minus what the factors explain, given the predictors if there are some."""
    cells = cell_slopes(model, at)
    explained = cells.gather(2.0 * cells.weight * cells.left * cells.right, model.n_parameters)
    common = np.einsum("ij,ij->i", at.cross, at.loadings)
    none = np.full(len(common), -1, dtype=np.int64)
    return ResidualVariances(follows, 1.0 - common, -explained, none)


def standardised_solution(
    model: LinearModel, theta: Array, at: Implied, residuals: ResidualVariances | None = None
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
    residuals : ResidualVariances, optional
        Of ordinal items.
    """
    p, m, q = model.n_observed, model.n_latent, model.n_parameters
    variances, slopes = _variances(model, at, residuals)
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


def _variances(
    model: LinearModel, at: Implied, residuals: ResidualVariances | None
) -> tuple[Array, Array]:
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
    if residuals is not None:
        follows = residuals.follows
        residual = np.where(follows, residuals.value, residual)
        slopes_residual = np.where(follows[:, None], residuals.slopes, slopes_residual)
        common = np.einsum("ij,ij->i", at.cross, at.loadings)
        variance = np.where(follows, common + residual, variance)
        items = np.where(follows[:, None], items + residuals.slopes, items)
    widths, slopes_latent = np.diag(at.latent_covariance).copy(), cells.gather(latent, q)
    if residuals is not None:
        own = np.flatnonzero(residuals.follows & (residuals.latent >= 0))
        widths[residuals.latent[own]] = variance[own]
        slopes_latent[residuals.latent[own]] = items[own]
    values = np.concatenate([variance, widths, residual, np.diag(at.factors)])
    slopes = np.concatenate(
        [items, slopes_latent, slopes_residual, cells.gather(own_disturbance, q)]
    )
    return values, slopes

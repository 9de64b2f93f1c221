"""A linear structural model as arrays: which cells are free, what it implies, and its slopes.

All-y LISREL: y = nu + L eta + e, eta = alpha + B eta + z, Var(e) = T, Var(z) = P.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]

LOADING, RESIDUAL, FACTOR, PATH, INTERCEPT, MEAN = range(6)


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """The cells of a model's matrices.

    Attributes
    ----------
    n_observed, n_latent : int
        Rows of the loading matrix (p) and its columns (m).
    matrix : ndarray of int, shape (c,)
        Which matrix each cell belongs to: LOADING (p, m), RESIDUAL (p, p), FACTOR (m, m),
        PATH (m, m), INTERCEPT (p,), MEAN (m,). Symmetric matrices list a cell once.
    row, column : ndarray of int, shape (c,)
        Place; ``column`` is 0 for INTERCEPT and MEAN.
    parameter : ndarray of int, shape (c,)
        Index of the free parameter that the cell holds, −1 for a fixed cell. Cells with one
        index are equal.
    value : ndarray, shape (c,)
        Value of a fixed cell, starting value of a free one.
    size : int
        Number of parameters where other models share them; 0 for as many as the cells name.
    """

    n_observed: int
    n_latent: int
    matrix: Index
    row: Index
    column: Index
    parameter: Index
    value: Array
    size: int = 0

    @property
    def n_parameters(self) -> int:
        """Number of free parameters q."""
        return max(int(self.parameter.max(initial=-1)) + 1, self.size)

    def start(self) -> Array:
        """Return starting values, shape (q,)."""
        free = self.parameter >= 0
        theta = np.zeros(self.n_parameters)
        theta[self.parameter[free]] = self.value[free]
        return theta


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """What a model implies at some parameter values.

    Attributes
    ----------
    covariance : ndarray, shape (p, p)
    mean : ndarray, shape (p,)
    loadings, residuals, factors, paths : ndarray
        The matrices L (p, m), T (p, p), P (m, m), B (m, m).
    reduced : ndarray, shape (p, m)
        L (I − B)⁻¹.
    cross : ndarray, shape (p, m)
        Covariance of the observed with the latent variables.
    latent_mean : ndarray, shape (m,)
    latent_covariance : ndarray, shape (m, m)
    """

    covariance: Array
    mean: Array
    loadings: Array
    residuals: Array
    factors: Array
    paths: Array
    reduced: Array
    cross: Array
    latent_mean: Array
    latent_covariance: Array


def implied(model: LinearModel, theta: Array) -> Implied:
    """Matrices, covariances and means at ``theta`` (q,)."""
    p, m = model.n_observed, model.n_latent
    value = model.value.astype(theta.dtype)
    free = model.parameter >= 0
    value[free] = theta[model.parameter[free]]
    shapes = {LOADING: (p, m), RESIDUAL: (p, p), FACTOR: (m, m), PATH: (m, m)}
    filled: dict[int, Array] = {}
    for kind, shape in shapes.items():
        cells = model.matrix == kind
        target = np.zeros(shape, dtype=theta.dtype)
        target[model.row[cells], model.column[cells]] = value[cells]
        if kind in (RESIDUAL, FACTOR):
            target[model.column[cells], model.row[cells]] = value[cells]
        filled[kind] = target
    intercept, mean = np.zeros(p, dtype=theta.dtype), np.zeros(m, dtype=theta.dtype)
    for kind, vector in ((INTERCEPT, intercept), (MEAN, mean)):
        cells = model.matrix == kind
        vector[model.row[cells]] = value[cells]
    total = np.linalg.inv(np.eye(m) - filled[PATH])
    reduced = filled[LOADING] @ total
    latent = total @ filled[FACTOR] @ total.T
    cross = filled[LOADING] @ latent
    return Implied(
        covariance=cross @ filled[LOADING].T + filled[RESIDUAL],
        mean=intercept + reduced @ mean,
        loadings=filled[LOADING],
        residuals=filled[RESIDUAL],
        factors=filled[FACTOR],
        paths=filled[PATH],
        reduced=reduced,
        cross=cross,
        latent_mean=total @ mean,
        latent_covariance=latent,
    )

"""Slopes of an implied covariance matrix as outer products: quick for any number of cells.

The derivative by a cell is w(uv′ + vu′), with w = ½ on the diagonal of a symmetric matrix and 1
elsewhere; information and gradients follow from p×c products without p×p matrices per parameter.
"""

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

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CellSlopes:
    """Slopes of Σ and μ by some cells.

    Attributes
    ----------
    left, right : ndarray, shape (p, c)
        u and v of each cell.
    weight : ndarray, shape (c,)
        w; 0 for cells of intercepts and means.
    mean : ndarray, shape (p, c)
        Slopes of μ.
    parameter : ndarray of int, shape (c,)
        Free parameter of each cell.
    """

    left: Array
    right: Array
    weight: Array
    mean: Array
    parameter: Index

    def gather(self, by_cell: Array, n_parameters: int) -> Array:
        """Sum columns of cells that hold one parameter, shape (…, c) to (…, q)."""
        if len(self.parameter) == n_parameters and np.array_equal(
            self.parameter, np.arange(n_parameters)
        ):
            return by_cell
        if len(np.unique(self.parameter)) == len(self.parameter):
            placed = np.zeros((*by_cell.shape[:-1], n_parameters))
            placed[..., self.parameter] = by_cell
            return placed
        membership = np.zeros((len(self.parameter), n_parameters))
        membership[np.arange(len(self.parameter)), self.parameter] = 1.0
        return by_cell @ membership


def cell_slopes(model: LinearModel, at: Implied, cells: Index | None = None) -> CellSlopes:
    """Slopes by the free cells, or by the cells given whether free or not."""
    chosen = np.flatnonzero(model.parameter >= 0) if cells is None else cells
    kind, i, j = model.matrix[chosen], model.row[chosen], model.column[chosen]
    p, c = model.n_observed, len(chosen)
    unit = np.eye(p)
    left, right, mean = np.zeros((p, c)), np.zeros((p, c)), np.zeros((p, c))
    own, through = np.isin(kind, (LOADING, RESIDUAL)), np.isin(kind, (FACTOR, PATH))
    left[:, own], left[:, through] = unit[:, i[own]], at.reduced[:, i[through]]
    for name, source in (
        (LOADING, at.cross),
        (RESIDUAL, unit),
        (FACTOR, at.reduced),
        (PATH, at.cross),
    ):
        right[:, kind == name] = source[:, j[kind == name]]
    mean[:, kind == LOADING] = unit[:, i[kind == LOADING]] * at.latent_mean[j[kind == LOADING]]
    mean[:, kind == PATH] = at.reduced[:, i[kind == PATH]] * at.latent_mean[j[kind == PATH]]
    mean[:, kind == INTERCEPT] = unit[:, i[kind == INTERCEPT]]
    mean[:, kind == MEAN] = at.reduced[:, i[kind == MEAN]]
    same = np.isin(kind, (RESIDUAL, FACTOR)) & (i == j)
    weight = np.where(same, 0.5, np.where(own | through, 1.0, 0.0))
    return CellSlopes(left, right, weight, mean, model.parameter[chosen])


def slopes_at(slopes: CellSlopes, rows: Index, columns: Index) -> Array:
    """Slopes of some elements of Σ by each cell, shape (len(rows), c)."""
    result: Array = slopes.left[rows] * slopes.right[columns]
    result += slopes.right[rows] * slopes.left[columns]
    result *= slopes.weight
    return result


def information_between(first: CellSlopes, second: CellSlopes, inverse: Array) -> Array:
    """½ tr(Σ⁻¹Σₖ Σ⁻¹Σₗ) + μₖ′Σ⁻¹μₗ for every pair of cells, shape (c1, c2)."""
    left, right = inverse @ second.left, inverse @ second.right
    found = (first.left.T @ left) * (first.right.T @ right)
    found += (first.left.T @ right) * (first.right.T @ left)
    found *= first.weight[:, None] * second.weight
    found += first.mean.T @ (inverse @ second.mean)
    result: Array = found
    return result


def own_information(slopes: CellSlopes, inverse: Array) -> Array:
    """Diagonal of `information_between` of the cells with themselves, shape (c,)."""
    left, right = inverse @ slopes.left, inverse @ slopes.right
    squares = np.sum(slopes.left * left, 0) * np.sum(slopes.right * right, 0)
    found: Array = slopes.weight**2 * (squares + np.sum(slopes.left * right, 0) ** 2)
    found += np.sum(slopes.mean * (inverse @ slopes.mean), 0)
    return found


def pulled_slopes(slopes: CellSlopes, covariance: Array, mean: Array) -> Array:
    """Slopes by each cell of <covariance, Σ> + mean·μ, shape (c,); covariance symmetric."""
    turned: Array = 2.0 * slopes.weight * np.sum(slopes.left * (covariance @ slopes.right), 0)
    return turned + mean @ slopes.mean


def expected_information(model: LinearModel, at: Implied) -> Array:
    """Return the expected information of one row by every parameter, shape (q, q)."""
    slopes = cell_slopes(model, at)
    q = model.n_parameters
    inverse = np.asarray(np.linalg.inv(at.covariance), dtype=np.float64)
    by_cell = information_between(slopes, slopes, inverse)
    return slopes.gather(slopes.gather(by_cell, q).T, q)

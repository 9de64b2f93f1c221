"""How the implied moments of a linear model bend: second derivatives along a given direction."""

from __future__ import annotations

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


def bend(model: LinearModel, at: Implied, spread: Array, level: Array) -> Array:
    """Second derivatives of <spread, Σ> + level·μ by the parameters, shape (q, q).

    With R = Λ(I − B)⁻¹ and C the covariance of observed with latent variables, every slope of Σ is
    an outer product of columns of R, C and the identity; the derivative of such a column is again
    one of these columns times a number.

    Parameters
    ----------
    model : LinearModel
    at : Implied
        Matrices at the parameters.
    spread : ndarray, shape (p, p)
        Symmetric.
    level : ndarray, shape (p,)
    """
    chosen = np.flatnonzero(model.parameter >= 0)
    kind, i, j = model.matrix[chosen], model.row[chosen], model.column[chosen]
    if not model.n_latent:
        return np.zeros((model.n_parameters, model.n_parameters))
    cells = cell_slopes(model, at)
    total = np.linalg.inv(np.eye(model.n_latent) - at.paths)
    is_path, is_mean, is_factor = kind == PATH, kind == MEAN, kind == FACTOR
    lifts = np.where((kind == LOADING) | is_path, 1.0, 0.0)  # these cells move Λ(I − B)⁻¹
    latent_i, latent_j = (np.where(place < model.n_latent, place, 0) for place in (i, j))
    row = np.where(np.isin(kind, (PATH, FACTOR, MEAN)), latent_i, 0)

    def of_reduced(place: NDArray[np.int64]) -> Array:
        """Factor of ``left`` in the derivative of column ``place`` of R, (c, c)."""
        return np.asarray(lifts * total[latent_j[None, :], place[:, None]])

    # slopes of R's and C's columns, multiplied by spread times the other side of the outer product
    by_left, by_right = cells.left.T @ spread @ cells.right, cells.left.T @ spread @ cells.left
    through = np.isin(kind, (FACTOR, PATH))[:, None]
    found = np.where(through, of_reduced(row) * by_left.T, 0.0)
    reached = np.isin(kind, (LOADING, PATH))[:, None]
    back = total[latent_j[:, None], row[None, :]]
    crossed = lifts * at.latent_covariance[latent_j[None, :], latent_j[:, None]] * by_right
    pulled = cells.left.T @ spread @ at.cross
    crossed += is_path * back * pulled[:, latent_j]
    forth = total[latent_j[:, None], latent_j[None, :]]
    crossed += (is_factor * cells.weight) * (forth * by_right + back * by_left)
    found += np.where(reached, crossed, 0.0)
    found += np.where(is_factor[:, None], of_reduced(latent_j) * by_right, 0.0)
    found *= 2.0 * cells.weight[:, None]
    # the same of μ
    moved = total[latent_j[:, None], row[None, :]] * (
        is_mean + is_path * at.latent_mean[latent_j][None, :]
    )
    own_level = np.where(kind == LOADING, level[np.where(kind == LOADING, i, 0)], 0.0)
    own_level = np.where(is_path, (level @ at.reduced)[row], own_level)
    found += own_level[:, None] * moved
    along = level @ cells.left
    scale = np.where(is_path, at.latent_mean[latent_j], np.where(is_mean, 1.0, 0.0))
    found += scale[:, None] * of_reduced(row) * along[None, :]
    found[np.isin(kind, (INTERCEPT, RESIDUAL))] = 0.0
    q = model.n_parameters
    whole = cells.gather(cells.gather(found, q).T, q)
    return np.asarray(0.5 * (whole + whole.T), dtype=np.float64)

"""Search for the greatest likelihood among covariances that are possible at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from relsurvey.stats.likelihood_search import Found, Objective
from relsurvey.stats.linear_model import FACTOR, LinearModel

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Chosen = NDArray[np.bool_]

STEP = 1e-5
EDGE = 1e-7
FLAT = 1e-7  # of the largest curvature: what is less is a direction that changes nothing
RESTARTS = 4


@dataclass(frozen=True, slots=True, eq=False)
class FactorBlock:
    """A model's factor covariances, all of them free: parameter of every cell, shape (m, m)."""

    place: Index


def factor_blocks(models: Sequence[LinearModel]) -> list[FactorBlock] | None:
    """Return the blocks of models with factors; None where one is not wholly free."""
    blocks = []
    for model in models:
        m = model.n_latent
        place = np.full((m, m), -1, dtype=np.int64)
        own = (model.matrix == FACTOR) & (model.parameter >= 0)
        place[model.row[own], model.column[own]] = model.parameter[own]
        place[model.column[own], model.row[own]] = model.parameter[own]
        lower = place[np.tril_indices(m)]
        if m and (np.any(lower < 0) or len(np.unique(lower)) < len(lower)):
            return None
        if m:
            blocks.append(FactorBlock(place))
    return blocks


def minimise_proper(
    objective: Objective,
    start: Array,
    bounded: Chosen,
    blocks: Sequence[FactorBlock],
) -> tuple[Found, Array, Chosen]:
    """Minimise over factor covariances that are semi-definite and variances of zero at least.

    In triangular roots of the factor covariances, and with bounds, the search cannot leave what is
    possible, and an optimum at its edge is an ordinary minimum (Pinheiro, J. C., & Bates, D. M.,
    1996, Statistics and Computing, 6, 289-296) that quasi-Newton steps (L-BFGS-B) find.

    Returns
    -------
    Found, ndarray of shape (q, q), ndarray of bool, shape (q,)
        The optimum; the covariance of the estimates, by the curvature in the roots, in which
        directions without curvature are left out; the variances held at zero.
    """
    rooted = _to_roots(start, blocks)

    def by_root(values: Array) -> tuple[float, Array]:
        value, slope = objective(_from_roots(values, blocks))
        if not np.isfinite(value):
            return 1e300, np.zeros(len(values))
        return value, _pulled(slope, values, blocks)

    limits = [(0.0 if low else None, None) for low in bounded]
    values = rooted
    for _ in range(RESTARTS):  # the memory of the steps is begun anew
        before = by_root(values)[0]
        found = optimize.minimize(
            by_root,
            values,
            jac=True,
            method="L-BFGS-B",
            bounds=limits,
            options={"maxiter": 3000, "maxfun": 6000, "maxcor": 50, "ftol": 1e-14, "gtol": 1e-6},
        )
        values = np.asarray(found.x, dtype=np.float64)
        if before - float(found.fun) < 1e-6:
            break
    held = bounded & (values <= EDGE)
    values = np.where(held, 0.0, values)
    inverse = _inverse(_bend(by_root, values, ~held))
    value, slope = by_root(values)
    rest = float(slope[~held] @ inverse @ slope[~held])
    covariance = _carried(inverse, values, ~held, blocks)
    theta = _from_roots(values, blocks)
    none = np.zeros((len(theta), len(theta)))
    return Found(theta, value, none, rest < 1e-3, int(found.nit)), covariance, held


def _inverse(bend: Array) -> Array:
    """Inverse of the curvature, directions that change nothing left out."""
    width = np.sqrt(np.maximum(np.abs(np.diag(bend)), 1e-12))
    inverse = np.linalg.pinv(bend / np.outer(width, width), rcond=FLAT, hermitian=True)
    return np.asarray(inverse / np.outer(width, width))


def _to_roots(theta: Array, blocks: Sequence[FactorBlock]) -> Array:
    values = theta.copy()
    for block in blocks:
        matrix = theta[block.place]
        sizes, vectors = np.linalg.eigh(matrix)
        proper = (vectors * np.maximum(sizes, 0.05 * max(float(sizes[-1]), 1e-6))) @ vectors.T
        rows = np.tril_indices(len(matrix))
        values[block.place[rows]] = np.linalg.cholesky(proper)[rows]
    return values


def _root(values: Array, block: FactorBlock) -> Array:
    return np.tril(values[block.place])


def _from_roots(values: Array, blocks: Sequence[FactorBlock]) -> Array:
    theta = values.copy()
    for block in blocks:
        root = _root(values, block)
        rows = np.tril_indices(len(root))
        theta[block.place[rows]] = (root @ root.T)[rows]
    return theta


def _pulled(slope: Array, values: Array, blocks: Sequence[FactorBlock]) -> Array:
    """Slopes by the roots from those by the covariances."""
    found = slope.copy()
    for block in blocks:
        rows = np.tril_indices(len(block.place))
        whole = 0.5 * slope[block.place]
        np.fill_diagonal(whole, slope[np.diag(block.place)])
        found[block.place[rows]] = (2.0 * whole @ _root(values, block))[rows]
    return found


def _bend(by_root: Objective, values: Array, free: Chosen) -> Array:
    """Second derivatives by the free roots, from differences of the slopes."""
    places = np.flatnonzero(free)
    bend = np.empty((len(places), len(places)))
    for at, place in enumerate(places):
        step = STEP * max(1.0, abs(values[place]))
        moved = values.copy()
        moved[place] = values[place] + step
        up = by_root(moved)[1]
        moved[place] = values[place] - step
        bend[at] = (up - by_root(moved)[1])[places] / (2.0 * step)
    return 0.5 * (bend + bend.T)


def _carried(inverse: Array, values: Array, free: Chosen, blocks: Sequence[FactorBlock]) -> Array:
    """Covariance of the parameters from that of the free roots."""
    q, places = len(values), np.flatnonzero(free)
    by_root = np.zeros((q, q))
    by_root[np.ix_(places, places)] = inverse
    turn = np.eye(q)
    for block in blocks:
        root = _root(values, block)
        m = len(root)
        for i, j in zip(*np.tril_indices(m), strict=True):
            column = np.zeros((m, m))
            column[i, :] += root[:, j]
            column[:, i] += root[:, j]
            rows = np.tril_indices(m)
            turn[block.place[rows], block.place[i, j]] = column[rows]
    return np.asarray(turn @ by_root @ turn.T)

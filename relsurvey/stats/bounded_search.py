"""Search for the parameters of greatest likelihood when some of them cannot be negative."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from relsurvey.stats.likelihood_search import Curvature, Found, Objective, minimise

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]

ROUNDS = 12
EDGE = 1e-6  # of a start value: below this a parameter has come to rest at zero


def minimise_bounded(
    objective: Objective, curvature: Curvature, start: Array, bounded: Chosen
) -> tuple[Found, Chosen]:
    """Minimise a negative log-likelihood over parameters of which some are zero at least.

    Projected quasi-Newton steps (L-BFGS-B; Byrd, R. H., Lu, P., Nocedal, J., & Zhu, C., 1995, SIAM
    Journal on Scientific Computing, 16, 1190-1208) find which parameters come to rest at zero; the
    others are then searched exactly. A parameter is let go again when the likelihood would gain
    from it, and one that turns negative is held.

    Parameters
    ----------
    objective, curvature : callable
        As in `minimise`, of all q parameters.
    start : ndarray, shape (q,)
        Not negative where bounded, and with a finite value.
    bounded : ndarray of bool, shape (q,)

    Returns
    -------
    Found, ndarray of bool, shape (q,)
        The optimum, with the curvature of all parameters, and which of them are held at zero.
    """
    bend = curvature(start)
    width = 1.0 / np.sqrt(np.maximum(np.abs(np.diag(bend)), 1e-12))
    theta = _projected(objective, start, bounded, width)
    held = bounded & (theta <= EDGE * np.maximum(start, width))
    found = Found(theta, objective(theta)[0], bend, False, 0)
    for _ in range(ROUNDS):
        found = _free_of_held(objective, curvature, np.where(held, 0.0, found.theta), held)
        negative = bounded & ~held & (found.theta < 0.0)
        slope = objective(np.where(negative, 0.0, found.theta))[1]
        pulled = held & (slope * width < -1e-4)
        if found.converged and not negative.any() and not pulled.any():
            return replace(found, curvature=curvature(found.theta)), held
        held = (held & ~pulled) | negative
        found = replace(found, theta=np.where(pulled, 1e-3 * width, found.theta))
    return replace(found, converged=False), held


def _projected(objective: Objective, start: Array, bounded: Chosen, width: Array) -> Array:
    best = objective(start)[0]

    def scaled(values: Array) -> tuple[float, Array]:
        value, slope = objective(values * width)
        if not np.isfinite(value):
            return abs(best) * 10.0 + 1e6, np.zeros(len(values))
        return value, slope * width

    found = optimize.minimize(
        scaled,
        start / width,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0 if low else None, None) for low in bounded],
        options={"maxiter": 2000, "maxfun": 4000, "maxcor": 30, "ftol": 1e-11, "gtol": 1e-5},
    )
    theta: Array = found.x * width
    return theta


def _free_of_held(objective: Objective, curvature: Curvature, start: Array, held: Chosen) -> Found:
    """Search the parameters that are not held; the others stay at zero."""
    free = np.flatnonzero(~held)

    def whole(values: Array) -> Array:
        theta = np.zeros(len(held))
        theta[free] = values
        return theta

    def own(values: Array) -> tuple[float, Array]:
        value, slope = objective(whole(values))
        return value, slope[free]

    def bend(values: Array) -> Array:
        return curvature(whole(values))[np.ix_(free, free)]

    found = minimise(own, bend, start[free])
    return replace(found, theta=whole(found.theta))

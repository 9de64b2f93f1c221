"""Search for the parameters of greatest likelihood when some of them cannot be negative."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from relsurvey.stats.likelihood_search import Curvature, Found, Objective, positive_inverse

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]

STEPS = 60
EDGE = 1e-6  # of a parameter's standard error: nearer to zero than this it can be held there


def minimise_bounded(
    objective: Objective,
    curvature: Curvature,
    start: Array,
    bounded: Chosen,
    *,
    tolerance: float = 1e-13,
) -> tuple[Found, Chosen]:
    """Minimise a negative log-likelihood over parameters of which some are zero at least.

    Quasi-Newton steps (L-BFGS-B; Byrd, R. H., Lu, P., Nocedal, J., & Zhu, C., 1995, SIAM Journal on
    Scientific Computing, 16, 1190-1208) lead near the optimum, projected Newton steps to it
    (Bertsekas, D. P., 1982, SIAM Journal on Control and Optimization, 20, 221-246): parameters at
    zero that the likelihood pulls further down are held, the others move.

    Parameters
    ----------
    objective, curvature : callable
        As in `likelihood_search.minimise`.
    start : ndarray, shape (q,)
        Not negative where bounded, and with a finite value.
    bounded : ndarray of bool, shape (q,)
    tolerance : float
        The search has converged when a step would gain less in log-likelihood.

    Returns
    -------
    Found, ndarray of bool, shape (q,)
        The optimum with the curvature of all parameters, and which of them are held at zero.
    """
    bend = curvature(start)
    width = 1.0 / np.sqrt(np.maximum(np.abs(np.diag(bend)), 1e-12))
    theta = _roughly(objective, start, bounded, width)
    value, slope = objective(theta)
    for taken in range(STEPS):
        near = bounded & (theta <= EDGE * width) & (slope > 0.0)
        theta = np.where(near, 0.0, theta)
        value, slope = objective(theta)
        bend = curvature(theta)
        step = np.zeros(len(theta))
        own = np.ix_(~near, ~near)
        step[~near] = -positive_inverse(bend[own]) @ slope[~near]
        gain = -0.5 * float(step @ slope)
        if gain < max(tolerance, 1e-15 * abs(value)):
            proper = bool(np.linalg.eigvalsh(_scaled(bend[own]))[0] > 0.0)
            return Found(theta, value, bend, proper, taken), near
        found = _projected(objective, theta, step, bounded, value, gain)
        if found is None:
            break
        theta, value, slope = found
    return Found(theta, value, bend, False, STEPS), bounded & (theta <= 0.0)


def _roughly(objective: Objective, start: Array, bounded: Chosen, width: Array) -> Array:
    far = abs(objective(start)[0]) * 10.0 + 1e6

    def scaled(values: Array) -> tuple[float, Array]:
        value, slope = objective(values * width)
        if not np.isfinite(value):
            return far, np.zeros(len(values))
        return value, slope * width

    found = optimize.minimize(
        scaled,
        start / width,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0 if low else None, None) for low in bounded],
        options={"maxiter": 500, "maxcor": 30, "ftol": 1e-10, "gtol": 1e-4},
    )
    theta: Array = found.x * width
    return theta


def _projected(
    objective: Objective, theta: Array, step: Array, bounded: Chosen, value: float, gain: float
) -> tuple[Array, float, Array] | None:
    """Halve a step, bent along the bounds, until it lowers the objective."""
    share = 1.0
    for _ in range(12):  # a step that must be cut to less leads out of what is possible at all
        trial = theta + share * step
        trial = np.where(bounded, np.maximum(trial, 0.0), trial)
        new_value, slope = objective(trial)
        if new_value <= value - 1e-4 * share * gain + 1e-13 * abs(value):
            return trial, new_value, slope
        share *= 0.5 if np.isfinite(new_value) else 0.25
    return None


def _scaled(bend: Array) -> Array:
    width = np.sqrt(np.maximum(np.abs(np.diag(bend)), 1e-300))
    return np.asarray(bend / np.outer(width, width))

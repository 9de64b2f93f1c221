"""Search for the parameters of greatest likelihood: quasi-Newton steps from the exact curvature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

Array = NDArray[np.float64]
Objective = Callable[[Array], tuple[float, Array]]
Curvature = Callable[[Array], Array]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Where the search ended.

    Attributes
    ----------
    theta : ndarray, shape (q,)
    value : float
        Of the objective, a negative log-likelihood.
    curvature : ndarray, shape (q, q)
        Second derivatives at ``theta``.
    converged : bool
    steps : int
    """

    theta: Array
    value: float
    curvature: Array
    converged: bool
    steps: int


def minimise(
    objective: Objective,
    curvature: Curvature,
    start: Array,
    *,
    tolerance: float = 1e-14,
    rounds: int = 12,
    steps: int = 30,
) -> Found:
    """Minimise a negative log-likelihood whose value is infinite outside its range.

    Each round takes the curvature anew and makes BFGS steps from it (Nocedal & Wright, 2006,
    Numerical Optimization, ch. 6). The search has converged when a Newton step would gain less
    than ``tolerance`` in log-likelihood: the estimates are then within sqrt(2 tolerance) standard
    errors of the optimum in every direction.
    """
    theta = start
    value, slope = objective(theta)
    bend = curvature(theta)
    taken = 0
    for _ in range(rounds):
        before = value
        theta, value, slope, used = _quasi_newton(
            objective, positive_inverse(bend), theta, (value, slope), tolerance, steps
        )
        taken += used
        bend = curvature(theta)
        move = _newton_step(bend, slope)
        if move is not None and -0.5 * float(move @ slope) < max(tolerance, 1e-15 * abs(value)):
            return Found(theta + move, value, bend, True, taken + 1)
        if move is None and before - value < 1e-4:
            break
    return Found(theta, value, bend, False, taken)


def _quasi_newton(
    objective: Objective,
    inverse: Array,
    theta: Array,
    at: tuple[float, Array],
    tolerance: float,
    steps: int,
) -> tuple[Array, float, Array, int]:
    value, slope = at
    for used in range(steps):
        move = -inverse @ slope
        gain = -0.5 * float(move @ slope)
        if gain < tolerance:
            return theta, value, slope, used
        found = _shorten(objective, theta, move, value, gain)
        if found is None:
            return theta, value, slope, used
        share, new_value, new_slope = found
        change, turn = share * move, new_slope - slope
        theta, value, slope = theta + change, new_value, new_slope
        product = float(change @ turn)
        if product > 1e-10 * abs(gain):
            left = np.outer(change, inverse @ turn) / product
            weight = (1.0 + float(turn @ inverse @ turn) / product) / product
            inverse = inverse - left - left.T + weight * np.outer(change, change)
    return theta, value, slope, steps


def _shorten(
    objective: Objective, theta: Array, move: Array, value: float, gain: float
) -> tuple[float, float, Array] | None:
    """Halve a step until it lowers the objective; the share, value and slopes found."""
    share = 1.0
    for _ in range(30):
        new_value, new_slope = objective(theta + share * move)
        if new_value <= value - 1e-4 * share * gain + 1e-13 * abs(value):
            return share, new_value, new_slope
        share *= 0.5 if np.isfinite(new_value) else 0.25
    return None


def _scaled(bend: Array) -> tuple[Array, Array]:
    width = np.sqrt(np.maximum(np.abs(np.diag(bend)), 1e-300))
    return bend / np.outer(width, width), width


def positive_inverse(bend: Array) -> Array:
    """Inverse of the curvature, with the sign of what bends downwards turned."""
    scaled, width = _scaled(bend)
    values, vectors = np.linalg.eigh(scaled)
    values = np.maximum(np.abs(values), 1e-8 * np.abs(values).max())
    inverse: Array = (vectors / values) @ vectors.T / np.outer(width, width)
    return inverse


def _newton_step(bend: Array, slope: Array) -> Array | None:
    """Return the Newton step, or None where the curvature is not positive definite."""
    scaled, width = _scaled(bend)
    try:
        factor = linalg.cho_factor(scaled, lower=True)
    except linalg.LinAlgError:
        return None
    step: Array = -linalg.cho_solve(factor, slope / width) / width
    return step

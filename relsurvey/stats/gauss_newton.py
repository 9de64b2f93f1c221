"""Weighted least squares of moments on a model, by damped Gauss-Newton steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Array = NDArray[np.float64]
Moments = Callable[[Array], Array]
Sparse = sparse.csr_array
Slopes = Callable[[Array], Array | Sparse]

_STEPS = 500


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquaresFit:
    """Where the weighted distance between sample and model moments is smallest.

    Attributes
    ----------
    theta : ndarray, shape (q,)
        Estimates.
    distance : float
        (s − m)′ W (s − m) at the estimates.
    slopes : ndarray, shape (r, q)
        Derivatives of the moments at the estimates.
    converged : bool
        Whether the steps came to rest.
    steps : int
        Steps taken.
    """

    theta: Array
    distance: float
    slopes: Array
    converged: bool
    steps: int


def fit_moments(
    sample: Array, weight: Array, moments: Moments, slopes: Slopes, start: Array
) -> LeastSquaresFit:
    """Minimise (s − m(θ))′ W (s − m(θ)).

    Parameters
    ----------
    sample : ndarray, shape (r,)
        Sample moments s.
    weight : ndarray, shape (r,) or (r, r)
        Diagonal of W, or W whole.
    moments, slopes : callable
        m(θ) of shape (r,) and its derivatives of shape (r, q), whole or sparse.
    start : ndarray, shape (q,)
        Where to begin.

    Returns
    -------
    LeastSquaresFit
        Estimates; ``converged`` is False when no step improves on a point that is not a minimum.
    """
    theta, damping = start.copy(), 1e-3
    rest = sample - moments(theta)
    distance = _length(rest, weight)
    for step_number in range(1, _STEPS + 1):
        slope = slopes(theta)
        curvature, gradient = _normal_equations(slope, weight, rest)
        scale = np.maximum(np.diag(curvature), 1e-12)
        while True:
            step = _solve(curvature + damping * np.diag(scale), gradient)
            trial = theta + step
            trial_rest = sample - moments(trial)
            trial_distance = _length(trial_rest, weight)
            if trial_distance <= distance * (1.0 + 1e-14) + 1e-300:
                break
            damping = max(10.0 * damping, 1e-8)
            if damping > 1e10:
                return LeastSquaresFit(theta, distance, _whole(slope), False, step_number)
        theta, rest, distance = trial, trial_rest, trial_distance
        damping = 0.0 if damping < 1e-7 else 0.1 * damping
        if float(np.max(np.abs(step) / (np.abs(theta) + 1e-2), initial=0.0)) < 1e-10:
            return LeastSquaresFit(theta, distance, _whole(slopes(theta)), True, step_number)
    return LeastSquaresFit(theta, distance, _whole(slopes(theta)), False, _STEPS)


def _whole(slope: Array | Sparse) -> Array:
    if isinstance(slope, sparse.csr_array):
        return np.asarray(slope.toarray(), dtype=np.float64)
    return slope


def _length(rest: Array, weight: Array) -> float:
    if weight.ndim == 1:
        return float(np.sum(weight * rest * rest))
    return float(rest @ weight @ rest)


def _normal_equations(slope: Array | Sparse, weight: Array, rest: Array) -> tuple[Array, Array]:
    """Δ′WΔ and Δ′We; a moment depends on few parameters, so that sparse products pay."""
    if weight.ndim == 2:
        weighted = weight @ slope
        return slope.T @ weighted, weighted.T @ rest
    few = sparse.csr_array(slope)
    scaled = sparse.csr_array(few.multiply(weight[:, None]))
    return np.asarray((few.T @ scaled).toarray()), np.asarray(scaled.T @ rest)


def _solve(matrix: Array, vector: Array) -> Array:
    try:
        solution: Array = linalg.cho_solve(linalg.cho_factor(matrix), vector)
    except (linalg.LinAlgError, ValueError):
        return np.asarray(np.linalg.lstsq(matrix, vector, rcond=None)[0], dtype=np.float64)
    return solution

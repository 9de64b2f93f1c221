"""Means and covariances of both levels of greatest likelihood, without a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from relsurvey.stats.squared_extrapolation import fixed_point
from relsurvey.stats.two_level_likelihood import ClusteredData, Split, slopes, split

Array = NDArray[np.float64]
EDGE = 1e-2


@dataclass(frozen=True, slots=True, eq=False)
class TwoLevelMoments:
    """Moments of both levels.

    Attributes
    ----------
    within, between : ndarray, shape (p, p)
    mean : ndarray, shape (p,)
    loglik : float
        Log-likelihood, with the constant.
    converged : bool
    """

    within: Array
    between: Array
    mean: Array
    loglik: float
    converged: bool


def saturated_levels(
    data: ClusteredData, *, tolerance: float = 1e-8, steps: int = 20000
) -> TwoLevelMoments:
    """Moments of greatest likelihood by EM, the between covariances at least semi-definite.

    The cluster means are what is missing (Raudenbush, S. W., 1995; Lee, S.-Y., & Poon, W.-Y.,
    1998). Ends when a step moves nothing by more than ``tolerance`` of the items' variances within.
    R: ``lavInspect(fit, "h1")`` of a two-level fit; lavaan ends when a step gains less than 1e-4
    in log-likelihood, so its log-likelihood may lie slightly lower.
    """
    p = data.mean.shape[1]
    scale = np.sqrt(np.diag(data.within) / max(data.n_obs - len(data.size), 1))
    middle = data.size @ data.mean / data.n_obs
    unit = ClusteredData(
        data.n_obs,
        data.size,
        (data.mean - middle) / scale,
        data.within / np.outer(scale, scale),
        data.centred,
    )

    def em_step(moments: Array) -> tuple[float, Array] | None:
        within, between, mean = _unpack(moments, p)
        at = split(unit, within, between, mean)
        if at is None or at.ratio[0] < -1e-9:
            return None
        return at.value, _em_step(unit, at, mean)

    start = np.concatenate([np.eye(p).ravel(), 0.1 * np.eye(p).ravel(), np.zeros(p)])
    found = fixed_point(em_step, start, tolerance=max(tolerance, 1e-5), steps=steps)
    rough = split(unit, *_unpack(found.at, p))
    if rough is not None and rough.ratio[0] < EDGE:
        moments, converged = _along_the_edge(unit, found.at, rough)
    else:
        found = fixed_point(em_step, found.at, tolerance=tolerance, steps=steps)
        moments, converged = found.at, found.converged
    within, between, mean = _unpack(moments, p)
    at = split(unit, within, between, mean)
    value = (at.value if at else float("nan")) + data.n_obs * float(np.log(scale).sum())
    square = np.outer(scale, scale)
    return TwoLevelMoments(
        within * square, between * square, middle + scale * mean, -value, converged
    )


def _along_the_edge(data: ClusteredData, moments: Array, at: Split) -> tuple[Array, bool]:
    """Go on by quasi-Newton steps in triangular roots of both covariance matrices.

    Where the optimum has between covariances that are only semi-definite, EM steps shrink towards
    it without end; in the roots it is nearly an ordinary minimum. What 500 steps leave, with more
    items than clusters, is about a hundredth in log-likelihood. Coordinates are those of the split.
    """
    p = len(at.ratio)
    back, rows = np.linalg.inv(at.transform), np.tril_indices(p)
    size = len(rows[0])
    mean = _unpack(moments, p)[2]

    def roots(values: Array) -> tuple[Array, Array]:
        made = np.zeros((2, p, p))
        made[0][rows], made[1][rows] = values[:size], values[size : 2 * size]
        return back @ made[0], back @ made[1]

    def objective(values: Array) -> tuple[float, Array]:
        within, between = roots(values)
        here = split(data, within @ within.T, between @ between.T, mean + back @ values[2 * size :])
        if here is None:
            return 1e300, np.zeros(len(values))
        by_within, by_between, by_mean = slopes(data, here)
        parts = [
            (2.0 * back.T @ by_within @ within)[rows],
            (2.0 * back.T @ by_between @ between)[rows],
        ]
        return here.value, np.concatenate([*parts, back.T @ by_mean])

    width = np.sqrt(np.maximum(at.ratio, EDGE))
    start = np.concatenate([np.eye(p)[rows], np.diag(width)[rows], np.zeros(p)])
    found = optimize.minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 500, "maxcor": 30, "ftol": 1e-12, "gtol": 1e-5},
    )
    within, between = roots(found.x)
    done = [(within @ within.T).ravel(), (between @ between.T).ravel()]
    return np.concatenate([*done, mean + back @ found.x[2 * size :]]), bool(np.isfinite(found.fun))


def _unpack(moments: Array, p: int) -> tuple[Array, Array, Array]:
    square = p * p
    within, between = moments[:square], moments[square : 2 * square]
    return within.reshape(p, p), between.reshape(p, p), moments[2 * square :]


def _em_step(data: ClusteredData, at: Split, mean: Array) -> Array:
    """Moments one step on: expected cluster effects, then their and the rows' covariances."""
    size = data.size[:, None]
    ratio = np.maximum(at.ratio, 0.0)
    effect = (1.0 - at.share) * at.distance
    uncertain = ratio * at.share
    shift = effect.mean(axis=0)
    count = len(data.size)
    between = (effect.T @ effect + np.diag(uncertain.sum(axis=0))) / count - np.outer(shift, shift)
    left = at.distance - effect
    rest = at.within + (size * left).T @ left + np.diag((size * uncertain).sum(axis=0))
    back = np.linalg.inv(at.transform)
    return np.concatenate(
        [
            (back @ rest @ back.T / data.n_obs).ravel(),
            (back @ between @ back.T).ravel(),
            mean + back @ shift,
        ]
    )

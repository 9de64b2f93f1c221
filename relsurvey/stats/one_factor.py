"""One common factor of a few items, fitted to many covariance matrices at once.

Reliability coefficients need the one-factor solution of a scale, and bootstrap intervals need it
for every replicate: all matrices take their steps together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_STEPS = 300
_HALVINGS = 30
_SMALLEST_DECREMENT = 1e-21
_ROUNDING = 1e-12  # what the discrepancy may seem to rise by
_SMALLEST_STEP = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class OneFactor:
    """One-factor solutions with factor variance 1, the loadings adding up to a positive number.

    Attributes
    ----------
    loadings, residuals : ndarray, shape (b, p)
        Loadings, and residual variances (below zero in an improper solution).
    converged : ndarray of bool, shape (b,)
        Whether the steps came to rest.
    """

    loadings: Array
    residuals: Array
    converged: NDArray[np.bool_]

    @property
    def proper(self) -> NDArray[np.bool_]:
        """Converged, and no residual variance below zero."""
        return np.asarray(self.converged & (self.residuals >= 0.0).all(axis=1))


def one_factor_ml(covariances: Array) -> OneFactor:
    """Maximum likelihood by Fisher scoring with halved steps.

    Parameters
    ----------
    covariances : ndarray, shape (b, p, p)
        Positive definite, p of three or more.

    Returns
    -------
    OneFactor
        On the scale of the covariances. R: ``lavaan::cfa("f =~ ...", std.lv = TRUE)``.
    """
    scale = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    sample = covariances / (scale[:, :, None] * scale[:, None, :])
    p = sample.shape[1]
    theta = np.concatenate(_start(sample), axis=1)
    value = _discrepancy(theta, sample)
    moving = np.flatnonzero(np.isfinite(value))
    converged = np.zeros(len(sample), dtype=np.bool_)
    for _ in range(_STEPS):
        gradient, information = _slopes(theta[moving], sample[moving])
        step = -_solved(information, gradient)
        decrement = -(gradient * step).sum(axis=1)
        theta[moving], value[moving], moved = _halved(
            theta[moving], value[moving], step, sample[moving]
        )
        rest = decrement < _SMALLEST_DECREMENT
        converged[moving[rest]] = True
        moving = moving[~rest & moved]
        if not len(moving):
            break
    loadings = theta[:, :p] * np.where(theta[:, :p].sum(axis=1) < 0.0, -1.0, 1.0)[:, None]
    return OneFactor(loadings * scale, theta[:, p:] * scale**2, converged)


def one_factor_ml_covariance(loadings: Array, residuals: Array, n_obs: int) -> Array:
    """Covariance matrix of loadings and residual variances, from the expected information.

    Parameters
    ----------
    loadings, residuals : ndarray, shape (p,)
        A solution.
    n_obs : int
        Rows.

    Returns
    -------
    ndarray, shape (2p, 2p)
        Loadings first.
    """
    theta = np.concatenate([loadings, residuals])[None]
    implied = np.outer(loadings, loadings) + np.diag(residuals)
    information = _slopes(theta, implied[None])[1][0]
    covariance: Array = 2.0 / n_obs * np.linalg.inv(information)
    return covariance


def one_factor_dwls(correlations: Array, weights: Array) -> OneFactor:
    """Diagonally weighted least squares of correlations, by Gauss-Newton with halved steps.

    Parameters
    ----------
    correlations : ndarray, shape (b, p, p)
        Polychoric correlations, p of three or more.
    weights : ndarray, shape (b, p, p)
        Inverse of each correlation's asymptotic variance; the diagonal is not read.

    Returns
    -------
    OneFactor
        Standardised; residuals are 1 minus squared loadings. R: ``lavaan::cfa("f =~ ...",
        ordered = TRUE, std.lv = TRUE)``.
    """
    weight = weights * (1.0 - np.eye(weights.shape[1]))
    weight = weight / weight.sum(axis=(1, 2))[:, None, None]
    loadings = _start(correlations)[0]
    distance = _distance(loadings, correlations, weight)
    moving = np.flatnonzero(np.isfinite(distance))
    converged = np.zeros(len(loadings), dtype=np.bool_)
    for _ in range(_STEPS):
        at, here, w = loadings[moving], correlations[moving], weight[moving]
        step = _solved(dwls_curvature(at, w), _dwls_slope(at, here, w))
        length = np.ones(len(at))
        for _ in range(_HALVINGS):
            trial = at + length[:, None] * step
            found = _distance(trial, here, w)
            worse = ~(found <= distance[moving] * (1.0 + 1e-14) + 1e-300)
            if not worse.any():
                break
            length[worse] *= 0.5
        kept = np.where(worse[:, None], at, trial)
        loadings[moving], distance[moving] = kept, np.where(worse, distance[moving], found)
        rest = np.abs(step).max(axis=1) < _SMALLEST_STEP
        rest |= worse & (np.abs(step).max(axis=1) < 1e-7)
        converged[moving[rest]] = True
        moving = moving[~rest & ~worse]
        if not len(moving):
            break
    loadings *= np.where(loadings.sum(axis=1) < 0.0, -1.0, 1.0)[:, None]
    return OneFactor(loadings, 1.0 - loadings**2, converged)


def dwls_curvature(loadings: Array, weight: Array) -> Array:
    """J'WJ of the products of loadings, shape (b, p, p); ``weight`` has a diagonal of zeros."""
    curvature = weight * loadings[:, :, None] * loadings[:, None, :]
    every = np.arange(loadings.shape[1])
    curvature[:, every, every] = (weight * loadings[:, None, :] ** 2).sum(axis=2)
    return curvature


def _dwls_slope(loadings: Array, correlations: Array, weight: Array) -> Array:
    rest = correlations - loadings[:, :, None] * loadings[:, None, :]
    slope: Array = (weight * rest * loadings[:, None, :]).sum(axis=2)
    return slope


def _distance(loadings: Array, correlations: Array, weight: Array) -> Array:
    rest = correlations - loadings[:, :, None] * loadings[:, None, :]
    distance: Array = (weight * rest**2).sum(axis=(1, 2))
    return distance


def _start(correlations: Array) -> tuple[Array, Array]:
    """One step of principal factoring from a common communality of one half."""
    p = correlations.shape[1]
    reduced = correlations - 0.5 * np.eye(p)
    values, vectors = np.linalg.eigh(reduced)
    loadings = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:], 0.1))
    loadings = np.clip(loadings, -0.95, 0.95)
    return loadings, 1.0 - loadings**2


def _implied(theta: Array) -> Array:
    p = theta.shape[1] // 2
    loadings, residuals = theta[:, :p], theta[:, p:]
    return np.asarray(
        loadings[:, :, None] * loadings[:, None, :] + residuals[:, :, None] * np.eye(p)
    )


def _discrepancy(theta: Array, sample: Array) -> Array:
    """Log determinant plus trace; infinite where the implied matrix is not positive definite."""
    p = theta.shape[1] // 2
    sign, log = np.linalg.slogdet(_implied(theta))
    # A diagonal matrix plus one outer product has at most as many negative roots as the diagonal.
    good = (sign > 0.0) & ((theta[:, p:] < 0.0).sum(axis=1) <= 1) & np.isfinite(log)
    value = np.full(len(theta), np.inf)
    if good.any():
        inverse = np.linalg.inv(_implied(theta[good]))
        value[good] = log[good] + (inverse * sample[good]).sum(axis=(1, 2))
    return value


def _slopes(theta: Array, sample: Array) -> tuple[Array, Array]:
    """Gradient (b, 2p) and expected second derivatives (b, 2p, 2p) of the discrepancy."""
    p = theta.shape[1] // 2
    loadings = theta[:, :p]
    inverse = np.linalg.inv(_implied(theta))
    outer = inverse - inverse @ sample @ inverse
    along = (inverse @ loadings[:, :, None])[:, :, 0]
    gradient = np.concatenate(
        [2.0 * (outer @ loadings[:, :, None])[:, :, 0], np.diagonal(outer, axis1=1, axis2=2)],
        axis=1,
    )
    length = (loadings * along).sum(axis=1)[:, None, None]
    information = np.empty((len(theta), 2 * p, 2 * p))
    information[:, :p, :p] = 2.0 * (length * inverse + along[:, :, None] * along[:, None, :])
    information[:, :p, p:] = 2.0 * inverse * along[:, None, :]
    information[:, p:, :p] = information[:, :p, p:].transpose(0, 2, 1)
    information[:, p:, p:] = inverse**2
    return gradient, information


def _halved(
    theta: Array, value: Array, step: Array, sample: Array
) -> tuple[Array, Array, NDArray[np.bool_]]:
    length = np.ones(len(theta))
    for _ in range(_HALVINGS):
        trial = theta + length[:, None] * step
        found = _discrepancy(trial, sample)
        worse = ~(found <= value + _ROUNDING)
        if not worse.any():
            break
        length[worse] *= 0.5
    return np.where(worse[:, None], theta, trial), np.where(worse, value, found), ~worse


def _solved(matrices: Array, vectors: Array) -> Array:
    """Solve each system; a little ridge keeps an undetermined one from stopping the others."""
    size = matrices.shape[1]
    ridge = 1e-13 * np.trace(matrices, axis1=1, axis2=2)[:, None, None] * np.eye(size)
    solution: Array = np.linalg.solve(matrices + ridge, vectors[:, :, None])[:, :, 0]
    return solution

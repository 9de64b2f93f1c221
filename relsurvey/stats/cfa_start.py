"""First values of a factor model, from which scoring begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Solution = tuple[FloatArray, FloatArray, FloatArray]


def first_guess(corr: FloatArray, loads: NDArray[np.bool_]) -> Solution:
    """Return loadings, factor correlations and residuals to begin from, on correlations.

    Loadings from the first principal axis of each factor's own items, factor correlations from
    their composites, corrected for unreliability and kept inside (-0.9, 0.9).
    """
    p, m = loads.shape
    loadings = np.zeros((p, m))
    weights = np.zeros((p, m))
    for factor in range(m):
        items = np.flatnonzero(loads[:, factor])
        _, vectors = np.linalg.eigh(corr[np.ix_(items, items)])
        axis = vectors[:, -1]
        axis = axis if axis[np.argmax(np.abs(axis))] > 0 else -axis
        weights[items, factor] = axis
        shared = max(float(axis @ corr[np.ix_(items, items)] @ axis) - 1.0, 0.2)
        loadings[items, factor] = axis * np.sqrt(shared / (1.0 - np.sum(axis**4) + 1e-6))
    loadings = np.clip(loadings, -0.9, 0.9) / np.sqrt(np.maximum(loads.sum(axis=1), 1))[:, None]
    between = weights.T @ corr @ weights
    strength = np.einsum("ij,ij->j", weights, loadings)
    factors = np.clip(between / np.outer(strength, strength), -0.9, 0.9)
    np.fill_diagonal(factors, 1.0)
    while np.linalg.eigvalsh(factors)[0] < 0.02:
        factors = 0.9 * factors + 0.1 * np.eye(m)
    residuals = np.clip(1.0 - np.einsum("ij,jk,ik->i", loadings, factors, loadings), 0.1, 1.0)
    return loadings, factors, residuals


def on_unit_scale(start: Solution, scale: FloatArray) -> Solution | None:
    """Return a solution on correlations with factor variances of 1; None if it is not proper.

    Parameters
    ----------
    start : tuple of ndarray
        Loadings (p, m), factor covariances (m, m), residual variances (p,) on the items' scale.
    scale : ndarray, shape (p,)
        Standard deviations of the items.
    """
    loadings, factors, residuals = start
    variances = np.diag(factors)
    if not all(np.isfinite(part).all() for part in start) or np.any(variances <= 1e-8):
        return None
    width = np.sqrt(variances)
    loadings = loadings * width / scale[:, None]
    factors = factors / np.outer(width, width)
    residuals = residuals / scale**2
    implied = loadings @ factors @ loadings.T + np.diag(residuals)
    if np.linalg.eigvalsh(implied)[0] < 1e-8:
        return None
    return loadings, factors, residuals

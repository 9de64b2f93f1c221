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
        if not len(items):
            continue
        _, vectors = np.linalg.eigh(corr[np.ix_(items, items)])
        axis = vectors[:, -1]
        axis = axis if axis[np.argmax(np.abs(axis))] > 0 else -axis
        weights[items, factor] = axis
        shared = max(float(axis @ corr[np.ix_(items, items)] @ axis) - 1.0, 0.2)
        loadings[items, factor] = axis * np.sqrt(shared / (1.0 - np.sum(axis**4) + 1e-6))
    loadings = np.clip(loadings, -0.9, 0.9) / np.sqrt(np.maximum(loads.sum(axis=1), 1))[:, None]
    between = weights.T @ corr @ weights
    strength = np.einsum("ij,ij->j", weights, loadings)
    strength = np.where(strength == 0.0, np.inf, strength)
    factors = np.clip(between / np.outer(strength, strength), -0.9, 0.9)
    np.fill_diagonal(factors, 1.0)
    while m and np.linalg.eigvalsh(factors)[0] < 0.02:
        factors = 0.9 * factors + 0.1 * np.eye(m)
    residuals = np.clip(1.0 - np.einsum("ij,jk,ik->i", loadings, factors, loadings), 0.1, 1.0)
    return loadings, factors, residuals

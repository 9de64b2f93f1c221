"""Squared semipartial correlations from many covariance matrices at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
COLLINEAR = 1e-10


def semipartial_r_squared(partial: FloatArray, outcome_variance: FloatArray) -> FloatArray:
    """Return what R-squared loses when a predictor leaves the model with all others in it.

    Parameters
    ----------
    partial : array (B, p+1, p+1)
        Covariances of p predictors and, last, the outcome, after controls have been taken out.
    outcome_variance : array (B,)
        Variance of the outcome before controls are taken out.

    Returns
    -------
    array (B, p)
        ``b_k^2 / (S_xx^-1)_kk / var(y)``; NaN where predictors are collinear.

    Notes
    -----
    Cohen et al. (2003), Applied Multiple Regression, 72-74. In R the difference of two
    ``summary(lm(…))$r.squared``.
    """
    inner = partial[:, :-1, :-1]
    scale = np.sqrt(np.diagonal(inner, axis1=1, axis2=2))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = inner / (scale[:, :, None] * scale[:, None, :])
        cross = partial[:, :-1, -1] / scale
    finite = np.isfinite(correlations).all(axis=(1, 2))
    correlations = np.where(finite[:, None, None], correlations, np.eye(inner.shape[1]))
    usable = finite & (np.linalg.eigvalsh(correlations)[:, 0] > COLLINEAR)
    correlations = np.where(usable[:, None, None], correlations, np.eye(inner.shape[1]))
    inverse = np.linalg.inv(correlations)
    slopes = np.einsum("bij,bj->bi", inverse, cross)
    lost = slopes**2 / np.diagonal(inverse, axis1=1, axis2=2)
    return np.where(usable[:, None], lost / outcome_variance[:, None], np.nan)

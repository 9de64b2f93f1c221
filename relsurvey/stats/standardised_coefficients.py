"""Standardised regression coefficients from many covariance matrices at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

COLLINEAR = 1e-10


def standardised_coefficients(partial: FloatArray, variances: FloatArray) -> FloatArray:
    """Return the coefficients in standard deviations of the outcome per one of the predictor.

    Parameters
    ----------
    partial : array (B, p+1, p+1)
        Covariances of p predictors and, last, the outcome, after controls have been taken out.
    variances : array (B, p+1)
        Their variances before controls are taken out.

    Returns
    -------
    array (B, p)
        NaN where predictors are collinear.

    Notes
    -----
    ``b_k sd(x_k) / sd(y)``; by the Frisch-Waugh-Lovell theorem ``b`` is the coefficient of the
    model with the controls in it. The same in R: ``lm(scale(y) ~ scale(x1) + ... + controls)``.
    """
    scale = np.sqrt(np.diagonal(partial, axis1=1, axis2=2))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = partial / (scale[:, :, None] * scale[:, None, :])
    usable = np.isfinite(correlations).all(axis=(1, 2))
    correlations = np.where(usable[:, None, None], correlations, np.eye(partial.shape[1]))
    smallest = np.linalg.eigvalsh(correlations[:, :-1, :-1])[:, 0]
    usable &= smallest > COLLINEAR
    correlations = np.where(usable[:, None, None], correlations, np.eye(partial.shape[1]))
    slopes = np.linalg.solve(correlations[:, :-1, :-1], correlations[:, :-1, -1:])[:, :, 0]
    spread = np.sqrt(variances)
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = slopes * scale[:, -1:] / scale[:, :-1] * spread[:, :-1] / spread[:, -1:]
    return np.where(usable[:, None], slopes, np.nan)

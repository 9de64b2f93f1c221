"""Relative weights: R-squared divided among predictors by way of their nearest uncorrelated kin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

COLLINEAR = 1e-10


def relative_weights(partial: FloatArray, outcome_variance: FloatArray) -> FloatArray:
    """Return each predictor's relative weight.

    Parameters
    ----------
    partial : array (B, p+1, p+1)
        Covariances of p predictors and, last, the outcome, after controls have been taken out.
    outcome_variance : array (B,)
        Variance of the outcome before controls are taken out.

    Returns
    -------
    array (B, p)
        Rows sum to the R-squared that the predictors add; NaN where predictors are collinear.

    Notes
    -----
    Johnson (2000), Multivariate Behavioral Research 35, 1-19: with ``R = V D V'`` the correlations
    of the predictors and ``L = V D^(1/2) V'``, the weights are ``L^2 (L^-1 r)^2``, squares taken
    elementwise.
    """
    scale = np.sqrt(np.diagonal(partial, axis1=1, axis2=2))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = partial / (scale[:, :, None] * scale[:, None, :])
    usable = np.isfinite(correlations).all(axis=(1, 2))
    correlations = np.where(usable[:, None, None], correlations, np.eye(partial.shape[1]))
    values, vectors = np.linalg.eigh(correlations[:, :-1, :-1])
    usable &= values[:, 0] > COLLINEAR
    root = np.sqrt(values.clip(COLLINEAR))
    links = (vectors * root[:, None, :]) @ vectors.transpose(0, 2, 1)
    inverse = (vectors / root[:, None, :]) @ vectors.transpose(0, 2, 1)
    slopes = np.einsum("bij,bj->bi", inverse, correlations[:, :-1, -1])
    weights = np.einsum("bij,bj->bi", links**2, slopes**2)
    weights = weights * (scale[:, -1] ** 2 / outcome_variance)[:, None]
    return np.where(usable[:, None], weights, np.nan)

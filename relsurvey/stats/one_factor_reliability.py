"""Reliability of numbers under one factor: omega, composite reliability, AVE, maximal reliability.

Every function takes loadings and residual variances of any leading shape, real or complex: errors
come from a complex step, and bootstrap replicates are computed together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Values = NDArray[Any]
Coefficient = Callable[[Values, Values], Values]

_STEP = 1e-30


def omega(loadings: Values, residuals: Values) -> Values:
    r"""Omega total, :math:`(\sum\lambda)^2 / ((\sum\lambda)^2 + \sum\theta)`.

    The reliability of the sum of the items, by the variance that the model implies. McDonald, R. P.
    (1999). Test theory: A unified treatment. R: ``semTools::compRelSEM(fit, obs.var = FALSE)``.
    """
    common = loadings.sum(axis=-1) ** 2
    share: Values = common / (common + residuals.sum(axis=-1))
    return share


def composite_reliability(loadings: Values, residuals: Values) -> Values:
    """Omega of standardised items: what the sum of z-scores would have.

    Fornell, C., & Larcker, D. F. (1981). Journal of Marketing Research, 18, 39-50.
    R: ``semTools::compRelSEM(fit, obs.var = FALSE)`` of a fit to ``scale(items)``.
    """
    scale = np.sqrt(loadings**2 + residuals)
    return omega(loadings / scale, residuals / scale**2)


def ave(loadings: Values, residuals: Values) -> Values:
    """Average variance extracted: the factor's share of the items' variances added up.

    Items with more variance count for more, as in semTools; with standardised items it is the mean
    squared loading. Fornell & Larcker (1981), as above. R: ``semTools::AVE(fit)``.
    """
    common = (loadings**2).sum(axis=-1)
    share: Values = common / (common + residuals.sum(axis=-1))
    return share


def maximal_reliability(loadings: Values, residuals: Values) -> Values:
    r"""Reliability of the best weighted sum, :math:`h/(1 + h)` with :math:`h=\sum\lambda^2/\theta`.

    Also called coefficient H. Hancock, G. R., & Mueller, R. O. (2001). In Cudeck et al. (Eds.),
    Structural equation modeling: Present and future, 195-216. At a maximum-likelihood solution
    implied and observed covariances give the same number. R: ``semTools::maximalRelia(fit)``.
    """
    information = (loadings**2 / residuals).sum(axis=-1)
    share: Values = information / (1.0 + information)
    return share


def omega_observed(loadings: Array, covariances: Array) -> Array:
    """Omega total by the observed variance of the sum; R: ``semTools::compRelSEM(fit)``."""
    share: Array = loadings.sum(axis=-1) ** 2 / covariances.sum(axis=(-2, -1))
    return share


COEFFICIENTS: Final[dict[str, Coefficient]] = {
    "omega_total": omega,
    "composite_reliability": composite_reliability,
    "ave": ave,
    "maximal_reliability": maximal_reliability,
}


def gradient(coefficient: Coefficient, loadings: Array, residuals: Array) -> Array:
    """Slopes of a coefficient by every loading, then every residual variance, shape (2p,)."""
    p = len(loadings)
    moved = np.concatenate([loadings, residuals]) + 1j * _STEP * np.eye(2 * p)
    slopes: Array = coefficient(moved[:, :p], moved[:, p:]).imag / _STEP
    return slopes

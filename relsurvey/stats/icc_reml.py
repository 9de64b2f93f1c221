"""ICC1 from a random-intercept model without predictors, by restricted maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize
from scipy.special import chdtri

from relsurvey.errors import DataError
from relsurvey.stats.grouped import group_rows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
LARGEST_RATIO = 1e8  # between over within variance at which the ICC is 1 for all purposes


@dataclass(frozen=True, slots=True)
class RemlIcc:
    """ICC1 with bounds from the profiled restricted likelihood; never below zero."""

    icc1: float
    conf_low: float
    conf_high: float


def reml_icc(scores: FloatArray, codes: IntArray, confidence: float = 0.95) -> RemlIcc:
    r"""Return the share of variance between groups in ``y = mean + group + error``.

    With :math:`\lambda = \tau^2/\sigma^2`, group sizes :math:`n_g` and weights
    :math:`w_g = n_g/(1 + n_g\lambda)`, the restricted deviance is, up to a constant,

    .. math:: (N - 1)\log Q + \sum\log(1 + n_g\lambda) + \log\sum w_g, \quad
              Q = SS_w + \sum w_g(\bar y_g - \hat\mu)^2,

    and ICC1 is :math:`\lambda/(1 + \lambda)`. The bounds are where that deviance lies a chi-square
    quantile (1 df) above its minimum; at the boundary the lower bound is 0.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        No NaN.
    codes : ndarray of int, shape (n,)
        Group of each row.
    confidence : float
        Coverage of the bounds.

    Raises
    ------
    DataError
        With fewer than two groups or no group of two. Where groups agree completely ICC1 is 1, and
        the bounds are NaN.

    References
    ----------
    Patterson, H. D., & Thompson, R. (1971). Biometrika, 58, 545-554.
    R: ``lme4::lmer(y ~ 1 + (1 | g))``, group variance over the sum of both variances.
    """
    groups = group_rows(scores[:, None], codes)
    means, sizes = groups.means[:, 0], groups.sizes.astype(np.float64)
    n, g = len(scores), len(sizes)
    within = float(np.sum((groups.values[:, 0] - means[groups.codes]) ** 2))
    if g < 2 or n == g:
        raise DataError(
            "The random-intercept model needs two groups or more, and one with two rows or more.",
            got=f"{n} rows in {g} groups",
        )
    if within <= 1e-20 * max(float(np.sum(scores**2)), 1.0):
        return RemlIcc(1.0, np.nan, np.nan)

    def parts(ratio: float) -> tuple[FloatArray, FloatArray, float]:
        weights = sizes / (1.0 + sizes * ratio)
        centred = means - weights @ means / weights.sum()
        return weights, centred, within + float(weights @ centred**2)

    def slope(ratio: float) -> float:
        weights, centred, spread = parts(ratio)
        fall = (n - 1) * float(weights**2 @ centred**2) / spread
        return float(weights.sum() - (weights @ weights) / weights.sum()) - fall

    def deviance(ratio: float) -> float:
        weights, _, spread = parts(ratio)
        determinant = float(np.sum(np.log1p(sizes * ratio)) + np.log(weights.sum()))
        return (n - 1) * float(np.log(spread / within)) + determinant

    best = 0.0 if slope(0.0) >= 0.0 else _root(slope, 0.0)
    limit = deviance(best) + float(chdtri(1, 1.0 - confidence))

    def excess(ratio: float) -> float:
        return deviance(ratio) - limit

    low = 0.0 if excess(0.0) <= 0.0 else float(optimize.brentq(excess, 0.0, best, xtol=1e-14))
    high = _root(excess, best)
    return RemlIcc(best / (1.0 + best), low / (1.0 + low), high / (1.0 + high))


def _root(function: Callable[[float], float], low: float) -> float:
    """Root above ``low`` of a function that is below zero there."""
    high = max(2.0 * low, 0.1)
    while function(high) < 0.0:
        if high > LARGEST_RATIO:
            return LARGEST_RATIO
        high *= 2.0
    return float(optimize.brentq(function, low, high, xtol=1e-14, rtol=1e-13))

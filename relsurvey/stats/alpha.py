"""Cronbach's alpha with its interval, item-rest correlations, alpha if an item is dropped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from relsurvey.errors import DataError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alpha:
    """Alpha of one scale.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high : float
        Alpha, its asymptotic standard error, and Feldt's bounds.
    n_obs, n_items : int
        Rows that the interval counts, and items.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    n_obs: int
    n_items: int


def cronbach_alpha(cov: FloatArray, n_obs: int, confidence: float = 0.95) -> Alpha:
    r"""Return Cronbach's alpha, its standard error and Feldt's interval.

    .. math:: \alpha = \frac{k}{k - 1}\left(1 - \frac{\operatorname{tr} S}{1'S1}\right)

    Parameters
    ----------
    cov : ndarray, shape (k, k)
        Covariance matrix of the items.
    n_obs : int
        Rows behind ``cov``: complete rows, or with pairwise covariances a number the caller stands
        for.
    confidence : float
        Coverage of the interval.

    Raises
    ------
    DataError
        With fewer than two items or rows, or when the total score does not vary.

    References
    ----------
    Cronbach, L. J. (1951). Psychometrika, 16, 297-334. Interval: Feldt, L. S., Woodruff, D. J., &
    Salih, F. A. (1987). Applied Psychological Measurement, 11, 93-103. Standard error: Duhachek,
    A., & Iacobucci, D. (2004). Journal of Applied Psychology, 89, 792-808.
    R: ``psych::alpha(x)$total``, ``psych::alpha.ci(alpha, n.obs, n.var)``.
    """
    k = cov.shape[0]
    if k < 2 or n_obs < 2:
        raise DataError(
            "Alpha needs at least two items and two rows.", got=f"{k} items, {n_obs} rows"
        )
    total = float(cov.sum())
    trace = float(np.trace(cov))
    if total <= 1e-12 * trace:
        raise DataError(
            "Alpha is not defined: the sum of the items does not vary.",
            hint="Reverse the items that are worded the other way before they are put together.",
        )
    estimate = k / (k - 1) * (1.0 - trace / total)
    squares = cov @ cov
    spread = total * (float(np.trace(squares)) + trace**2) - 2.0 * trace * float(squares.sum())
    variance = 2.0 * k**2 / ((k - 1) ** 2 * total**3) * max(spread, 0.0)
    df_1, df_2 = n_obs - 1, (n_obs - 1) * (k - 1)
    tail = (1.0 - confidence) / 2.0
    return Alpha(
        estimate=estimate,
        std_error=float(np.sqrt(variance / n_obs)),
        conf_low=1.0 - (1.0 - estimate) * float(stats.f.isf(tail, df_1, df_2)),
        conf_high=1.0 - (1.0 - estimate) * float(stats.f.ppf(tail, df_1, df_2)),
        n_obs=n_obs,
        n_items=k,
    )


def item_rest_correlations(cov: FloatArray) -> FloatArray:
    """Return each item's correlation with the sum of the other items, shape (k,).

    NaN where the item or the rest does not vary. R: ``psych::alpha(x)$item.stats$r.drop``.
    """
    variances = np.diag(cov)
    with_total = cov.sum(axis=1)
    with_rest = with_total - variances
    rest_variance = cov.sum() - 2.0 * with_total + variances
    scale = np.sqrt(np.clip(variances * rest_variance, 0.0, None))
    defined = scale > 1e-12 * max(float(variances.max(initial=0.0)), 1e-300)
    return np.where(defined, with_rest / np.where(defined, scale, 1.0), np.nan)


def alpha_if_dropped(cov: FloatArray) -> FloatArray:
    """Return alpha of the remaining items when each item is left out, shape (k,).

    NaN for two items (one item has no alpha). R: ``psych::alpha(x)$alpha.drop$raw_alpha``.
    """
    k = cov.shape[0]
    if k < 3:
        return np.full(k, np.nan)
    variances = np.diag(cov)
    rest_total = cov.sum() - 2.0 * cov.sum(axis=1) + variances
    rest_trace = variances.sum() - variances
    defined = rest_total > 1e-12 * rest_trace
    ratio = rest_trace / np.where(defined, rest_total, 1.0)
    return np.where(defined, (k - 1) / (k - 2) * (1.0 - ratio), np.nan)

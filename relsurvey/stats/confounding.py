"""How strong an unmeasured confounder must be: robustness values and bounds from observed terms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]


def robustness_value(strength: FloatArray) -> FloatArray:
    """Return the share of variance a confounder must explain, of treatment and outcome alike.

    Parameters
    ----------
    strength : array
        ``q |f|``: Cohen's f of the predictor with the outcome, given all else, times the share q of
        the estimate that is to be explained away; negative values give 0.

    Notes
    -----
    ``RV = (sqrt(f^4 + 4 f^2) - f^2) / 2``. Cinelli & Hazlett (2020), Journal of the Royal
    Statistical Society B 82, 39-67, eq. 18; in R ``sensemakr::robustness_value``.
    """
    f = np.maximum(strength, 0.0)
    return np.asarray(0.5 * (np.sqrt(f**4 + 4.0 * f**2) - f**2))


def critical_strength(df_residual: float, df: FloatArray, inflation: FloatArray) -> FloatArray:
    """Return the f that a predictor must keep to stay significant at 5 %.

    Parameters
    ----------
    df_residual : float
        Residual degrees of freedom, n - p.
    df : array
        Of the t-test: n - p, or Satterthwaite's with clusters.
    inflation : array
        Robust standard error over that of least squares; 1 for independent rows.

    Notes
    -----
    ``t / sqrt(n - p - 1)`` for independent rows (Cinelli & Hazlett 2020, eq. 19: one degree of
    freedom goes to the confounder). With clusters t is multiplied by the inflation of the standard
    error: derived here, taking the confounder to leave that inflation as it is.
    """
    quantile = stats.t.isf(0.025, np.maximum(df - 1.0, 1.0))
    return np.asarray(quantile * inflation / np.sqrt(df_residual - 1.0))


def benchmark_bounds(
    with_predictor: FloatArray, with_outcome: FloatArray, times: float
) -> tuple[FloatArray, FloatArray]:
    """Bound a confounder that is ``times`` as strong as an observed term.

    Parameters
    ----------
    with_predictor : array
        Partial R-squared of the term with the predictor, given all else.
    with_outcome : array
        Partial R-squared of the term with the outcome, given the predictor and all else.
    times : float

    Returns
    -------
    (array, array)
        The confounder's partial R-squared with predictor and outcome; 1 where it cannot be that
        strong.

    Notes
    -----
    Cinelli & Hazlett (2020), section 4.4; in R ``sensemakr::ovb_partial_r2_bound``.
    """
    f_predictor = with_predictor / (1.0 - with_predictor)
    bound_predictor = np.minimum(times * f_predictor, 1.0)
    shared = times * with_predictor**2 / ((1.0 - times * with_predictor) * (1.0 - with_predictor))
    possible = (times * with_predictor < 1.0) & (shared >= 0.0) & (shared < 1.0)
    safe = np.where(possible, shared, 0.0)
    factor = ((np.sqrt(times) + np.sqrt(safe)) / np.sqrt(1.0 - safe)) ** 2
    bound_outcome = np.minimum(factor * with_outcome / (1.0 - with_outcome), 1.0)
    one = np.ones_like(bound_outcome)
    return np.where(possible, bound_predictor, one), np.where(possible, bound_outcome, one)


def largest_bias(
    std_error: FloatArray, df_residual: float, with_predictor: FloatArray, with_outcome: FloatArray
) -> FloatArray:
    """Return how far a confounder of that strength can move a coefficient.

    Parameters
    ----------
    std_error : array
        Of least squares (not robust).
    df_residual : float
    with_predictor, with_outcome : array
        Partial R-squared of the confounder.

    Notes
    -----
    ``se sqrt(df) sqrt(R2_y R2_d / (1 - R2_d))``. Cinelli & Hazlett (2020), eq. 15; in R
    ``sensemakr::bias``.
    """
    with np.errstate(divide="ignore"):
        ratio = with_outcome * with_predictor / (1.0 - with_predictor)
    return np.asarray(std_error * np.sqrt(df_residual * ratio))

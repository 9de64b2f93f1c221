"""Omega total and its relatives of one scale, with errors, from a one-factor model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from relsurvey.errors import ModelError
from relsurvey.stats.one_factor import one_factor_ml, one_factor_ml_covariance
from relsurvey.stats.one_factor_reliability import COEFFICIENTS, gradient

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Omega:
    """One coefficient of one scale: estimate, delta-method standard error and bounds, rows."""

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    n_obs: int


def omega_total(cov: FloatArray, n_obs: int, confidence: float = 0.95) -> Omega:
    r"""Return omega total from a one-factor maximum-likelihood solution.

    .. math:: \omega = \frac{(\sum \lambda_i)^2}{(\sum \lambda_i)^2 + \sum \theta_i}

    The denominator is the variance of the sum score that the model implies. semTools divides by the
    observed variance unless told otherwise, which is another number where one factor does not fit.
    The interval is estimate plus and minus standard errors, the upper bound held at 1.

    Parameters, errors and references are those of `factor_coefficients`.
    """
    return factor_coefficients(cov, n_obs, confidence)["omega_total"]


def factor_coefficients(cov: FloatArray, n_obs: int, confidence: float = 0.95) -> dict[str, Omega]:
    """Return ``omega_total composite_reliability ave maximal_reliability`` of one scale.

    Definitions and sources stand at the functions in `relsurvey.stats.one_factor_reliability`.

    Parameters
    ----------
    cov : ndarray, shape (k, k)
        Covariances of the items with divisor ``n_obs``, from complete rows.
    n_obs : int
        Complete rows.
    confidence : float
        Coverage of the intervals.

    Raises
    ------
    ModelError
        With fewer than three items, a singular covariance matrix, no convergence, or an improper
        solution (a residual variance below zero).

    References
    ----------
    Raykov, T. (2002). Multivariate Behavioral Research, 37, 89-103 (interval). The error is that of
    ``omega := ...`` in lavaan.
    """
    loadings, residuals = _solution(cov)
    covariance = one_factor_ml_covariance(loadings, residuals, n_obs)
    found = {}
    for name, coefficient in COEFFICIENTS.items():
        slopes = gradient(coefficient, loadings, residuals)
        estimate = float(coefficient(loadings, residuals))
        std_error = float(np.sqrt(max(float(slopes @ covariance @ slopes), 0.0)))
        low, high = delta_bounds(estimate, std_error, confidence)
        found[name] = Omega(estimate, std_error, low, high, n_obs)
    return found


def delta_bounds(estimate: float, std_error: float, confidence: float) -> tuple[float, float]:
    """Return estimate minus and plus standard errors, the upper bound held at 1."""
    reach = float(stats.norm.isf((1.0 - confidence) / 2.0)) * std_error
    return estimate - reach, min(estimate + reach, 1.0)


def positive_definite(covariances: FloatArray) -> NDArray[np.bool_]:
    """Which of the matrices (b, k, k) can have a factor model: all items vary, none follows."""
    variances = np.diagonal(covariances, axis1=1, axis2=2)
    varies = np.asarray((np.isfinite(variances) & (variances > 0.0)).all(axis=1))
    scale = np.sqrt(np.where(varies[:, None], variances, 1.0))
    correlations = np.where(
        varies[:, None, None], covariances / (scale[:, :, None] * scale[:, None, :]), 0.0
    )
    return np.asarray(np.linalg.eigvalsh(correlations)[:, 0] > 1e-10)


def _solution(cov: FloatArray) -> tuple[FloatArray, FloatArray]:
    if cov.shape[0] < 3:
        raise ModelError("Omega needs at least three items: one factor of two is not identified.")
    if not positive_definite(cov[None])[0]:
        raise ModelError(
            "The covariance matrix is singular.",
            hint="Two items may be copies of each other, or one the sum of others.",
        )
    fit = one_factor_ml(cov[None])
    residuals = fit.residuals[0]
    if np.any(residuals < 0.0):
        raise ModelError(
            "The one-factor solution is improper: a residual variance is below zero.",
            where=f"item number {int(np.argmin(residuals)) + 1}",
            hint="One item explains the factor alone; look at items that are nearly the same.",
        )
    if not fit.converged[0]:
        raise ModelError("The one-factor model did not converge.")
    return fit.loadings[0], residuals

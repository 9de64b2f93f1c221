"""McDonald's omega total of a one-factor model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from relsurvey.errors import ModelError
from relsurvey.stats.cfa_ml import fit_ml
from relsurvey.stats.factor_model import FactorModel

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Omega:
    """Omega total of one scale: estimate, delta-method standard error and bounds, rows."""

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

    Parameters
    ----------
    cov : ndarray, shape (k, k)
        Covariances of the items with divisor ``n_obs``, from complete rows.
    n_obs : int
        Complete rows.
    confidence : float
        Coverage of the interval.

    Raises
    ------
    ModelError
        With fewer than three items, a singular covariance matrix, no convergence, or an improper
        solution (a residual variance below zero).

    References
    ----------
    McDonald, R. P. (1999). Test theory: A unified treatment. Raykov, T. (2002). Multivariate
    Behavioral Research, 37, 89-103 (interval).
    R: ``semTools::compRelSEM(fit, obs.var = FALSE)``; the error is that of ``omega := ...`` in
    lavaan.
    """
    k = cov.shape[0]
    if k < 3:
        raise ModelError("Omega needs at least three items: one factor of two is not identified.")
    fit = fit_ml(cov, n_obs, FactorModel(np.ones((k, 1), dtype=np.bool_)))
    loadings, residuals = fit.theta[:k], fit.theta[k:]
    if np.any(residuals < 0.0):
        raise ModelError(
            "The one-factor solution is improper: a residual variance is below zero.",
            where=f"item number {int(np.argmin(residuals)) + 1}",
            hint="One item explains the factor alone; look at items that are nearly the same.",
        )
    common, unique = float(loadings.sum()), float(residuals.sum())
    total = common**2 + unique
    gradient = (
        np.concatenate([np.full(k, 2.0 * common * unique), np.full(k, -(common**2))]) / total**2
    )
    std_error = float(np.sqrt(gradient @ fit.theta_cov @ gradient))
    estimate = common**2 / total
    reach = float(stats.norm.isf((1.0 - confidence) / 2.0)) * std_error
    return Omega(estimate, std_error, estimate - reach, min(estimate + reach, 1.0), n_obs)

"""Fit indices of covariance models as pure arithmetic, one function per index."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

FloatArray = NDArray[np.float64]


def cfi(
    chi2: float,
    df: int,
    chi2_null: float,
    df_null: int,
    *,
    factor: float = 1.0,
    factor_null: float = 1.0,
) -> float:
    """Return the comparative fit index, between 0 and 1.

    Bentler, P. M. (1990). Psychological Bulletin, 107, 238-246. R: ``fitMeasures(fit, "cfi")``.
    With the factors by which the statistics would be scaled, the robust index: Brosseau-Liard, P.
    E., & Savalei, V. (2014). Multivariate Behavioral Research, 49, 460-470.
    """
    excess = max(chi2 - factor * df, 0.0)
    excess_null = max(chi2_null - factor_null * df_null, excess, 0.0)
    return 1.0 if excess_null == 0.0 else 1.0 - excess / excess_null


def tli(
    chi2: float,
    df: int,
    chi2_null: float,
    df_null: int,
    *,
    factor: float = 1.0,
    factor_null: float = 1.0,
) -> float:
    """Return the Tucker-Lewis index (non-normed fit index); not held inside 0 and 1.

    Tucker, L. R., & Lewis, C. (1973). Psychometrika, 38, 1-10; Bentler, P. M., & Bonett, D. G.
    (1980). Psychological Bulletin, 88, 588-606. R: ``fitMeasures(fit, "tli")``. Factors as in
    `cfi`.
    """
    if df == 0:
        return 1.0
    denominator = (chi2_null - factor_null * df_null) * df
    if denominator == 0.0:
        return math.nan
    return 1.0 - (chi2 - factor * df) * df_null / denominator


def rmsea(chi2: float, df: int, n_obs: int, *, factor: float = 1.0, n_groups: int = 1) -> float:
    """Return the root mean square error of approximation, with N (not N - 1) as lavaan's ML has it.

    Steiger, J. H. (1990). Multivariate Behavioral Research, 25, 173-180; over groups Steiger, J. H.
    (1998). Structural Equation Modeling, 5, 411-419. R: ``fitMeasures(fit, "rmsea")``.
    """
    if df == 0:
        return 0.0
    excess = max((chi2 - factor * df) / (df * n_obs), 0.0)
    return math.sqrt(excess * n_groups) if math.isfinite(chi2 - factor) else math.nan


def rmsea_interval(
    chi2: float,
    df: float,
    n_obs: int,
    confidence: float = 0.90,
    *,
    factor: float = 1.0,
    n_groups: int = 1,
) -> tuple[float, float]:
    """Return bounds of RMSEA from the noncentral chi-square distribution; 90 % by convention.

    Browne, M. W., & Cudeck, R. (1992). Sociological Methods & Research, 21, 230-258.
    R: ``fitMeasures(fit, c("rmsea.ci.lower", "rmsea.ci.upper"))``.
    """
    if df == 0:
        return 0.0, 0.0
    if not math.isfinite(chi2 + factor):
        return math.nan, math.nan
    tail = (1.0 - confidence) / 2.0
    low = _noncentrality(chi2 / factor, df, 1.0 - tail)
    high = _noncentrality(chi2 / factor, df, tail)
    size = factor * n_groups / (n_obs * df)
    return math.sqrt(low * size), math.sqrt(high * size)


def srmr(
    observed: FloatArray, implied: FloatArray, mean_residual: FloatArray | None = None
) -> float:
    """Return the standardized root mean square residual over variances and covariances.

    Residuals are divided by the observed standard deviations (Bentler's form, lavaan's default);
    with residuals of means these count too. Hu, L., & Bentler, P. M. (1999). Structural Equation
    Modeling, 6, 1-55. R: ``fitMeasures(fit, "srmr")``.
    """
    scale = np.sqrt(np.diag(observed))
    residual = (observed - implied) / np.outer(scale, scale)
    parts = [residual[np.tril_indices_from(residual)]]
    if mean_residual is not None:
        parts.append(mean_residual / scale)
    return float(np.sqrt(np.mean(np.concatenate(parts) ** 2)))


def independence_chi2(cov: FloatArray, n_obs: int) -> tuple[float, int]:
    """Return chi-square and degrees of freedom of the model in which no items correlate.

    R: ``fitMeasures(fit, c("baseline.chisq", "baseline.df"))``.
    """
    p = cov.shape[0]
    scale = np.sqrt(np.diag(cov))
    _, log_det = np.linalg.slogdet(cov / np.outer(scale, scale))
    return float(-n_obs * log_det), p * (p - 1) // 2


def log_likelihood(observed: FloatArray, discrepancy: float, n_obs: int) -> float:
    """Return the normal log-likelihood at the estimates, with saturated means.

    R: ``fitMeasures(fit, "logl")``.
    """
    p = observed.shape[0]
    _, log_det = np.linalg.slogdet(observed)
    return float(-0.5 * n_obs * (p * math.log(2.0 * math.pi) + log_det + p + discrepancy))


def aic(loglik: float, n_parameters: int) -> float:
    """Return Akaike's information criterion: lower is better.

    Akaike, H. (1974). IEEE Transactions on Automatic Control, 19, 716-723.
    """
    return -2.0 * loglik + 2.0 * n_parameters


def bic(loglik: float, n_parameters: int, n_obs: int) -> float:
    """Return the Bayesian information criterion: lower is better.

    Schwarz, G. (1978). Annals of Statistics, 6, 461-464.
    """
    return -2.0 * loglik + n_parameters * math.log(n_obs)


def _noncentrality(chi2: float, df: float, probability: float) -> float:
    """Noncentrality at which ``chi2`` is that quantile; 0 where even the central one lies above."""
    if chi2 <= 0.0 or special.chdtr(df, chi2) <= probability:
        return 0.0

    def excess(noncentrality: float) -> float:
        return float(special.chndtr(chi2, df, noncentrality)) - probability

    high = max(chi2 - df, 1.0)
    while excess(high) > 0.0:
        high *= 2.0
    if not math.isfinite(excess(1e-12) + excess(high)):
        return math.nan
    return float(optimize.brentq(excess, 1e-12, high, xtol=1e-10, rtol=1e-13))

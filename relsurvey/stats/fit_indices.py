"""Fit indices of covariance models as pure arithmetic, one function per index."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

FloatArray = NDArray[np.float64]


def cfi(chi2: float, df: int, chi2_null: float, df_null: int) -> float:
    """Return the comparative fit index, between 0 and 1.

    Bentler, P. M. (1990). Psychological Bulletin, 107, 238-246. R: ``fitMeasures(fit, "cfi")``.
    """
    excess = max(chi2 - df, 0.0)
    excess_null = max(chi2_null - df_null, excess, 0.0)
    return 1.0 if excess_null == 0.0 else 1.0 - excess / excess_null


def tli(chi2: float, df: int, chi2_null: float, df_null: int) -> float:
    """Return the Tucker-Lewis index (non-normed fit index); not held inside 0 and 1.

    Tucker, L. R., & Lewis, C. (1973). Psychometrika, 38, 1-10; Bentler, P. M., & Bonett, D. G.
    (1980). Psychological Bulletin, 88, 588-606. R: ``fitMeasures(fit, "tli")``.
    """
    if df == 0:
        return 1.0
    denominator = (chi2_null - df_null) * df
    if denominator == 0.0:
        return math.nan
    return 1.0 - (chi2 - df) * df_null / denominator


def rmsea(chi2: float, df: int, n_obs: int) -> float:
    """Return the root mean square error of approximation, with N (not N - 1) as lavaan's ML has it.

    Steiger, J. H. (1990). Multivariate Behavioral Research, 25, 173-180. R: ``fitMeasures(fit,
    "rmsea")``.
    """
    return 0.0 if df == 0 else math.sqrt(max((chi2 - df) / (df * n_obs), 0.0))


def rmsea_interval(
    chi2: float, df: int, n_obs: int, confidence: float = 0.90
) -> tuple[float, float]:
    """Return bounds of RMSEA from the noncentral chi-square distribution; 90 % by convention.

    Browne, M. W., & Cudeck, R. (1992). Sociological Methods & Research, 21, 230-258.
    R: ``fitMeasures(fit, c("rmsea.ci.lower", "rmsea.ci.upper"))``.
    """
    if df == 0:
        return 0.0, 0.0
    tail = (1.0 - confidence) / 2.0
    low = _noncentrality(chi2, df, 1.0 - tail)
    high = _noncentrality(chi2, df, tail)
    return math.sqrt(low / (n_obs * df)), math.sqrt(high / (n_obs * df))


def srmr(observed: FloatArray, implied: FloatArray) -> float:
    """Return the standardized root mean square residual over variances and covariances.

    Residuals are divided by the observed standard deviations (Bentler's form, lavaan's default
    without a mean structure). Hu, L., & Bentler, P. M. (1999). Structural Equation Modeling, 6,
    1-55. R: ``fitMeasures(fit, "srmr")``.
    """
    scale = np.sqrt(np.diag(observed))
    residual = (observed - implied) / np.outer(scale, scale)
    lower = residual[np.tril_indices_from(residual)]
    return float(np.sqrt(np.mean(lower**2)))


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


def _noncentrality(chi2: float, df: int, probability: float) -> float:
    """Noncentrality at which ``chi2`` is that quantile; 0 where even the central one lies above."""
    if stats.chi2.cdf(chi2, df) <= probability:
        return 0.0

    def excess(noncentrality: float) -> float:
        return float(stats.ncx2.cdf(chi2, df, noncentrality)) - probability

    high = max(chi2 - df, 1.0)
    while excess(high) > 0.0:
        high *= 2.0
    return float(optimize.brentq(excess, 1e-12, high, xtol=1e-10, rtol=1e-13))

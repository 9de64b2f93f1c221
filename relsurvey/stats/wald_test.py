"""Joint tests of several contrasts of coefficients at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from relsurvey.stats.cluster_covariance import ClusterCovariance, influence

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WaldTest:
    """An F statistic with its degrees of freedom; NaN where the data leave none."""

    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float


def wald_test(
    coefficients: FloatArray, covariance: FloatArray, contrasts: FloatArray, df: float
) -> WaldTest:
    """Test that all contrasts are zero by F on (q, df) degrees of freedom.

    Parameters
    ----------
    coefficients : array (p,)
    covariance : array (p, p)
    contrasts : array (q, p)
    df : float
        Denominator degrees of freedom, ``n - p`` for independent rows.

    Notes
    -----
    The same in R: ``lmtest::waldtest(lm, vcov = ...)``.
    """
    n_contrasts = contrasts.shape[0]
    statistic = _quadratic(coefficients, covariance, contrasts) / n_contrasts
    p_value = float(stats.f.sf(statistic, n_contrasts, df))
    return WaldTest(statistic, float(n_contrasts), float(df), p_value)


def hotelling_test(
    coefficients: FloatArray, covariance: ClusterCovariance, contrasts: FloatArray
) -> WaldTest:
    """Test that all contrasts are zero with clustered rows ("HTZ", right with few clusters).

    Parameters
    ----------
    coefficients : array (p,)
    covariance : ClusterCovariance
    contrasts : array (q, p)

    Notes
    -----
    Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36, 672-683: the
    covariance of the contrasts is taken as a Wishart matrix whose degrees of freedom ``nu`` match
    its total variance under equal independent errors; then
    ``(nu - q + 1)/nu * Q/q`` is F on ``(q, nu - q + 1)``. With q = 1 this is the square of the
    t-test with Satterthwaite degrees of freedom.
    The same in R: ``clubSandwich::Wald_test(lm, constraints, vcov, test = "HTZ")``.
    """
    q = contrasts.shape[0]
    outer, inner = influence(covariance, contrasts)
    own = outer - np.einsum("gqa,gra->gqr", inner, inner)
    values, vectors = np.linalg.eigh(own.sum(axis=0))
    root = (vectors / np.sqrt(values)) @ vectors.T
    nu = q * (q + 1) / _total_variance(root @ outer @ root, root @ inner)
    quadratic = _quadratic(coefficients, covariance.covariance, contrasts)
    df = nu - q + 1
    if not df > 0:
        return WaldTest(float("nan"), float(q), float(df), float("nan"))
    statistic = df / nu * quadratic / q
    return WaldTest(statistic, float(q), float(df), float(stats.f.sf(statistic, q, df)))


def _quadratic(coefficients: FloatArray, covariance: FloatArray, contrasts: FloatArray) -> float:
    values = contrasts @ coefficients
    spread = contrasts @ covariance @ contrasts.T
    return float(values @ np.linalg.pinv(spread, hermitian=True) @ values)


def _total_variance(outer: FloatArray, inner: FloatArray) -> float:
    """Sum over clusters j, k of ``tr(B_jk B_jk) + tr(B_jk)^2``, B_jk = [j = k] outer_j - w_j w_k'.

    The double sum over ``w_j w_k'`` follows from ``K = sum_j w_j w_j'`` alone; only the terms with
    j = k are put right cluster by cluster.
    """
    flat = inner.reshape(inner.shape[0], -1)
    crossed = (flat.T @ flat).reshape(*inner.shape[1:], *inner.shape[1:])
    everywhere = float((crossed**2).sum() + np.einsum("qarb,qbra->", crossed, crossed))
    fitted = np.einsum("gqa,gra->gqr", inner, inner)
    return everywhere - _own_terms(fitted) + _own_terms(outer - fitted)


def _own_terms(blocks: FloatArray) -> float:
    traces = np.einsum("gqq->g", blocks)
    return float(np.einsum("gqr,grq->", blocks, blocks) + (traces**2).sum())

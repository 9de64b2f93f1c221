"""Satterthwaite's degrees of freedom of contrasts in a mixed model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from relsurvey.stats.mixed_fit import MixedFit
from relsurvey.stats.wald_test import WaldTest

FloatArray = NDArray[np.float64]


def satterthwaite(fit: MixedFit, contrasts: FloatArray) -> FloatArray:
    """Return the degrees of freedom (k,) of contrasts (k, p) of the coefficients.

    Notes
    -----
    ``2 v^2 / (g'Ag)``: v is the contrast's variance, g its slopes by the cells of F and the
    residual standard deviation, A their asymptotic covariance. Fai & Cornelius (1996), Journal of
    Statistical Computation and Simulation 54, 363-378; Kuznetsova et al. (2017), Journal of
    Statistical Software 82(13). A variance estimated at zero has no slope and counts as known: the
    number is then close to that of least squares, and too large. The same in R:
    ``lmerTest::contest1D(fit, L)``.
    """
    state, products = fit.state, fit.products
    rows = contrasts @ products.inverse_root
    half = np.linalg.solve(state.fixed_root, rows.T)
    along = np.linalg.solve(state.fixed_root.T, half)
    variance = fit.sigma2 * (half**2).sum(axis=0)
    parts = []
    for factor, scores in zip(state.factors, state.scores, strict=True):
        effect = scores[:, :, products.fixed] @ along
        gamma = np.einsum("gak,gbk->kab", effect, effect, optimize=True)
        cells = np.tril_indices(len(factor))
        parts.append((2.0 * fit.sigma2 * gamma @ factor)[:, cells[0], cells[1]])
    slope = np.column_stack([*parts, 2.0 * variance / np.sqrt(fit.sigma2)])
    spread = np.einsum("ka,ab,kb->k", slope, fit.cell_covariance, slope)
    return np.asarray(2.0 * variance**2 / spread)


def satterthwaite_test(fit: MixedFit, contrasts: FloatArray) -> WaldTest:
    """Test that contrasts (q, p) are zero together.

    Notes
    -----
    The contrasts are turned to be uncorrelated; the F's denominator matches the mean of the squares
    of their t statistics. Fai & Cornelius (1996). The same in R: ``lmerTest::contestMD(fit, L)``.
    """
    values, vectors = np.linalg.eigh(contrasts @ fit.covariance @ contrasts.T)
    kept = values > 1e-10 * values.max()
    turned = vectors[:, kept].T @ contrasts
    q = len(turned)
    squares = (turned @ fit.coefficients) ** 2 / values[kept]
    statistic = float(squares.mean())
    df = satterthwaite(fit, turned)
    if q == 1:
        joint = float(df[0])
    elif np.ptp(df) < 1e-8:
        joint = float(df.mean())
    elif df.min() <= 2.0:  # a t statistic with two degrees of freedom has no variance
        joint = 2.0
    else:
        expected = float((df / (df - 2.0)).sum())
        joint = 2.0 * expected / (expected - q)
    return WaldTest(statistic, float(q), joint, float(stats.f.sf(statistic, q, joint)))

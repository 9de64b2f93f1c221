"""The completely standardised solution with standard errors of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.cfa_ml import MlFit
from relsurvey.stats.factor_model import FactorModel

FloatArray = NDArray[np.float64]
STEP = 1e-30


def standardized_solution(fit: MlFit) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return standardised loadings (p, m), factor correlations (m, m), residual variances (p,)."""
    return _unpack(fit.model, _standardize(fit.model, fit.theta))


def standardized_errors(fit: MlFit) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the standard errors of `standardized_solution`, same shapes.

    Delta method. The derivatives are taken by a complex step, exact to rounding (Squire, W., &
    Trapp, G. (1998). SIAM Review, 40, 110-112).
    R: ``lavaan::standardizedSolution(fit)``.
    """
    q = fit.model.n_parameters
    steps = fit.theta[None, :] + 1j * STEP * np.eye(q)
    jacobian = np.stack([_standardize(fit.model, row).imag / STEP for row in steps], axis=1)
    variances = np.einsum("iq,qr,ir->i", jacobian, fit.theta_cov, jacobian)
    return _unpack(fit.model, np.sqrt(np.maximum(variances, 0.0)))


def _standardize(model: FactorModel, theta: NDArray[np.inexact]) -> NDArray[np.inexact]:
    loadings, factors, residuals = model.matrices(theta)
    width = np.sqrt(np.diag(factors))
    totals = np.einsum("ij,jk,ik->i", loadings, factors, loadings) + residuals
    return np.concatenate(
        [
            (loadings * width / np.sqrt(totals)[:, None]).ravel(),
            (factors / np.outer(width, width)).ravel(),
            residuals / totals,
        ]
    )


def _unpack(
    model: FactorModel, flat: NDArray[np.inexact]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    p, m = model.n_items, model.n_factors
    real = np.asarray(flat.real, dtype=np.float64)
    return (
        real[: p * m].reshape(p, m),
        real[p * m : p * m + m * m].reshape(m, m),
        real[p * m + m * m :],
    )

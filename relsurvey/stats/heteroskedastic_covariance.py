"""Covariance of least-squares coefficients for independent rows: iid and HC0 to HC3."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.least_squares import LeastSquares

FloatArray = NDArray[np.float64]

HETEROSKEDASTIC_KINDS = ("iid", "HC0", "HC1", "HC2", "HC3")
# A row with a leverage this close to one has a residual of zero whatever its outcome is.
FULL_LEVERAGE = 1e-10


def heteroskedastic_covariance(fit: LeastSquares, kind: str) -> FloatArray:
    """Return the (p, p) covariance of the coefficients.

    Parameters
    ----------
    fit : LeastSquares
    kind : {"iid", "HC0", "HC1", "HC2", "HC3"}
        Equal variances; or a residual variance per row: as it is, times n / (n - p), divided by
        ``1 - h``, divided by ``(1 - h)**2`` (h the row's leverage).

    Notes
    -----
    White (1980); MacKinnon & White (1985), Journal of Econometrics 29, 305-325.
    The same in R: ``sandwich::vcovHC(lm, type = kind)``, and ``vcov(lm)`` for ``iid``.
    A row with leverage one is fitted exactly and adds nothing (R returns NaN there).
    """
    if kind == "iid":
        return np.asarray(fit.sigma2 * fit.inverse_root @ fit.inverse_root.T)
    n_rows = fit.residuals.size
    free = 1.0 - np.einsum("ij,ij->i", fit.basis, fit.basis)
    safe = np.where(free > FULL_LEVERAGE, free, np.inf)
    divisor = {"HC2": safe, "HC3": safe**2}.get(kind, np.ones(n_rows))
    scale = n_rows / fit.df_residual if kind == "HC1" else 1.0
    weighted = fit.basis * (scale * fit.residuals**2 / divisor)[:, None]
    meat = fit.basis.T @ weighted
    return np.asarray(fit.inverse_root @ meat @ fit.inverse_root.T)

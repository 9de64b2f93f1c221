"""A confirmatory factor model as arrays: which numbers are free, and the covariances it implies."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class FactorModel:
    """Items loading on correlated factors: S = L P L' + diag(e).

    Parameters
    ----------
    loads : ndarray of bool, shape (p, m)
        Which item loads on which factor.
    markers : ndarray of int, shape (m,), optional
        For each factor the item whose loading is fixed at 1. None fixes the factor variances at 1
        instead.

    Attributes
    ----------
    load_at, cov_at : tuple of two ndarrays
        Rows and columns of the free loadings (factor by factor) and of the free factor variances
        and covariances (lower triangle; variances first).

    Notes
    -----
    The parameter vector, shape (q,), holds the free loadings, the residual variances (p), the free
    factor variances, the factor covariances.
    """

    loads: NDArray[np.bool_]
    markers: IntArray | None = None
    load_at: tuple[IntArray, IntArray] = field(init=False)
    cov_at: tuple[IntArray, IntArray] = field(init=False)

    def __post_init__(self) -> None:
        n_factors = self.loads.shape[1]
        free = self.loads.copy()
        variances = np.arange(n_factors)
        if self.markers is None:
            variances = variances[:0]
        else:
            free[self.markers, np.arange(n_factors)] = False
        factors, items = np.nonzero(free.T)
        columns, rows = np.triu_indices(n_factors, k=1)
        object.__setattr__(self, "load_at", (items, factors))
        object.__setattr__(
            self,
            "cov_at",
            (np.concatenate([variances, rows]), np.concatenate([variances, columns])),
        )

    @property
    def n_items(self) -> int:
        """Number of items p."""
        return int(self.loads.shape[0])

    @property
    def n_factors(self) -> int:
        """Number of factors m."""
        return int(self.loads.shape[1])

    @property
    def n_parameters(self) -> int:
        """Number of free parameters q."""
        return len(self.load_at[0]) + self.n_items + len(self.cov_at[0])

    @property
    def df(self) -> int:
        """Distinct covariances minus free parameters."""
        return self.n_items * (self.n_items + 1) // 2 - self.n_parameters

    def matrices(self, theta: NDArray[np.inexact]) -> tuple[NDArray[np.inexact], ...]:
        """Return loadings (p, m), factor covariances (m, m), residual variances (p,).

        ``theta`` may be complex (for derivatives by a complex step).
        """
        n_loads, p = len(self.load_at[0]), self.n_items
        loadings = np.zeros((p, self.n_factors), dtype=theta.dtype)
        factors = np.eye(self.n_factors, dtype=theta.dtype)
        if self.markers is not None:
            loadings[self.markers, np.arange(self.n_factors)] = 1.0
        loadings[self.load_at] = theta[:n_loads]
        rows, columns = self.cov_at
        factors[rows, columns] = theta[n_loads + p :]
        factors[columns, rows] = theta[n_loads + p :]
        return loadings, factors, theta[n_loads : n_loads + p]

    def vector(
        self, loadings: FloatArray, factors: FloatArray, residuals: FloatArray
    ) -> FloatArray:
        """Return the parameter vector of a solution in this model's own scaling."""
        return np.concatenate([loadings[self.load_at], residuals, factors[self.cov_at]])

    def implied(self, theta: FloatArray) -> FloatArray:
        """Return the covariance matrix (p, p) that the parameters imply."""
        loadings, factors, residuals = self.matrices(theta)
        return loadings @ factors @ loadings.T + np.diag(residuals)

    def derivatives(self, theta: FloatArray) -> FloatArray:
        """Return the derivative of the implied covariances by each parameter, shape (q, p, p)."""
        loadings, factors, _ = self.matrices(theta)
        n_loads, p, q = len(self.load_at[0]), self.n_items, self.n_parameters
        out = np.zeros((q, p, p))
        items, of = self.load_at
        out[np.arange(n_loads), items, :] = (loadings @ factors).T[of]
        at = n_loads + np.arange(p)
        out[at, np.arange(p), np.arange(p)] = 0.5
        rows, columns = self.cov_at
        halves = np.where(rows == columns, 0.5, 1.0)
        out[n_loads + p :] = (
            halves[:, None, None] * loadings.T[rows][:, :, None] * loadings.T[columns][:, None, :]
        )
        return out + out.transpose(0, 2, 1)

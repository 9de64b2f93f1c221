"""Ordinary least squares by an orthogonal basis of the design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError

FloatArray = NDArray[np.float64]

# A column whose part outside the columns before it is below this share of its length counts as
# dependent on them; the tolerance of R's lm.
DEPENDENCE_TOLERANCE = 1e-7
CLEARLY_INDEPENDENT = 1e-3  # cross-products know a length to about 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """A least-squares fit of ``n`` observations on ``p`` columns.

    Attributes
    ----------
    coefficients : array (p,)
    basis : array (n, p)
        Orthonormal columns Q that span the design X, so that ``X = Q R``.
    inverse_root : array (p, p)
        The inverse of R; ``inverse_root @ inverse_root.T`` is ``(X'X)^-1``.
    residuals : array (n,)
    sigma2 : float
        Residual variance, residual sum of squares over ``n - p``.
    r_squared, adj_r_squared : float
        Around the mean where the columns span a constant, around zero otherwise.
    df_residual : int
    """

    coefficients: FloatArray
    basis: FloatArray
    inverse_root: FloatArray
    residuals: FloatArray
    sigma2: float
    r_squared: float
    adj_r_squared: float
    df_residual: int


def dependent_columns(design: FloatArray) -> tuple[int, ...]:
    """Return the positions of the columns that are linear combinations of columns before them.

    Parameters
    ----------
    design : array (n, p)

    Notes
    -----
    After scaling every column to length one, the k-th diagonal element of R in ``X = Q R`` is the
    length of what is left of column k when the columns before it are taken out.
    """
    lengths = np.sqrt(np.einsum("np,np->p", design, design))
    scaled = design / np.where(lengths > 0, lengths, 1.0)
    if _clearly_independent(scaled):
        return ()
    kept: list[int] = []
    found: list[int] = []
    diagonal = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))
    if diagonal.size == design.shape[1] and (diagonal > DEPENDENCE_TOLERANCE).all():
        return ()
    for column in range(design.shape[1]):
        left = scaled[:, column]
        if kept:
            basis = np.linalg.qr(scaled[:, kept])[0]
            left = left - basis @ (basis.T @ left)
        (kept if np.linalg.norm(left) > DEPENDENCE_TOLERANCE else found).append(column)
    return tuple(found)


def _clearly_independent(scaled: FloatArray) -> bool:
    """Take the same diagonal from the cross-products: quick, exact enough far from dependence."""
    try:
        diagonal = np.diag(np.linalg.cholesky(scaled.T @ scaled))
    except np.linalg.LinAlgError:
        return False
    return bool((diagonal > CLEARLY_INDEPENDENT).all())


def least_squares(outcome: FloatArray, design: FloatArray) -> LeastSquares:
    """Fit ``outcome`` on the columns of ``design`` (an intercept is a column like any other).

    Parameters
    ----------
    outcome : array (n,)
    design : array (n, p)

    Returns
    -------
    LeastSquares

    Raises
    ------
    ModelError
        Fewer rows than columns and one, or columns that are linear combinations of others.

    Notes
    -----
    The same in R: ``lm(y ~ X - 1)``. Golub & Van Loan (2013), Matrix Computations, 5.3.
    """
    n_rows, n_columns = design.shape
    if n_rows <= n_columns:
        raise ModelError(
            "Too few rows for the number of terms.",
            got=f"{n_rows} rows, {n_columns} terms",
            expected=f"at least {n_columns + 1} rows",
            hint="Use fewer predictors, or look at why rows are missing.",
        )
    dependent = dependent_columns(design)
    if dependent:
        raise ModelError(
            "The columns of the design are linearly dependent.",
            where="columns " + ", ".join(str(column) for column in dependent),
            expected="columns of which none follows from the others",
        )
    basis, root = np.linalg.qr(design)
    inverse_root = np.linalg.solve(root, np.eye(n_columns))
    scores = basis.T @ outcome
    residuals = outcome - basis @ scores
    df_residual = n_rows - n_columns
    residual_sum = float(residuals @ residuals)
    constant = basis @ basis.sum(axis=0)
    has_constant = bool(np.abs(constant - 1.0).max() < 1e-8)
    centred = outcome - outcome.mean() if has_constant else outcome
    total_sum = float(centred @ centred)
    r_squared = 1.0 - residual_sum / total_sum if total_sum > 0 else float("nan")
    return LeastSquares(
        coefficients=inverse_root @ scores,
        basis=basis,
        inverse_root=inverse_root,
        residuals=residuals,
        sigma2=residual_sum / df_residual,
        r_squared=r_squared,
        adj_r_squared=1.0 - (1.0 - r_squared) * (n_rows - has_constant) / df_residual,
        df_residual=df_residual,
    )

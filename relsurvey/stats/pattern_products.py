"""Curvature of a normal likelihood by covariances and means, as sums over patterns of rows.

With A the inverse covariance of a pattern, a = A times a row's residual, M the sum of aa′ and n the
pattern's rows, the second derivative of −log-likelihood by Σ along E and F is the sum over the
patterns of tr(E A F M) − ½ n tr(E A F A). All patterns go through one matrix product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]


def lower(p: int) -> tuple[Index, Index]:
    """Rows and columns of the lower triangle of a p × p matrix, row by row."""
    rows, columns = np.tril_indices(p)
    return rows.astype(np.int64), columns.astype(np.int64)


def pack(matrices: Array) -> Array:
    """Lower triangles of symmetric matrices (k, p, p), shape (k, p(p+1)/2)."""
    rows, columns = lower(matrices.shape[-1])
    packed: Array = matrices[..., rows, columns]
    return packed


def pack_slopes(slopes: Array) -> Array:
    """Lower triangles of slopes (q, p, p) as columns, shape (p(p+1)/2, q)."""
    return pack(slopes).T


def halves(p: int) -> Array:
    """½ on the diagonal and 1 off it, packed: the weight of a packed cell in a symmetric slope."""
    rows, columns = lower(p)
    return np.where(rows == columns, 0.5, 1.0)


def half_product(inverse: Array, spread: Array, weight: Array, share: Array | None = None) -> Array:
    """Sum A ⊗ (M − ½ n A) over patterns, packed, shape (p*, p*); made whole by its transpose.

    Parameters
    ----------
    inverse, spread : ndarray, shape (k, p*)
        Packed A and M.
    weight : ndarray, shape (k,)
        Rows n. With M = n A this leads to the expected curvature.
    share : ndarray, shape (k,), optional
        What each pattern's term is multiplied by.
    """
    middle = spread - 0.5 * weight[:, None] * inverse
    half: Array = inverse.T @ (middle if share is None else share[:, None] * middle)
    return half


def covariance_curvature(half: Array, p: int) -> Array:
    """Second derivatives by the lower triangle of Σ from packed half products, (p*, p*)."""
    rows, columns = lower(p)
    place = _place(p)
    whole = (half + half.T).ravel()
    size, weight = len(rows), halves(p)
    curvature = np.empty((size, size))
    for cell, (row, column) in enumerate(zip(rows, columns, strict=True)):
        straight = whole.take(place[row, rows] * size + place[column, columns])
        straight += whole.take(place[row, columns] * size + place[column, rows])
        curvature[cell] = straight * (weight[cell] * weight)
    return curvature


def _place(p: int) -> Index:
    """Where the cells of a symmetric matrix stand in its packed triangle, shape (p, p)."""
    rows, columns = lower(p)
    place = np.empty((p, p), dtype=np.int64)
    place[rows, columns] = place[columns, rows] = np.arange(len(rows))
    return place


def mixed_curvature(inverse: Array, level: Array) -> Array:
    """Second derivatives by the lower triangle of Σ and by μ, shape (p*, p).

    Parameters
    ----------
    inverse : ndarray, shape (k, p*)
        Packed A.
    level : ndarray, shape (k, p)
        Sum over a pattern's rows of a.
    """
    p = level.shape[1]
    rows, columns = lower(p)
    sums = inverse.T @ level
    place = _place(p)
    crossed = sums[place[rows], columns[:, None]] + sums[place[columns], rows[:, None]]
    return halves(p)[:, None] * crossed

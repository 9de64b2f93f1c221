"""Cluster-robust covariance of least-squares coefficients, CR0 to CR3, and its degrees of freedom.

Everything happens in the p columns of an orthonormal basis Q of the design. With Q_g the rows of
cluster g, ``S_g = Q_g' Q_g`` and its eigenvalues d (the leverages of the cluster), the adjusted
scores of CR2, ``Q_g' (I - Q_g Q_g')^(-1/2) e_g``, are ``(I - S_g)^(-1/2) Q_g' e_g``: no matrix is
ever larger than p by p, and the cost grows with the number of rows only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.stats.least_squares import LeastSquares

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CLUSTER_KINDS = ("CR0", "CR1", "CR1S", "CR2", "CR3")
# A cluster direction whose leverage is this close to one is fitted exactly: nothing is left in it.
FULL_LEVERAGE = 1e-10
NO_LEVERAGE = 1e-10  # below it a direction is not adjusted, nor does it count
_AT_ONCE = 32  # contrasts, which bounds the memory
_POWER = {"CR2": -0.5, "CR3": -1.0}


@dataclass(frozen=True, slots=True, eq=False)
class ClusterCovariance:
    """A cluster-robust covariance and what its degrees of freedom are computed from.

    Attributes
    ----------
    kind : str
        One of ``CLUSTER_KINDS``.
    covariance : array (p, p)
    n_clusters : int
    leverages : array (G, k)
        Eigenvalues of ``S_g`` per cluster, ``k`` the smaller of p and the largest cluster.
    directions : array (G, p, k)
        Their eigenvectors, in columns; zero where nothing of the cluster lies.
    adjustment : array (G, k)
        What the residuals are multiplied with in each direction: ``(1 - d)^-1/2`` for CR2,
        ``(1 - d)^-1`` for CR3, one otherwise.
    inverse_root : array (p, p)
        Of the fit; turns a contrast of coefficients into one of basis columns.
    """

    kind: str
    covariance: FloatArray
    n_clusters: int
    leverages: FloatArray
    directions: FloatArray
    adjustment: FloatArray
    inverse_root: FloatArray


def cluster_covariance(fit: LeastSquares, clusters: IntArray, kind: str) -> ClusterCovariance:
    """Return the covariance of the coefficients when rows within a cluster may depend.

    Parameters
    ----------
    fit : LeastSquares
    clusters : int array (n,)
        Cluster of every row as a code 0 … G-1, every code in use.
    kind : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
        CR1 multiplies CR0 by ``G/(G-1)``, CR1S by ``G(n-1)/((G-1)(n-p))`` (Stata's), CR2 is
        unbiased under equal independent errors, CR3 is close to the jackknife over clusters.

    Raises
    ------
    ModelError
        Only one cluster.

    Notes
    -----
    Liang & Zeger (1986); Bell & McCaffrey (2002), Survey Methodology 28, 169-181; Pustejovsky &
    Tipton (2018), Journal of Business & Economic Statistics 36, 672-683.
    The same in R: ``clubSandwich::vcovCR(lm, cluster, type = kind)``.
    """
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(clusters[order]) > 0])
    n_clusters = starts.size
    if n_clusters < 2:
        raise ModelError(
            "Cluster-robust standard errors need more than one cluster.",
            got=f"{n_clusters} cluster",
            expected="at least 2, better 20 or more",
        )
    leverages, directions, scores = _per_cluster(fit, order, starts)
    free = 1.0 - leverages
    power = _POWER.get(kind, 0.0)
    adjustment = np.where(free > FULL_LEVERAGE, np.maximum(free, FULL_LEVERAGE) ** power, 0.0)
    if power == 0.0:
        adjustment = np.ones_like(free)
    rotated = np.einsum("gab,ga->gb", directions, scores)
    adjusted = scores + np.einsum("gab,gb->ga", directions, (adjustment - 1.0) * rotated)
    coefficients = adjusted @ fit.inverse_root.T
    scale = _scale(kind, n_clusters, fit)
    return ClusterCovariance(
        kind=kind,
        covariance=scale * coefficients.T @ coefficients,
        n_clusters=n_clusters,
        leverages=leverages,
        directions=directions,
        adjustment=adjustment,
        inverse_root=fit.inverse_root,
    )


def satterthwaite_df(covariance: ClusterCovariance, contrasts: FloatArray) -> FloatArray:
    """Return the degrees of freedom of each contrast of the coefficients.

    Parameters
    ----------
    covariance : ClusterCovariance
    contrasts : array (q, p)

    Returns
    -------
    array (q,)

    Notes
    -----
    Bell & McCaffrey (2002) under equal independent errors: the estimated variance is a quadratic
    form ``y' (sum_g p_g p_g') y`` and ``df = (sum_g p_g'p_g)^2 / sum_gh (p_g'p_h)^2``. With
    ``w_g = Q_g' a_g``, ``p_g'p_h = [g = h] a_g'a_g - w_g'w_h``, which needs no n by n matrix.
    The same in R: ``clubSandwich::coef_test(lm, vcov, test = "Satterthwaite")$df``.
    """
    found = []
    for first in range(0, len(contrasts), _AT_ONCE):
        some = contrasts[first : first + _AT_ONCE] @ covariance.inverse_root
        adjusted = (some @ covariance.directions) * covariance.adjustment[:, None, :]
        weighted = adjusted * covariance.leverages[:, None, :]
        inner = weighted @ covariance.directions.transpose(0, 2, 1)
        own = (adjusted * weighted).sum(axis=2)
        length = (inner**2).sum(axis=2)
        gram = inner.transpose(1, 2, 0) @ inner.transpose(1, 0, 2)
        trace = (own - length).sum(axis=0)
        squares = (own**2 - 2.0 * own * length).sum(axis=0) + (gram**2).sum(axis=(1, 2))
        found += np.where(
            squares > 0, trace**2 / np.where(squares > 0, squares, 1.0), np.nan
        ).tolist()
    return np.asarray(found)


def influence(
    covariance: ClusterCovariance, contrasts: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return ``a_g'a_g`` (G, q, q) and ``w_g = Q_g'a_g`` (G, q, p) of q contrasts per cluster."""
    along = np.einsum("gab,qa->gqb", covariance.directions, contrasts @ covariance.inverse_root)
    adjusted = along * covariance.adjustment[:, None, :]
    outer = np.einsum("gqa,ga,gra->gqr", adjusted, covariance.leverages, adjusted)
    inner = np.einsum(
        "gab,gqb->gqa", covariance.directions, adjusted * covariance.leverages[:, None, :]
    )
    return outer, inner


def _per_cluster(
    fit: LeastSquares, order: IntArray, starts: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return eigenvalues (G, k) and -vectors (G, p, k) of ``Q_g'Q_g``, and ``Q_g'e_g`` (G, p).

    Where every cluster has fewer rows than there are columns, those of ``Q_g Q_g'`` are taken,
    which is smaller: with ``Q_g Q_g' u = d u``, ``Q_g'u / sqrt(d)`` is the eigenvector.
    """
    basis = fit.basis[order]
    scores = np.add.reduceat(basis * fit.residuals[order][:, None], starts, axis=0)
    sizes = np.diff(np.r_[starts, order.size])
    largest, n_columns = int(sizes.max()), basis.shape[1]
    if largest >= n_columns:
        grams = np.empty((starts.size, n_columns, n_columns))
        for cluster, (start, size) in enumerate(zip(starts, sizes, strict=True)):
            rows = basis[start : start + size]
            grams[cluster] = rows.T @ rows
        leverages, directions = np.linalg.eigh(grams)
        return leverages.clip(0.0, 1.0), directions, scores
    padded = np.zeros((starts.size, largest, n_columns))
    own = np.repeat(np.arange(starts.size), sizes)
    padded[own, np.arange(order.size) - starts[own]] = basis
    leverages, along = np.linalg.eigh(padded @ padded.transpose(0, 2, 1))
    leverages = np.where(leverages > NO_LEVERAGE, leverages.clip(max=1.0), 0.0)
    lengths = np.sqrt(np.where(leverages > 0.0, leverages, np.inf))
    directions = padded.transpose(0, 2, 1) @ (along / lengths[:, None, :])
    return leverages, directions, scores


def _scale(kind: str, n_clusters: int, fit: LeastSquares) -> float:
    if kind == "CR1":
        return n_clusters / (n_clusters - 1)
    if kind == "CR1S":
        n_rows = fit.residuals.size
        return n_clusters * (n_rows - 1) / ((n_clusters - 1) * fit.df_residual)
    return 1.0

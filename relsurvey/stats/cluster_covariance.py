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
    leverages : array (G, p)
        Eigenvalues of ``S_g`` per cluster.
    directions : array (G, p, p)
        Their eigenvectors, in columns.
    adjustment : array (G, p)
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
    grams, scores = _per_cluster(fit, order, starts)
    leverages, directions = np.linalg.eigh(grams)
    leverages = leverages.clip(0.0, 1.0)
    free = 1.0 - leverages
    power = _POWER.get(kind, 0.0)
    adjustment = np.where(free > FULL_LEVERAGE, np.maximum(free, FULL_LEVERAGE) ** power, 0.0)
    if power == 0.0:
        adjustment = np.ones_like(free)
    rotated = np.einsum("gab,ga->gb", directions, scores)
    adjusted = np.einsum("gab,gb->ga", directions, adjustment * rotated)
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
    for contrast in contrasts:
        outer, inner = influence(covariance, contrast[None, :])
        length = np.einsum("gqa,gqa->g", inner, inner)
        gram = np.einsum("gqa,gqb->ab", inner, inner)
        own = outer[:, 0, 0]
        trace = float((own - length).sum())
        squares = float((own**2 - 2.0 * own * length).sum() + (gram**2).sum())
        found.append(trace**2 / squares if squares > 0 else float("nan"))
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
) -> tuple[FloatArray, FloatArray]:
    """Return ``Q_g'Q_g`` (G, p, p) and ``Q_g'e_g`` (G, p)."""
    basis = fit.basis[order]
    scores = np.add.reduceat(basis * fit.residuals[order][:, None], starts, axis=0)
    ends = np.r_[starts[1:], order.size]
    n_columns = basis.shape[1]
    grams = np.empty((starts.size, n_columns, n_columns))
    for cluster, (start, end) in enumerate(zip(starts, ends, strict=True)):
        rows = basis[start:end]
        grams[cluster] = rows.T @ rows
    return grams, scores


def _scale(kind: str, n_clusters: int, fit: LeastSquares) -> float:
    if kind == "CR1":
        return n_clusters / (n_clusters - 1)
    if kind == "CR1S":
        n_rows = fit.residuals.size
        return n_clusters * (n_rows - 1) / ((n_clusters - 1) * fit.df_residual)
    return 1.0

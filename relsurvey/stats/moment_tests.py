"""Chi-square tests of moment structures, scaled for what the weights leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.stats import chi2

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sandwich:
    """What the robust errors and tests of one fit are made of.

    Attributes
    ----------
    covariance : ndarray, shape (q, q)
        Robust covariance of sqrt(n) times the estimates.
    bread, meat : ndarray, shape (q, q)
        (Δ′WΔ)⁻¹ and Δ′WΓWΔ.
    trace, trace_of_square : float
        tr(UΓ) and tr(UΓUΓ).
    """

    covariance: Array
    bread: Array
    meat: Array
    trace: float
    trace_of_square: float


@dataclass(frozen=True, slots=True)
class ScaledTest:
    """A scaled test: its statistic, degrees of freedom, p, factor and shift."""

    statistic: float
    df: float
    p_value: float
    factor: float
    shift: float


@dataclass(frozen=True, slots=True, eq=False)
class GroupMoments:
    """One group's part in a least-squares fit.

    Attributes
    ----------
    share : float
        Its share of all rows.
    slopes : ndarray, shape (r, q)
        Δ.
    weight : ndarray, shape (r,) or (r, r)
        W.
    gamma : ndarray, shape (r, r)
        Asymptotic covariance of sqrt(n_g) times the moments.
    known_traces : tuple of float, optional
        What `traces` returns, where it was computed before.
    """

    share: float
    slopes: Array
    weight: Array
    gamma: Array
    known_traces: tuple[float, float] | None = None

    def weighted_slopes(self) -> Array:
        """WΔ."""
        if self.weight.ndim == 1:
            return self.weight[:, None] * self.slopes
        return self.weight @ self.slopes

    def active(self) -> NDArray[np.int64]:
        """Parameters that the group's moments depend on."""
        return np.flatnonzero(self.slopes.any(axis=0))

    def traces(self) -> tuple[float, float]:
        """tr(WΓ) and tr(WΓWΓ): those of U where nothing is estimated."""
        if self.known_traces is not None:
            return self.known_traces
        if self.weight.ndim == 1:
            root = np.sqrt(self.weight)
            scaled = self.gamma * root * root[:, None]
            return float(np.trace(scaled)), float(np.sum(scaled * scaled))
        product = self.weight @ self.gamma
        return float(np.trace(product)), float(np.sum(product * product.T))


def group_sandwich(parts: Sequence[GroupMoments]) -> Sandwich:
    """Robust covariance and the traces of the residual weight times Γ.

    U = W − WΔ(Δ′WΔ)⁻¹Δ′W (Satorra & Bentler 1994), over groups with the weights of their shares.
    The traces are written out so that with a diagonal W only products of Γ with r×q slopes are
    formed, and these from the few slopes that are not zero.
    """
    q = parts[0].slopes.shape[1]
    information, meat = np.zeros((q, q)), np.zeros((q, q))
    plain = square = crossed = 0.0
    spreads = []
    for part in parts:
        own = part.active()
        place = np.ix_(own, own)
        weighted = part.weighted_slopes()[:, own]
        few = sparse.csr_array(weighted)
        spread = np.asarray(few.T @ part.gamma)
        information[place] += part.share * np.asarray(few.T @ part.slopes[:, own])
        meat[place] += part.share * np.asarray(few.T @ spread.T)
        spreads.append((own, spread))
        traces = part.traces()
        plain, square = plain + traces[0], square + traces[1]
    bread = np.asarray(np.linalg.inv(information), dtype=np.float64)
    for part, (own, spread) in zip(parts, spreads, strict=True):
        back = spread * part.weight if part.weight.ndim == 1 else spread @ part.weight
        crossed += part.share * float(np.sum((bread[np.ix_(own, own)] @ spread) * back))
    inner = bread @ meat
    trace = plain - float(np.trace(inner))
    trace_of_square = square - 2.0 * crossed + float(np.sum(inner * inner.T))
    return Sandwich(inner @ bread, bread, meat, trace, trace_of_square)


def scaled_shifted(statistic: float, df: int, trace: float, trace_of_square: float) -> ScaledTest:
    """Scale and shift a statistic so that its mean and variance are those of chi-square(df).

    Asparouhov & Muthén (2010, Mplus technical appendix "Simple second order chi-square
    correction"); lavaan's ``test = "scaled.shifted"``, the test of its WLSMV.
    """
    scale = float(np.sqrt(df / trace_of_square)) if trace_of_square > 0.0 else np.nan
    shift = df - scale * trace
    value = statistic * scale + shift
    return ScaledTest(value, df, float(chi2.sf(value, df)), 1.0 / scale, shift)


def mean_scaled(statistic: float, df: int, trace: float) -> ScaledTest:
    """Divide a statistic by tr(UΓ)/df (Satorra & Bentler 1994; Yuan & Bentler 2000 for MLR)."""
    factor = trace / df
    value = statistic / factor if factor > 0.0 else np.nan
    return ScaledTest(value, df, float(chi2.sf(value, df)), factor, 0.0)


def difference_test(
    statistic: float,
    df: int,
    freer: Sandwich,
    slopes: Sequence[Array],
    restricted: Sequence[Array],
) -> ScaledTest:
    """Scaled and shifted test of a restriction (Satorra 2000), at the freer model's estimates.

    Parameters
    ----------
    statistic : float
        Difference of the two unscaled statistics.
    df : int
        Difference of their degrees of freedom.
    freer : Sandwich
        Of the freer model.
    slopes, restricted : sequence of ndarray, shapes (r, q) and (r, q0)
        Slopes of each group in the freer and in the restricted model.

    References
    ----------
    Satorra, A. (2000). Scaled and adjusted restricted tests in multi-sample analysis of moment
    structures. R: ``lavTestLRT(fit1, fit0, method = "satorra.2000")`` with ``A.method = "delta"``.
    """
    free = sparse.csr_array(np.concatenate(list(slopes)))
    held = sparse.csr_array(np.concatenate(list(restricted)))
    squares, products = (free.T @ free).toarray(), (free.T @ held).toarray()
    normal = _complement(linalg.cho_solve(linalg.cho_factor(squares), products))
    outer = normal.T @ freer.bread
    product = np.linalg.solve(outer @ normal, outer @ freer.meat @ outer.T)
    return scaled_shifted(
        statistic, df, float(np.trace(product)), float(np.sum(product * product.T))
    )


def _complement(matrix: Array) -> Array:
    """Orthonormal basis of what is orthogonal to the columns, by Householder vectors."""
    rows, columns = matrix.shape
    raw: tuple[Any, Any] = linalg.qr(matrix, mode="raw")
    (packed, tau), upper = raw
    diagonal = np.abs(np.diag(upper))
    if columns and diagonal.min() < 1e-9 * diagonal.max():
        left, values, _ = np.linalg.svd(matrix, full_matrices=True)
        return np.asarray(left[:, int(np.sum(values > values[0] * 1e-9)) :], dtype=np.float64)
    last = np.eye(rows)[:, columns:]
    multiply: Any = linalg.get_lapack_funcs("ormqr", (packed, last))
    basis, _, _ = multiply("L", "N", packed, tau, last, max(1, 64 * last.shape[1]))
    return np.asarray(basis, dtype=np.float64)

"""Chi-square tests of moment structures, scaled for what the weights leave out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sandwich:
    """What the robust errors and tests of one fit are made of.

    Attributes
    ----------
    covariance : ndarray, shape (q, q)
        Robust covariance of sqrt(n) times the estimates.
    bread : ndarray, shape (q, q)
        (Δ′WΔ)⁻¹.
    trace, trace_of_square : float
        tr(UΓ) and tr(UΓUΓ).
    """

    covariance: Array
    bread: Array
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


def sandwich(slopes: Array, weight: Array, gamma: Array) -> Sandwich:
    """Robust covariance and the traces of the residual weight times Γ.

    U = W − WΔ(Δ′WΔ)⁻¹Δ′W (Satorra & Bentler 1994); with a diagonal W nothing of size r³ is formed
    but Γ itself is used whole.

    Parameters
    ----------
    slopes : ndarray, shape (r, q)
        Δ.
    weight : ndarray, shape (r,) or (r, r)
        W.
    gamma : ndarray, shape (r, r)
        Asymptotic covariance of sqrt(n) times the moments.
    """
    weighted = weight[:, None] * slopes if weight.ndim == 1 else weight @ slopes
    bread = np.linalg.inv(slopes.T @ weighted)
    gamma_weighted = gamma @ weighted
    meat = weighted.T @ gamma_weighted
    # tr(UΓ) and tr(UΓUΓ), written out so that only r×q products are needed beside WΓ itself.
    inner = bread @ meat
    if weight.ndim == 1:
        plain = float(np.sum(weight * np.diag(gamma)))
        square = float(np.einsum("i,ij,j,ji->", weight, gamma, weight, gamma, optimize=True))
        through = gamma_weighted.T @ (weight[:, None] * gamma_weighted)
    else:
        product = weight @ gamma
        plain = float(np.trace(product))
        square = float(np.sum(product * product.T))
        through = gamma_weighted.T @ weight @ gamma_weighted
    trace = plain - float(np.trace(inner))
    trace_of_square = square - 2.0 * float(np.sum(bread * through)) + float(np.sum(inner * inner.T))
    return Sandwich(bread @ meat @ bread, bread, trace, trace_of_square)


def scaled_shifted(statistic: float, df: int, trace: float, trace_of_square: float) -> ScaledTest:
    """Scale and shift a statistic so that its mean and variance are those of chi-square(df).

    Asparouhov & Muthén (2010, Mplus technical appendix "Simple second order chi-square
    correction"); lavaan's ``test = "scaled.shifted"``, the test of its WLSMV.
    """
    scale = float(np.sqrt(df / trace_of_square))
    shift = df - scale * trace
    value = statistic * scale + shift
    return ScaledTest(value, df, float(chi2.sf(value, df)), 1.0 / scale, shift)


def mean_scaled(statistic: float, df: int, trace: float) -> ScaledTest:
    """Divide a statistic by tr(UΓ)/df (Satorra & Bentler 1994; Yuan & Bentler 2000 for MLR)."""
    factor = trace / df
    value = statistic / factor
    return ScaledTest(value, df, float(chi2.sf(value, df)), factor, 0.0)


def mean_and_variance_adjusted(
    statistic: float, trace: float, trace_of_square: float
) -> ScaledTest:
    """Divide a statistic and take fractional df so that mean and variance fit (Satterthwaite)."""
    df = trace**2 / trace_of_square
    factor = trace / df
    value = statistic / factor
    return ScaledTest(value, df, float(chi2.sf(value, df)), factor, 0.0)


def difference_test(
    statistic: float,
    df: int,
    free_slopes: Array,
    restricted_slopes: Array,
    weight: Array,
    gamma: Array,
) -> ScaledTest:
    """Scaled and shifted test of a restriction (Satorra 2000), at the freer model's estimates.

    Parameters
    ----------
    statistic : float
        Difference of the two unscaled statistics.
    df : int
        Difference of their degrees of freedom.
    free_slopes, restricted_slopes : ndarray, shapes (r, q1) and (r, q0)
        Δ of the freer and of the restricted model.
    weight, gamma : ndarray
        W (diagonal or whole) and Γ of the freer model.

    Notes
    -----
    R: ``lavTestLRT(fit1, fit0, method = "satorra.2000")`` with ``A.method = "delta"``.
    """
    weighted = weight[:, None] * free_slopes if weight.ndim == 1 else weight @ free_slopes
    information = free_slopes.T @ weighted
    coordinates = np.linalg.lstsq(free_slopes, restricted_slopes, rcond=None)[0]
    left, values, _ = np.linalg.svd(coordinates, full_matrices=True)
    rank = int(np.sum(values > values[0] * 1e-9)) if len(values) else 0
    restriction = left[:, rank:].T
    inverse = np.linalg.inv(information)
    outer = restriction @ inverse
    middle = np.linalg.inv(outer @ restriction.T)
    meat = weighted.T @ gamma @ weighted
    product = middle @ outer @ meat @ outer.T
    return scaled_shifted(
        statistic, df, float(np.trace(product)), float(np.sum(product * product.T))
    )

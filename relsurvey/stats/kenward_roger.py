"""Kenward and Roger's covariance and degrees of freedom for contrasts in a mixed model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.stats.mixed_fit import MixedFit
from relsurvey.stats.mixed_products import MixedProducts

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
SMALLEST = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class KenwardRoger:
    """What the degrees of freedom of any contrast follow from.

    Attributes
    ----------
    covariance : array (p, p)
        Adjusted covariance of the coefficients.
    unadjusted : array (p, p)
    slopes : array (k, p, p)
        ``-X'V^-1 V_i V^-1 X`` for each variance parameter i.
    weights : array (k, k)
        Asymptotic covariance of the variance parameters.
    """

    covariance: FloatArray
    unadjusted: FloatArray
    slopes: FloatArray
    weights: FloatArray


def kenward_roger(fit: MixedFit) -> KenwardRoger:
    """Prepare the adjustment.

    Parameters
    ----------
    fit : MixedFit
        By REML; above the innermost level only random intercepts.

    Raises
    ------
    ModelError
        A fit by full maximum likelihood.

    Notes
    -----
    Kenward & Roger (1997), Biometrics 53, 983-997, with expected information. Only the rows along
    the groups' random effects carry them: every group's rows are turned so that these come first,
    and what is left is independent. The same in R: ``pbkrtest::vcovAdj(fit)``.
    """
    if not fit.reml:
        raise ModelError(
            "Kenward and Roger's correction is for restricted maximum likelihood.",
            where="df",
            hint='Take method="reml", or df="satterthwaite".',
        )
    sums = _Sums.of(fit)
    unadjusted = np.linalg.inv(sums.information)
    adjusted = unadjusted @ sums.slopes
    information = (
        sums.traces
        - 2.0 * np.einsum("ab,ijab->ij", unadjusted, sums.bends)
        + np.einsum("iab,jba->ij", adjusted, adjusted)
    )
    weights = 2.0 * np.linalg.pinv(information, rcond=1e-12, hermitian=True)
    through = np.einsum("iab,bc,jcd->ijad", sums.slopes, unadjusted, sums.slopes)
    middle = np.einsum("ij,ijab->ab", weights, sums.bends - through)
    covariance = unadjusted + 2.0 * unadjusted @ middle @ unadjusted
    back = fit.products.inverse_root
    forth = np.linalg.inv(back)
    return KenwardRoger(
        covariance=back @ covariance @ back.T,
        unadjusted=back @ unadjusted @ back.T,
        slopes=forth.T @ sums.slopes @ forth,
        weights=weights,
    )


def kenward_roger_test(adjustment: KenwardRoger, contrasts: FloatArray) -> tuple[float, float]:
    """Return the factor on the F statistic of joint contrasts (q, p), and its denominator's df.

    The statistic is the quadratic form of the contrasts in the inverse of their adjusted
    covariance, over q. With one contrast the factor is 1.

    Notes
    -----
    Kenward & Roger (1997), section 4. The same in R: ``pbkrtest::KRmodcomp`` and, for one contrast,
    ``pbkrtest::Lb_ddf``.
    """
    q = len(contrasts)
    plain = adjustment.unadjusted
    spread = contrasts @ plain @ contrasts.T
    theta = contrasts.T @ np.linalg.solve(spread, contrasts)
    moved = theta @ plain @ adjustment.slopes @ plain
    traces = np.trace(moved, axis1=1, axis2=2)
    first = float(traces @ adjustment.weights @ traces)
    second = float(np.einsum("ij,iab,jba->", adjustment.weights, moved, moved))
    b = (first + 6.0 * second) / (2.0 * q)
    g = ((q + 1) * first - (q + 4) * second) / ((q + 2) * second)
    below = 3.0 * q + 2.0 * (1.0 - g)
    v0, v1 = 1.0 + g / below * b, 1.0 - (q - g) / below * b
    v2 = 1.0 - (q + 2 - g) / below * b
    v0, v1, v2 = (0.0 if abs(value) < SMALLEST else value for value in (v0, v1, v2))
    shrunk = 1.0 - second / q
    ratio = (shrunk / v1 if abs(v1) > 0 else 1.0) ** 2 * v0 / v2 / q
    df = 4.0 + (q + 2) / (q * ratio - 1.0)
    expected = 1.0 / shrunk
    factor = 1.0 if abs(df - 2.0) < 0.01 else df / (expected * (df - 2.0))
    return (1.0 if q == 1 else float(factor)), float(df)


@dataclass(slots=True, eq=False)
class _Sums:
    """Sums over blocks of rows that are independent of each other, on the basis Q of the design.

    ``information`` (p, p) ``X'V^-1 X``; ``slopes`` (k, p, p); ``bends`` (k, k, p, p)
    ``X'V^-1 V_i V^-1 V_j V^-1 X``; ``traces`` (k, k) ``tr(V^-1 V_i V^-1 V_j)``. The last of the k
    parameters is the residual variance.
    """

    information: FloatArray
    slopes: FloatArray
    bends: FloatArray
    traces: FloatArray

    @classmethod
    def of(cls, fit: MixedFit) -> _Sums:
        products = fit.products
        k = 1 + sum(level.n_effects * (level.n_effects + 1) // 2 for level in products.levels)
        turned = _turned(products)
        fixed = turned[:, :, products.fixed]
        shape = fixed.shape
        rest = products.total[products.fixed, products.fixed] - np.tensordot(
            fixed, fixed, axes=([0, 1], [0, 1])
        )
        left = products.n_rows - shape[0] * shape[1]
        p, s = products.n_fixed, fit.sigma2
        sums = cls(rest / s, np.zeros((k, p, p)), np.zeros((k, k, p, p)), np.zeros((k, k)))
        sums.slopes[-1] = -rest / s**2
        sums.bends[-1, -1] = rest / s**3
        sums.traces[-1, -1] = left / s**2
        members = products.members()
        for groups in _blocks(members[-1]):
            block = turned[groups].reshape(len(groups), -1, turned.shape[2])
            of_rows = tuple(np.repeat(level[groups], shape[1], axis=1) for level in members)
            sums.add(block[:, :, products.fixed], *_covariances(fit, block, of_rows))
        return sums

    def add(self, fixed: FloatArray, covariance: FloatArray, parts: list[FloatArray]) -> None:
        """Add blocks (b, r, …) with the covariance of their rows and its derivatives."""
        inverse = np.linalg.inv(covariance)
        weighted = inverse @ fixed
        self.information += np.tensordot(fixed, weighted, axes=([0, 1], [0, 1]))
        spread = [part @ weighted for part in parts]
        turned = [inverse @ part for part in parts]
        for i, one in enumerate(parts):
            self.slopes[i] -= np.tensordot(weighted, one @ weighted, axes=([0, 1], [0, 1]))
            for j in range(len(parts)):
                self.bends[i, j] += np.tensordot(
                    spread[i], inverse @ spread[j], axes=([0, 1], [0, 1])
                )
                self.traces[i, j] += np.einsum("bij,bji->", turned[i], turned[j])


def _turned(products: MixedProducts) -> FloatArray:
    """Return rows (G, q, m) of each innermost group along its random effects; the rest is free."""
    level = products.levels[0]
    values, vectors = np.linalg.eigh(level.products[:, :, level.own])
    kept = values > 1e-10 * values.max(axis=1, keepdims=True)
    root = np.where(kept, 1.0 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    return np.asarray((vectors * root[:, None, :]).transpose(0, 2, 1) @ level.products)


def _blocks(outermost: IntArray) -> list[IntArray]:
    """Return innermost groups by outermost group, as arrays (b, s) of b groups of s each."""
    begins = np.flatnonzero(np.r_[True, np.diff(outermost) > 0])
    sizes = np.diff(np.r_[begins, len(outermost)])
    return [begins[sizes == size][:, None] + np.arange(size)[None, :] for size in np.unique(sizes)]


def _covariances(
    fit: MixedFit, block: FloatArray, members: tuple[IntArray, ...]
) -> tuple[FloatArray, list[FloatArray]]:
    """Return the covariance (b, r, r) of blocks' rows, and its derivatives by every parameter.

    ``members`` has the group (b, r) of each row at each level. The parameters are covariances of
    effects on the scaled columns, and last the residual variance.
    """
    rows = block.shape[1]
    covariance = np.broadcast_to(fit.sigma2 * np.eye(rows), (len(block), rows, rows)).copy()
    parts = []
    for level, factor, group in zip(fit.products.levels, fit.state.factors, members, strict=True):
        design = block[:, :, level.own]
        shared = group[:, :, None] == group[:, None, :]
        relative = fit.sigma2 * factor @ factor.T
        covariance += shared * (design @ relative @ design.transpose(0, 2, 1))
        for i, j in zip(*np.tril_indices(len(factor)), strict=True):
            unit = np.zeros_like(factor)
            unit[i, j] = unit[j, i] = 1.0
            parts.append(shared * (design @ unit @ design.transpose(0, 2, 1)))
    parts.append(np.broadcast_to(np.eye(rows), covariance.shape))
    return covariance, parts

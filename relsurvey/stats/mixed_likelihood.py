"""The profiled likelihood of a linear mixed model, and its slopes, from cross-products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.mixed_products import LevelProducts, MixedProducts

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MixedState:
    """The model at given relative covariances ``D = F F'`` (in units of the residual variance).

    With V the covariance of the outcome over the residual variance:

    Attributes
    ----------
    factors : tuple of array (q, q)
        F of each level, lower triangular.
    log_determinant : float
        Of V.
    weighted : array (m, m)
        ``[Z X y]'V^-1[Z X y]``.
    kernels : tuple of array (G, q, q)
        ``F (I + F'AF)^-1 F'`` with A the level's ``Z_g'V^-1 Z_g`` before its own effects.
    scores : tuple of array (G, q, m)
        ``Z_g'V^-1[Z X y]`` of each level.
    information : tuple of array (G, q, q)
        ``Z_g'V^-1 Z_g``.
    fixed_root : array (p, p)
        Lower Cholesky factor of ``Q'V^-1 Q``.
    change : array (p,)
        Coefficients of Q beyond least squares.
    residual : float
        ``(y - X beta)'V^-1(y - X beta)``.
    """

    factors: tuple[FloatArray, ...]
    log_determinant: float
    weighted: FloatArray
    kernels: tuple[FloatArray, ...]
    scores: tuple[FloatArray, ...]
    information: tuple[FloatArray, ...]
    fixed_root: FloatArray
    change: FloatArray
    residual: float


def mixed_state(products: MixedProducts, factors: Sequence[FloatArray]) -> MixedState:
    """Integrate the random effects out, level by level from the innermost.

    Parameters
    ----------
    products : MixedProducts
    factors : sequence of array (q, q)
        Lower triangular F of each level.

    Notes
    -----
    ``V_g^-1 = I - Z_g K_g Z_g'`` with ``K = F (I + F'Z'Z F)^-1 F'``; each level finds the products
    of the next already weighted. Bates et al. (2015), Journal of Statistical Software 67(1), give
    the same likelihood by a sparse factorisation of all effects at once.
    """
    weighted, log_determinant = products.total, 0.0
    current = [level.products for level in products.levels]
    kernels: list[FloatArray] = []
    for depth, level in enumerate(products.levels):
        own = current[depth]
        kernel, log_level = _kernel(own[:, :, level.own], factors[depth])
        kernels.append(kernel)
        log_determinant += log_level
        turned = _times(kernel, own)
        weighted = weighted - _crossed(own, turned)
        _pass_up(products.levels, current, depth, turned)
    fixed = weighted[products.fixed, products.fixed]
    cross = weighted[products.fixed, -1]
    root: FloatArray = np.asarray(np.linalg.cholesky(fixed), dtype=np.float64)
    half = np.linalg.solve(root, cross)
    scores, information = _after_all(products.levels, current, kernels)
    return MixedState(
        factors=tuple(factors),
        log_determinant=log_determinant,
        weighted=weighted,
        kernels=tuple(kernels),
        scores=scores,
        information=information,
        fixed_root=root,
        change=np.asarray(np.linalg.solve(root.T, half), dtype=np.float64),
        residual=float(weighted[-1, -1] - half @ half),
    )


def slopes(products: MixedProducts, state: MixedState, reml: bool) -> tuple[FloatArray, FloatArray]:
    """Return derivatives by the free cells of all F: of the log-determinants, of the residual.

    The log-determinant is V's, with ``reml`` also that of ``X'V^-1 X``. Cells are those on and
    below the diagonal, row by row, level by level.
    """
    of_determinant, of_residual = [], []
    inverse_root = np.linalg.solve(state.fixed_root, np.eye(products.n_fixed))
    for factor, scores, information in zip(
        state.factors, state.scores, state.information, strict=True
    ):
        gamma = information.sum(axis=0)
        fixed = scores[:, :, products.fixed]
        if reml:
            rooted = fixed @ inverse_root.T
            gamma = gamma - np.tensordot(rooted, rooted, axes=([0, 2], [0, 2]))
        left = scores[:, :, -1] - fixed @ state.change
        cells = np.tril_indices(len(factor))
        of_determinant.append((2.0 * gamma @ factor)[cells])
        of_residual.append((-2.0 * (left.T @ left) @ factor)[cells])
    return np.concatenate(of_determinant), np.concatenate(of_residual)


def _kernel(gram: FloatArray, factor: FloatArray) -> tuple[FloatArray, float]:
    """Return K (G, q, q) and the log-determinant of ``I + F'AF`` over all groups."""
    if len(factor) == 1:
        ratio = factor[0, 0] ** 2
        inflated = 1.0 + ratio * gram
        return ratio / inflated, float(np.log(inflated).sum())
    inner = np.eye(len(factor)) + factor.T @ gram @ factor
    root = np.linalg.cholesky(inner)
    half = np.linalg.solve(root, np.broadcast_to(factor.T, gram.shape))
    log_level = 2.0 * float(np.log(np.diagonal(root, axis1=1, axis2=2)).sum())
    return half.transpose(0, 2, 1) @ half, log_level


def _times(kernel: FloatArray, values: FloatArray) -> FloatArray:
    return kernel * values if kernel.shape[1] == 1 else kernel @ values


def _crossed(left: FloatArray, right: FloatArray) -> FloatArray:
    m = left.shape[2]
    return np.asarray(left.reshape(-1, m).T @ right.reshape(-1, m))


def _pass_up(
    levels: Sequence[LevelProducts], current: list[FloatArray], depth: int, turned: FloatArray
) -> None:
    """Take a level's effects out of the products of every level above it."""
    starts = np.arange(levels[depth].n_groups)
    for above in range(depth + 1, len(levels)):
        starts = starts[levels[above - 1].starts]
        columns = current[depth][:, :, levels[above].own]
        taken = columns.transpose(0, 2, 1) @ turned
        current[above] = current[above] - np.add.reduceat(taken, starts, axis=0)


def _after_all(
    levels: Sequence[LevelProducts], current: list[FloatArray], kernels: list[FloatArray]
) -> tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]]:
    """Return ``Z'V^-1[Z X y]`` and ``Z'V^-1 Z`` of each level with the effects of all levels in V.

    ``current`` holds them with the effects of the levels below only.
    """
    scores, information = [], []
    for depth, level in enumerate(levels):
        own = current[depth]
        gram = own[:, :, level.own]
        weight = own - _times(_times(gram, kernels[depth]), own)
        inside = weight[:, :, level.own]
        member = np.arange(level.n_groups)
        for above in range(depth + 1, len(levels)):
            begins = levels[above - 1].starts
            sizes = np.diff(np.r_[begins, levels[above - 1].n_groups])
            member = np.repeat(np.arange(len(begins)), sizes)[member]
            link = weight[:, :, levels[above].own]
            turned = _times(kernels[above], current[above])[member]
            inside = inside - link @ kernels[above][member] @ link.transpose(0, 2, 1)
            weight = weight - link @ turned
        scores.append(weight)
        information.append(inside)
    return tuple(scores), tuple(information)

"""Estimates of a linear mixed model by restricted or full maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from relsurvey.errors import ModelError
from relsurvey.stats.mixed_likelihood import MixedState, mixed_state, slopes
from relsurvey.stats.mixed_products import MixedProducts

FloatArray = NDArray[np.float64]

LARGEST_RATIO = 1e8  # between over within variance beyond which no residual variance is left
# A relative standard deviation below this is at the boundary; lme4's isSingular has 1e-4 too.
AT_BOUNDARY = 1e-4
STEP = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class MixedFit:
    """A fitted mixed model.

    Attributes
    ----------
    products : MixedProducts
    state : MixedState
        At the estimates.
    reml : bool
    cells : array (c,)
        Lower cells of the relative F of every level, row by row.
    coefficients : array (p,)
    covariance : array (p, p)
        Of the coefficients, the variance components taken as known.
    sigma2 : float
        Residual variance.
    variances : tuple of array (q, q)
        Covariance of the random effects of each level, on the columns as given.
    log_likelihood : float
        Restricted with ``reml``.
    cell_covariance : array (c + 1, c + 1)
        Of the cells and, last, the residual standard deviation: twice the inverse of the second
        derivatives of the deviance; directions in which it does not rise are left out.
    converged : bool
    singular : tuple of bool
        Whether a level's covariance lies at the boundary.
    """

    products: MixedProducts
    state: MixedState
    reml: bool
    cells: FloatArray
    coefficients: FloatArray
    covariance: FloatArray
    sigma2: float
    variances: tuple[FloatArray, ...]
    log_likelihood: float
    cell_covariance: FloatArray
    converged: bool
    singular: tuple[bool, ...]


def fit_mixed(products: MixedProducts, *, reml: bool = True) -> MixedFit:
    """Maximise the likelihood over the covariances of the random effects.

    Parameters
    ----------
    products : MixedProducts
    reml : bool
        Restricted maximum likelihood, or full.

    Raises
    ------
    ModelError
        Fewer rows than the model needs, an outcome that the terms fit exactly, or random effects
        that leave no residual variance.

    Notes
    -----
    Patterson & Thompson (1971), Biometrika 58, 545-554; Bates et al. (2015), Journal of Statistical
    Software 67(1). The same in R: ``lme4::lmer(y ~ X + (Z | g), REML = reml)``.
    """
    free = products.n_rows - products.n_fixed
    _check_room(products, free)
    sizes = [level.n_effects for level in products.levels]
    if sizes == [1]:
        cells, converged = _one_ratio(products, reml), True
    else:
        cells, converged = _search(products, reml, sizes)
    state = mixed_state(products, unpacked(cells, sizes))
    count = free if reml else products.n_rows
    sigma2 = state.residual / count
    back = products.inverse_root @ np.linalg.solve(state.fixed_root, np.eye(products.n_fixed)).T
    variances = tuple(
        sigma2 * level.to_raw @ factor @ factor.T @ level.to_raw.T
        for level, factor in zip(products.levels, state.factors, strict=True)
    )
    return MixedFit(
        products=products,
        state=state,
        reml=reml,
        cells=cells,
        coefficients=products.start + products.inverse_root @ state.change,
        covariance=sigma2 * back @ back.T,
        sigma2=sigma2,
        variances=variances,
        log_likelihood=-0.5 * deviance(products, state, reml),
        cell_covariance=_cell_covariance(products, cells, sizes, reml, sigma2),
        converged=converged,
        singular=tuple(_at_boundary(factor) for factor in state.factors),
    )


def deviance(products: MixedProducts, state: MixedState, reml: bool) -> float:
    """Minus twice the log-likelihood, the residual variance profiled out."""
    count = products.n_rows - reml * products.n_fixed
    found = state.log_determinant + count * (1.0 + np.log(2.0 * np.pi * state.residual / count))
    if reml:
        found += 2.0 * (np.log(np.diag(state.fixed_root)).sum() + products.log_root)
    return float(found)


def unpacked(cells: FloatArray, sizes: Sequence[int]) -> tuple[FloatArray, ...]:
    """Return the lower triangular F of each level from their cells."""
    factors, first = [], 0
    for size in sizes:
        factor = np.zeros((size, size))
        count = size * (size + 1) // 2
        factor[np.tril_indices(size)] = cells[first : first + count]
        factors.append(factor)
        first += count
    return tuple(factors)


def _check_room(products: MixedProducts, free: int) -> None:
    groups = products.levels[0].n_groups
    if free < 2 or products.n_rows <= groups:
        raise ModelError(
            "There are too few rows for a mixed model.",
            got=f"{products.n_rows} rows, {groups} groups, {products.n_fixed} fixed terms",
            expected="more rows than terms, and groups of two rows or more",
        )
    for level in products.levels:
        if level.n_groups < 2:
            raise ModelError("A mixed model needs two groups or more at every level.")
    scale = float(np.abs(products.start).max() ** 2) + 1.0
    if not products.total[-1, -1] > 1e-20 * scale * products.n_rows:
        raise ModelError("The fixed terms fit the outcome exactly; there is nothing left to model.")


def _one_ratio(products: MixedProducts, reml: bool) -> FloatArray:
    """Find the relative variance of a single random intercept by the root of the slope."""
    count = products.n_rows - reml * products.n_fixed

    def slope(ratio: float) -> float:
        state = mixed_state(products, (np.array([[np.sqrt(ratio)]]),))
        gamma = state.information[0].sum()
        fixed = state.scores[0][:, 0, products.fixed]
        if reml:
            rooted = np.linalg.solve(state.fixed_root, fixed.T)
            gamma -= (rooted**2).sum()
        left = state.scores[0][:, 0, -1] - fixed @ state.change
        return float(gamma - count * (left @ left) / state.residual)

    if slope(0.0) >= 0.0:
        return np.zeros(1)
    low, high = 0.0, 0.1
    while slope(high) < 0.0:
        low, high = high, 4.0 * high
        if high > LARGEST_RATIO:
            raise _no_residual()
    return np.array([np.sqrt(optimize.brentq(slope, low, high, xtol=1e-13, rtol=1e-12))])


def _search(products: MixedProducts, reml: bool, sizes: Sequence[int]) -> tuple[FloatArray, bool]:
    """Search over all cells with diagonals from zero, then sharpen by Newton's steps."""
    count = products.n_rows - reml * products.n_fixed
    diagonal = np.concatenate([np.equal(*np.tril_indices(size)) for size in sizes])

    def both(cells: FloatArray) -> tuple[float, FloatArray]:
        state = mixed_state(products, unpacked(cells, sizes))
        of_determinant, of_residual = slopes(products, state, reml)
        gradient = of_determinant + count * of_residual / state.residual
        return deviance(products, state, reml), gradient

    bounds = [(0.0, None) if on else (None, None) for on in diagonal]
    best: optimize.OptimizeResult | None = None
    for start in (1.0, 0.2):
        found = optimize.minimize(
            both,
            start * diagonal,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 500, "ftol": 1e-14, "gtol": 1e-9},
        )
        if best is None or found.fun < best.fun - 1e-9:
            best = found
    assert best is not None
    if np.abs(best.x).max() ** 2 > LARGEST_RATIO:
        raise _no_residual()
    cells = _sharpened(lambda at: both(at)[1], best.x, diagonal)
    gradient = both(cells)[1]
    inside = ~(diagonal & (cells < AT_BOUNDARY))
    return cells, bool(np.abs(gradient[inside]).max(initial=0.0) < 1e-3)


def _sharpened(
    gradient: Callable[[FloatArray], FloatArray], cells: FloatArray, diagonal: NDArray[np.bool_]
) -> FloatArray:
    """Take a few Newton steps among the cells that are not at zero."""
    current = np.where(diagonal & (cells < AT_BOUNDARY), 0.0, cells)
    moving = np.flatnonzero(~(diagonal & (current == 0.0)))
    slope = gradient(current)[moving]
    for _ in range(4):
        second = _second(gradient, current, moving)[moving]
        if np.linalg.eigvalsh(second).min(initial=1.0) <= 0.0:
            break
        proposed = current.copy()
        proposed[moving] -= np.linalg.solve(second, slope)
        new = gradient(proposed)[moving]
        if (proposed[diagonal] < 0).any() or np.abs(new).max() >= np.abs(slope).max():
            break
        current, slope = proposed, new
    return current


def _second(
    gradient: Callable[[FloatArray], FloatArray], at: FloatArray, moving: NDArray[np.int64]
) -> FloatArray:
    """Return derivatives of a gradient by the cells ``moving``, as columns, by differences."""
    columns = []
    for cell in moving:
        step = np.zeros_like(at)
        step[cell] = STEP * max(abs(at[cell]), 0.1)
        near = (gradient(at + step) - gradient(at - step)) / (2.0 * step[cell])
        far = (gradient(at + 2 * step) - gradient(at - 2 * step)) / (4.0 * step[cell])
        columns.append((4.0 * near - far) / 3.0)
    return np.column_stack(columns)


def _cell_covariance(
    products: MixedProducts, cells: FloatArray, sizes: Sequence[int], reml: bool, sigma2: float
) -> FloatArray:
    """Twice the inverse of the deviance's second derivatives by the cells and sigma."""

    def by_cells(at: FloatArray) -> FloatArray:
        state = mixed_state(products, unpacked(at, sizes))
        of_determinant, of_residual = slopes(products, state, reml)
        return np.concatenate([of_determinant + of_residual / sigma2, of_residual])

    count = products.n_rows - reml * products.n_fixed
    everything = np.arange(cells.size)
    second = _second(by_cells, cells, everything)[: cells.size]
    hessian = np.zeros((cells.size + 1, cells.size + 1))
    hessian[:-1, :-1] = 0.5 * (second + second.T)
    by_sigma = -2.0 * by_cells(cells)[cells.size :] / sigma2**1.5
    hessian[-1, :-1] = hessian[:-1, -1] = by_sigma
    hessian[-1, -1] = 4.0 * count / sigma2
    values, vectors = np.linalg.eigh(hessian)
    kept = values > 1e-8 * max(1.0, float(values.max()) * 1e-8)
    return np.asarray(2.0 * (vectors[:, kept] / values[kept]) @ vectors[:, kept].T)


def _at_boundary(factor: FloatArray) -> bool:
    return bool((np.abs(np.diag(factor)) < AT_BOUNDARY).any())


def _no_residual() -> ModelError:
    return ModelError(
        "The random effects leave no residual variance.",
        hint="Rows of one group are equal, or every row has an effect of its own.",
    )

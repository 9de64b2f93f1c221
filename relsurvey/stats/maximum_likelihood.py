"""Maximum likelihood of a linear model in one or several groups, by damped Fisher scoring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from relsurvey.errors import ModelError
from relsurvey.stats.linear_model import Implied, LinearModel, implied
from relsurvey.stats.normal_theory import Moments
from relsurvey.stats.rank_two_slopes import (
    cell_slopes,
    expected_information,
    pulled_slopes,
)

Array = NDArray[np.float64]

_STEPS = 300
# Newton decrement per row at which scoring stops: the step is then 1e-8 standard errors at n = 1e4.
_SMALLEST = 1e-20
# Decrement at which rounding, not distance, may be what stops further progress.
_ROUNDING = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class LikelihoodFit:
    """A maximum-likelihood solution.

    Attributes
    ----------
    theta : ndarray, shape (q,)
        Estimates.
    information : ndarray, shape (q, q)
        Expected information of one row, groups weighted by their size.
    discrepancy : float
        Mean over groups, weighted by size; chi-square is n times it.
    at : tuple of Implied
        What the estimates imply in each group.
    steps : int
        Scoring steps taken.
    """

    theta: Array
    information: Array
    discrepancy: float
    at: tuple[Implied, ...]
    steps: int


def fit_likelihood(
    models: Sequence[LinearModel], samples: Sequence[Moments], start: Array
) -> LikelihoodFit:
    """Climb to the maximum of the likelihood.

    Parameters
    ----------
    models : sequence of LinearModel
        One for each group, sharing parameters by their index.
    samples : sequence of Moments
        Sample moments of each group.
    start : ndarray, shape (q,)
        First values.

    Raises
    ------
    ModelError
        When no maximum is found, or the information is singular there.

    References
    ----------
    Lawley, D. N., & Maxwell, A. E. (1971). Factor analysis as a statistical method.
    R: ``lavaan::cfa(model, data, estimator = "ML", likelihood = "normal")``.
    """
    problem = _Problem(tuple(models), tuple(samples))
    theta, steps, done = problem.score(problem.possible(start))
    if not done:
        theta, more, done = problem.score(problem.quasi_newton(theta))
        steps += more
    if not done:
        raise ModelError(
            "The model did not converge: no maximum of the likelihood was found.",
            got=f"{steps} scoring steps",
            hint="Look for items that hardly correlate with their factor, factors that are the "
            "same, or too few rows for the number of items.",
        )
    information = problem.information(theta)
    check_identified(information)
    at = tuple(implied(model, theta) for model in models)
    return LikelihoodFit(theta, information, problem.value(theta), at, steps)


def check_identified(information: Array) -> None:
    """Raise `ModelError` when parameters can change together without changing the moments."""
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    values = np.linalg.eigvalsh(information / np.outer(scale, scale))
    if len(values) and values[0] < 1e-10 * values[-1]:
        raise ModelError(
            "The model is not identified with these data: some parameters can change together "
            "without changing what the model says.",
            hint="A factor with two items must correlate with another factor; a factor whose items "
            "do not correlate cannot be estimated.",
        )


def stable_discrepancy(covariance: Array, mean: Array, sample: Moments) -> float:
    """Discrepancy as a sum of small terms, without cancellation; infinite where Σ is improper."""
    try:
        root = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        return np.inf
    half = linalg.solve_triangular(root, np.linalg.cholesky(sample.covariance), lower=True)
    off = linalg.solve_triangular(root, sample.mean - mean, lower=True)
    diagonal = np.diag(half)
    excess = half**2
    np.fill_diagonal(excess, 0.0)
    squares = diagonal**2
    rest = float(np.sum(excess) + np.sum(squares - 1.0 - np.log(squares)))
    return rest + float(off @ off)


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    models: tuple[LinearModel, ...]
    samples: tuple[Moments, ...]

    @property
    def shares(self) -> list[float]:
        total = sum(sample.n for sample in self.samples)
        return [sample.n / total for sample in self.samples]

    def value(self, theta: Array) -> float:
        total = 0.0
        for model, sample, share in zip(self.models, self.samples, self.shares, strict=True):
            at = implied(model, theta)
            total += share * stable_discrepancy(at.covariance, at.mean, sample)
        return total

    def gradient(self, theta: Array) -> Array:
        """Minus half the slopes of the discrepancy: the score of one row."""
        total = np.zeros(len(theta))
        for model, sample, share in zip(self.models, self.samples, self.shares, strict=True):
            at = implied(model, theta)
            inverse = np.linalg.inv(at.covariance)
            off = sample.mean - at.mean
            spread = sample.covariance + np.outer(off, off)
            slopes = cell_slopes(model, at)
            residual = inverse @ (spread - at.covariance) @ inverse
            pulled = pulled_slopes(slopes, 0.5 * residual, inverse @ off)
            total += share * slopes.gather(pulled, len(theta))
        return total

    def information(self, theta: Array) -> Array:
        total = np.zeros((len(theta), len(theta)))
        for model, share in zip(self.models, self.shares, strict=True):
            total += share * expected_information(model, implied(model, theta))
        return total

    def possible(self, theta: Array) -> Array:
        """Shrink first covariances until they imply a proper matrix."""
        for _ in range(60):
            if np.isfinite(self.value(theta)):
                return theta
            theta = theta.copy()
            for model in self.models:
                off = (model.matrix < 3) & (model.matrix > 0) & (model.row != model.column)
                places = model.parameter[off & (model.parameter >= 0)]
                theta[places] *= 0.8
        raise ModelError("The starting values imply no proper covariance matrix.")

    def score(self, theta: Array) -> tuple[Array, int, bool]:
        value, damping = self.value(theta), 0.0
        for step in range(1, _STEPS + 1):
            information, gradient = self.information(theta), self.gradient(theta)
            scale = np.maximum(np.diag(information), 1e-300)
            decrement = float(gradient @ _solve(information, gradient))
            if not decrement >= _SMALLEST:
                return theta, step, decrement > -_ROUNDING
            while True:
                trial = theta + _solve(information + damping * np.diag(scale), gradient)
                reached = self.value(trial)
                if reached < value or (reached <= value + 1e-15 and decrement < 1e-10):
                    break
                if decrement < _ROUNDING:
                    return theta, step, True
                damping = max(4.0 * damping, 1e-3)
                if damping > 1e8:
                    return theta, step, False
            theta, value = trial, reached
            damping = 0.0 if damping < 1e-2 else 0.2 * damping
        return theta, _STEPS, False

    def quasi_newton(self, theta: Array) -> Array:
        def value(point: Array) -> float:
            found = self.value(point)
            return found if np.isfinite(found) else 1e10

        def slope(point: Array) -> Array:
            return np.asarray(-2.0 * self.gradient(point))

        found = optimize.minimize(
            value,
            theta.tolist(),
            jac=slope,
            method="BFGS",
            tol=1e-9,
        )
        best: Array = found.x if np.isfinite(self.value(found.x)) else theta
        return best


def _solve(information: Array, gradient: Array) -> Array:
    scale = 1.0 / np.sqrt(np.maximum(np.diag(information), 1e-300))
    scaled = information * np.outer(scale, scale)
    try:
        factor = linalg.cho_factor(scaled)
    except linalg.LinAlgError:
        solution: Array = np.linalg.lstsq(scaled, gradient * scale, rcond=1e-12)[0] * scale
        return solution
    return np.asarray(linalg.cho_solve(factor, gradient * scale) * scale, dtype=np.float64)

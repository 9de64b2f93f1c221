"""Residual correlations of pairs of outcomes given covariates: polychoric, polyserial, Pearson."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from relsurvey.stats.bivariate_normal import bivariate_density, bivariate_distribution
from relsurvey.stats.conditional_margins import SMALLEST, Margin, density, spread_scores

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One residual correlation.

    Attributes
    ----------
    correlation : float
    score : ndarray, shape (n,)
        Slope of each row's log-likelihood by the correlation; zero where one outcome is missing.
    by_first, by_second : ndarray, shapes (n, t1) and (n, t2)
        Slopes of the same log-likelihood by the parameters of both margins.
    """

    correlation: float
    score: Array
    by_first: Array
    by_second: Array


def residual_pair(first: Margin, second: Margin, covariates: Array) -> Pair:
    """Estimate the correlation of two residuals, the margins held (two-step).

    Olsson, U., Drasgow, F., & Dorans, N. J. (1982). Psychometrika, 47, 337-347 (polyserial); Olsson
    (1979) for two ordinal outcomes. R: ``lavaan::lavCor(frame, ordered = …)``.
    """
    if first.ordinal and second.ordinal:
        return _polychoric(first, second, covariates)
    if first.ordinal:
        return _polyserial(first, second, covariates)
    if second.ordinal:
        turned = _polyserial(second, first, covariates)
        return Pair(turned.correlation, turned.score, turned.by_second, turned.by_first)
    return _pearson(first, second, covariates)


def _polychoric(first: Margin, second: Margin, covariates: Array) -> Pair:
    both = first.there & second.there
    bounds = [own[both] for own in (first.lower, first.upper, second.lower, second.upper)]
    table, back, count = np.unique(
        np.stack(bounds, axis=1), axis=0, return_inverse=True, return_counts=True
    )
    a, b, c, d = table.T

    def score(rho: float) -> tuple[Array, Array]:
        chance = np.maximum(_rectangle(a, b, c, d, rho), SMALLEST)
        slope = _corners(a, b, c, d, rho)
        return slope / chance, chance

    rho = _climb(lambda r: score(r)[0], count.astype(float), _start(first, second, both))
    by_rho, chance = score(rho)
    rest = np.sqrt(1.0 - rho * rho)
    edges = [
        -density(a) * (ndtr((d - rho * a) / rest) - ndtr((c - rho * a) / rest)) / chance,
        density(b) * (ndtr((d - rho * b) / rest) - ndtr((c - rho * b) / rest)) / chance,
        -density(c) * (ndtr((b - rho * c) / rest) - ndtr((a - rho * c) / rest)) / chance,
        density(d) * (ndtr((b - rho * d) / rest) - ndtr((a - rho * d) / rest)) / chance,
    ]
    rows = [_placed(values[back.ravel()], both) for values in (by_rho, *edges)]
    return Pair(
        rho,
        rows[0],
        _by_bounds(first, rows[1], rows[2], covariates),
        _by_bounds(second, rows[3], rows[4], covariates),
    )


def _polyserial(first: Margin, second: Margin, covariates: Array) -> Pair:
    both = first.there & second.there
    low, high, e = first.lower[both], first.upper[both], second.residual[both]

    def parts(rho: float) -> tuple[Array, ...]:
        rest = np.sqrt(1.0 - rho * rho)
        below, above = (low - rho * e) / rest, (high - rho * e) / rest
        chance = np.maximum(ndtr(above) - ndtr(below), SMALLEST)
        at_low, at_high = density(below) / chance, density(above) / chance
        by_rho = (at_high * (rho * high - e) - at_low * (rho * low - e)) / rest**3
        return by_rho, -at_low / rest, at_high / rest, -rho * (at_high - at_low) / rest

    rho = _climb(lambda r: parts(r)[0], np.ones(len(e)), _start(first, second, both))
    by_rho, by_low, by_high, by_e = (_placed(values, both) for values in parts(rho))
    return Pair(
        rho,
        by_rho,
        _by_bounds(first, by_low, by_high, covariates),
        _by_residual(second, by_e - np.where(both, second.residual, 0.0), both, covariates),
    )


def _pearson(first: Margin, second: Margin, covariates: Array) -> Pair:
    both = first.there & second.there
    x, y = np.where(both, first.residual, 0.0), np.where(both, second.residual, 0.0)

    def score(rho: float) -> Array:
        rest = 1.0 - rho * rho
        squares = x * x + y * y
        found = (rho * rest + (1.0 + rho * rho) * x * y - rho * squares) / rest**2
        return np.where(both, found, 0.0)

    rho = _climb(score, np.ones(len(x)), _start(first, second, both))
    rest = 1.0 - rho * rho
    return Pair(
        rho,
        score(rho),
        _by_residual(first, -(x - rho * y) / rest, both, covariates),
        _by_residual(second, -(y - rho * x) / rest, both, covariates),
    )


def _climb(score: Callable[[float], Array], count: Array, start: float) -> float:
    """Scoring on Fisher's z with the rows' cross-products as information."""
    z = float(np.arctanh(np.clip(start, -0.95, 0.95)))
    for _ in range(200):
        rho = float(np.tanh(z))
        shrink = 1.0 - rho * rho
        slope = score(rho) * shrink
        information = max(float(count @ slope**2), SMALLEST)
        step = float(np.clip(float(count @ slope) / information, -0.5, 0.5))
        z = float(np.clip(z + step, -5.0, 5.0))
        if abs(step * shrink) < 1e-11:
            break
    return float(np.tanh(z))


def _start(first: Margin, second: Margin, both: NDArray[np.bool_]) -> float:
    """Correlation of the scores by the location of each margin, a rough one of the residuals."""
    middles = [_middle(margin)[both] for margin in (first, second)]
    found = float(np.asarray(np.corrcoef(middles))[0, 1])
    return 1.1 * found if np.isfinite(found) else 0.0


def _middle(margin: Margin) -> Array:
    if not margin.ordinal:
        return margin.residual
    chance = np.maximum(ndtr(margin.upper) - ndtr(margin.lower), SMALLEST)
    return np.asarray((density(margin.lower) - density(margin.upper)) / chance)


def _rectangle(a: Array, b: Array, c: Array, d: Array, rho: float) -> Array:
    correlation = np.asarray(rho)
    total = bivariate_distribution(b, d, correlation) - bivariate_distribution(a, d, correlation)
    total -= bivariate_distribution(b, c, correlation)
    return np.asarray(total + bivariate_distribution(a, c, correlation))


def _corners(a: Array, b: Array, c: Array, d: Array, rho: float) -> Array:
    correlation = np.asarray(rho)
    total = bivariate_density(b, d, correlation) - bivariate_density(a, d, correlation)
    total -= bivariate_density(b, c, correlation)
    return np.asarray(total + bivariate_density(a, c, correlation))


def _placed(values: Array, where: NDArray[np.bool_]) -> Array:
    placed = np.zeros(len(where))
    placed[where] = values
    return placed


def _by_bounds(margin: Margin, by_low: Array, by_high: Array, covariates: Array) -> Array:
    places = margin.low_places, margin.high_places
    return spread_scores(by_low, by_high, *places, margin.n_thresholds, covariates)


def _by_residual(
    margin: Margin, by_residual: Array, both: NDArray[np.bool_], covariates: Array
) -> Array:
    """Scores by intercept, slopes and variance from those by the standardised residual."""
    variance = float(margin.parameters[-1])
    design = np.column_stack([np.ones(len(covariates)), covariates])
    by_mean = -by_residual / np.sqrt(variance)
    by_variance = -0.5 * (by_residual * margin.residual + 1.0) / variance
    scores = np.column_stack([by_mean[:, None] * design, by_variance])
    return np.where(both[:, None], scores, 0.0)

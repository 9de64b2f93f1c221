"""Each outcome by itself given covariates: ordered probit for categories, least squares else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from relsurvey.errors import ModelError

Array = NDArray[np.float64]
Index = NDArray[np.int64]

INFINITE = 40.0
SMALLEST = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """One outcome given covariates.

    Attributes
    ----------
    ordinal : bool
    parameters : ndarray, shape (t,)
        Thresholds then slopes; or intercept, slopes and residual variance.
    scores : ndarray, shape (n, t)
        Slopes of each row's log-likelihood, zero where the outcome is missing.
    lower, upper : ndarray, shape (n,)
        Bounds of the latent residual of each row (ordinal).
    low_places, high_places : ndarray of int, shape (n,)
        Number of the threshold at each bound; −1 where the bound is infinite.
    residual : ndarray, shape (n,)
        Residual in standard deviations (numeric).
    there : ndarray of bool, shape (n,)
    """

    ordinal: bool
    parameters: Array
    scores: Array
    lower: Array
    upper: Array
    low_places: Index
    high_places: Index
    residual: Array
    there: NDArray[np.bool_]

    @property
    def n_thresholds(self) -> int:
        """Thresholds (ordinal) or 1, the intercept (numeric)."""
        return int(self.high_places.max()) + 1 if self.ordinal else 1


def probit_margin(codes: Index, points: int, covariates: Array) -> Margin:
    """Ordered probit regression by Fisher scoring.

    McCullagh, P. (1980). Journal of the Royal Statistical Society B, 42, 109-142.
    R: ``MASS::polr(y ~ x, method = "probit")``, with the sign of the thresholds the same.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Category 0 … points − 1, −1 for none.
    points : int
    covariates : ndarray, shape (n, x)
    """
    there = codes >= 0
    count = np.bincount(codes[there], minlength=points)
    cuts = np.asarray(ndtri(np.cumsum(count)[:-1] / count.sum()))
    theta = np.concatenate([cuts, np.zeros(covariates.shape[1])])
    low, high = codes - 1, np.where(codes < points - 1, codes, -1)
    low, high = np.where(there, low, -1), np.where(there, high, -1)
    for _ in range(100):
        lower, upper = _bounds(theta, codes, points, covariates)
        scores = _probit_scores(lower, upper, low, high, points - 1, covariates, there)
        step = np.linalg.solve(_probit_information(theta, points, covariates[there]), scores.sum(0))
        theta = theta + step
        if np.max(np.abs(step)) < 1e-11:
            break
    else:
        raise ModelError("The regression of an ordinal outcome on the covariates did not converge.")
    lower, upper = _bounds(theta, codes, points, covariates)
    scores = _probit_scores(lower, upper, low, high, points - 1, covariates, there)
    return Margin(True, theta, scores, lower, upper, low, high, np.zeros(len(codes)), there)


def linear_margin(values: Array, covariates: Array) -> Margin:
    """Regression of a numeric outcome, its residual variance with divisor n.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN for none.
    covariates : ndarray, shape (n, x)
    """
    there = np.isfinite(values)
    design = np.column_stack([np.ones(len(values)), covariates])
    slopes = np.linalg.lstsq(design[there], values[there], rcond=None)[0]
    rest = np.where(there, np.nan_to_num(values) - design @ slopes, 0.0)
    variance = float(np.sum(rest**2) / there.sum())
    scores = np.column_stack(
        [rest[:, None] * design / variance, 0.5 * (rest**2 / variance - 1.0) / variance]
    )
    none = np.full(len(values), -1, dtype=np.int64)
    nothing = np.zeros(len(values))
    return Margin(
        False,
        np.append(slopes, variance),
        np.where(there[:, None], scores, 0.0),
        nothing,
        nothing,
        none,
        none,
        rest / np.sqrt(variance),
        there,
    )


def _bounds(theta: Array, codes: Index, points: int, covariates: Array) -> tuple[Array, Array]:
    cuts = np.concatenate([[-INFINITE], theta[: points - 1], [INFINITE]])
    shift = covariates @ theta[points - 1 :]
    place = np.maximum(codes, 0)
    lower = np.where(place > 0, cuts[place] - shift, -INFINITE)
    upper = np.where(place < points - 1, cuts[place + 1] - shift, INFINITE)
    return np.clip(lower, -INFINITE, INFINITE), np.clip(upper, -INFINITE, INFINITE)


def _probit_scores(
    lower: Array,
    upper: Array,
    low: Index,
    high: Index,
    cuts: int,
    covariates: Array,
    there: NDArray[np.bool_],
) -> Array:
    chance = np.maximum(ndtr(upper) - ndtr(lower), SMALLEST)
    at_upper, at_lower = density(upper) / chance, density(lower) / chance
    return spread_scores(-at_lower, at_upper, low, high, cuts, covariates) * there[:, None]


def spread_scores(
    by_lower: Array, by_upper: Array, low: Index, high: Index, cuts: int, covariates: Array
) -> Array:
    """Scores by thresholds and slopes from those by the bounds of each row, (n, cuts + x)."""
    n = len(low)
    scores = np.zeros((n, cuts + covariates.shape[1]))
    rows = np.arange(n)
    scores[rows[low >= 0], low[low >= 0]] += by_lower[low >= 0]
    scores[rows[high >= 0], high[high >= 0]] += by_upper[high >= 0]
    scores[:, cuts:] = -(by_lower + by_upper)[:, None] * covariates
    return scores


def _probit_information(theta: Array, points: int, covariates: Array) -> Array:
    """Sum the expected information over rows, shape (t, t)."""
    n = len(covariates)
    total = np.zeros((len(theta), len(theta)))
    for category in range(points):
        codes = np.full(n, category)
        lower, upper = _bounds(theta, codes, points, covariates)
        chance = np.maximum(ndtr(upper) - ndtr(lower), SMALLEST)
        low = codes - 1
        high = np.where(codes < points - 1, codes, -1)
        scores = _probit_scores(
            lower, upper, low, high, points - 1, covariates, np.ones(n, dtype=bool)
        )
        total += (scores * chance[:, None]).T @ scores
    return total


def density(at: Array) -> Array:
    """Return the standard normal density."""
    return np.asarray(np.exp(-0.5 * at * at) / np.sqrt(2.0 * np.pi), dtype=np.float64)

"""Empirical Bayes modal scores: the likeliest factors given ordinal answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from relsurvey.errors import ModelError
from relsurvey.stats.ordinal_data import MISSING
from relsurvey.stats.regression_scores import ScoredRows

Array = NDArray[np.float64]

_ROWS = 4_096
_STEPS = 100
_SETTLED = 1e-9
_LOG_ROOT = 0.5 * float(np.log(2.0 * np.pi))
_FAR = 1e10


@dataclass(frozen=True, slots=True, eq=False)
class ProbitItems:
    """Ordinal items that measure normal factors.

    Attributes
    ----------
    loadings : ndarray, shape (p, m)
        Of the latent responses.
    residual_variance : ndarray, shape (p,)
        Theirs.
    thresholds : tuple of ndarray
        Per item, ascending.
    factor_mean, factor_covariance : ndarray, shapes (m,) and (m, m)
        Prior of the factors.
    """

    loadings: Array
    residual_variance: Array
    thresholds: tuple[Array, ...]
    factor_mean: Array
    factor_covariance: Array


def modal_scores(items: ProbitItems, codes: NDArray[np.int16]) -> ScoredRows:
    """Mode of the factors given the answers, by Newton steps of all rows at once.

    The logarithm of the density of factors and answers is concave, so the mode is unique. Residuals
    of the items are taken as uncorrelated, also where the model lets some correlate. Errors are
    those of the normal curve with the same curvature at the mode.

    Parameters
    ----------
    items : ProbitItems
        Estimates of one group.
    codes : ndarray of int16, shape (n, p)
        Categories from 0; −1 where there is no answer.

    Raises
    ------
    ModelError
        When a residual variance or the factors' covariance matrix is improper.

    References
    ----------
    Muthén, B. (1998-2004). Mplus technical appendices, appendix 11; Bock, R. D., & Aitkin, M.
    (1981). Psychometrika, 46, 443-459. R: ``lavaan::lavPredict(fit, method = "EBM")``, which gives
    no errors for ordinal items.
    """
    root = _root(items)
    width = np.sqrt(items.residual_variance)
    slopes = items.loadings @ root / width[:, None]
    cuts = _cuts(items, width)
    score = np.empty((len(codes), len(items.factor_mean)))
    error = np.empty_like(score)
    for start in range(0, len(codes), _ROWS):
        rows = slice(start, start + _ROWS)
        mode, spread = _climb(slopes, cuts, codes[rows].astype(np.int64))
        score[rows] = items.factor_mean + mode @ root.T
        error[rows] = np.sqrt(np.einsum("mr,nrs,ms->nm", root, spread, root, optimize=True))
    return ScoredRows(score, error)


def _root(items: ProbitItems) -> Array:
    """Root of the factors' covariance matrix, which may have less than full rank; shape (m, r)."""
    if not (items.residual_variance > 0.0).all():
        raise ModelError(
            "Factor scores cannot be computed: a residual variance is not above zero.",
            where=f"item number {int(np.argmin(items.residual_variance)) + 1} of the model",
            hint="The notes of the fit say what is improper.",
        )
    values, vectors = np.linalg.eigh(items.factor_covariance)
    if values[0] < -1e-8 * values[-1]:
        raise ModelError(
            "Factor scores cannot be computed: the factors' covariance matrix is improper.",
            hint="The notes of the fit say what is improper.",
        )
    kept = values > 1e-10 * values[-1]
    return np.asarray(vectors[:, kept] * np.sqrt(values[kept]))


def _cuts(items: ProbitItems, width: Array) -> Array:
    """Thresholds with their ends in units of the residuals, from the factors' means; (p, k + 1)."""
    largest = max(len(own) for own in items.thresholds)
    cuts = np.full((len(width), largest + 2), _FAR)
    cuts[:, 0] = -_FAR
    middle = items.loadings @ items.factor_mean
    for item, own in enumerate(items.thresholds):
        if (np.diff(own) <= 0.0).any():
            raise ModelError(
                "Factor scores cannot be computed: the thresholds of an item do not ascend.",
                where=f"item number {item + 1} of the model",
            )
        cuts[item, 1 : len(own) + 1] = (own - middle[item]) / width[item]
    return cuts


def _climb(slopes: Array, cuts: Array, codes: NDArray[np.int64]) -> tuple[Array, Array]:
    """Modes (n, r) in units of independent standard normal factors, and their spread (n, r, r)."""
    n, r = len(codes), slopes.shape[1]
    there = codes != MISSING
    every, category = np.arange(len(cuts)), np.where(there, codes, 0)
    lower, upper = cuts[every, category], cuts[every, category + 1]
    squares = (slopes[:, :, None] * slopes[:, None, :]).reshape(len(slopes), r * r)
    at, kept, best = np.zeros((n, r)), np.zeros((n, r)), np.full(n, -np.inf)
    for _ in range(_STEPS):
        place = at @ slopes.T
        logarithm, pull, curvature = _answers(lower - place, upper - place, there)
        value = logarithm - 0.5 * np.sum(at * at, axis=1)
        worse = value < best - 1e-9 * (1.0 + np.abs(best))
        information = np.eye(r) + (curvature @ squares).reshape(n, r, r)
        move = np.linalg.solve(information, (pull @ slopes - at)[:, :, None])[:, :, 0]
        moving = worse | (np.abs(move).max(axis=1) > _SETTLED)
        after = np.where(worse[:, None], 0.5 * (at + kept), at + move)
        kept, best = np.where(worse[:, None], kept, at), np.where(worse, best, value)
        at = after
        if not moving.any():
            return at, np.asarray(np.linalg.inv(information))
    raise ModelError("Factor scores cannot be computed: the steps do not come to rest.")


def _answers(lower: Array, upper: Array, there: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Log-probability of each row's answers, its slopes by each item's place, minus curvatures."""
    flipped = lower > 0.0  # the tail that does not cancel
    high, low = np.where(flipped, -lower, upper), np.where(flipped, -upper, lower)
    log_high = log_ndtr(high)
    logarithm = log_high + np.log1p(-np.exp(log_ndtr(low) - log_high))
    at_lower = np.exp(-0.5 * lower * lower - logarithm - _LOG_ROOT)
    at_upper = np.exp(-0.5 * upper * upper - logarithm - _LOG_ROOT)
    pull = at_lower - at_upper
    curvature = upper * at_upper - lower * at_lower + pull * pull
    none = ~there
    for part in (logarithm, pull, curvature):
        part[none] = 0.0
    return logarithm.sum(axis=1), pull, curvature

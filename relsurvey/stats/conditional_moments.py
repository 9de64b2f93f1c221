"""Moments of ordinal and numeric outcomes given covariates, with their asymptotic covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.conditional_margins import linear_margin, probit_margin
from relsurvey.stats.conditional_pairs import Pair, residual_pair
from relsurvey.stats.robust_likelihood import enlargement

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalMoments:
    """What outcomes are, given covariates.

    Attributes
    ----------
    n : int
        Rows.
    ordinal : ndarray of bool, shape (p,)
        Which outcomes are ordinal; their latent responses have residual variance 1.
    locations : tuple of ndarray
        Thresholds of each ordinal outcome, the intercept of each numeric one.
    location_gamma : ndarray, shape (t, t)
        Asymptotic covariance of sqrt(n) times the locations.
    location_cross : ndarray, shape (t, r)
        The same of the locations with the moments.
    slopes : ndarray, shape (p, x)
        On the covariates.
    covariance : ndarray, shape (p, p)
        Of the residuals.
    gamma : ndarray, shape (r, r)
        Asymptotic covariance of sqrt(n) times the slopes (outcome by outcome), the residual
        variances of numeric outcomes, and the residual covariances (lower triangle by columns),
        clustered if there are clusters.
    spread : ndarray, shape (r,)
        Its diagonal without clusters.
    first, second : ndarray of int, shape (m,)
        Outcomes of each covariance.
    """

    n: int
    ordinal: NDArray[np.bool_]
    locations: tuple[Array, ...]
    location_gamma: Array
    location_cross: Array
    slopes: Array
    covariance: Array
    gamma: Array
    spread: Array
    first: Index
    second: Index

    def vector(self) -> Array:
        """Moments in the order of ``gamma``."""
        variances = np.diag(self.covariance)[~self.ordinal]
        return np.concatenate(
            [self.slopes.ravel(), variances, self.covariance[self.first, self.second]]
        )


def conditional_moments(
    codes: Index,
    values: Array,
    points: Sequence[int],
    covariates: Array,
    clusters: Index | None = None,
) -> ConditionalMoments:
    """Estimate margins, then pairs given the margins, and what each row contributes.

    Muthén, B. (1984). Psychometrika, 49, 115-132: the three stages, with observed cross-products
    as information, as lavaan's ``muthen1984`` takes them. R: ``lavaan::sem(…, ordered = …)`` with
    ``conditional.x = TRUE``.

    Parameters
    ----------
    codes : ndarray of int, shape (n, p)
        Categories of ordinal outcomes, −1 for none.
    values : ndarray, shape (n, p)
        Numeric outcomes, NaN for none.
    points : sequence of int
        Categories of each outcome; 0 for a numeric one.
    covariates : ndarray, shape (n, x)
        Without gaps; x may be 0.
    clusters : ndarray of int, shape (n,), optional
        Cluster of each row.
    """
    margins = [
        probit_margin(codes[:, at], k, covariates)
        if k
        else linear_margin(values[:, at], covariates)
        for at, k in enumerate(points)
    ]
    second, first = np.triu_indices(len(points), 1)
    n, width = len(codes), covariates.shape[1]
    own = [_influence(margin.scores) for margin in margins]
    p, numeric = len(margins), [at for at, margin in enumerate(margins) if not margin.ordinal]
    deviation = np.array([1.0 if m.ordinal else np.sqrt(m.parameters[-1]) for m in margins])
    influence = np.zeros((n, p * width + len(numeric) + len(first)))
    for at, margin in enumerate(margins):
        start = margin.n_thresholds
        influence[:, at * width : (at + 1) * width] = own[at][:, start : start + width]
    for place, at in enumerate(numeric):
        influence[:, p * width + place] = own[at][:, -1]
    covariance = np.diag(deviation**2)
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    for place, (i, j) in enumerate(pairs):
        pair = residual_pair(margins[i], margins[j], covariates)
        product = deviation[i] * deviation[j]
        covariance[i, j] = covariance[j, i] = pair.correlation * product
        found = product * _pair_influence(pair, own[i], own[j])
        for at in (i, j):
            if not margins[at].ordinal:
                found += 0.5 * covariance[i, j] / deviation[at] ** 2 * own[at][:, -1]
        influence[:, p * width + len(numeric) + place] = found
    spread = np.einsum("nr,nr->r", influence, influence) * n
    locations = [margin.parameters[: margin.n_thresholds] for margin in margins]
    located = np.concatenate(
        [part[:, : len(values)] for part, values in zip(own, locations, strict=True)], axis=1
    )
    t = located.shape[1]
    joint = spread_of(np.concatenate([located, influence], axis=1), clusters) * n
    return ConditionalMoments(
        n,
        np.array([margin.ordinal for margin in margins]),
        tuple(locations),
        joint[:t, :t],
        joint[:t, t:],
        np.array([m.parameters[m.n_thresholds : m.n_thresholds + width] for m in margins]),
        covariance,
        joint[t:, t:],
        spread,
        first,
        second,
    )


def spread_of(influence: Array, clusters: Index | None) -> Array:
    """Sum of squares and products of what rows, or clusters, contribute."""
    if clusters is None:
        return np.asarray(influence.T @ influence)
    codes = np.unique(clusters, return_inverse=True)[1].ravel()
    sums = np.zeros((int(codes.max()) + 1, influence.shape[1]))
    np.add.at(sums, codes, influence)
    return np.asarray(enlargement(clusters) * sums.T @ sums)


def _influence(scores: Array) -> Array:
    return np.asarray(scores @ np.linalg.inv(scores.T @ scores))


def _pair_influence(pair: Pair, first: Array, second: Array) -> Array:
    through = first @ (pair.by_first.T @ pair.score) + second @ (pair.by_second.T @ pair.score)
    return np.asarray((pair.score - through) / float(pair.score @ pair.score))

"""One scale of ordinal items: thresholds, polychorics, one factor, and their sampling errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.stats.categorical_reliability import padded
from relsurvey.stats.one_factor import OneFactor, dwls_curvature, one_factor_dwls
from relsurvey.stats.ordinal_covariance import influence_tables, ordinal_covariance
from relsurvey.stats.ordinal_data import MISSING, OrdinalData
from relsurvey.stats.polychoric import Polychorics, polychorics

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_MOST_CATEGORIES = 30


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalScale:
    """A fitted scale.

    Attributes
    ----------
    estimates : Polychorics
        Thresholds and correlations.
    correlations : ndarray, shape (p, p)
        Polychoric correlations.
    factor : OneFactor
        One solution (b = 1) by diagonally weighted least squares, or None with two items.
    covariance : ndarray, shape (s, s)
        Covariance matrix of all thresholds, then all correlations.
    projection : ndarray, shape (p, m)
        Derivative of the loadings by the correlations.
    """

    estimates: Polychorics
    correlations: Array
    factor: OneFactor | None
    covariance: Array
    projection: Array

    @property
    def n_thresholds(self) -> int:
        """Number of thresholds of all items."""
        return sum(len(values) for values in self.estimates.thresholds)

    def error_by_correlation(self, slopes: Array) -> float:
        """Give the standard error of a function with these slopes by the m correlations."""
        covariance = self.covariance[self.n_thresholds :, self.n_thresholds :]
        return float(np.sqrt(max(float(slopes @ covariance @ slopes), 0.0)))

    def error_by_loading(self, slopes: Array) -> float:
        """Give the standard error of a function with these slopes by the p loadings."""
        return self.error_by_correlation(slopes @ self.projection)

    def error_by_both(self, by_threshold: Array, by_loading: Array) -> float:
        """Give the standard error of a function of thresholds (p, k) and loadings (p,)."""
        there = np.concatenate(
            [
                by_threshold[item, : len(values)]
                for item, values in enumerate(self.estimates.thresholds)
            ]
        )
        slopes = np.concatenate([there, by_loading @ self.projection])
        return float(np.sqrt(max(float(slopes @ self.covariance @ slopes), 0.0)))


def as_categories(values: Array) -> OrdinalData:
    """Answers as categories from 0, counting only those that somebody gave.

    Parameters
    ----------
    values : ndarray, shape (n, p)
        Answer codes of any spacing, NaN where there is none.

    Raises
    ------
    ModelError
        When an item has more than 30 different answers.
    """
    codes = np.full(values.shape, MISSING, dtype=np.int16)
    points = np.zeros(values.shape[1], dtype=np.int64)
    for item, column in enumerate(values.T):
        there = np.isfinite(column)
        found, place = np.unique(column[there], return_inverse=True)
        codes[there, item] = place
        points[item] = len(found)
        if len(found) > _MOST_CATEGORIES:
            raise ModelError(
                "An item has too many different answers to be taken as ordinal.",
                got=f"{len(found)} different answers",
                expected=f"{_MOST_CATEGORIES} or fewer",
                hint="Take it as a number: ordered=False.",
            )
    return OrdinalData(codes, points)


def closed_up(data: OrdinalData, rows: Index) -> OrdinalData:
    """Take some rows, repeated or not, and close up the categories that none of them uses."""
    codes = data.codes[rows]
    largest = int(data.points.max())
    used = np.zeros((data.codes.shape[1], largest + 1), dtype=np.bool_)
    for item in range(codes.shape[1]):
        used[item, : largest + 1] = np.bincount(codes[:, item] + 1, minlength=largest + 1) > 0
    points = used[:, 1:].sum(axis=1)
    if np.array_equal(points, data.points):
        return OrdinalData(codes, data.points)
    place = np.cumsum(used[:, 1:], axis=1) - 1
    place = np.column_stack([place, np.full(len(place), MISSING)]).astype(np.int16)
    return OrdinalData(place[np.arange(codes.shape[1]), codes], points)


def fit_ordinal_scale(data: OrdinalData) -> OrdinalScale:
    """Estimate one scale: polychorics, and from three items on one factor.

    Parameters
    ----------
    data : OrdinalData
        At least two items with two categories in use each.

    Raises
    ------
    ModelError
        When a polychoric correlation is at its limit, so that it has no error.
    """
    estimates = polychorics(data)
    if len(estimates.unsettled):
        raise ModelError(
            "A polychoric correlation does not settle: two items answer each other exactly.",
            got=f"{len(estimates.unsettled)} pairs of items",
        )
    n, p = data.codes.shape
    covariance = ordinal_covariance(data, estimates, with_thresholds=True)
    errors = np.diag(covariance)[-len(estimates.correlations) :]
    correlations = estimates.matrix()
    if p < 3:
        return OrdinalScale(estimates, correlations, None, covariance / n, np.zeros((p, 1)))
    weights = _square(1.0 / errors, estimates)
    factor = one_factor_dwls(correlations[None], weights[None])
    return OrdinalScale(
        estimates,
        correlations,
        factor,
        covariance / n,
        _projection(factor.loadings[0], weights, estimates),
    )


def scale_replicate(data: OrdinalData) -> tuple[Array, Array, Array] | None:
    """Cuts (p, k), polychorics (p, p) and weights (p, p) of one bootstrap replicate, or None.

    None where an item does not vary or a correlation does not settle.
    """
    if (data.points < 2).any():
        return None
    estimates = polychorics(data)
    if len(estimates.unsettled):
        return None
    if (data.codes == MISSING).any():
        covariance = ordinal_covariance(data, estimates, with_thresholds=False)
        errors = np.diag(covariance)
    else:
        errors = _complete_errors(data, estimates)
    return padded(estimates.thresholds), estimates.matrix(), _square(1.0 / errors, estimates)


def _complete_errors(data: OrdinalData, estimates: Polychorics) -> Array:
    """Asymptotic variance of each correlation, from the tables alone."""
    n = len(data.codes)
    tables = influence_tables(estimates, data.points, n)
    joint = tables.correlations
    joint = joint + tables.through_first[:, :, None] + tables.through_second[:, None, :]
    errors: Array = (estimates.tables.counts * joint**2).sum(axis=(1, 2)) / n
    return errors


def _square(values: Array, estimates: Polychorics) -> Array:
    first, second = estimates.tables.first, estimates.tables.second
    full = np.zeros((len(estimates.thresholds),) * 2)
    full[first, second] = values
    full[second, first] = values
    return full


def _projection(loadings: Array, weights: Array, estimates: Polychorics) -> Array:
    first, second = estimates.tables.first, estimates.tables.second
    slopes = np.zeros((len(loadings), len(first)))
    every = np.arange(len(first))
    slopes[first, every] = loadings[second]
    slopes[second, every] = loadings[first]
    weighted = slopes * weights[first, second]
    projection: Array = np.linalg.solve(dwls_curvature(loadings[None], weights[None])[0], weighted)
    return projection

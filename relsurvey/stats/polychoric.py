"""Thresholds and polychoric correlations of all pairs of ordinal items at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from relsurvey.stats.bivariate_normal import bivariate_density, bivariate_distribution
from relsurvey.stats.ordinal_data import OrdinalData, PairTables, pair_tables

Array = NDArray[np.float64]

_INFINITE = 40.0
_SMALLEST = 1e-14
_STEPS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Polychorics:
    """Thresholds and polychoric correlations.

    Attributes
    ----------
    thresholds : tuple of ndarray
        Per item, shape (k−1,).
    correlations : ndarray, shape (m,)
        One per pair, in the order of ``tables``.
    tables : PairTables
        The counts they were computed from.
    cuts : ndarray, shape (p, k+1)
        Thresholds with the ends, −40 and 40 for infinity, padded on the right.
    cells, slopes : ndarray, shape (m, k, k)
        Model probability of each cell, and its derivative by the correlation.
    unsettled : ndarray of int
        Pairs for which the steps did not come to rest, or that ended at ±1.
    """

    thresholds: tuple[Array, ...]
    correlations: Array
    tables: PairTables
    cuts: Array
    cells: Array
    slopes: Array
    unsettled: NDArray[np.int64]

    def matrix(self) -> Array:
        """Correlation matrix, shape (p, p)."""
        full = np.eye(len(self.thresholds))
        full[self.tables.first, self.tables.second] = self.correlations
        full[self.tables.second, self.tables.first] = self.correlations
        return full


def polychorics(data: OrdinalData, *, empty_cell: float = 0.5) -> Polychorics:
    """Estimate thresholds, then every correlation given them (two-step; Olsson 1979).

    The likelihood of all pairs is climbed together by Fisher scoring on Fisher's z. A pair of
    dichotomous items with an empty cell gets ``empty_cell`` added there with the margins kept, as
    lavaan does. R: ``lavaan::lavCor(frame, ordered = names(frame))``; psych's ``polychoric`` adds
    to every empty cell by default and differs.

    Parameters
    ----------
    data : OrdinalData
        Answers, at least two categories of each item in use.
    empty_cell : float, default 0.5
        What an empty cell of a two-by-two table gets; 0 for nothing.

    Returns
    -------
    Polychorics
        Thresholds and correlations with what later steps need.
    """
    tables = pair_tables(data)
    thresholds = tuple(
        np.asarray(ndtri(np.cumsum(margin)[:-1] / margin.sum())) for margin in tables.margins
    )
    cuts = np.full((len(thresholds), int(data.points.max()) + 1), _INFINITE)
    cuts[:, 0] = -_INFINITE
    for item, values in enumerate(thresholds):
        cuts[item, 1 : len(values) + 1] = values
    counts = _without_empty_cells(tables, data.points, empty_cell)
    tables = PairTables(tables.first, tables.second, counts, tables.margins)
    correlations, unsettled = _climb(tables, cuts)
    cells, slopes = cell_probabilities(tables, cuts, correlations)
    return Polychorics(thresholds, correlations, tables, cuts, cells, slopes, unsettled)


def cell_probabilities(tables: PairTables, cuts: Array, correlations: Array) -> tuple[Array, Array]:
    """Probability of every cell of every pair, and its derivative by the correlation."""
    rows, columns = cuts[tables.first][:, :, None], cuts[tables.second][:, None, :]
    last = cuts.shape[1] - 1
    below = np.zeros((len(correlations), last + 1, last + 1))
    slope = np.zeros_like(below)
    inner = np.s_[:, 1:last, 1:last]
    rho = correlations[:, None, None]
    below[inner] = bivariate_distribution(rows[:, 1:last], columns[:, :, 1:last], rho)
    slope[inner] = bivariate_density(rows[:, 1:last], columns[:, :, 1:last], rho)
    below[:, last, 1:] = ndtr(columns[:, 0, 1:])
    below[:, 1:, last] = ndtr(rows[:, 1:, 0])
    return (
        np.diff(np.diff(below, axis=1), axis=2),
        np.diff(np.diff(slope, axis=1), axis=2),
    )


def _climb(tables: PairTables, cuts: Array) -> tuple[Array, NDArray[np.int64]]:
    size = tables.counts.sum((1, 2))
    z = np.arctanh(np.clip(1.1 * _pearson(tables), -0.95, 0.95))
    moving = np.arange(len(z))
    for _ in range(_STEPS):
        part = PairTables(
            tables.first[moving], tables.second[moving], tables.counts[moving], tables.margins
        )
        rho = np.tanh(z[moving])
        cells, slopes = cell_probabilities(part, cuts, rho)
        share = slopes / np.maximum(cells, _SMALLEST)
        shrink = 1.0 - rho * rho
        gradient = (part.counts * share).sum((1, 2)) * shrink
        information = size[moving] * (slopes * share).sum((1, 2)) * shrink**2
        step = np.clip(gradient / np.maximum(information, _SMALLEST), -0.5, 0.5)
        z[moving] = np.clip(z[moving] + step, -5.0, 5.0)
        moving = moving[np.abs(step * shrink) > 1e-11]
        if not len(moving):
            break
    at_the_edge = np.flatnonzero(np.abs(z) >= 5.0)
    return np.tanh(z), np.union1d(moving, at_the_edge)


def _pearson(tables: PairTables) -> Array:
    counts = tables.counts
    score = np.arange(counts.shape[1], dtype=float)
    size = counts.sum((1, 2))
    rows, columns = counts.sum(2), counts.sum(1)
    mean_row, mean_column = rows @ score / size, columns @ score / size
    cross = np.einsum("mab,a,b->m", counts, score, score) / size - mean_row * mean_column
    variance = (rows @ score**2 / size - mean_row**2) * (columns @ score**2 / size - mean_column**2)
    correlation: Array = cross / np.sqrt(np.maximum(variance, _SMALLEST))
    return correlation


def _without_empty_cells(tables: PairTables, points: NDArray[np.int64], empty_cell: float) -> Array:
    counts = tables.counts.copy()
    two = (points[tables.first] == 2) & (points[tables.second] == 2)
    for pair in np.flatnonzero(two & (counts[:, :2, :2] == 0).any((1, 2))):
        table = counts[pair, :2, :2]
        empty = table == 0
        if empty.sum() == 1:
            table += np.where(empty | empty[::-1, ::-1], empty_cell, -empty_cell)
        else:
            table += np.where(empty, empty_cell, 0.0)
    return counts

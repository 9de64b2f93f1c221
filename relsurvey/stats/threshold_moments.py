"""Thresholds and correlations that a model of latent responses implies, and their slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from relsurvey.stats.linear_model import Implied, LinearModel, implied
from relsurvey.stats.rank_two_slopes import CellSlopes, cell_slopes, slopes_at

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ThresholdModel:
    """A group's model of latent responses and of the thresholds that cut them.

    Moments are the thresholds in units of the latent responses' standard deviations, then the
    correlations.

    Attributes
    ----------
    linear : LinearModel
        Latent responses, with residual variances, intercepts and factor means.
    item, parameter : ndarray of int, shape (t,)
        Item of each threshold, and the free parameter that it is.
    first, second : ndarray of int, shape (r,)
        Items of each correlation.
    """

    linear: LinearModel
    item: Index
    parameter: Index
    first: Index
    second: Index

    def moments(self, theta: Array) -> Array:
        """Moments at some parameters, shape (t + r,)."""
        at = implied(self.linear, theta)
        width = _width(at)
        correlations = at.covariance[self.first, self.second]
        correlations = correlations / (width[self.first] * width[self.second])
        return np.concatenate([self.cuts(theta, at), correlations])

    def cuts(self, theta: Array, at: Implied) -> Array:
        """Thresholds in standard deviations, shape (t,)."""
        return (theta[self.parameter] - at.mean[self.item]) / _width(at)[self.item]


def cell_columns(model: ThresholdModel, theta: Array, at: Implied, cells: CellSlopes) -> Array:
    """Slopes of the moments by some cells, shape (t + r, c)."""
    width, cuts = _width(at), model.cuts(theta, at)
    first, second, item = model.first, model.second, model.item
    every = np.arange(len(width))
    relative = slopes_at(cells, every, every) / (width * width)[:, None]
    upper = -cells.mean[item] / width[item][:, None] - 0.5 * cuts[:, None] * relative[item]
    scale = width[first] * width[second]
    correlation = at.covariance[first, second] / scale
    lower = slopes_at(cells, first, second) / scale[:, None]
    lower -= 0.5 * correlation[:, None] * (relative[first] + relative[second])
    return np.concatenate([upper, lower])


def threshold_columns(model: ThresholdModel, at: Implied, chosen: Index) -> Array:
    """Slopes of the moments by some thresholds, shape (t + r, len(chosen))."""
    columns = np.zeros((len(model.item) + len(model.first), len(chosen)))
    columns[chosen, np.arange(len(chosen))] = 1.0 / _width(at)[model.item[chosen]]
    return columns


@dataclass(frozen=True, slots=True, eq=False)
class SlopePlaces:
    """Which slopes of a group's moments are not zero whatever the parameters.

    Attributes
    ----------
    upper_row, upper_cell : ndarray of int
        Thresholds and the free cells that they depend on.
    lower_row, lower_cell : ndarray of int
        The same of the correlations.
    """

    upper_row: Index
    upper_cell: Index
    lower_row: Index
    lower_cell: Index


def slope_places(model: ThresholdModel, size: int) -> SlopePlaces:
    """Find the places at parameters in general position.

    Parameters
    ----------
    model : ThresholdModel
        One group's.
    size : int
        Parameters of all groups, q.
    """
    theta = 0.37 + 0.1 * np.sin(np.arange(1.0, size + 1.0))
    cells = cell_slopes(model.linear, implied(model.linear, theta))
    left, right = cells.left != 0.0, (cells.right != 0.0) & (cells.weight > 0.0)
    own = left & right
    first, second = model.first, model.second
    upper = (own | (cells.mean != 0.0))[model.item]
    lower = (left[first] & right[second]) | (left[second] & right[first])
    lower |= own[first] | own[second]
    return SlopePlaces(*np.nonzero(upper), *np.nonzero(lower))


def sparse_slopes(model: ThresholdModel, theta: Array, places: SlopePlaces) -> sparse.csr_array:
    """Slopes of the moments by all parameters, shape (t + r, q)."""
    at = implied(model.linear, theta)
    cells = cell_slopes(model.linear, at)
    width, cuts = _width(at), model.cuts(theta, at)
    relative = 2.0 * cells.weight * cells.left * cells.right / (width * width)[:, None]
    row, cell = places.upper_row, places.upper_cell
    item, t = model.item[row], len(model.item)
    upper = -cells.mean[item, cell] / width[item] - 0.5 * cuts[row] * relative[item, cell]
    pair, by = places.lower_row, places.lower_cell
    i, j = model.first[pair], model.second[pair]
    scale = width[i] * width[j]
    lower = cells.left[i, by] * cells.right[j, by] + cells.right[i, by] * cells.left[j, by]
    lower *= cells.weight[by] / scale
    lower -= 0.5 * at.covariance[i, j] / scale * (relative[i, by] + relative[j, by])
    rows = np.concatenate([row, np.arange(t), t + pair])
    columns = np.concatenate([cells.parameter[cell], model.parameter, cells.parameter[by]])
    values = np.concatenate([upper, 1.0 / width[model.item], lower])
    shape = (t + len(model.first), len(theta))
    return sparse.csr_array(sparse.coo_array((values, (rows, columns)), shape=shape))


def _width(at: Implied) -> Array:
    return np.asarray(np.sqrt(np.maximum(np.diag(at.covariance), 1e-12)), dtype=np.float64)

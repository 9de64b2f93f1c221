"""Curvature of the two-level likelihood by the parameters of two linear models.

In the coordinates of `Split` both levels are uncorrelated, so that a trace of two slopes is a
weighted sum over the cells of a p × p matrix: no matrix as large as the number of moments squared
is ever made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.implied_bend import bend
from relsurvey.stats.linear_model import LinearModel, implied
from relsurvey.stats.rank_two_slopes import CellSlopes, cell_slopes
from relsurvey.stats.two_level_likelihood import ClusteredData, Split, slopes, split

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Turned:
    """Slopes in the coordinates of the split by the parameters that a level has.

    Attributes
    ----------
    place : ndarray of int, shape (q',)
        Which parameters they are.
    covariance : ndarray, shape (p, p, q')
    mean : ndarray, shape (p, q')
    """

    place: Index
    covariance: Array
    mean: Array


def model_information(
    within: LinearModel, between: LinearModel, theta: Array, data: ClusteredData
) -> Array:
    """Second derivatives of −log-likelihood by all parameters, shape (q, q)."""
    low, high = implied(within, theta), implied(between, theta)
    at = split(data, low.covariance, high.covariance, high.mean)
    assert at is not None
    inside = _turned(cell_slopes(within, low), at.transform)
    among = _turned(cell_slopes(between, high), at.transform)
    by_within, by_between, by_mean = slopes(data, at)
    total = bend(within, low, by_within, np.zeros(len(by_mean)))
    total += bend(between, high, by_between, by_mean)
    _add_traces(total, data, at, inside, among)
    _add_quadratic(total, data, at, inside, among)
    return total


def _turned(cells: CellSlopes, transform: Array) -> _Turned:
    place, local = np.unique(cells.parameter, return_inverse=True)
    own = replace(cells, parameter=local.ravel())
    left, right = transform @ cells.left, transform @ cells.right
    outer = left[:, None, :] * (cells.weight * right)[None, :, :]
    covariance = own.gather(outer + outer.transpose(1, 0, 2), len(place))
    return _Turned(place, covariance, own.gather(transform @ cells.mean, len(place)))


def _add_traces(
    total: Array, data: ClusteredData, at: Split, inside: _Turned, among: _Turned
) -> None:
    """Add what the determinants and the cross-products around cluster means contribute."""
    p = len(at.ratio)
    own, other = (level.covariance.reshape(p * p, -1) for level in (inside, among))
    alone = data.n_obs - len(data.size)
    weights = [
        ((data.size[:, None] ** power * at.share).T @ at.share).reshape(-1, 1) for power in range(3)
    ]
    spread = (at.within @ inside.covariance.reshape(p, -1)).reshape(p * p, -1)
    total[np.ix_(inside.place, inside.place)] += own.T @ (spread - 0.5 * (alone + weights[0]) * own)
    crossed = -0.5 * own.T @ (weights[1] * other)
    total[np.ix_(inside.place, among.place)] += crossed
    total[np.ix_(among.place, inside.place)] += crossed.T
    total[np.ix_(among.place, among.place)] -= 0.5 * other.T @ (weights[2] * other)


def _add_quadratic(
    total: Array, data: ClusteredData, at: Split, inside: _Turned, among: _Turned
) -> None:
    """Add what the cluster means contribute; clusters of one size share their products."""
    p, q = len(at.ratio), len(inside.place) + len(among.place)
    pulled = at.distance * at.share
    level = np.concatenate([np.zeros((p, len(inside.place))), among.mean], axis=1)
    found = np.zeros((q, q))
    for size in np.unique(data.size):
        members = data.size == size
        own, share = pulled[members], at.share[members][0][:, None]
        root = own if len(own) <= p else np.linalg.qr(own, mode="r")
        whole = np.concatenate([inside.covariance, size * among.covariance], axis=2)
        reached = np.sqrt(size * share) * np.tensordot(root, whole, axes=1)  # (r, p, q)
        flat = reached.reshape(-1, q)
        found += flat.T @ flat
        crossed = size * np.tensordot(own.sum(axis=0), whole, axes=1).T @ (share * level)
        found += crossed + crossed.T + size * members.sum() * level.T @ (share * level)
    place = np.concatenate([inside.place, among.place])
    np.add.at(total, np.ix_(place, place), found)

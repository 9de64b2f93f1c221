"""Asymptotic covariance of thresholds and polychoric correlations, plain and clustered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from relsurvey.stats.ordinal_data import MISSING, OrdinalData
from relsurvey.stats.polychoric import Polychorics

Array = NDArray[np.float64]

_ROWS = 8_192
_SMALLEST = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class InfluenceTables:
    """What one answer contributes to each threshold and each correlation, by category.

    Attributes
    ----------
    thresholds : ndarray, shape (p, k, k−1)
        Contribution of category a of an item to its thresholds (zero past its own).
    correlations : ndarray, shape (m, k, k)
        Contribution of categories (a, b) of a pair to its correlation, apart from what goes
        through the thresholds of people who answered only one of the two.
    through_first, through_second : ndarray, shape (m, k)
        What the thresholds of the pair's items pass on to the correlation, by category.
    """

    thresholds: Array
    correlations: Array
    through_first: Array
    through_second: Array


def influence_tables(estimates: Polychorics, points: NDArray[np.int64], n: int) -> InfluenceTables:
    """Contributions of one answer to the estimates, n times the inverse information times score.

    Follows the three-stage estimating equations of Muthén (1984, Psychometrika 49, 115-132) as
    lavaan's ``muthen1984`` takes them: observed cross-products, thresholds as nuisance of each
    correlation.

    Parameters
    ----------
    estimates : Polychorics
        Thresholds, correlations, cell probabilities.
    points : ndarray of int, shape (p,)
        Categories per item.
    n : int
        Number of rows, whether complete or not.

    Returns
    -------
    InfluenceTables
        By category, so that a person's contribution is a lookup.
    """
    tables, cuts = estimates.tables, estimates.cuts
    largest = cuts.shape[1] - 1
    by_item = np.zeros((len(points), largest, largest - 1))
    for item, margin in enumerate(tables.margins):
        by_item[item, : len(margin), : len(margin) - 1] = _threshold_contributions(
            estimates.thresholds[item], margin
        )
    cells = np.maximum(estimates.cells, _SMALLEST)
    score = np.where(tables.counts > 0, estimates.slopes / cells, 0.0)
    information = (tables.counts * score * score).sum((1, 2))
    weight = tables.counts * score / cells
    by_row, by_column = _cell_slopes(estimates)
    cross_first = _difference(weight, by_row)
    cross_second = _difference(weight.swapaxes(1, 2), by_column.swapaxes(1, 2))
    scale = n / information
    return InfluenceTables(
        thresholds=n * by_item,
        correlations=score * scale[:, None, None],
        through_first=-np.einsum("mac,mc->ma", by_item[tables.first], cross_first) * scale[:, None],
        through_second=-np.einsum("mac,mc->ma", by_item[tables.second], cross_second)
        * scale[:, None],
    )


def correlation_influence(
    tables: InfluenceTables, estimates: Polychorics, data: OrdinalData, rows: slice
) -> Array:
    """Contributions of some people to every correlation, shape (rows, m)."""
    codes = data.codes[rows].astype(np.int64)
    there = codes != MISSING
    codes = np.where(there, codes, 0)
    largest = tables.correlations.shape[1]
    complete = bool(there.all())
    joint = tables.correlations
    if complete:
        joint = joint + tables.through_first[:, :, None] + tables.through_second[:, None, :]
    flat = joint.reshape(len(joint), -1)
    result = np.empty((len(flat), len(codes)))
    columns, seen = np.ascontiguousarray(codes.T), np.ascontiguousarray(there.T)
    for pair, (i, j) in enumerate(
        zip(estimates.tables.first, estimates.tables.second, strict=True)
    ):
        np.take(flat[pair], columns[i] * largest + columns[j], out=result[pair])
        if not complete:
            result[pair] *= seen[i] & seen[j]
            result[pair] += tables.through_first[pair][columns[i]] * seen[i]
            result[pair] += tables.through_second[pair][columns[j]] * seen[j]
    return result.T


def threshold_influence(tables: InfluenceTables, data: OrdinalData, rows: slice) -> Array:
    """Contributions of some people to every threshold, shape (rows, number of thresholds)."""
    codes = data.codes[rows]
    parts = []
    for item, points in enumerate(data.points):
        there = codes[:, item] != MISSING
        values = tables.thresholds[item][np.where(there, codes[:, item], 0), : points - 1]
        parts.append(values * there[:, None])
    return np.concatenate(parts, axis=1)


def ordinal_covariance(
    data: OrdinalData,
    estimates: Polychorics,
    *,
    with_thresholds: bool,
    clusters: NDArray[np.int64] | None = None,
) -> Array:
    """Asymptotic covariance of sqrt(n) times the estimates (lavaan's NACOV).

    Parameters
    ----------
    data : OrdinalData
        n answers.
    estimates : Polychorics
        What was estimated from them.
    with_thresholds : bool
        Thresholds before the correlations, or the correlations alone.
    clusters : ndarray of int, shape (n,), optional
        Cluster of each row, 0 … G−1: contributions are summed within clusters first.

    Returns
    -------
    ndarray, shape (s, s)
        s = number of thresholds (if wanted) + number of pairs. R:
        ``lavInspect(fit, "gamma")``.
    """
    n = len(data.codes)
    tables = influence_tables(estimates, data.points, n)
    groups = None if clusters is None else int(clusters.max()) + 1
    total: Array | None = None
    sums: Array | None = None
    for start in range(0, n, _ROWS):
        rows = slice(start, start + _ROWS)
        parts = [correlation_influence(tables, estimates, data, rows)]
        if with_thresholds:
            parts.insert(0, threshold_influence(tables, data, rows))
        block = np.concatenate(parts, axis=1) if with_thresholds else parts[0]
        if groups is None or clusters is None:
            product = block.T @ block
            total = product if total is None else total + product
        else:
            sums = np.zeros((groups, block.shape[1])) if sums is None else sums
            _add_by_group(sums, clusters[rows], block)
    if sums is not None:
        total = np.asarray(sums.T @ sums, dtype=np.float64)
    if total is None:
        raise ValueError("no rows")
    return np.asarray(total / n)


def _add_by_group(sums: Array, groups: NDArray[np.int64], block: Array) -> None:
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sums[ordered[starts]] += np.add.reduceat(block[order], starts, axis=0)


def _threshold_contributions(thresholds: Array, margin: Array) -> Array:
    """Score of each category by each threshold, times the inverse information; shape (k, k−1)."""
    k = len(margin)
    density = np.exp(-0.5 * thresholds**2) / np.sqrt(2.0 * np.pi)
    share = margin / margin.sum()
    score = np.zeros((k, k - 1))
    at = np.arange(k - 1)
    score[at, at] = density / share[:-1]
    score[at + 1, at] = -density / share[1:]
    information = (score * margin[:, None]).T @ score
    return np.asarray(np.linalg.solve(information, score.T).T, dtype=np.float64)


def _cell_slopes(estimates: Polychorics) -> tuple[Array, Array]:
    """Slopes of grid probabilities by the first item's cut, and by the second's."""
    tables, cuts = estimates.tables, estimates.cuts
    x, y = cuts[tables.first][:, :, None], cuts[tables.second][:, None, :]
    rho = estimates.correlations[:, None, None]
    rest = np.sqrt(1.0 - rho * rho)
    normal = np.sqrt(2.0 * np.pi)
    by_first = np.exp(-0.5 * x * x) / normal * ndtr((y - rho * x) / rest)
    by_second = np.exp(-0.5 * y * y) / normal * ndtr((x - rho * y) / rest)
    return np.diff(by_first, axis=2), np.diff(by_second, axis=1)


def _difference(weight: Array, slopes: Array) -> Array:
    """Sum over cells of weight times the cell's derivative by each inner cut; shape (m, k−1)."""
    last = weight.shape[1]
    inner = slopes[:, 1:last]
    result: Array = (weight[:, :-1] * inner).sum(2) - (weight[:, 1:] * inner).sum(2)
    return result


def threshold_variances(
    data: OrdinalData, estimates: Polychorics, clusters: NDArray[np.int64] | None = None
) -> Array:
    """Asymptotic variances of sqrt(n) times the thresholds: the diagonal alone."""
    n = len(data.codes)
    tables = influence_tables(estimates, data.points, n)
    groups = 0 if clusters is None else int(clusters.max()) + 1
    total = np.zeros(int((data.points - 1).sum()))
    sums = np.zeros((groups, len(total)))
    for start in range(0, n, _ROWS):
        rows = slice(start, start + _ROWS)
        block = threshold_influence(tables, data, rows)
        total += np.sum(block * block, axis=0)
        if clusters is not None:
            _add_by_group(sums, clusters[rows], block)
    if clusters is not None:
        total = np.sum(sums * sums, axis=0)
    return total / n

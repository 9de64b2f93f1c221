"""Score tests of what a level of invariance holds equal, for answers taken as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from relsurvey.measurement.cfa_data import CfaData
from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.model_matrices import rows_of
from relsurvey.measurement.parameter_table import Parameter
from relsurvey.stats.fiml_information import cluster_scores, moment_information, row_meat
from relsurvey.stats.incomplete import completed, group_patterns
from relsurvey.stats.linear_model import Implied, LinearModel
from relsurvey.stats.normal_theory import casewise_scores, moment_slopes
from relsurvey.stats.pattern_products import pack_slopes
from relsurvey.stats.rank_two_slopes import cell_slopes, information_between
from relsurvey.stats.score_tests import Released, ScoreTest, score_tests

Array = NDArray[np.float64]
Index = NDArray[np.int64]


def continuous_releases(
    solution: Solution,
    data: CfaData,
    level: str,
    items: Sequence[str],
    *,
    robust: bool,
    fiml: bool,
) -> dict[str, ScoreTest]:
    """Score tests, over all groups at once, of each item that has something to free.

    Parameters
    ----------
    solution : Solution
        The level's.
    data : CfaData
        Rows of each group.
    level : {"metric", "scalar", "strict"}
        Frees loadings, intercepts or residual variances.
    items : sequence of str
        Items that may be freed.
    robust : bool
        Whether scores vary as the rows (or clusters) say, or as normal answers would.
    fiml : bool
        Whether rows have gaps.
    """
    groups = [_group(solution, data, group, fiml=fiml) for group in range(len(data.labels))]
    information = np.asarray(linalg.block_diag(*(part.information for part in groups)))
    meat = information
    if robust and data.clusters is not None:
        sums = np.concatenate([part.spread for part in groups], axis=1)
        meat = data.n_clusters / (data.n_clusters - 1) * sums.T @ sums
    elif robust:
        meat = np.asarray(linalg.block_diag(*(part.spread for part in groups)))
    wanted, owners = [], []
    membership = np.zeros((len(information), len(solution.theta)))
    count = 0
    for group in range(len(groups)):
        rows = [row for row in rows_of(solution.table, group) if row.index >= 0]
        for row in rows:
            membership[count, row.index] = 1.0
            item = _item_of(row, level, solution.table.items)
            if group and item in items:
                wanted.append(count)
                owners.append(item)
            count += 1
    if not wanted:
        return {}
    score = np.concatenate([part.score for part in groups])
    chosen = np.array(wanted)
    released = Released(
        score=score[chosen],
        own=information[np.ix_(chosen, chosen)],
        crossed=information[chosen] @ membership,
        meat_own=meat[np.ix_(chosen, chosen)],
        meat_crossed=meat[chosen] @ membership,
    )
    bread = np.asarray(np.linalg.inv(membership.T @ information @ membership))
    tested = [item for item in items if item in set(owners)]
    sets = [np.flatnonzero(np.array(owners) == item) for item in tested]
    inner = membership.T @ meat @ membership if robust else None
    tests = score_tests(released, bread, inner, sets)
    return {item: test for item, test in zip(tested, tests, strict=True) if test.df}


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Score (c,) and information (c, c) of the free cells; their meat, or sums by cluster."""

    score: Array
    information: Array
    spread: Array


def _group(solution: Solution, data: CfaData, group: int, *, fiml: bool) -> _Group:
    model, at, rows = solution.models[group], solution.at[group], data.values[group]
    free = np.flatnonzero(model.parameter >= 0)
    parameter = np.full(len(model.parameter), -1)
    parameter[free] = np.arange(len(free))
    apart = replace(model, parameter=parameter, size=0)
    clusters = None if data.clusters is None else data.clusters[group]
    if fiml:
        return _with_gaps(apart, at, rows, clusters, data.n_clusters)
    inverse = np.asarray(np.linalg.inv(at.covariance))
    slopes = cell_slopes(apart, at)
    scores = casewise_scores(apart, at, rows)
    information = len(rows) * information_between(slopes, slopes, inverse)
    if clusters is None:
        return _Group(scores.sum(axis=0), information, scores.T @ scores)
    sums = np.zeros((data.n_clusters, len(free)))
    np.add.at(sums, clusters, scores)
    return _Group(scores.sum(axis=0), information, sums)


def _with_gaps(
    model: LinearModel, at: Implied, rows: Array, clusters: Index | None, n_clusters: int
) -> _Group:
    """Do the same for rows with gaps, with the observed information of means and covariances."""
    grouped = group_patterns(rows)
    filled = completed(grouped, at.covariance, at.mean)
    assert filled is not None
    slopes = moment_slopes(model, at)
    stacked = np.concatenate([pack_slopes(slopes.covariance), slopes.mean.T])
    information = stacked.T @ moment_information(grouped, filled) @ stacked
    members, size = np.zeros(len(rows), dtype=np.int64), 1
    if clusters is not None:
        members, size = clusters[grouped.order], n_clusters
    sums = cluster_scores(grouped, filled, members, size) @ stacked
    spread = stacked.T @ row_meat(grouped, filled) @ stacked if clusters is None else sums
    return _Group(sums.sum(axis=0), information, spread)


def _item_of(row: Parameter, level: str, items: tuple[str, ...]) -> str:
    """Item whose loading, intercept or residual variance a row is; empty for other rows."""
    if level == "metric":
        return row.rhs if row.op == "=~" and row.rhs in items else ""
    if row.lhs not in items:
        return ""
    if level == "scalar":
        return row.lhs if row.op == "~1" else ""
    return row.lhs if row.op == "~~" and row.lhs == row.rhs else ""

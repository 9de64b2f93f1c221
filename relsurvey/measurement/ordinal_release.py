"""Score tests of what a level of ordinal invariance holds equal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from relsurvey.measurement.model_matrices import rows_of
from relsurvey.measurement.parameter_table import Parameter, ParameterTable
from relsurvey.stats.ordinal_groups import GroupSample, GroupsFit
from relsurvey.stats.rank_two_slopes import cell_slopes
from relsurvey.stats.score_tests import Released, ScoreTest, score_tests
from relsurvey.stats.threshold_moments import ThresholdModel, cell_columns, threshold_columns

Array = NDArray[np.float64]
Index = NDArray[np.int64]


def ordinal_releases(
    fit: GroupsFit,
    models: Sequence[ThresholdModel],
    table: ParameterTable,
    level: str,
    items: Sequence[tuple[str, int]],
    samples: Sequence[GroupSample],
) -> dict[str, ScoreTest]:
    """Robust score tests, over all groups at once, of each item that has something to free.

    Parameters
    ----------
    fit : GroupsFit
        The level's solution.
    models : sequence of ThresholdModel
        One for each group.
    table : ParameterTable
        Its rows are the cells of the models.
    level : {"thresholds", "loadings", "intercepts", "residuals"}
        What is freed.
    items : sequence of (str, int)
        Items and their numbers of answers. Of four or more answers, all thresholds but two can be
        freed (two set the item's intercept and residual variance); of two answers, the one.
    samples : sequence of GroupSample
        Moments of each group.
    """
    degrees = sum(group.n for group in samples) - len(samples)
    columns: list[Array] = []
    names: list[str] = []
    for group in range(1, len(samples)):
        chosen, owners = _freed_columns(fit, models[group], table, level, items, group)
        columns.append(chosen)
        names += owners
    if not names:
        return {}
    released = _released(fit, models, columns, samples, degrees)
    owner = np.array(names)
    tested = [item for item, _ in items if item in set(names)]
    sets = [np.flatnonzero(owner == item) for item in tested]
    meat = fit.sandwich.meat / degrees
    tests = score_tests(released, fit.sandwich.bread, meat, sets)
    return {item: test for item, test in zip(tested, tests, strict=True) if test.df}


def _freed_columns(
    fit: GroupsFit,
    model: ThresholdModel,
    table: ParameterTable,
    level: str,
    items: Sequence[tuple[str, int]],
    group: int,
) -> tuple[Array, list[str]]:
    """Slopes of the group's moments by what would be freed, and the item of each."""
    at = fit.at[group]
    place = {name: number for number, name in enumerate(table.items)}
    if level == "thresholds":
        chosen: list[int] = []
        owners: list[str] = []
        for item, points in items:
            own = np.flatnonzero(model.item == place[item])
            own = own if points == 2 else own[2:]
            chosen += own.tolist()
            owners += [item] * len(own)
        return threshold_columns(model, at, np.array(chosen, dtype=np.int64)), owners
    wanted = {item for item, points in items if level == "loadings" or points > 2}
    rows = rows_of(table, group)
    cells = [at for at, row in enumerate(rows) if _item_of(row, level) in wanted]
    owners = [_item_of(rows[cell], level) for cell in cells]
    slopes = cell_slopes(model.linear, at, np.array(cells, dtype=np.int64))
    return cell_columns(model, fit.theta, at, slopes), owners


def _item_of(row: Parameter, level: str) -> str:
    """Item whose loading, intercept or residual variance a row is; empty for other rows."""
    if level == "loadings":
        return row.rhs if row.op == "=~" and row.index >= 0 else ""
    if level == "intercepts":
        return row.lhs if row.op == "~1" else ""
    return row.lhs if row.op == "~~" and row.lhs == row.rhs else ""


def _released(
    fit: GroupsFit,
    models: Sequence[ThresholdModel],
    columns: Sequence[Array],
    samples: Sequence[GroupSample],
    degrees: int,
) -> Released:
    score: list[Array] = []
    own: list[Array] = []
    crossed: list[Array] = []
    meat_own: list[Array] = []
    meat_crossed: list[Array] = []
    later = zip(models[1:], columns, samples[1:], fit.parts[1:], strict=True)
    for model, extra, sample, part in later:
        rest = sample.moments - model.moments(fit.theta)
        few = sparse.csr_array(extra * sample.weight[:, None])
        spread = np.asarray(few.T @ sample.gamma)
        weighted = sparse.csr_array(part.weighted_slopes())
        score.append((sample.n - 1) / degrees * np.asarray(few.T @ rest))
        own.append(part.share * np.asarray(few.T @ extra))
        crossed.append(part.share * (few.T @ sparse.csr_array(part.slopes)).toarray())
        meat_own.append(part.share * np.asarray(few.T @ spread.T))
        meat_crossed.append(part.share * np.asarray(weighted.T @ spread.T).T)
    return Released(
        score=np.concatenate(score),
        own=linalg.block_diag(*own),
        crossed=np.concatenate(crossed),
        meat_own=linalg.block_diag(*meat_own) / degrees,
        meat_crossed=np.concatenate(meat_crossed) / degrees,
    )

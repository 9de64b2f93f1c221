"""Climb from one level of invariance to the next, freeing what differs on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.measurement.parameter_table import ParameterTable
from relsurvey.stats.score_tests import ScoreTest

Array = NDArray[np.float64]
Index = NDArray[np.int64]

ALPHA = 0.05
CFI_FALL = 0.010
RMSEA_RISE = 0.015
FEWEST_ANCHORS = 2


@dataclass(frozen=True, slots=True, eq=False)
class LevelFit:
    """One model of invariance.

    Attributes
    ----------
    level : str
        What is equal.
    freed : mapping
        Items that are free nevertheless, and the level at which they were freed.
    table : ParameterTable
        Its parameters, thresholds apart.
    thresholds : tuple of ndarray of int, shape (t,)
        Parameter of every threshold of each group; empty for continuous answers.
    threshold_items : tuple of str
        Item of every threshold.
    theta, covariance : ndarray, shapes (q,) and (q, q)
        Estimates and their covariance.
    measures : dict
        Chi-square and indices.
    df, n_parameters : int
    """

    level: str
    freed: Mapping[str, str]
    table: ParameterTable
    thresholds: tuple[Index, ...]
    threshold_items: tuple[str, ...]
    theta: Array
    covariance: Array
    measures: dict[str, float]
    df: int
    n_parameters: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Test of one model against a freer one, and its name."""

    statistic: float
    df: float
    p_value: float
    method: str


Level = TypeVar("Level", bound=LevelFit)


class Ladder(Protocol[Level]):
    """A family of models of growing invariance."""

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the levels, the freest first."""
        ...

    @property
    def mean_levels(self) -> tuple[str, ...]:
        """Levels at which factor means can be compared."""
        ...

    @property
    def ending(self) -> str:
        """Ending of the indices that changes are taken of."""
        ...

    def fit(self, level: str, freed: Mapping[str, str]) -> Level:
        """Fit a level with some items free."""
        ...

    def difference(self, freer: Level, held: Level) -> Difference | None:
        """Test what ``held`` holds equal and ``freer`` does not; None where that is nothing."""
        ...

    def releases(self, at: Level, items: Sequence[str]) -> dict[str, ScoreTest]:
        """Score tests of freeing what the level holds equal, of the items that have something."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A fitted level, what it was compared with, and whether it is accepted.

    ``reason`` is an id: ``first_level not_rejected small_change nothing_to_test rejected``.
    """

    fit: LevelFit
    against: str
    difference: Difference | None
    change: dict[str, float]
    accepted: bool
    reason: str
    partial: bool

    @property
    def name(self) -> str:
        """Level, with a mark where items were freed at it."""
        return f"{self.fit.level} (partial)" if self.partial else self.fit.level


@dataclass(frozen=True, slots=True)
class Release:
    """An item that was freed, at which level, and the score test that chose it."""

    level: str
    item: str
    test: ScoreTest


@dataclass(frozen=True, slots=True, eq=False)
class Climb:
    """All steps in order, what was freed in order, the highest step that stands, mean shifts.

    ``shifts`` has for every freed item the change of the factor means, by (factor, group), that
    freeing it brings. ``failed`` names the level at which a model could not be fitted, if any.
    """

    steps: tuple[Step, ...]
    releases: tuple[Release, ...]
    last: Step
    shifts: dict[str, dict[tuple[str, int], float]]
    failed: str


def climb(ladder: Ladder[Level], *, partial: bool, rule: str) -> Climb:
    """Fit level after level.

    Parameters
    ----------
    ladder : Ladder
        The models.
    partial : bool
        Where a level is rejected, free the item whose score test is strongest, refit, and go on
        until the level is accepted or a factor would keep fewer than two items that are equal. An
        item once freed stays free at later levels. A level that is rejected in spite of this ends
        the climb.
    rule : {"fit", "test"}
        See `invariance`.
    """
    first = ladder.fit(ladder.levels[0], {})
    before, fitted = _first(first), first
    steps, releases = [before], list[Release]()
    last, stands, failed = before, True, ""
    for level in ladder.levels[1:]:
        tried = _fitted(ladder, level, fitted.freed)
        if tried is None:
            failed = level
            break
        held = tried
        step = _compared(ladder, before, fitted, held, rule, partial=False)
        steps.append(step)
        if partial and not step.accepted:
            step, held, found = _search(ladder, before, fitted, step, held, rule)
            releases += found
            if found:
                steps.append(step)
        stands = stands and step.accepted
        if stands:
            last = step
        elif partial:
            break
        before, fitted = step, held
    shifts = _shifts(ladder, last) if last.fit.level in ladder.mean_levels else {}
    return Climb(tuple(steps), tuple(releases), last, shifts, failed)


def _fitted(ladder: Ladder[Level], level: str, freed: Mapping[str, str]) -> Level | None:
    """Fit a level; None where its model does not converge."""
    try:
        return ladder.fit(level, freed)
    except ModelError:
        return None


def factor_mean_rows(fit: LevelFit) -> dict[tuple[str, int], int]:
    """Parameter of the mean of every factor and group that has one."""
    table = fit.table
    return {
        (row.lhs, row.group): row.index
        for row in table.rows
        if row.op == "~1" and row.lhs in table.factors and row.index >= 0
    }


def anchors(table: ParameterTable, freed: Mapping[str, str]) -> dict[str, list[str]]:
    """Items of each factor that are not freed."""
    return {
        factor: [item for item in items if item not in freed]
        for factor, items in table.first_order().items()
    }


def _first(fit: LevelFit) -> Step:
    change = dict.fromkeys(("cfi", "rmsea", "srmr"), math.nan)
    return Step(fit, "", None, change, True, "first_level", False)


def _compared(
    ladder: Ladder[Level], before: Step, freer: Level, held: Level, rule: str, *, partial: bool
) -> Step:
    test = ladder.difference(freer, held)
    change = {
        name: held.measures.get(column, math.nan) - freer.measures.get(column, math.nan)
        for name, column in (
            ("cfi", f"cfi{ladder.ending}"),
            ("rmsea", f"rmsea{ladder.ending}"),
            ("srmr", "srmr"),
        )
    }
    if test is None:
        reason = "nothing_to_test"
    elif test.p_value >= ALPHA:
        reason = "not_rejected"
    elif rule == "fit" and change["cfi"] >= -CFI_FALL and change["rmsea"] <= RMSEA_RISE:
        reason = "small_change"
    else:
        reason = "rejected"
    return Step(held, before.name, test, change, reason != "rejected", reason, partial)


def _search(
    ladder: Ladder[Level], before: Step, freer: Level, step: Step, held: Level, rule: str
) -> tuple[Step, Level, list[Release]]:
    found: list[Release] = []
    while not step.accepted:
        kept = anchors(held.table, held.freed)
        free = [
            item
            for item in held.table.items
            if item not in held.freed
            and all(len(own) > FEWEST_ANCHORS for own in kept.values() if item in own)
        ]
        tests = ladder.releases(held, free)
        # strongest first: the smallest p, by size where p is zero for several
        order = sorted(tests, key=lambda name: (tests[name].p_value, -_size(tests[name])))
        for item in order:
            tried = _fitted(ladder, held.level, {**held.freed, item: held.level})
            if tried is not None:
                break
        else:
            break
        found.append(Release(held.level, item, tests[item]))
        held = tried
        step = _compared(ladder, before, freer, held, rule, partial=True)
    return step, held, found


def _size(test: ScoreTest) -> float:
    return test.statistic / test.df


def _shifts(ladder: Ladder[Level], last: Step) -> dict[str, dict[tuple[str, int], float]]:
    """Change of factor means by freeing each item, the others as they are."""
    means = _means(last.fit)
    found = {}
    for item in last.fit.freed:
        rest = {name: level for name, level in last.fit.freed.items() if name != item}
        try:
            held = _means(ladder.fit(last.fit.level, rest))
        except ModelError:
            held = dict.fromkeys(means, math.nan)
        found[item] = {place: value - held[place] for place, value in means.items()}
    return found


def _means(fit: LevelFit) -> dict[tuple[str, int], float]:
    return {place: float(fit.theta[index]) for place, index in factor_mean_rows(fit).items()}

"""Do members of a group agree, and do groups differ: ICCs and within-group agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError
from relsurvey.measurement.agreement_verdicts import verdict_table
from relsurvey.measurement.answers import answer_matrix, check_frame, check_scales, left_out
from relsurvey.measurement.bootstrap_interval import check_interval
from relsurvey.measurement.group_statistics import Columns
from relsurvey.measurement.scale_agreement import Plan, scale_agreement
from relsurvey.results import Result
from relsurvey.stats.null_distributions import null_variance

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Agreement(Result):
    """Agreement within groups and differences between them, for several scales.

    Attributes
    ----------
    statistics, group_table, anova_table, item_table, random_table, verdict_rows : DataFrame
        What `tidy`, `by_group`, `anova`, `by_item`, `random_groups` and `verdicts` return.
    n_rows, n_groups : int
        Rows of the frame with a group, and groups.
    confidence : float
        Coverage of the intervals.
    notes : tuple of str
        Rows left out, groups of one, nulls that are not to be had.
    """

    title: ClassVar[str] = "Agreement within groups"
    statistics: pd.DataFrame
    group_table: pd.DataFrame
    anova_table: pd.DataFrame
    item_table: pd.DataFrame
    random_table: pd.DataFrame
    verdict_rows: pd.DataFrame
    n_rows: int
    n_groups: int
    confidence: float
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per scale and statistic; group statistics as their mean over groups."""
        return self.statistics.copy()

    def by_group(self) -> pd.DataFrame:
        """One row per scale and group: its size, its mean, and each agreement index."""
        return self.group_table.copy()

    def anova(self) -> pd.DataFrame:
        """One row per scale: the analysis of variance behind ICC1 and ICC2."""
        return self.anova_table.copy()

    def by_item(self) -> pd.DataFrame:
        """One row per item: ICC1, mean rwg of the single item under each null, mean ADM."""
        return self.item_table.copy()

    def random_groups(self) -> pd.DataFrame:
        """One row per scale: the spread within groups beside that in groups put together by lot."""
        return self.random_table.copy()

    def verdicts(self) -> pd.DataFrame:
        """One row per scale: whether its answers may be put together by group.

        ICC1, ICC2, rwg(j) under four nulls, random groups, five checks, and ``verdict``:
        ``aggregate``, ``with_care`` or ``do_not_aggregate``, by fixed rules (`verdict_row`).
        """
        return self.verdict_rows.copy()

    def glance(self) -> pd.DataFrame:
        """One row: rows, groups, scales, coverage."""
        return pd.DataFrame(
            {
                "n_obs": [self.n_rows],
                "n_groups": [self.n_groups],
                "n_scales": [len(self.anova_table)],
                "confidence": [self.confidence],
            }
        )


def agreement(
    frame: pd.DataFrame,
    scales: Mapping[str, Sequence[str]],
    group: str,
    points: int | Mapping[str, int],
    *,
    low: int | Mapping[str, int] | None = None,
    confidence: float = 0.95,
    n_boot: int = 0,
    n_random: int = 1000,
    seed: int = 1,
) -> Agreement:
    """Return ICC1, ICC2 and agreement indices of each scale in groups.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    scales : mapping
        Name of each scale and its item columns. One column is taken as a ready score: its rwg is
        that of a single item.
    group : str
        Column of the groups. Rows without a group are left out.
    points : int or mapping
        Number of answer categories, coded one apart; for all scales or by scale.
    low : int or mapping, optional
        Lowest answer code. Without it 1, or 0 where an answer lies below 1. It matters for awg
        and for the check that answers lie on the scale; the other indices depend on ``points``.
    confidence : float
        Coverage of the intervals.
    n_boot : int
        Bootstrap replicates of groups for the bounds of ``icc1`` and ``icc2``; 0: F-based.
    n_random : int
        Random groups to compare with.
    seed : int
        Of the bootstrap and of the random groups.

    Returns
    -------
    Agreement
        ``tidy()`` has ``scale statistic estimate conf_low conf_high`` with the statistics ``icc1
        icc2 icc1_reml rwg_j rwg_j_slight_skew rwg_j_moderate_skew rwg_j_heavy_skew r_star_wg_j
        ad_m ad_md awg``. ``rwg_j`` is against a uniform null.

    Raises
    ------
    DataError
        When columns are missing, answers lie outside the scale, or there are no groups to compare.

    Notes
    -----
    Rows that lack an answer to an item of a scale are left out for that scale, as in R's
    multilevel. ICCs take the mean of the items. A group of one has no agreement index (NaN), and
    counts in the ICCs. Bounds: F-based or bootstrap for ``icc1`` and ``icc2``, profile likelihood
    for ``icc1_reml``, Student's t over the groups for the mean of a group statistic (held between 0
    and 1 for rwg(j)). Formulas, sources and R calls stand at the functions in `relsurvey.stats`.
    """
    check_scales(scales)
    check_interval(confidence, n_boot)
    if n_random < 1:
        raise DataError("Random groups are needed.", where="n_random", got=repr(n_random))
    codes, labels = _groups(frame, group)
    order = np.argsort(codes, kind="stable")[int((codes < 0).sum()) :]
    codes = codes[order]
    n_rows = len(order)
    notes = list(left_out("Agreement", len(frame) - n_rows, len(frame), "the group"))
    found = []
    for scale, columns in scales.items():
        values = answer_matrix(frame, columns, f"scale {scale}")[order]
        here = np.isfinite(values).all(axis=1)
        notes += left_out(f"Scale {scale}", n_rows - int(here.sum()), n_rows)
        limits = _range(scale, values[here], points, low)
        plan = Plan(limits, confidence, n_boot, n_random, seed)
        one = scale_agreement(scale, columns, values[here], codes[here], plan)
        notes += _remarks(scale, one.groups, limits[1] - limits[0] + 1)
        found.append(one)
    groups = _stacked([one.groups for one in found])
    groups["group"] = labels[groups["group"]]
    return Agreement(
        statistics=pd.DataFrame([row for one in found for row in one.rows]),
        group_table=pd.DataFrame(groups),
        anova_table=pd.DataFrame([one.test for one in found]),
        item_table=pd.DataFrame(_stacked([one.items for one in found])),
        random_table=pd.DataFrame([one.random for one in found]),
        verdict_rows=verdict_table([one.verdict for one in found]),
        n_rows=n_rows,
        n_groups=len(labels),
        confidence=confidence,
        notes=tuple(notes),
    )


def _stacked(tables: list[Columns]) -> dict[str, Any]:
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def _groups(frame: pd.DataFrame, group: str) -> tuple[IntArray, pd.Index]:
    check_frame(frame)
    if group not in frame.columns:
        raise DataError("The data lack the group column.", where="group", got=str(group))
    column = frame[group]
    if isinstance(column, pd.DataFrame):
        raise DataError("The data have two columns of one name.", where="group", got=str(group))
    codes, labels = pd.factorize(column, sort=True)
    if len(labels) == 0:
        raise DataError("No row has a group.", where=f"column {group}")
    return codes.astype(np.int64), pd.Index(labels)


def _range(
    scale: str,
    values: FloatArray,
    points: int | Mapping[str, int],
    low: int | Mapping[str, int] | None,
) -> tuple[int, int]:
    if len(values) == 0:
        raise DataError("No row answers all items.", where=f"scale {scale}")
    count = _of_scale(points, scale, "points")
    if count < 2:
        raise DataError(
            "A response scale needs two categories or more.", where=f"scale {scale}", got=f"{count}"
        )
    lowest = (0 if values.min() < 1 else 1) if low is None else _of_scale(low, scale, "low")
    highest = lowest + count - 1
    if values.min() < lowest or values.max() > highest:
        raise DataError(
            "Answers lie outside the response scale.",
            where=f"scale {scale}",
            got=f"{values.min():g} to {values.max():g}",
            expected=f"{lowest} to {highest}",
            hint="Give the number of categories as points, the lowest code as low, and take "
            "missing codes out first.",
        )
    return lowest, highest


def _of_scale(value: int | Mapping[str, int], scale: str, argument: str) -> int:
    if not isinstance(value, Mapping):
        return int(value)
    if scale not in value:
        raise DataError("A scale is not in the mapping.", where=argument, got=scale)
    return int(value[scale])


def _remarks(scale: str, table: Columns, points: int) -> list[str]:
    notes = []
    alone = int((table["n"] == 1).sum())
    if alone:
        notes.append(
            f"Scale {scale}: {alone} of {len(table['n'])} groups have one member; agreement is not "
            "defined there, and the means over groups leave them out."
        )
    if np.isnan(null_variance(points, "slight_skew")):
        notes.append(
            f"Scale {scale}: no skewed null is published for {points} answer categories, so rwg(j) "
            "is given against the uniform null only."
        )
    return notes

"""Do members of a group agree, and do groups differ: ICCs and within-group agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError
from relsurvey.measurement.answers import answer_matrix, check_frame, check_scales, left_out
from relsurvey.results import Result
from relsurvey.stats.agreement_indices import ad_m, ad_md, awg, r_star_wg_j, rwg_j
from relsurvey.stats.grouped import group_rows
from relsurvey.stats.icc_anova import AnovaIcc, anova_icc
from relsurvey.stats.icc_reml import reml_icc
from relsurvey.stats.mean_interval import mean_interval
from relsurvey.stats.null_distributions import NULLS, null_variance

FloatArray = NDArray[np.float64]
Row = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Agreement(Result):
    """Agreement within groups and differences between them, for several scales.

    Attributes
    ----------
    statistics, group_table, anova_table : DataFrame
        What `tidy`, `by_group` and `anova` return.
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
    counts in the ICCs. Bounds: F-based for ``icc1`` and ``icc2``, profile likelihood for
    ``icc1_reml``, Student's t over the groups for the mean of a group statistic (held
    between 0 and 1 for rwg(j)). Formulas, sources
    and R calls stand at the functions in `relsurvey.stats`.
    """
    check_scales(scales)
    if not 0.0 < confidence < 1.0:
        raise DataError(
            "The confidence must lie between 0 and 1.", where="confidence", got=repr(confidence)
        )
    codes, labels = _groups(frame, group)
    rows: list[Row] = []
    tests: list[Row] = []
    tables: list[pd.DataFrame] = []
    notes: list[str] = list(left_out("Agreement", int((codes < 0).sum()), len(frame), "the group"))
    for scale, columns in scales.items():
        values = answer_matrix(frame, columns, f"scale {scale}")
        here = np.isfinite(values).all(axis=1) & (codes >= 0)
        notes += left_out(
            f"Scale {scale}", int((codes >= 0).sum() - here.sum()), int((codes >= 0).sum())
        )
        lowest, highest = _range(scale, values[here], points, low)
        table = _group_statistics(values[here], codes[here], lowest, highest)
        test, found = _between(scale, values[here].mean(axis=1), codes[here], confidence)
        rows += found + _means(scale, table, confidence)
        tests.append(test)
        notes += _remarks(scale, table, highest - lowest + 1)
        table.insert(0, "scale", scale)
        table.insert(1, "group", labels[np.unique(codes[here])])
        tables.append(table)
    return Agreement(
        statistics=pd.DataFrame(rows),
        group_table=pd.concat(tables, ignore_index=True),
        anova_table=pd.DataFrame(tests),
        n_rows=int((codes >= 0).sum()),
        n_groups=len(labels),
        confidence=confidence,
        notes=tuple(notes),
    )


def _groups(frame: pd.DataFrame, group: str) -> tuple[NDArray[np.int64], pd.Index]:
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


def _group_statistics(
    values: FloatArray, codes: NDArray[np.int64], low: int, high: int
) -> pd.DataFrame:
    groups = group_rows(values, codes)
    points = high - low + 1
    columns: dict[str, FloatArray | NDArray[np.int64]] = {
        "n": groups.sizes,
        "mean": groups.means.mean(axis=1),
    }
    for null in NULLS:
        name = "rwg_j" if null == "uniform" else f"rwg_j_{null}"
        columns[name] = rwg_j(groups, null_variance(points, null))
    columns["r_star_wg_j"] = r_star_wg_j(groups, null_variance(points, "uniform"))
    columns["ad_m"] = ad_m(groups)
    columns["ad_md"] = ad_md(groups)
    columns["awg"] = awg(groups, low, high)
    return pd.DataFrame(columns)


def _between(
    scale: str, scores: FloatArray, codes: NDArray[np.int64], confidence: float
) -> tuple[Row, list[Row]]:
    try:
        icc: AnovaIcc = anova_icc(scores, codes, confidence)
        reml = reml_icc(scores, codes, confidence)
    except DataError as error:
        raise DataError(error.what, where=f"scale {scale}", got=error.got) from error
    test: Row = {"scale": scale}
    for name in ("n_obs", "n_groups", "df_between", "df_within", "ms_between", "ms_within"):
        test[name] = getattr(icc, name)
    test |= {"statistic": icc.statistic, "p_value": icc.p_value}
    return test, [
        _row(scale, "icc1", (icc.icc1, icc.icc1_low, icc.icc1_high)),
        _row(scale, "icc2", (icc.icc2, icc.icc2_low, icc.icc2_high)),
        _row(scale, "icc1_reml", (reml.icc1, reml.conf_low, reml.conf_high)),
    ]


def _means(scale: str, table: pd.DataFrame, confidence: float) -> list[Row]:
    rows = []
    for name in table.columns.drop(["n", "mean"]):
        mean, low, high = mean_interval(table[name].to_numpy(dtype=np.float64), confidence)
        if str(name).startswith("rwg_j"):  # the index itself lies between 0 and 1
            low, high = float(np.clip(low, 0.0, 1.0)), float(np.clip(high, 0.0, 1.0))
        rows.append(_row(scale, str(name), (mean, low, high)))
    return rows


def _row(scale: str, statistic: str, numbers: tuple[float, float, float]) -> Row:
    named: Row = {"scale": scale, "statistic": statistic}
    return named | dict(zip(("estimate", "conf_low", "conf_high"), numbers, strict=True))


def _remarks(scale: str, table: pd.DataFrame, points: int) -> list[str]:
    notes = []
    alone = int((table["n"] == 1).sum())
    if alone:
        notes.append(
            f"Scale {scale}: {alone} of {len(table)} groups have one member; agreement is not "
            "defined there, and the means over groups leave them out."
        )
    if np.isnan(null_variance(points, "slight_skew")):
        notes.append(
            f"Scale {scale}: no skewed null is published for {points} answer categories, so rwg(j) "
            "is given against the uniform null only."
        )
    return notes

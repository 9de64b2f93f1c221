"""Agreement within every group and its mean over groups, for a scale and for its single items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.agreement_indices import ad_m, ad_md, awg, r_star_wg_j, rwg_j
from relsurvey.stats.grouped import Grouped
from relsurvey.stats.mean_interval import mean_interval
from relsurvey.stats.null_distributions import NULLS, null_variance

FloatArray = NDArray[np.float64]
Row = dict[str, object]
Columns = dict[str, NDArray[Any]]


def group_statistics(groups: Grouped, low: int, high: int) -> dict[str, FloatArray]:
    """Every agreement index of every group, by the name it has in tables.

    Parameters
    ----------
    groups : Grouped
        Item answers.
    low, high : int
        Lowest and highest answer code.
    """
    points = high - low + 1
    found = {}
    for null in NULLS:
        name = "rwg_j" if null == "uniform" else f"rwg_j_{null}"
        found[name] = rwg_j(groups, null_variance(points, null))
    found["r_star_wg_j"] = r_star_wg_j(groups, null_variance(points, "uniform"))
    found["ad_m"] = ad_m(groups)
    found["ad_md"] = ad_md(groups)
    found["awg"] = awg(groups, low, high)
    return found


def mean_rows(scale: str, statistics: dict[str, FloatArray], confidence: float) -> list[Row]:
    """One row per statistic: its mean over the groups, with Student's interval."""
    rows = []
    for name, values in statistics.items():
        mean, low, high = mean_interval(values, confidence)
        if name.startswith("rwg_j"):  # the index itself lies between 0 and 1
            low, high = float(np.clip(low, 0.0, 1.0)), float(np.clip(high, 0.0, 1.0))
        rows.append(statistic_row(scale, name, (mean, low, high)))
    return rows


def statistic_row(scale: str, statistic: str, numbers: tuple[float, float, float]) -> Row:
    """Return a row of `Agreement.tidy`."""
    named: Row = {"scale": scale, "statistic": statistic}
    return named | dict(zip(("estimate", "conf_low", "conf_high"), numbers, strict=True))


def item_agreement(scale: str, columns: Sequence[str], groups: Grouped, points: int) -> Columns:
    """Agreement on single items: mean rwg under each null, and ICC1 of the item.

    Parameters
    ----------
    scale : str
        Name of the scale.
    columns : sequence
        Its items, the columns of ``groups``.
    groups : Grouped
        Item answers.
    points : int
        Number of answer categories.
    """
    several = groups.sizes > 1
    variances = groups.variances[several]
    names = np.array([str(column) for column in columns], dtype=object)
    table: Columns = {"scale": np.full(len(names), scale, dtype=object), "item": names}
    table["icc1"] = _icc1(groups)
    for null in NULLS:
        variance = null_variance(points, null)
        name = "rwg" if null == "uniform" else f"rwg_{null}"
        table[name] = 1.0 - np.minimum(variances / variance, 1.0).mean(axis=0)
    table["ad_m"] = groups.mean_absolute_deviations(groups.means)[several].mean(axis=0)
    return table


def _icc1(groups: Grouped) -> FloatArray:
    """ICC1 of each column, shape (k,), as `anova_icc` has it; NaN where a column does not vary."""
    n, g = len(groups.values), len(groups.sizes)
    sizes = groups.sizes[:, None]
    within = (np.where(sizes > 1, groups.variances, 0.0) * (sizes - 1)).sum(axis=0)
    between = (sizes * (groups.means - groups.values.mean(axis=0)) ** 2).sum(axis=0)
    ms_between, ms_within = between / (g - 1), within / (n - g)
    scale = ms_between + (n / g - 1.0) * ms_within
    icc: FloatArray = np.where(
        scale > 0.0, (ms_between - ms_within) / np.where(scale > 0.0, scale, 1.0), np.nan
    )
    return icc

"""One scale's agreement: ICCs, group statistics, single items, random groups, verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import DataError
from relsurvey.measurement.agreement_verdicts import verdict_row
from relsurvey.measurement.bootstrap_interval import percentile_interval
from relsurvey.measurement.group_statistics import (
    Columns,
    Row,
    group_statistics,
    item_agreement,
    mean_rows,
    statistic_row,
)
from relsurvey.stats.grouped import group_rows
from relsurvey.stats.icc_anova import AnovaIcc, anova_icc
from relsurvey.stats.icc_bootstrap import icc_replicates
from relsurvey.stats.icc_reml import reml_icc
from relsurvey.stats.random_groups import random_groups

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Plan:
    """Lowest and highest code, coverage, replicates, random groups, seed."""

    limits: tuple[int, int]
    confidence: float
    n_boot: int
    n_random: int
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class ScaleAgreement:
    """One scale's share of every table of `Agreement`, the long ones as columns."""

    rows: list[Row]
    test: Row
    random: Row
    verdict: Row
    groups: Columns
    items: Columns


def scale_agreement(
    scale: str, columns: Sequence[str], values: FloatArray, codes: IntArray, plan: Plan
) -> ScaleAgreement:
    """Compute everything about one scale.

    Parameters
    ----------
    scale : str
        Its name.
    columns : sequence
        Its items.
    values : ndarray, shape (n, k)
        Answers, no NaN.
    codes : ndarray of int, shape (n,)
        Group of each row.
    plan : Plan
        What is wanted.
    """
    groups = group_rows(values, codes)
    low, high = plan.limits
    statistics = group_statistics(groups, low, high)
    scores = groups.values.mean(axis=1)
    test, rows = _between(scale, scores, groups.codes, plan)
    by_lot = random_groups(scores, groups.codes, plan.n_random, plan.seed)
    iccs = {str(row["statistic"]): row for row in rows}
    numbers = {
        "icc1": float(str(iccs["icc1"]["estimate"])),
        "icc1_low": float(str(iccs["icc1"]["conf_low"])),
        "icc2": float(str(iccs["icc2"]["estimate"])),
    }
    named: Columns = {
        "scale": np.full(len(groups.sizes), scale, dtype=object),
        "group": np.unique(codes),
        "n": groups.sizes,
        "mean": groups.means.mean(axis=1),
    }
    return ScaleAgreement(
        rows=rows + mean_rows(scale, statistics, plan.confidence),
        test=test,
        random={"scale": scale} | asdict(by_lot),
        verdict=verdict_row(scale, numbers, statistics, by_lot.p_value),
        groups=named | statistics,
        items=item_agreement(scale, columns, groups, high - low + 1),
    )


def _between(scale: str, scores: FloatArray, codes: IntArray, plan: Plan) -> tuple[Row, list[Row]]:
    try:
        icc: AnovaIcc = anova_icc(scores, codes, plan.confidence)
        reml = reml_icc(scores, codes, plan.confidence)
    except DataError as error:
        raise DataError(error.what, where=f"scale {scale}", got=error.got) from error
    test: Row = {"scale": scale}
    for name in ("n_obs", "n_groups", "df_between", "df_within", "ms_between", "ms_within"):
        test[name] = getattr(icc, name)
    test |= {"statistic": icc.statistic, "p_value": icc.p_value}
    bounds = [(icc.icc1_low, icc.icc1_high), (icc.icc2_low, icc.icc2_high)]
    if plan.n_boot:
        draws = icc_replicates(scores, codes, plan.n_boot, plan.seed)
        bounds = [percentile_interval(one, plan.confidence)[1:] for one in draws]
    return test, [
        statistic_row(scale, "icc1", (icc.icc1, *bounds[0])),
        statistic_row(scale, "icc2", (icc.icc2, *bounds[1])),
        statistic_row(scale, "icc1_reml", (reml.icc1, reml.conf_low, reml.conf_high)),
    ]

"""Factor models, reliability and agreement beside lavaan, psych and multilevel, run by run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pandas as pd

import relsurvey as rs
from benchmarks.r_peer import has_r, row_beside_r
from benchmarks.survey_draw import draw_survey, factor_model

SCRIPT = Path(__file__).with_name("peers.R")
MODEL = factor_model()
SOME = {name: MODEL[name] for name in ("f0", "f1", "f5")}
ITEMS = [item for items in MODEL.values() for item in items]


@dataclass(frozen=True, slots=True)
class Task:
    """One row: what is done, with which rows, by what of ours and by which task of peers.R."""

    work: str
    peer: str
    n: int
    missing: float
    ours: Callable[[pd.DataFrame], object]
    task: str
    runs: int = 3
    slow: bool = False


def _polychorics(frame: pd.DataFrame) -> object:
    from relsurvey.measurement.item_correlations import item_correlations

    return item_correlations(frame, ITEMS, ordered=True, where="benchmark")


def _agreement(frame: pd.DataFrame) -> object:
    return rs.agreement(frame, MODEL, group="unit", points=5)


def _iccs(frame: pd.DataFrame) -> object:
    from relsurvey.stats.icc_anova import anova_icc

    unit = frame["unit"].to_numpy()
    return [anova_icc(frame[items].to_numpy().mean(axis=1), unit) for items in MODEL.values()]


def _rwg_j(frame: pd.DataFrame) -> object:
    from relsurvey.stats.agreement_indices import rwg_j
    from relsurvey.stats.grouped import group_rows

    unit = frame["unit"].to_numpy()
    return [rwg_j(group_rows(frame[items].to_numpy(), unit), 2.0) for items in MODEL.values()]


TASKS = (
    *(
        Task(
            f"WLSMV, robust errors and test, 45 items, N = {n:,}",
            "lavaan",
            n,
            0.0,
            lambda frame: rs.cfa(frame, MODEL, estimator="wlsmv"),
            "wlsmv",
            runs=3 if n < 10_000 else 1,
        )
        for n in (500, 2_000, 10_000)
    ),
    Task(
        "the same, 10 % missing, pairwise, N = 2,000",
        "lavaan",
        2_000,
        0.1,
        lambda frame: rs.cfa(frame, MODEL, estimator="wlsmv", missing="pairwise"),
        "pairwise",
        runs=1,
    ),
    Task("all polychorics, N = 2,000", "lavaan lavCor", 2_000, 0.0, _polychorics, "lavcor"),
    Task("all polychorics, N = 2,000", "psych", 2_000, 0.0, _polychorics, "psych", runs=1),
    Task(
        "ML with errors and all fit statistics, N = 2,000",
        "lavaan",
        2_000,
        0.0,
        lambda frame: rs.cfa(frame, MODEL).tidy(),
        "ml",
        runs=5,
    ),
    Task(
        "MLR with clusters, N = 2,000",
        "lavaan",
        2_000,
        0.0,
        lambda frame: rs.cfa(frame, MODEL, estimator="mlr", cluster="unit"),
        "mlr",
    ),
    Task(
        "FIML, 10 % missing, N = 500",
        "lavaan, fit only",
        500,
        0.1,
        lambda frame: rs.cfa(frame, MODEL, missing="fiml"),
        "fiml",
        runs=1,
        slow=True,
    ),
    Task(
        "two-level CFA, 14 items, 3 factors, N = 2,000",
        "lavaan",
        2_000,
        0.0,
        lambda frame: rs.two_level_cfa(frame, SOME, SOME, "unit"),
        "two_level_few",
        runs=1,
    ),
    Task(
        "two-level CFA, 45 items, 10 factors, N = 1,000",
        "lavaan, fit only",
        1_000,
        0.0,
        lambda frame: rs.two_level_cfa(frame, MODEL, MODEL, "unit"),
        "two_level",
        runs=1,
        slow=True,
    ),
    Task(
        "ordinal invariance, 3 groups, 14 items, configural to intercepts, N = 2,000 (ours goes on "
        "to residuals)",
        "lavaan",
        2_000,
        0.0,
        lambda frame: rs.invariance(frame, SOME, group="part"),
        "invariance_few",
        runs=1,
    ),
    Task(
        "the same, 45 items, 10 factors (lavaan: the first level only)",
        "lavaan",
        2_000,
        0.0,
        lambda frame: rs.invariance(frame, MODEL, group="part"),
        "invariance",
        runs=1,
        slow=True,
    ),
    Task("ICC1 and ICC2 of 10 scales, N = 10,000", "multilevel", 10_000, 0.0, _iccs, "icc", runs=1),
    Task("rwg(j) of 10 scales, N = 10,000", "multilevel", 10_000, 0.0, _rwg_j, "rwg"),
    Task(
        "all of agreement(): both, their intervals, and six indices more, of 10 scales, N = 10,000",
        "multilevel, rwg(j) alone",
        10_000,
        0.0,
        _agreement,
        "rwg",
    ),
)


def measurement_rows(folder: Path, *, slow: bool, timeout: float) -> Iterator[str]:
    """Time every task beside its peer; a row of a Markdown table each.

    Peers in R are called anew for each run, in turn with ours; they tell the seconds of the work
    alone. One that takes longer than ``timeout`` seconds is stopped and its ratio is a lower bound.
    """
    if not has_r():
        yield "| (no rows against R: Rscript was not found) | | | | |"
        return
    for task in TASKS:
        if task.slow and not slow:
            continue
        frame, path = _survey(folder, task.n, task.missing)
        yield row_beside_r(
            task.work,
            task.peer,
            partial(task.ours, frame),
            SCRIPT,
            task.task,
            path,
            runs=task.runs,
            timeout=timeout,
        )


@cache
def _survey(folder: Path, n: int, missing: float) -> tuple[pd.DataFrame, Path]:
    path = folder / f"survey_{n}_{missing}.csv"
    frame = draw_survey(n, missing=missing)
    frame.to_csv(path, index=False, na_rep="NA")
    return frame, path

"""Mixed models, cluster-robust tests and the cluster bootstrap beside R and statsmodels."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

import relsurvey as rs
from benchmarks.pairs import paired
from benchmarks.r_peer import has_r, row_beside_r
from relsurvey.stats.cluster_bootstrap import cross_products, resample

SCRIPT = Path(__file__).with_name("effects_peers.R")
FORMULA = "y ~ (" + " + ".join(f"x{k}" for k in range(8)) + ") * span"
DRAWS = 2_000


def draw_teams(n_obs: int, seed: int = 1) -> pd.DataFrame:
    """Draw eight correlated predictors, the leader's span and an outcome in teams of twelve."""
    generator = np.random.default_rng(seed)
    n_teams = n_obs // 12
    team = np.repeat(np.arange(n_teams), 12)
    x = 0.7 * generator.normal(size=(len(team), 8)) + 0.7 * generator.normal(size=(len(team), 1))
    x += 0.3 * generator.normal(size=(n_teams, 8))[team]
    span = np.log(generator.integers(6, 60, n_teams) / 20.0)[team]
    y = x @ np.linspace(0.3, 0.0, 8) + 0.4 * generator.normal(size=n_teams)[team]
    frame = pd.DataFrame(x, columns=[f"x{k}" for k in range(8)])
    return frame.assign(span=span, y=y + generator.normal(size=len(team)), unit=team)


def bootstrap(frame: pd.DataFrame) -> object:
    """Resample whole teams and refit all 18 coefficients."""
    x = frame[[f"x{k}" for k in range(8)]].to_numpy()
    span = frame[["span"]].to_numpy()
    columns = np.column_stack([np.ones(len(frame)), x, span, x * span, frame["y"]])
    products = cross_products(columns, frame["unit"].to_numpy())
    return [
        np.linalg.solve(batch[:, :-1, :-1], batch[:, :-1, -1:])
        for batch in resample(products, DRAWS, seed=1)
    ]


def statsmodels_draw(frame: pd.DataFrame) -> Callable[[], object]:
    """One replicate as it is usually written: rows gathered, formula fitted."""
    import statsmodels.formula.api as smf

    rows = [group.index.to_numpy() for _, group in frame.groupby("unit")]
    generator = np.random.default_rng(1)

    def draw() -> object:
        taken = generator.integers(0, len(rows), len(rows))
        return smf.ols(FORMULA, frame.loc[np.concatenate([rows[k] for k in taken])]).fit().params

    return draw


def mixed(frame: pd.DataFrame, df: str) -> Callable[[], object]:
    """Fit ours with tests by the given degrees of freedom."""
    return lambda: rs.mixed_model(frame, FORMULA, group="unit", df=df).tidy()


def statsmodels_mixed(frame: pd.DataFrame) -> Callable[[], object]:
    """Fit the same model as statsmodels does."""
    import statsmodels.formula.api as smf

    return lambda: smf.mixedlm(FORMULA, frame, groups=frame["unit"]).fit().summary()


def power_row() -> str:
    """Seconds of 2,000 replicates, drawn and fitted for both outcomes; nothing usual does it."""
    workers = os.cpu_count() or 1
    begin = time.perf_counter()
    rs.power(leaders=125, estimator="mixed", n_draws=DRAWS, n_boot=0, workers=workers)
    spent = time.perf_counter() - begin
    work = f"{DRAWS:,} power replicates, random intercepts, 125 leaders, {workers} workers"
    return f"| {work} | – | {spent:.3g} | – | – |"


def effects_rows(folder: Path, *, slow: bool, timeout: float) -> Iterator[str]:
    """Time every task beside its peers; a row of a Markdown table each."""
    frames = {}
    for n_obs in (2_000, 50_000):
        frames[n_obs] = draw_teams(n_obs)
        frames[n_obs].to_csv(folder / f"teams_{n_obs}.csv", index=False)
    small = frames[2_000]
    one = statsmodels_draw(small)
    name = f"cluster bootstrap of 18 coefficients, {DRAWS:,} draws, N = 2,000"
    yield paired(
        name,
        "statsmodels formula loop (timed on 20 draws)",
        lambda: bootstrap(small),
        lambda: [one() for _ in range(20)],
        per_run=DRAWS / 20,
    ).row()
    for n_obs, frame in frames.items():
        yield paired(
            f"random intercept, Satterthwaite, 18 terms, N = {n_obs:,}",
            "statsmodels MixedLM (normal p)",
            mixed(frame, "satterthwaite"),
            statsmodels_mixed(frame),
        ).row()
    yield power_row()
    if not has_r():
        return

    def cr2(frame: pd.DataFrame) -> Callable[[], object]:
        return lambda: rs.regress(frame, FORMULA, cluster="unit").tidy()

    tasks: list[tuple[str, str, Callable[[], object], str, int, int]] = [
        (name, ".lm.fit loop in R", lambda: bootstrap(small), "bootstrap", 2_000, 3)
    ]
    for n_obs, frame in frames.items():
        large = n_obs > 2_000
        runs = 3
        tasks.append(
            (
                f"random intercept, Satterthwaite, 18 terms, N = {n_obs:,}",
                "lme4 and lmerTest",
                mixed(frame, "satterthwaite"),
                "satterthwaite",
                n_obs,
                runs,
            )
        )
        if not large:
            tasks.append(
                (
                    "the same with Kenward-Roger, N = 2,000",
                    "lmerTest and pbkrtest",
                    mixed(frame, "kenward_roger"),
                    "kenward_roger",
                    n_obs,
                    runs,
                )
            )
        if slow or not large:
            tasks.append(
                (
                    f"CR2 with Satterthwaite p, 18 terms, N = {n_obs:,}",
                    "clubSandwich",
                    cr2(frame),
                    "cr2",
                    n_obs,
                    1 if large else runs,
                )
            )
    for work, peer, ours, task, n_obs, runs in tasks:
        path = folder / f"teams_{n_obs}.csv"
        yield row_beside_r(work, peer, ours, SCRIPT, task, path, runs=runs, timeout=timeout)

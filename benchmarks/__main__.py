"""``make bench``: print the table of benchmarks/README.md; ``--slow`` adds peers of minutes."""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

import relsurvey as rs
from benchmarks import effects, measurement
from benchmarks.cards import cards_rows
from benchmarks.pairs import Pair, paired
from benchmarks.r_peer import versions
from benchmarks.survey_draw import draw_survey, factor_model
from relsurvey.questionnaire.export import KINDS

DIMENSIONS = [
    "individual_consideration",
    "skill_development",
    "social_interaction",
    "task_coordination",
    "shared_vision",
    "physical_presence",
    "digital_accessibility",
    "mental_closeness",
]
PARTS = ("effects", "measurement", "cards", "files")
OUTCOME = "within_group_relations"


def ranking(scores: pd.DataFrame, draws: int) -> Pair:
    """Rank eight predictors by dominance, again in every cluster bootstrap draw."""
    import pingouin

    complete = scores[[*DIMENSIONS, OUTCOME, "leader"]].dropna()
    members = [group.index.to_numpy() for _, group in complete.groupby("leader")]
    generator = np.random.default_rng(1)

    def one_draw() -> object:
        drawn = generator.integers(0, len(members), len(members))
        sample = complete.loc[np.concatenate([members[i] for i in drawn])]
        return pingouin.linear_regression(sample[DIMENSIONS], sample[OUTCOME], relimp=True)

    return paired(
        f"dominance of 8 predictors in each of {draws:,} cluster bootstrap draws, N ≈ 2,000",
        "pingouin relimp on each draw (timed on 3 draws)",
        lambda: rs.rank_effects(
            complete, outcome=OUTCOME, predictors=DIMENSIONS, cluster="leader", n_boot=draws
        ),
        lambda: [one_draw() for _ in range(3)],
        per_run=draws / 3,
    )


def reading(folder: Path) -> Pair:
    """Read and check a million employees' answers: those of 110,000, ten times with other ids."""
    rs.simulate("article", n_employees=130_000, seed=2).write(folder)
    answers = folder / "million.csv"
    once = pd.read_csv(folder / "answers.csv", dtype=str, keep_default_na=False)
    with answers.open("w", encoding="utf-8") as stream:
        for time_ in range(10):
            own = once.assign(respondent=f"{time_}-" + once["respondent"])
            own.to_csv(stream, index=False, header=time_ == 0)
    return paired(
        f"read and check {10 * len(once):,} answers × {once.shape[1]} columns",
        "pandas.read_csv alone",
        lambda: rs.check(rs.read_responses(answers)),
        lambda: pd.read_csv(answers),
    )


def exporting(folder: Path) -> Iterator[str]:
    """Seconds of 500 exports of the full form, all kinds in turn; nothing usual does it."""
    relations = rs.load_instrument("relations")
    kinds = tuple(KINDS)

    def export(kind: str) -> None:
        path = folder / f"{kind}{KINDS[kind].suffixes[0]}"
        rs.export_questionnaire(relations, to=kind, language="da", path=path)

    spent = dict.fromkeys(kinds, 0.0)
    for turn in range(500):
        kind = kinds[turn % len(kinds)]
        begin = time.perf_counter()
        export(kind)
        spent[kind] += time.perf_counter() - begin
    total = sum(spent.values())
    yield f"| 500 exports of the full form, {len(kinds)} kinds in turn | – | {total:.3g} | – | – |"
    slowest = max(kinds, key=lambda kind: spent[kind])
    times = len(range(kinds.index(slowest), 500, len(kinds)))
    each = spent[slowest] / times
    yield f"| of these one of the slowest kind, {slowest} | – | {each:.2g} | – | – |"


def ten_factors() -> Pair:
    """Fit a ten-factor CFA by ML with errors and fit indices."""
    import semopy

    model = factor_model()
    items = draw_survey(2_000)[[item for items in model.values() for item in items]]
    text = "\n".join(f"{factor} =~ {' + '.join(items)}" for factor, items in model.items())

    def peer() -> object:
        fitted = semopy.Model(text)
        fitted.fit(items)
        return fitted.inspect(std_est=True), semopy.calc_stats(fitted)

    return paired(
        "ML with errors and all fit statistics, N = 2,000",
        "semopy",
        lambda: rs.cfa(items, model).tidy(),
        peer,
    )


def main() -> None:
    """Print the machine, the versions and the table."""
    asked = argparse.ArgumentParser(description="Time ours beside the usual ways.")
    asked.add_argument("--slow", action="store_true", help="also what takes a peer minutes")
    asked.add_argument("--timeout", type=float, default=300.0, help="seconds given to a peer")
    asked.add_argument("--part", choices=PARTS, help="one part only")
    chosen = asked.parse_args()
    warnings.simplefilter("ignore")  # the peers' warnings are not what is measured
    town = rs.simulate("article", seed=1)
    scores = rs.score(town.responses).frame
    names = ("relsurvey", "numpy", "pandas", "pingouin", "semopy")
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    print(", ".join(f"{name} {version(name)}" for name in names))
    print(versions(measurement.SCRIPT))
    print(versions(effects.SCRIPT), end="\n\n")
    print("| work | the usual way | ours, s | theirs, s | times faster: median (range) |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        if chosen.part in (None, "effects"):
            for draws in (2_000, 10_000):
                print(ranking(scores, draws).row(), flush=True)
            for row in effects.effects_rows(Path(folder), slow=chosen.slow, timeout=chosen.timeout):
                print(row, flush=True)
        if chosen.part in (None, "measurement"):
            print(ten_factors().row(), flush=True)
            for row in measurement.measurement_rows(
                Path(folder), slow=chosen.slow, timeout=chosen.timeout
            ):
                print(row, flush=True)
        if chosen.part in (None, "cards"):
            for row in cards_rows(Path(folder)):
                print(row, flush=True)
        if chosen.part in (None, "files"):
            for row in exporting(Path(folder)):
                print(row, flush=True)
            print(reading(Path(folder)).row(), flush=True)


if __name__ == "__main__":
    main()

"""Scorecards of a large municipality: seconds of each step, and of twice the units."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import relsurvey as rs

STUDY = """
title = "Three waves"
instrument = "relations"
language = "da"
[answers.waves]
2022 = "0/answers.csv"
2024 = "1/answers.csv"
2026 = "2/answers.csv"
[roster]
file = "2/roster.csv"
[scorecards]
organisation = "Kommunen"
cuts = ["job_group", "tenure"]
"""
EMPLOYEES = 10_600  # makes 500 leaders
STEPS = {
    "protect": "deciding what may be shown",
    "audit": "the audit of it",
    "cards": "HTML cards",
    "pdf": "PDF cards",
}


def write_study(folder: Path, n_employees: int) -> Path:
    """Write three waves of a municipality, full form, two cuts; return the study file."""
    folder.mkdir(exist_ok=True)
    for wave in range(3):
        (folder / str(wave)).mkdir(exist_ok=True)
        rs.simulate("article", n_employees=n_employees, seed=3 + wave).write(folder / str(wave))
    path = folder / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def steps(study: Path, output: Path, *, pdf: bool = True) -> tuple[dict[str, float], int]:
    """Return the seconds between a step's first report and its last, and the number of units."""
    from relsurvey.study.write_scorecards import write_scorecards

    ends: dict[str, float] = {}
    begin = time.perf_counter()

    def note(step: str, done: int, of: int) -> None:
        del done, of
        ends[step] = time.perf_counter()

    workers = os.cpu_count() or 1
    made = write_scorecards(study, output, pdf=pdf, workers=workers, progress=note)
    spent, before = {}, begin
    for step in STEPS:
        if step in ends:
            spent[step] = ends[step] - before
            before = ends[step]
    spent["all"] = time.perf_counter() - begin
    return spent, len(made.organisation.tree)


def cards_rows(folder: Path) -> Iterator[str]:
    """Rows of the table; the time before hiding (reading three files) counts to hiding."""
    spent, n_units = steps(write_study(folder / "town", EMPLOYEES), folder / "cards")
    for step, name in STEPS.items():
        work = f"{name}: {n_units} units, three waves, two cuts"
        yield f"| {work} | – | {spent[step]:.3g} | – | – |"
    twice, n_twice = steps(write_study(folder / "city", 2 * EMPLOYEES), folder / "more", pdf=False)
    for step in ("protect", "audit", "cards"):
        ratio = twice[step] / spent[step]
        yield (
            f"| {STEPS[step]}: {n_twice} units | – | {twice[step]:.3g} | – | "
            f"{ratio:.3g} times the time of {n_units} |"
        )

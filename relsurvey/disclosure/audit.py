"""An auditor who has nothing but the published table, and tries to find out what is hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.disclosure.attacked_table import AttackedTable
from relsurvey.disclosure.relations import people_of
from relsurvey.errors import DataError
from relsurvey.processes import in_processes
from relsurvey.results import Result

PUBLISHED = ("unit", "parent", "wave", "cut", "measure", "n", "score", "status")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Audit(Result):
    """What could be found out about each hidden cell.

    Attributes
    ----------
    frame : DataFrame
        One row per hidden cell: ``unit wave cut measure n_low n_high score_low score_high narrow
        recovered``. The bounds were reached by answers that agree with all that is published; the
        true ones can only be wider, except where ``narrow`` is true: there they are exact. A narrow
        cell is ``recovered`` when fewer than ``min_n`` people may stand behind it; of a larger
        group nothing is told that could not have been shown.
    min_n : int
        Fewest people behind a number that may be known.
    width : float
        Points within which a hidden score may not be known.
    """

    title: ClassVar[str] = "Audit of what is hidden"
    frame: pd.DataFrame
    min_n: int
    width: float

    @property
    def recovered(self) -> pd.DataFrame:
        """Cells whose score is known within the width."""
        found: pd.DataFrame = self.frame[self.frame["recovered"]].reset_index(drop=True)
        return found

    def tidy(self) -> pd.DataFrame:
        """One row per hidden cell: a copy of ``frame``."""
        return self.frame.copy()

    def glance(self) -> pd.DataFrame:
        """One row: hidden cells, recovered cells, the width."""
        return pd.DataFrame(
            {
                "n_hidden": [len(self.frame)],
                "n_recovered": [int(self.frame["recovered"].sum())],
                "min_n": [self.min_n],
                "width": [self.width],
            }
        )

    def summary(self) -> str:
        """Say what could be recovered; every hidden cell is in ``tidy()``."""
        lines = [self.title, "=" * len(self.title), self.glance().T.to_string(header=False)]
        if self.frame["recovered"].any():
            lines += ["", self.recovered.head(20).to_string(index=False)]
        return "\n".join(lines)


def audit(
    published: pd.DataFrame,
    *,
    earlier: Sequence[pd.DataFrame] = (),
    min_n: int = 5,
    width: float = 20.0,
    decimals: int = 0,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Audit:
    """Try to recover every hidden score from a published table.

    Uses that a unit is the sum of the units below it and of the categories of each cut, that scores
    lie between 0 and 100 and were rounded, and that numbers of people are whole sums too. For each
    wave and measure, answers that agree with everything published are looked for that are as far
    apart as can be, by linear programming; a cell that stays narrow is then bounded exactly. In a
    table of more than 600 hidden cells only those are bounded that follow from the sums, or lie in
    a sum whose hidden part is small or near an end.
    No arithmetic is shared with what decides on hiding.

    Parameters
    ----------
    published : DataFrame
        Columns ``PUBLISHED``; ``status`` is ``shown`` or anything else, with ``n`` and ``score``
        empty then; a measure without any score is a number of people. Every unit stands in it for
        every cut and measure; rows whose cut begins with ``~`` follow from others and are left out.
    earlier : sequence of DataFrame
        Tables that were published before, of the same answers where a wave comes again: the
        auditor has them too. Units of the same lowest units are the same people.
    min_n : int, default 5
        What is known of so many people or more is no recovery.
    width : float, default 20
        A hidden score known within so many points is recovered. A share of answers counts only
        where it is known to be above 0: that few chose an answer at all is told by the whole.
    decimals : int, default 0
        Digits to which scores were rounded.
    seed : int
        Of the directions that are tried first.
    workers : int, default 1
        Processes.
    progress : callable, optional
        Called with tables done and tables in all.

    Raises
    ------
    DataError
        Columns are missing, or the published numbers contradict each other.
    """
    known = _joined([published, *earlier])
    ours = set(known.loc[known["release"] == 0, "key"])
    known = known[known["key"].isin(ours)].drop(columns="key")
    groups = list(known.groupby(["wave", "measure"], sort=False))
    most = {key: rows["n"].max() for key, rows in groups}
    jobs = []
    for (wave, measure), rows in groups:
        # shares count answers, several of each person
        each = most[wave, measure] / most.get((wave, str(measure).split("=")[0]), np.nan)
        fewest = min_n * (float(np.ceil(each)) if each > 1 else 1.0)
        jobs.append(_Job(rows.reset_index(drop=True), decimals, fewest, width, seed))
    parts = []
    with in_processes(workers) as mapped:
        for done, part in enumerate(mapped(_Job.attack, jobs), start=1):
            parts.append(part)
            if progress is not None:
                progress(done, len(jobs))
    return Audit(pd.concat(parts, ignore_index=True), min_n, width)


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put tables below each other, with what tells their cells apart and what makes them one.

    ``release`` is the table, ``people`` the lowest units of a row's unit, ``key`` wave and measure.
    """
    parts = []
    for release, table in enumerate(tables):
        lacking = [name for name in PUBLISHED if name not in table]
        if lacking:
            raise DataError("The published table lacks columns.", expected=", ".join(lacking))
        plain = table[~table["cut"].str.startswith("~")]
        people = people_of(plain["unit"], plain["parent"])
        key = plain["wave"].astype(str) + "\n" + plain["measure"].astype(str)
        parts.append(plain.assign(release=release, people=plain["unit"].map(people), key=key))
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """One measure of one wave, to be attacked in any process."""

    rows: pd.DataFrame
    decimals: int
    fewest: float
    width: float
    seed: int

    def attack(self) -> pd.DataFrame:
        generator = np.random.default_rng(self.seed)
        return AttackedTable(self.rows, self.decimals).attack(self.fewest, self.width, generator)

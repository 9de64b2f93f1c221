"""An auditor who has nothing but the published table, and tries to find out what is hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, vstack
from scipy.sparse.linalg import lsqr

from relsurvey.disclosure.relations import people_of, relations
from relsurvey.errors import DataError
from relsurvey.processes import in_processes
from relsurvey.results import Result

PUBLISHED = ("unit", "parent", "wave", "cut", "measure", "n", "score", "status")
SHOWN = "shown"
Floats = NDArray[np.float64]
_ROUNDS = 6
_SMALL = 600  # hidden cells of a measure up to which each is bounded


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
        return _Table(self.rows, self.decimals).attack(self.fewest, self.width, generator)


class _Table:
    """One measure of one wave: hidden people and sums as unknowns, tied by what is shown."""

    def __init__(self, rows: pd.DataFrame, decimals: int) -> None:
        self.rows = rows
        shown = (rows["status"] == SHOWN).to_numpy()
        self.hidden = np.flatnonzero(~shown)
        n = np.where(shown, rows["n"].to_numpy(dtype=float, na_value=np.nan), 0.0)
        told = rows["score"].to_numpy(dtype=float, na_value=np.nan)
        self._counts = bool(shown.any() and np.isnan(told[shown]).all())  # people alone
        score = np.where(shown, 50.0 if self._counts else told, 0.0)
        if not (np.isfinite(n).all() and np.isfinite(score).all()):
            raise DataError("A cell is shown but its number is missing.", where=self._name())
        ties = relations(rows)
        known_n, known_sum = ties @ n, ties @ (n * score)
        slack = abs(ties) @ (n * 0.5 * 10.0**-decimals) + 1e-6
        unknown = ties[:, self.hidden]
        some = abs(unknown).sum(axis=1) > 0
        if ((~some) & ((abs(known_n) > 1e-6) | (abs(known_sum) > slack))).any():
            raise DataError("The published numbers contradict each other.", where=self._name())
        used = np.flatnonzero(some)
        self._people = 10 * float(n.max(initial=0.0)) + 1000
        self._shares = "=" in str(rows["measure"].iloc[0])
        self._ties, self._known_n, self._known_sum = unknown[used], -known_n[used], -known_sum[used]
        self._make(unknown[used], known_n[used], known_sum[used], slack[used])

    def _name(self) -> str:
        first = self.rows.iloc[0]
        return f"wave {first['wave']}, measure {first['measure']}"

    def _make(self, ties: Any, known_n: Floats, known_sum: Floats, slack: Floats) -> None:  # noqa: ANN401  (sparse)
        """Set up the unknowns: people, sums, and how far each published sum is from its number."""
        m, k = ties.shape
        nothing, eye = csr_array((m, k)), csr_array(np.eye(k))
        self._equal = vstack(
            [
                hstack([ties, nothing, csr_array((m, m))]),
                hstack([nothing, ties, csr_array(np.eye(m))]),
            ],
            format="csr",
        )
        self._values = np.concatenate([-known_n, -known_sum])
        self._below = hstack([-100.0 * eye, eye, csr_array((k, m))], format="csr")
        self._bounds = np.concatenate(
            [
                np.column_stack([np.zeros(k), np.full(k, self._people)]),
                np.column_stack([np.zeros(k), np.full(k, 100 * self._people)]),
                np.column_stack([-slack, slack]),
            ]
        )

    def solve(self, objective: Floats, at_least_one: int | None = None) -> Floats | None:
        """Return people and sums that make the objective smallest; None if there are none."""
        k = self.hidden.size
        bounds: Any = self._bounds
        if at_least_one is not None:
            bounds = bounds.copy()
            bounds[at_least_one, 0] = 1.0
        found = linprog(
            np.concatenate([objective, np.zeros(len(self._bounds) - 2 * k)]),
            A_ub=self._below,
            b_ub=np.zeros(k),
            A_eq=self._equal,
            b_eq=self._values,
            bounds=bounds,
            method="highs",
        )
        reached: Any = found.x
        return None if found.status != 0 else np.asarray(reached[: 2 * k])

    def attack(self, min_n: float, width: float, generator: np.random.Generator) -> pd.DataFrame:
        """Bound every hidden cell."""
        if self._counts:
            return self._attack_counts(min_n)
        k = self.hidden.size
        n_ends, score_ends = _Ends(k), _Ends(k)
        large = k > _SMALL
        suspects = self._suspects(min_n, width, generator) if large else np.ones(k, dtype=bool)
        for _ in range(0 if large or not k else _ROUNDS):
            direction = generator.choice([-1.0, 1.0], 2 * k) * generator.uniform(0.5, 1.0, 2 * k)
            direction[:k] *= 50.0
            for sign in (1.0, -1.0):
                found = self.solve(sign * direction)
                if found is None:
                    raise DataError(
                        "The published numbers contradict each other.", where=self._name()
                    )
                n, total = found[:k], found[k:]
                n_ends.see(n)
                some = n >= 1 - 1e-6
                score_ends.see(np.where(some, total / np.maximum(n, 1.0), np.nan))
            if (score_ends.high - score_ends.low >= width)[suspects].all():
                break
        narrow = np.zeros(k, dtype=bool)
        doubt = suspects & ~(score_ends.high - score_ends.low >= width)
        for cell in np.flatnonzero(doubt).tolist():
            ends = self._exactly(cell, score_ends.low[cell], score_ends.high[cell], width)
            if ends is not None:
                score_ends.low[cell], score_ends.high[cell] = ends
                narrow[cell] = ends[1] - ends[0] < width - 1e-6
        for cell in np.flatnonzero(narrow).tolist():
            n_ends.low[cell], n_ends.high[cell] = self._people_ends(cell)
        recovered = narrow & (n_ends.low < min_n - 0.5) & (n_ends.high > 0.5)
        if self._shares:
            recovered &= score_ends.low > 0.5
        named = self.rows.loc[self.hidden, ["unit", "wave", "cut", "measure"]]
        return named.assign(
            n_low=n_ends.low,
            n_high=n_ends.high,
            score_low=score_ends.low,
            score_high=score_ends.high,
            narrow=narrow,
            recovered=recovered,
        )

    def _attack_counts(self, min_n: float) -> pd.DataFrame:
        """Bound hidden numbers of people, where nothing else was published."""
        k = self.hidden.size
        ends = np.array([self._people_ends(cell) for cell in range(k)]).reshape(k, 2)
        low, high = ends.T
        narrow = high - low < 1 - 1e-6
        named = self.rows.loc[self.hidden, ["unit", "wave", "cut", "measure"]]
        return named.assign(
            n_low=low,
            n_high=high,
            score_low=np.nan,
            score_high=np.nan,
            narrow=narrow,
            recovered=narrow & (high > 0.5) & (low < min_n - 0.5),
        )

    def _people_ends(self, cell: int) -> tuple[float, float]:
        """Fewest and most people that a cell can have."""
        ends = []
        for sign in (1.0, -1.0):
            wanted = np.zeros(2 * self.hidden.size)
            wanted[cell] = sign
            found = self.solve(wanted)
            if found is None:
                raise DataError("The published numbers contradict each other.", where=self._name())
            ends.append(float(found[cell]))
        return ends[0], ends[1]

    def _suspects(
        self, min_n: float, width: float, generator: np.random.Generator
    ) -> NDArray[np.bool_]:
        """Cells of a large table that are worth bounding.

        A cell that follows from the sums does not move along any direction that leaves them as
        they are; of these, cells of fewer than ``min_n`` people. Besides, cells in a sum whose
        hidden part is small or lies near an end.
        """
        ties = self._ties
        fixed = np.ones(ties.shape[1], dtype=bool)
        for _ in range(2):
            drawn = generator.normal(size=ties.shape[1])
            within = lsqr(ties, ties @ drawn, atol=1e-13, btol=1e-13, iter_lim=20_000)[0]
            fixed &= abs(drawn - within) < 1e-5
        people = lsqr(ties, self._known_n, atol=1e-13, btol=1e-13, iter_lim=20_000)[0]
        suspects: NDArray[np.bool_] = fixed & (people > 0.5) & (people < min_n - 0.5)
        one_way = abs(ties).sum(axis=1) == abs(ties.sum(axis=1))  # the whole is shown
        n, total = abs(self._known_n), abs(self._known_sum)
        tight = (n < min_n - 0.5) | (np.minimum(total, 100 * n - total) < width - 1e-6)
        sums = np.flatnonzero(one_way & tight & (n > 0.5))
        suspects[np.unique(ties[sums].indices)] = True
        return suspects

    def _exactly(
        self, cell: int, low: float, high: float, width: float
    ) -> tuple[float, float] | None:
        """Bound the mean of a cell with at least one person; None where it must be empty.

        A ratio is largest where ``sum − t · people`` can no longer be made positive.
        """
        k = self.hidden.size
        ends = {1.0: low, -1.0: high}  # smallest and largest mean, by the sign that finds them
        for sign in ends:
            for _ in range(20):
                objective = np.zeros(2 * k)
                objective[k + cell] = sign
                objective[cell] = -sign * (ends[sign] if np.isfinite(ends[sign]) else 50.0)
                found = self.solve(objective, at_least_one=cell)
                if found is None:
                    return None
                reached = float(found[k + cell] / found[cell])
                settled = abs(reached - ends[sign]) < 1e-6
                ends[sign] = reached
                if settled or ends[-1.0] - ends[1.0] >= width:
                    break
        return ends[1.0], ends[-1.0]


class _Ends:
    """Smallest and largest value seen of each cell."""

    def __init__(self, size: int) -> None:
        self.low, self.high = np.full(size, np.nan), np.full(size, np.nan)

    def see(self, values: Floats) -> None:
        self.low, self.high = np.fmin(self.low, values), np.fmax(self.high, values)

"""One measure of one wave as an auditor sees it: hidden numbers tied by what is shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, vstack
from scipy.sparse.linalg import lsqr

from relsurvey.disclosure.relations import relations
from relsurvey.errors import DataError

SHOWN = "shown"
Floats = NDArray[np.float64]
_ROUNDS = 6
_SMALL = 600  # hidden cells of a measure up to which each is bounded


class AttackedTable:
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
        self._n_ends, self._score_ends = _Ends(unknown), _Ends(unknown)
        self._make(unknown[used], known_n[used], known_sum[used], slack[used])

    def _name(self) -> str:
        first = self.rows.iloc[0]
        return f"wave {first['wave']}, measure {first['measure']}"

    def _make(self, ties: Any, known_n: Floats, known_sum: Floats, slack: Floats) -> None:  # noqa: ANN401  (sparse)
        """Set up the unknowns: people, sums, and how far each published sum is from its number."""
        m, k = ties.shape
        nothing, eye = csr_array((m, k)), eye_array(k, format="csr")
        self._equal = vstack(
            [
                hstack([ties, nothing, csr_array((m, m))]),
                hstack([nothing, ties, eye_array(m, format="csr")]),
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
        if found.status != 0:
            return None
        reached: Floats = np.asarray(found["x"])[: 2 * k]
        n, total = reached[:k], reached[k:]
        self._n_ends.see(n)
        self._score_ends.see(np.where(n >= 1 - 1e-6, total / np.maximum(n, 1.0), np.nan))
        return reached

    def attack(self, min_n: float, width: float, generator: np.random.Generator) -> pd.DataFrame:
        """Bound every hidden cell."""
        if self._counts:
            return self._attack_counts(min_n)
        k = self.hidden.size
        large = k > _SMALL
        suspects = self._suspects(min_n, width, generator) if large else np.ones(k, dtype=bool)
        if k and not large:
            self._look_around(width, generator)
        narrow = np.zeros(k, dtype=bool)
        ends = self._score_ends
        for cell in np.flatnonzero(suspects & ~ends.wide(width)).tolist():
            # the search for others may have shown it to be wide, or have bounded its likes
            if not ends.wide(width)[cell] and not narrow[cell]:
                found = self._exactly(cell, width, generator)
                if found is not None:
                    ends.put(cell, found)
                    narrow[ends.likes(cell)] = found[1] - found[0] < width - 1e-6
        low, high = self._n_ends.low, self._n_ends.high
        for cell in np.flatnonzero(narrow).tolist():
            low[cell], high[cell] = self._people_ends(cell)
        recovered = narrow & (low < min_n - 0.5) & (high > 0.5)
        if self._shares:
            recovered &= ends.low > 0.5
        named = self.rows.loc[self.hidden, ["unit", "wave", "cut", "measure"]]
        return named.assign(
            n_low=low,
            n_high=high,
            score_low=ends.low,
            score_high=ends.high,
            narrow=narrow,
            recovered=recovered,
        )

    def _look_around(self, width: float, generator: np.random.Generator) -> None:
        """Solve in a few random directions, until every cell was seen to be wide."""
        for _ in range(_ROUNDS):
            direction = _direction(self.hidden.size, generator)
            for sign in (1.0, -1.0):
                if self.solve(sign * direction) is None:
                    raise DataError(
                        "The published numbers contradict each other.", where=self._name()
                    )
            if self._score_ends.wide(width).all():
                return

    def _attack_counts(self, min_n: float) -> pd.DataFrame:
        """Bound hidden numbers of people, where nothing else was published."""
        ends = self._n_ends
        for cell in ends.first().tolist():
            ends.put(cell, self._people_ends(cell))
        low, high = ends.low, ends.high
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
        self, cell: int, width: float, generator: np.random.Generator
    ) -> tuple[float, float] | None:
        """Bound the mean of a cell with at least one person; None where it must be empty.

        A ratio is largest where ``sum − t · people`` can no longer be made positive. The first
        look at each end pulls at the other cells a little, and so tells of them too.
        """
        k, seen = self.hidden.size, self._score_ends
        ends = {1.0: seen.low[cell], -1.0: seen.high[cell]}  # by the sign that finds them
        for sign in ends:
            for attempt in range(20):
                objective = np.zeros(2 * k) if attempt else 0.02 * _direction(k, generator)
                objective[k + cell] = sign
                objective[cell] = -sign * (ends[sign] if np.isfinite(ends[sign]) else 50.0)
                found = self.solve(objective, at_least_one=cell)
                if found is None:
                    return None
                reached = float(found[k + cell] / found[cell])
                settled = attempt > 0 and abs(reached - ends[sign]) < 1e-6
                ends[sign] = sign * np.fmin(sign * reached, sign * ends[sign])
                if ends[-1.0] - ends[1.0] >= width:
                    return float(ends[1.0]), float(ends[-1.0])
                if settled:
                    break
        return float(ends[1.0]), float(ends[-1.0])


def _direction(k: int, generator: np.random.Generator) -> Floats:
    """Return a random direction to pull people and sums of all cells in."""
    direction: Floats = generator.choice([-1.0, 1.0], 2 * k) * generator.uniform(0.5, 1.0, 2 * k)
    direction[:k] *= 50.0
    return direction


class _Ends:
    """Smallest and largest value seen of each cell; of cells that stand in the same sums as one.

    Such cells could change places without any sum telling, and so have the same ends.
    """

    def __init__(self, ties: csr_array) -> None:
        columns = ties.T.tocsr()
        columns.sort_indices()
        parts = np.split(np.arange(columns.nnz), columns.indptr[1:-1])
        sums = [(tuple(columns.indices[at]), tuple(columns.data[at])) for at in parts]
        place = {key: number for number, key in enumerate(dict.fromkeys(sums))}
        self._kind = np.array([place[key] for key in sums], dtype=np.int64)[: ties.shape[1]]
        self._low, self._high = np.full((2, len(place)), np.nan)

    @property
    def low(self) -> Floats:
        """Smallest value of each cell."""
        return self._low[self._kind]

    @property
    def high(self) -> Floats:
        """Largest value of each cell."""
        return self._high[self._kind]

    def see(self, values: Floats) -> None:
        """Take in a value of each cell, NaN for none."""
        np.fmin.at(self._low, self._kind, values)
        np.fmax.at(self._high, self._kind, values)

    def put(self, cell: int, ends: tuple[float, float]) -> None:
        """Set the ends of a cell."""
        self._low[self._kind[cell]], self._high[self._kind[cell]] = ends

    def likes(self, cell: int) -> NDArray[np.bool_]:
        """Whether each cell stands in the same sums as this one."""
        same: NDArray[np.bool_] = self._kind == self._kind[cell]
        return same

    def first(self) -> NDArray[np.int64]:
        """Return one cell of each kind."""
        return np.unique(self._kind, return_index=True)[1]

    def wide(self, width: float) -> NDArray[np.bool_]:
        """Whether values so far apart were seen."""
        apart: NDArray[np.bool_] = self.high - self.low >= width
        return apart

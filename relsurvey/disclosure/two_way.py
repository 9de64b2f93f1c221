"""What shown units and shown cuts together tell: a table with known margins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from relsurvey.disclosure.rules import TOP, Floats
from relsurvey.disclosure.unit_tree import UnitTree

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Squares:
    """How far sums can move with all margins as they are, one pair of columns at a time.

    In a row one cell rises and the cell of another column falls; other rows undo it in both
    columns.

    Attributes
    ----------
    column : ndarray of int, shape (cells,)
    pairs : dict of int to list
        For each column and each other: cells of the rows that both have, how far each of them can
        rise against the other column, and how far it can fall.
    """

    column: Ints
    pairs: dict[int, list[tuple[Ints, Floats, Floats]]]
    alone: Floats

    def free(self, cells: Ints) -> float:
        """Bound from below how far the sum of some cells of one column can move, up and down."""
        if cells.size == 1:
            return float(self.alone[cells[0]])
        best = 0.0
        for here, rise, fall in self.pairs.get(int(self.column[cells[0]]), ()):
            inside = np.isin(here, cells)
            up = min(rise[inside].sum(), fall[~inside].sum())
            down = min(fall[inside].sum(), rise[~inside].sum())
            best = max(best, float(up + down))
        return best


@dataclass(frozen=True, slots=True, eq=False)
class TwoWay:
    """People by what is known of them: a row per known sum of units, a column per known cut.

    Shown units leave remainders (a unit less the shown units below), so do shown cells of each
    category. Everybody belongs to one remainder of units, the row, and to one of the own category,
    the column. What can be worked out from all shown numbers is what the margins of this table
    tell; the cells are the unknowns.

    Attributes
    ----------
    row, column : ndarray of int, shape (cells,)
        Margins that a cell belongs to; below 0 where that margin is not known (a column's number
        tells the categories apart even then).
    n, total : ndarray, shape (cells,)
        People in the cell, at least one, and the sum of their scores.
    row_unit : ndarray of int, shape (rows,)
        Unit whose remainder a row is.
    column_unit, column_category : ndarray of int, shape (columns,)
        Cut whose remainder a column is.
    cell_of : ndarray of int, shape (units, categories)
        Cell that holds a lowest unit's people of a category; −1 where there are none.
    """

    row: Ints
    column: Ints
    n: Floats
    total: Floats
    row_unit: Ints
    column_unit: Ints
    column_category: Ints
    cell_of: Ints

    def determined(self) -> Mask:
        """Whether a cell follows from the margins because it stands alone in one of them.

        Cells that follow are taken away and the rest is looked at again.
        """
        open_ = np.ones(self.n.size, dtype=bool)
        while True:
            alone = np.zeros(self.n.size, dtype=bool)
            for margin, size in (
                (self.row, self.row_unit.size),
                (self.column, self.column_unit.size),
            ):
                known = margin >= 0
                counts = np.bincount(margin[known & open_], minlength=size)
                alone[known] |= open_[known] & (counts[margin[known]] == 1)
            if not alone.any():
                return ~open_
            open_ &= ~alone

    def squares(self) -> Squares:
        """Return what can be moved around squares: see `Squares`."""
        cell_at = {
            (r, c): i
            for i, (r, c) in enumerate(zip(self.row.tolist(), self.column.tolist(), strict=True))
        }
        rows_of: dict[int, list[int]] = {}
        columns_of: dict[int, set[int]] = {}
        for r, c in cell_at:
            rows_of.setdefault(c, []).append(r)
            columns_of.setdefault(r, set()).add(c)
        room, have = TOP * self.n - self.total, self.total
        found: dict[int, list[tuple[Ints, Floats, Floats]]] = {}
        alone = np.zeros(self.n.size)
        for c, d in {(c, d) for near in columns_of.values() for c in near for d in near if c != d}:
            shared = [r for r in rows_of[c] if (r, d) in cell_at]
            here = np.array([cell_at[r, c] for r in shared])
            there = np.array([cell_at[r, d] for r in shared])
            rise = np.minimum(room[here], have[there])
            fall = np.minimum(have[here], room[there])
            found.setdefault(c, []).append((here, rise, fall))
            up = np.minimum(rise, fall.sum() - fall)
            alone[here] = np.maximum(alone[here], up + np.minimum(fall, rise.sum() - rise))
        return Squares(self.column, found, alone)

    def bounds(self, inside_n: Floats, inside_total: Floats) -> tuple[float, float]:
        """Smallest and largest sum that some people can have, given the margins: exact.

        Parameters
        ----------
        inside_n, inside_total : ndarray, shape (cells,)
            How many of each cell's people are meant, and the sum of their scores.
        """
        meant = np.flatnonzero(inside_n > 0.5)
        n = np.concatenate([inside_n[meant], self.n])
        n[meant.size + meant] -= inside_n[meant]
        total = np.concatenate([inside_total[meant], self.total])
        total[meant.size + meant] -= inside_total[meant]
        cell = np.concatenate([meant, np.arange(self.n.size)])
        margins = [
            _sums(self.row[cell], self.row_unit.size),
            _sums(self.column[cell], self.column_unit.size),
        ]
        known: Any = vstack(margins, format="csr")  # scipy has no types for sparse constraints
        wanted = np.where(np.arange(n.size) < meant.size, 1.0, 0.0)
        ends = []
        for sign in (1.0, -1.0):
            limits: Any = np.column_stack([np.zeros(n.size), TOP * n])
            found = linprog(
                sign * wanted, A_eq=known, b_eq=known @ total, bounds=limits, method="highs"
            )
            # without an answer nothing is proved: take the sum for known
            reached = float(found.fun or 0.0)
            ends.append(sign * reached if found.status == 0 else float(inside_total.sum()))
        return ends[0], ends[1]


def _sums(margin: Ints, size: int) -> coo_array:
    at = np.flatnonzero(margin >= 0)
    return coo_array((np.ones(at.size), (margin[at], at)), shape=(size, margin.size))


def two_way(
    tree: UnitTree, hidden_units: Mask, hidden_cuts: Mask, n: Floats, total: Floats
) -> TwoWay:
    """Build the table of one cut from what is shown.

    Parameters
    ----------
    tree : UnitTree
    hidden_units : ndarray of bool, shape (units,)
    hidden_cuts : ndarray of bool, shape (units, categories)
    n, total : ndarray, shape (units, categories)
        People and sums, those below included.
    """
    lowest = np.ones(len(tree), dtype=bool)
    lowest[tree.parent[tree.parent >= 0]] = False
    row_at = tree.nearest(~hidden_units)
    column_at = np.column_stack([tree.nearest(~hidden) for hidden in hidden_cuts.T])
    unit, category = np.nonzero((n > 0.5) & lowest[:, None])
    # a cut is known by unit and category; the category is kept where no unit is
    n_categories = n.shape[1]
    column_key = column_at[unit, category] * n_categories + category
    column_key = np.where(column_at[unit, category] < 0, -1 - category, column_key)
    row_key = row_at[unit]
    keys, cell = np.unique(np.column_stack([row_key, column_key]), axis=0, return_inverse=True)
    cell = cell.ravel()
    rows, row = _places(keys[:, 0])
    columns, column = _places(keys[:, 1])
    column = np.where(column < 0, keys[:, 1], column)
    cell_of = np.full(n.shape, -1)
    cell_of[unit, category] = cell
    return TwoWay(
        row=row,
        column=column,
        n=np.bincount(cell, n[unit, category], len(keys)).astype(np.float64),
        total=np.bincount(cell, total[unit, category], len(keys)).astype(np.float64),
        row_unit=rows,
        column_unit=columns // n_categories,
        column_category=columns % n_categories,
        cell_of=cell_of,
    )


def _places(keys: Ints) -> tuple[Ints, Ints]:
    """Return the known keys, and the place of each among them; unknown margins get −1."""
    known = np.unique(keys[keys >= 0])
    place = np.searchsorted(known, keys) if known.size else np.zeros(keys.size, dtype=np.int64)
    return known, np.where(keys >= 0, place, -1)

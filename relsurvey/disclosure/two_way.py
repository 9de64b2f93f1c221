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
class TwoWay:
    """People by what is known of them: a row per known sum of units, a column per known cut.

    Shown units leave remainders (a unit less the shown units below), so do shown cells of each
    category. Everybody belongs to one remainder of units, the row, and to one of the own category,
    the column. What can be worked out from all shown numbers is what the margins of this table
    tell; the cells are the unknowns.

    Attributes
    ----------
    row, column : ndarray of int, shape (cells,)
        Margins that a cell belongs to; −1 where that margin is not known.
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
                alone |= open_ & known & (counts[margin] == 1)
            if not alone.any():
                return ~open_
            open_ &= ~alone

    def moves(self) -> tuple[Floats, Floats]:
        """Bound from below how far each cell's sum can rise and fall with all margins as they are.

        One square at a time: a cell rises, another in its row falls, and two cells of another row
        undo it in their columns.
        """
        up, down = np.zeros(self.n.size), np.zeros(self.n.size)
        room, have = TOP * self.n - self.total, self.total
        cell_at = {
            (r, c): i
            for i, (r, c) in enumerate(zip(self.row.tolist(), self.column.tolist(), strict=True))
        }
        rows_of: dict[int, list[int]] = {}
        for r, c in cell_at:
            rows_of.setdefault(c, []).append(r)
        columns_of: dict[int, set[int]] = {}
        for r, c in cell_at:
            columns_of.setdefault(r, set()).add(c)
        pairs = {(c, d) for columns in columns_of.values() for c in columns for d in columns}
        for c, d in pairs:
            if c == d:
                continue
            shared = [r for r in rows_of[c] if (r, d) in cell_at]
            if len(shared) < 2:
                continue
            here = np.array([cell_at[r, c] for r in shared])
            there = np.array([cell_at[r, d] for r in shared])
            rise = np.minimum(room[here], have[there])
            fall = np.minimum(have[here], room[there])
            up[here] = np.maximum(up[here], np.minimum(rise, _largest_other(fall)))
            down[here] = np.maximum(down[here], np.minimum(fall, _largest_other(rise)))
        return up, down

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


def _largest_other(values: Floats) -> Floats:
    """Return the largest of all others for each value."""
    first = int(values.argmax())
    rest = values.copy()
    rest[first] = -np.inf
    found: Floats = np.full(values.size, values[first])
    found[first] = rest.max()
    return found


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

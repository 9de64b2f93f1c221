"""Hide cells of a cut (units by category) so that nothing sensitive follows, units shown or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.disclosure.hide_units import hide_units
from relsurvey.disclosure.rules import TOP, Floats, Rules
from relsurvey.disclosure.two_way import Squares, TwoWay, two_way
from relsurvey.disclosure.unit_tree import UnitTree

Mask = NDArray[np.bool_]
Cells = set[tuple[int, int]]
_SMALL = 400  # cells up to which every doubt is settled by linear programming


def hide_cuts(tree: UnitTree, hidden_units: Mask, n: Floats, total: Floats, rules: Rules) -> Mask:
    """Return which cells must be hidden for one measure and one cut.

    Each category is a tree of its own and is hidden at the least cost (`hide_units`). What units
    and categories tell together is looked at as a table with known margins (`two_way`): cells and
    remainders that follow must not be sensitive, and no sensitive cell may be bounded within
    ``rules.width`` points; where one is, the smallest cell that helps is hidden too, until none is.

    Parameters
    ----------
    tree : UnitTree
    hidden_units : ndarray of bool, shape (units,)
        What is hidden of the units themselves; their cells are hidden as well.
    n, total : ndarray, shape (units, categories)
        People and sums of scores, those below included; every person has one category.
    rules : Rules

    Returns
    -------
    ndarray of bool, shape (units, categories)
    """
    return _Cut(tree, hidden_units, n, total, rules).hide()


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """One measure by one cut; ``hide_cuts`` says what its parts are."""

    tree: UnitTree
    hidden_units: Mask
    n: Floats
    total: Floats
    rules: Rules

    def hide(self) -> Mask:
        n, total = self.n, self.total
        forced = np.repeat(self.hidden_units[:, None], n.shape[1], axis=1)
        hidden = np.ones_like(forced)
        stale = set(range(n.shape[1]))
        wide: Cells = set()  # found to be wide before; looked at again before the end
        while True:
            for category in stale:
                own = n[:, category], total[:, category]
                hidden[:, category] = hide_units(
                    self.tree, *own, self.rules, forced=forced[:, category]
                )
            all_looked_at = not wide
            more = self.leaks(hidden, wide)
            if all_looked_at and not more:
                return hidden
            if not more:
                wide.clear()
            for unit, category in more:
                forced[unit, category] = True
            stale = {category for _, category in more}

    def leaks(self, hidden: Mask, wide: Cells) -> Cells:
        """Return cells to hide too; empty where nothing sensitive follows."""
        if hidden.all():
            return set()
        table = two_way(self.tree, self.hidden_units, hidden, self.n, self.total)
        found = _small_remainders(table, self.n, self.rules)
        return found or self.narrow(table, hidden, wide)

    def narrow(self, table: TwoWay, hidden: Mask, wide: Cells) -> Cells:
        """Return what to hide for sensitive cells whose mean can be bounded within the width.

        ``wide`` takes those that cannot, and spares them the next time.
        """
        tree, n, total = self.tree, self.n, self.total
        squares = table.squares()
        found: Cells = set()
        sensitive = hidden & (n > 0.5) & self.rules.sensitive(n, total)
        for category in range(n.shape[1]):
            near = tree.nearest(~hidden[:, category])
            lowest = table.cell_of[:, category]
            for unit in np.flatnonzero(sensitive[:, category]).tolist():
                cell = unit, category
                if cell in wide or self._told_above(sensitive, cell):
                    continue
                inside = tree.under(unit) & (lowest >= 0) & (near == near[unit])
                meant_n = _summed(lowest[inside], n[inside, category], table.n.size)
                meant = _summed(lowest[inside], total[inside, category], table.n.size)
                if _wide(table, squares, meant_n, meant, n[cell] * self.rules.width):
                    wide.add(cell)
                else:
                    found |= _smallest(table, n, np.flatnonzero(meant_n > 0.5))
        return found

    def _told_above(self, sensitive: Mask, cell: tuple[int, int]) -> bool:
        """Whether the unit above is sensitive too and holds the very same people."""
        upper = int(self.tree.parent[cell[0]]), cell[1]
        return upper[0] >= 0 and bool(sensitive[upper] and self.n[upper] == self.n[cell])


def _small_remainders(table: TwoWay, n: Floats, rules: Rules) -> Cells:
    """Cells that follow, and what is left in a margin when they are taken away."""
    follows = table.determined()
    found: Cells = set()
    for cell in np.flatnonzero(follows & rules.sensitive(table.n, table.total)).tolist():
        found |= _smallest(table, n, np.array([cell]))
    for margin, size in (
        (table.row, table.row_unit.size),
        (table.column, table.column_unit.size),
    ):
        left = (margin >= 0) & ~follows
        n_left = _summed(margin[left], table.n[left], size)
        total_left = _summed(margin[left], table.total[left], size)
        for place in np.flatnonzero(rules.sensitive(n_left, total_left)).tolist():
            found |= _smallest(table, n, np.flatnonzero(margin == place))
    return found


def _smallest(table: TwoWay, n: Floats, cells: NDArray[np.int64]) -> Cells:
    """Return the smallest shown cut that shares a row or a column with some cells.

    None is left when everything that is known of them are units; those are safe by themselves.
    """
    rows = np.unique(table.row[cells])
    near = np.isin(table.row, rows[rows >= 0])
    near[cells] = True
    columns = np.unique(table.column[near])
    columns = columns[columns >= 0]
    if not columns.size:
        return set()
    at = table.column_unit[columns], table.column_category[columns]
    best = int(np.argmin(n[at]))
    return {(int(at[0][best]), int(at[1][best]))}


def _wide(table: TwoWay, squares: Squares, meant_n: Floats, meant: Floats, needed: float) -> bool:
    """Whether a sum can move by at least ``needed``: by easy moves, in small tables exactly too.

    In large tables a cell that no easy move shows to be wide counts as narrow; that hides a few
    cells more.
    """
    cells = np.flatnonzero(meant_n > 0.5)
    others_n, others = table.n[cells] - meant_n[cells], table.total[cells] - meant[cells]
    within = np.minimum(TOP * meant_n[cells] - meant[cells], others)
    within += np.minimum(meant[cells], TOP * others_n - others)
    if within.sum() >= needed - 1e-6:
        return True
    one_column = np.unique(table.column[cells]).size == 1
    if one_column and (others_n < 0.5).all() and squares.free(cells) >= needed - 1e-6:
        return True
    if table.n.size > _SMALL:
        return False
    low, high = table.bounds(meant_n, meant)
    return high - low >= needed - 1e-6


def _summed(place: NDArray[np.int64], values: Floats, size: int) -> Floats:
    return np.bincount(place, values, size).astype(np.float64)

"""Hide units of a tree so that no sensitive unit's mean can be worked out or closely bounded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.disclosure.fewest_hidden import fewest_hidden
from relsurvey.disclosure.rules import TOP, Floats, Rules
from relsurvey.disclosure.unit_tree import UnitTree

Mask = NDArray[np.bool_]


def hide_units(
    tree: UnitTree,
    n: Floats,
    total: Floats,
    rules: Rules,
    *,
    also: Mask | None = None,
    forced: Mask | None = None,
    cost: Floats | None = None,
) -> Mask:
    """Return which units must be hidden for one measure.

    Everybody is taken to know how many people answered in every unit, shown or not; so only means
    keep a secret. Few answers, telling means and what ``also`` names are sensitive: their means may
    not be known within ``rules.width`` points. What else is hidden protects them.

    Parameters
    ----------
    tree : UnitTree
    n, total : ndarray, shape (units,)
        People, and the sum of their scores (0–100 each), those below included.
    rules : Rules
    also : ndarray of bool, optional
        Units that are sensitive for other reasons.
    forced : ndarray of bool, optional
        Units to hide that are not sensitive.
    cost : ndarray, optional
        Of hiding each unit; by default the fewest units, of these the smallest.
    """
    sensitive = rules.sensitive(n, total) | (np.zeros(len(tree), bool) if also is None else also)
    sensitive &= n > 0.5
    hidden = sensitive | (n < 0.5) | (np.zeros(len(tree), bool) if forced is None else forced)
    price = 1 + n / max(n[0], 1) if cost is None else cost
    count = n.astype(np.int64)
    while True:
        tried = fewest_hidden(tree, count, hidden, price, rules.min_n)
        more = _leaks(tree, tried, n, total, sensitive, rules)
        if not more:
            return tried
        for unit in more:
            hidden[unit] = True


def _leaks(
    tree: UnitTree, hidden: Mask, n: Floats, total: Floats, sensitive: Mask, rules: Rules
) -> set[int]:
    """Return units to hide too, one for each leak; empty where there is none."""
    rest = remainders(tree, hidden, np.column_stack([n, total]))
    near = tree.nearest(~hidden)
    found: set[int] = set()
    shown = np.flatnonzero(~hidden)
    for unit in shown[rules.telling(rest[shown, 0], rest[shown, 1])].tolist():
        found.add(_next_to(tree, hidden, n, unit, np.zeros(len(tree), bool)))
    for unit in _in_doubt(tree, near, rest, n, total, sensitive, rules).tolist():
        around = int(near[unit])
        inside = tree.under(unit)
        part = _part(tree, hidden, n, total, inside)
        if part[0] < 0.5:  # shown units below make it up
            below = np.flatnonzero(inside & ~hidden)
            found.add(int(below[np.argmin(n[below])]))
            continue
        others = rest[around] - part
        up = min(TOP * part[0] - part[1], others[1])
        down = min(part[1], TOP * others[0] - others[1])
        if (up + down) / n[unit] < rules.width - 1e-9:
            found.add(_next_to(tree, hidden, n, around, inside))
    return found


def _in_doubt(
    tree: UnitTree,
    near: NDArray[np.int64],
    rest: Floats,
    n: Floats,
    total: Floats,
    sensitive: Mask,
    rules: Rules,
) -> NDArray[np.int64]:
    """Sensitive units within a shown one, without those lowest units that are seen to be safe."""
    at = np.flatnonzero(sensitive & (near >= 0))
    others = rest[near[at]] - np.column_stack([n[at], total[at]])
    up = np.minimum(TOP * n[at] - total[at], others[:, 1])
    down = np.minimum(total[at], TOP * others[:, 0] - others[:, 1])
    lowest = np.ones(len(tree), dtype=bool)
    lowest[tree.parent[tree.parent >= 0]] = False
    found: NDArray[np.int64] = at[~(lowest[at] & ((up + down) / n[at] >= rules.width - 1e-9))]
    return found


def remainders(tree: UnitTree, hidden: Mask, sums: Floats) -> Floats:
    """Take from each shown unit the shown units below it; shape as ``sums``, 0 where hidden."""
    rest: Floats = np.where(hidden[:, None], 0.0, sums)
    above = tree.parent.copy()
    above[above >= 0] = tree.nearest(~hidden)[above[above >= 0]]
    taken = np.flatnonzero(~hidden & (above >= 0))
    np.subtract.at(rest, above[taken], sums[taken])
    return rest


def _part(tree: UnitTree, hidden: Mask, n: Floats, total: Floats, inside: Mask) -> Floats:
    """People and sum of a hidden unit that stand in no shown unit below it."""
    top = int(np.flatnonzero(inside)[0])
    shown = inside & ~hidden
    above = tree.nearest(shown)[tree.parent[shown]]
    outermost = np.flatnonzero(shown)[above < 0]
    return np.array([n[top] - n[outermost].sum(), total[top] - total[outermost].sum()], dtype=float)


def _next_to(tree: UnitTree, hidden: Mask, n: Floats, around: int, inside: Mask) -> int:
    """Smallest shown unit whose hiding adds to a remainder; the whole where there is none."""
    under = tree.under(around) & ~hidden & ~inside
    under[around] = False
    at = np.flatnonzero(under & (n > 0.5))
    at = at[tree.nearest(~hidden)[tree.parent[at]] == around]
    return int(at[np.argmin(n[at])]) if at.size else around

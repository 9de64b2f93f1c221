"""The fewest units that must be hidden so that no small remainder can be worked out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.disclosure.unit_tree import UnitTree

_NEVER = float("inf")
Choices = list[tuple[float, tuple[int, ...]]]  # per remainder: cost, remainders of the children


def fewest_hidden(
    tree: UnitTree,
    n: NDArray[np.int64],
    hidden: NDArray[np.bool_],
    cost: NDArray[np.float64],
    min_n: int,
) -> NDArray[np.bool_]:
    """Choose what else to hide, at the least cost.

    The people of a shown unit who are in no shown unit below it are a remainder: its number is the
    unit's minus those below. Every remainder must be empty or hold ``min_n`` people. In a tree all
    that can be worked out from shown numbers are sums of remainders, so this is enough.

    The answer is exact: units are joined from below, and for each the cheapest choice is kept per
    number of people (up to ``min_n``) who are left for the unit above.

    Parameters
    ----------
    tree : UnitTree
    n : ndarray of int, shape (units,)
        People in each unit, those below included; only units without units below have own people.
    hidden : ndarray of bool, shape (units,)
        What is hidden in any case, at no cost.
    cost : ndarray, shape (units,)
        Of hiding each other unit; at least 0.
    min_n : int

    Returns
    -------
    ndarray of bool, shape (units,)
        What is hidden.
    """
    children = tree.children()
    # best[unit][left]: cheapest way that leaves so many people uncovered, and whether it shows
    best: list[list[tuple[float, bool, tuple[int, ...]]]] = [[] for _ in tree.names]
    for unit in range(len(tree) - 1, -1, -1):
        below = children[unit]
        own = 0 if below else min(int(n[unit]), min_n)
        joined = _joined([best[child] for child in below], own, min_n)
        price = 0.0 if hidden[unit] or n[unit] == 0 else float(cost[unit])
        states = [(one + price, False, ways) for one, ways in joined]
        if not hidden[unit]:
            shown = min((joined[0], joined[min_n]), key=lambda way: way[0])
            if shown[0] <= states[0][0]:
                states[0] = (shown[0], True, shown[1])
        best[unit] = states
    return _traced(children, best)


def _joined(
    parts: list[list[tuple[float, bool, tuple[int, ...]]]], own: int, min_n: int
) -> Choices:
    """Cheapest ways to leave each number of people over all children."""
    acc: Choices = [(_NEVER, ())] * (min_n + 1)
    acc[own] = (0.0, ())
    for part in parts:
        new: Choices = [(_NEVER, ())] * (min_n + 1)
        for left, (price, ways) in enumerate(acc):
            if price == _NEVER:
                continue
            for more, (added, _, _) in enumerate(part):
                together = min(left + more, min_n)
                if price + added < new[together][0]:
                    new[together] = (price + added, (*ways, more))
        acc = new
    return acc


def _traced(
    children: list[list[int]], best: list[list[tuple[float, bool, tuple[int, ...]]]]
) -> NDArray[np.bool_]:
    hidden = np.ones(len(best), dtype=bool)
    top = min(range(len(best[0])), key=lambda left: best[0][left][0])
    open_: list[tuple[int, int]] = [(0, top)]
    while open_:
        unit, left = open_.pop()
        _, shown, ways = best[unit][left]
        hidden[unit] = not shown
        open_ += zip(children[unit], ways, strict=True)
    return hidden

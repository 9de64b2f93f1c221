"""The units of an organisation as a tree in arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import DataError


@dataclass(frozen=True, slots=True, eq=False)
class UnitTree:
    """Units, each after the unit above it.

    Attributes
    ----------
    names : tuple of str
        One per unit; the first is the top.
    parent : ndarray of int, shape (units,)
        Place of the unit above; −1 for the top.
    depth : ndarray of int, shape (units,)
        0 for the top.
    """

    names: tuple[str, ...]
    parent: NDArray[np.int64]
    depth: NDArray[np.int64]

    @classmethod
    def of(cls, above: Mapping[str, str | None]) -> UnitTree:
        """Make a tree from each unit's parent.

        Parameters
        ----------
        above : mapping of str to str or None
            The unit above; None for exactly one unit, the top.

        Raises
        ------
        DataError
            No top or several, a parent that is no unit, or units that lie under themselves.
        """
        tops = [unit for unit, parent in above.items() if parent is None]
        if len(tops) != 1:
            raise DataError("A tree has one top.", got=", ".join(tops) or "none")
        children: dict[str, list[str]] = {}
        for unit, parent in above.items():
            if parent is not None:
                if parent not in above:
                    raise DataError("A parent is no unit.", where=unit, got=parent)
                children.setdefault(parent, []).append(unit)
        names, place, parents, depths = [tops[0]], {tops[0]: 0}, [-1], [0]
        for unit in names:  # grows while it is walked: level by level
            for child in children.get(unit, ()):
                place[child] = len(names)
                names.append(child)
                parents.append(place[unit])
                depths.append(depths[place[unit]] + 1)
        if len(names) < len(above):
            lost = next(unit for unit in above if unit not in place)
            raise DataError("A unit lies under itself.", got=lost)
        return cls(tuple(names), np.array(parents), np.array(depths))

    def __len__(self) -> int:
        return len(self.names)

    def labels(self) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
        """Names of the units, and of the unit above each: "" for the top."""
        names = np.array(self.names, dtype=object)
        return names, np.where(self.parent >= 0, names[self.parent], "")

    def common(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
        """Lowest unit that holds both of each pair.

        Parameters
        ----------
        one, other : ndarray of int, shape (pairs,)
        """
        one, other = one.copy(), other.copy()
        while (apart := one != other).any():
            low = apart & (self.depth[one] >= self.depth[other])
            high = apart & (self.depth[other] >= self.depth[one])
            one[low], other[high] = self.parent[one[low]], self.parent[other[high]]
        return one

    def children(self) -> list[list[int]]:
        """Places of the units below each unit."""
        found: list[list[int]] = [[] for _ in self.names]
        for unit, above in enumerate(self.parent.tolist()):
            if above >= 0:
                found[above].append(unit)
        return found

    def walk(self) -> list[int]:
        """Places of all units, each followed by what lies below it."""
        children, found, open_ = self.children(), [], [0]
        while open_:
            unit = open_.pop()
            found.append(unit)
            open_ += reversed(children[unit])
        return found

    def roll_up(self, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add what lies below to each unit; ``own`` has shape (units, …)."""
        total = own.astype(float, copy=True)
        for level in range(int(self.depth.max()), 0, -1):
            at = np.flatnonzero(self.depth == level)
            np.add.at(total, self.parent[at], total[at])
        return total

    def nearest(self, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Place of the nearest marked unit at or above each unit, −1 where there is none."""
        found = np.full(len(self), -1)
        for level in range(int(self.depth.max()) + 1):
            at = np.flatnonzero(self.depth == level)
            above = self.parent[at]
            inherited = np.where(above >= 0, found[above], -1)
            found[at] = np.where(marked[at], at, inherited)
        return found

    def under(self, unit: int) -> NDArray[np.bool_]:
        """Whether each unit is that unit or lies below it."""
        marked = np.zeros(len(self), dtype=bool)
        marked[unit] = True
        for level in range(int(self.depth[unit]) + 1, int(self.depth.max()) + 1):
            at = np.flatnonzero(self.depth == level)
            marked[at] = marked[self.parent[at]]
        return marked

"""Time two ways of doing the same work in turn, and give the ratio pair by pair."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """Ours against the usual way: seconds of each, and the ratio of each pair of runs."""

    work: str
    peer: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    per_run: float = 1.0

    @property
    def ratios(self) -> list[float]:
        """Their time over ours, scaled to the same amount of work."""
        return sorted(
            theirs * self.per_run / ours
            for ours, theirs in zip(self.ours, self.theirs, strict=True)
        )

    def row(self) -> str:
        """Return a row of a Markdown table."""
        low, middle, high = self.ratios[0], statistics.median(self.ratios), self.ratios[-1]
        return (
            f"| {self.work} | {self.peer} | {statistics.median(self.ours):.3g} | "
            f"{statistics.median(self.theirs) * self.per_run:.3g} | "
            f"{middle:.3g} ({low:.3g}–{high:.3g}) |"
        )


def paired(
    work: str,
    peer: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    runs: int = 3,
    per_run: float = 1.0,
) -> Pair:
    """Run both once to warm up, then in turn.

    ``per_run`` is how many times the peer's piece of work is contained in ours, when the peer is
    too slow to be timed on all of it; it is named in ``peer`` then.
    """
    ours()
    theirs()
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for way, times in ((ours, spent[0]), (theirs, spent[1])):
            begin = time.perf_counter()
            way()
            times.append(time.perf_counter() - begin)
    return Pair(work, peer, tuple(spent[0]), tuple(spent[1]), per_run)

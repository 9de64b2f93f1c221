"""The tree of units that a roster's column ``parent`` describes."""

from __future__ import annotations

import pandas as pd

from relsurvey.problems import Problem
from relsurvey.responses.labels import nearest, nearest_texts
from relsurvey.responses.problem_rows import problem


def parents(roster: pd.DataFrame) -> dict[str, str]:
    """Map each unit to the unit above it; units at the top are left out."""
    if "parent" not in roster:
        return {}
    known = roster.dropna(subset=["unit", "parent"])
    return dict(zip(known["unit"], known["parent"], strict=True))


def tree_problems(roster: pd.DataFrame, file: str) -> list[Problem]:
    """Parents that are no units, and units that lie under themselves."""
    above = parents(roster)
    row_of = {unit: str(row) for row, unit in roster["unit"].items()}
    folded = {str(unit).casefold(): str(unit) for unit in row_of}
    found = [
        problem(
            "unknown_parent",
            file=file,
            row=row_of[unit],
            column="parent",
            found=parent,
            **nearest_texts(
                nearest(parent, folded), en="; the nearest is {found}", da="; nærmest er {found}"
            ),
        )
        for unit, parent in above.items()
        if parent not in row_of
    ]
    found += [
        problem(
            "unit_cycle",
            file=file,
            row=row_of[ring[0]],
            column="parent",
            found=" → ".join([*ring, ring[0]]),
        )
        for ring in _rings(above)
    ]
    return found


def _rings(above: dict[str, str]) -> list[list[str]]:
    """Every ring of units once; each walk stops at what an earlier walk has settled."""
    settled: set[str] = set()
    rings: list[list[str]] = []
    for start in above:
        walk: dict[str, None] = {}
        unit = start
        while unit in above and unit not in settled and unit not in walk:
            walk[unit] = None
            unit = above[unit]
        if unit in walk:
            steps = list(walk)
            rings.append(steps[steps.index(unit) :])
        settled.update(walk)
    return rings

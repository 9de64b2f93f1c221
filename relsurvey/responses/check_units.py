"""Answers and roster compared: units, spans of control and headcounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.problems import Problem
from relsurvey.responses.labels import nearest, nearest_texts
from relsurvey.responses.problem_rows import cell_problems, problem
from relsurvey.responses.response_rates import answered
from relsurvey.responses.responses import Responses
from relsurvey.responses.roster import Roster
from relsurvey.responses.unit_tree import parents

_NEAREST_UP_TO = 200  # unknown units for which the nearest known one is looked up


def unit_problems(responses: Responses) -> list[Problem]:
    """Units blank, unknown or silent; spans and headcounts that the answers contradict."""
    if "unit" not in responses.frame:
        return []
    units = responses.frame["unit"]
    blank = responses.rows.to_numpy()[units.isna().to_numpy()]
    found = cell_problems(
        "missing_unit", blank, [""] * len(blank), file=responses.source.file, column="unit"
    )
    if responses.roster is not None:
        found += _unknown_units(responses, responses.roster)
        found += _silent_units(responses, responses.roster)
        found += _too_small(responses, responses.roster, "headcount", "unit")
        found += _too_small(
            responses,
            responses.roster,
            "span_of_control",
            "leader" if "leader" in responses.roster.frame else "unit",
        )
    return found


def _unknown_units(responses: Responses, roster: Roster) -> list[Problem]:
    units = responses.frame["unit"]
    known = roster.frame["unit"].dropna()
    strange = (units.notna() & ~units.isin(known)).to_numpy()
    names = units[strange].to_numpy(dtype=object)
    rows = responses.rows.to_numpy()[strange]
    different = pd.unique(names)
    folded = {str(unit).casefold(): str(unit) for unit in known}
    if len(different) > _NEAREST_UP_TO:
        folded = {}
    near = {name: nearest(str(name), folded) for name in different}
    hints = np.array([near[name] for name in names], dtype=object)
    found: list[Problem] = []
    for hint in dict.fromkeys(hints):
        at = hints == hint
        found += cell_problems(
            "unknown_unit",
            rows[at],
            [str(name) for name in names[at]],
            file=responses.source.file,
            column="unit",
            **nearest_texts(str(hint), en="; the nearest is {found}", da="; nærmest er {found}"),
        )
    return found


def _silent_units(responses: Responses, roster: Roster) -> list[Problem]:
    """Units that nobody answered for; units that only lie above others are not expected to."""
    units = roster.frame["unit"]
    leaf = ~units.isin(set(parents(roster.frame).values()))
    invited = roster.frame["headcount"].notna() if "headcount" in roster.frame else leaf
    heard = responses.frame.loc[answered(responses), "unit"].dropna()
    silent = ((invited | leaf) & ~units.isin(heard)).to_numpy()
    return cell_problems(
        "unit_without_answers",
        _rows(roster)[silent],
        [str(unit) for unit in units[silent]],
        file=roster.source.file,
        column="unit",
    )


def _too_small(responses: Responses, roster: Roster, column: str, by: str) -> list[Problem]:
    """Rows of the roster whose number is smaller than the answers of the unit or leader."""
    if column not in roster.frame or by not in responses.frame:
        return []
    counts = responses.frame.loc[answered(responses), by].value_counts(sort=False)
    n = roster.frame[by].map(counts).to_numpy(dtype=float)
    size = roster.frame[column].to_numpy(dtype=float)
    code = "headcount_too_small" if column == "headcount" else "span_too_small"
    return [
        problem(
            code,
            file=roster.source.file,
            row=str(_rows(roster)[place]),
            column=column,
            found=f"{size[place]:g}",
            answers=int(n[place]),
        )
        for place in np.flatnonzero(size < n)
    ]


def _rows(roster: Roster) -> NDArray[np.int64]:
    """Row numbers as a person sees them in the roster's file; the header is row 1."""
    if roster.frame.index.name == "row":
        return roster.frame.index.to_numpy()
    return np.arange(2, len(roster.frame) + 2)

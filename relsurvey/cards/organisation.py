"""The organisation behind a survey: its tree of units, and each wave's people in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from relsurvey.disclosure.protect import Wave
from relsurvey.disclosure.unit_tree import UnitTree
from relsurvey.errors import DataError
from relsurvey.responses.keyed_items import keyed_items
from relsurvey.responses.responses import Responses
from relsurvey.responses.roster import Roster
from relsurvey.scoring.score import score

LEVELS = ("sector", "department")  # above units, the highest first, where no parent is known


@dataclass(frozen=True, slots=True, eq=False)
class Organisation:
    """Units and people.

    Attributes
    ----------
    tree : UnitTree
        The top is the whole organisation. People who belong to a unit above others directly, or to
        none, have a lowest unit of their own, named by ``own_people``.
    waves : tuple of Wave
        The oldest first.
    invited : dict of str to float
        People invited per unit, those below included, where the roster knows.
    leader : dict of str to str
        Leader per unit, where one is known.
    span : dict of str to float
        Span of control of the unit's leader, where known.
    """

    tree: UnitTree
    waves: tuple[Wave, ...]
    invited: dict[str, float]
    leader: dict[str, str]
    span: dict[str, float]


def own_people(unit: str) -> str:
    """Name the people of a unit who belong to none of the units below it."""
    return f"{unit} *"


def organisation(
    responses: Responses,
    roster: Roster | None,
    *,
    name: str,
    cuts: Sequence[str] = (),
    linked: bool = False,
    min_answered: float = 0.5,
) -> Organisation:
    """Put a survey's answers into the tree of its units.

    Parameters
    ----------
    responses : Responses
        Answers with a column ``unit``; a column ``wave`` tells waves apart.
    roster : Roster or None
        Units; ``parent`` says what lies above each, else department and sector do.
    name : str
        Of the whole organisation; a roster in which one unit alone has no parent names it itself.
    cuts : sequence of str
        Background columns by whose categories units are divided.
    linked : bool, default False
        Respondents have the same id in every wave.
    min_answered : float
        As in `score`.

    Raises
    ------
    DataError
        No column ``unit``, an unknown cut, units that are no tree, or answers without a wave beside
        others with one.
    """
    frame = responses.frame
    if "unit" not in frame:
        raise DataError(
            "The answers do not say which unit they come from.",
            got=", ".join(str(one) for one in frame.columns if one not in responses.items),
            expected="a column unit",
            hint='Name the column: columns = {team = "unit"} under [answers].',
        )
    unknown = [cut for cut in cuts if cut not in frame]
    if unknown:
        raise DataError(
            "There is no such background column.",
            where="cuts",
            got=", ".join(unknown),
            expected=", ".join(str(one) for one in frame.columns if one not in responses.items),
        )
    units = roster.frame if roster is not None else pd.DataFrame({"unit": []})
    placed = frame["unit"].fillna("").astype(str)
    name = _only_top(units) or name
    above = _above(units, sorted(set(placed)), name)
    full = set(above.values())
    lowest = [_lowest(unit, name, full) for unit in placed]
    for own in set(lowest) - set(above):
        above[own] = own.removesuffix(own_people(""))
    tree = UnitTree.of(above)
    place = {unit: at for at, unit in enumerate(tree.names)}
    return Organisation(
        tree=tree,
        waves=_waves(
            responses, np.array([place[one] for one in lowest]), cuts, linked, min_answered
        ),
        invited=_invited(tree, units),
        leader=_known(units, "leader"),
        span=_known(units, "span_of_control"),
    )


def _lowest(unit: str, top: str, full: set[str | None]) -> str:
    known = unit or top
    return own_people(known) if known in full or known == top else known


def _only_top(units: pd.DataFrame) -> str:
    """Return the one unit without a parent in a roster of parents, else nothing."""
    if "parent" not in units or units["parent"].isna().all():
        return ""
    tops = units.loc[units["parent"].isna(), "unit"].dropna()
    return str(tops.iloc[0]) if len(tops) == 1 else ""


def _above(units: pd.DataFrame, answered: list[str], top: str) -> dict[str, str | None]:
    """Return the unit above each; units that only the answers know lie below the top."""
    above: dict[str, str | None] = {top: None}
    names = [str(unit) for unit in units["unit"].dropna()]
    if "parent" in units and units["parent"].notna().any():
        above |= _by_parent(units, top)
    else:
        levels = [level for level in LEVELS if level in units and units[level].notna().any()]
        levels = [one for at, one in enumerate(levels) if _nested(units, levels[at:])]
        for row in units.to_dict(orient="records"):
            upper = top
            for level in levels:
                if pd.notna(row[level]):
                    own = str(row[level])
                    own = f"{own} ({level})" if own in names or own == top else own
                    above.setdefault(own, upper)
                    upper = own
            if pd.notna(row["unit"]):
                above[str(row["unit"])] = upper
    for unit in answered:
        if unit:
            above.setdefault(unit, top)
    return above


def _by_parent(units: pd.DataFrame, top: str) -> dict[str, str | None]:
    """Return the unit above each, as the roster says; what has none lies below the top."""
    known = units.dropna(subset=["unit"])
    parents = [str(one) if pd.notna(one) else None for one in known["parent"]]
    above = dict(zip(known["unit"].astype(str), parents, strict=True))
    if above.get(top) is not None:
        raise DataError(
            "The organisation has the name of a unit that lies under another.",
            got=top,
            hint="Give it another name: organisation under [scorecards] in the study file.",
        )
    return {unit: parent or (top if unit != top else None) for unit, parent in above.items()}


def _nested(units: pd.DataFrame, levels: list[str]) -> bool:
    """Whether every unit of the next level lies in one of this level."""
    if len(levels) < 2:
        return True
    per = units.dropna(subset=levels[:2]).groupby(levels[1])[levels[0]].nunique()
    return bool((per <= 1).all())


def _known(units: pd.DataFrame, column: str) -> dict[str, Any]:
    if column not in units:
        return {}
    known = units.dropna(subset=["unit", column])
    return dict(zip(known["unit"].astype(str), known[column], strict=True))


def _invited(tree: UnitTree, units: pd.DataFrame) -> dict[str, float]:
    own = np.zeros(len(tree))
    counts: Mapping[str, float] = _known(units, "headcount")
    if not counts:
        return {}
    place = {unit: at for at, unit in enumerate(tree.names)}
    for unit, n in counts.items():
        if unit in place:
            own[place[unit]] = n
    return dict(zip(tree.names, tree.roll_up(own).tolist(), strict=True))


def _waves(
    responses: Responses,
    unit: np.ndarray,
    cuts: Sequence[str],
    linked: bool,
    min_answered: float,
) -> tuple[Wave, ...]:
    frame, instrument = responses.frame, responses.instrument
    model = instrument.model(responses.form)
    scores = score(responses, min_answered).frame_100
    keyed = keyed_items(responses)
    wave = frame["wave"].fillna("").astype(str) if "wave" in frame else pd.Series("", frame.index)
    names = _in_order(responses, wave)
    answers, codes = {}, {}
    for construct, items in model.items():
        scale = instrument.scale_of(items[0])
        width = scale.high - scale.low
        answers[construct] = (keyed[list(items)].to_numpy() - scale.low) / width * 100
        codes[construct] = (np.array(sorted(scale.codes), dtype=float) - scale.low) / width * 100
    made = []
    for name in names:
        at = np.flatnonzero((wave == name).to_numpy())
        ids = frame["respondent"].astype(str).str.removeprefix(f"{name}-").to_numpy(dtype=object)
        made.append(
            Wave(
                name=name,
                unit=unit[at],
                values={one: scores[one].to_numpy(dtype=float)[at] for one in model},
                answers={one: answers[one][at] for one in model},
                codes=codes,
                items={one: tuple(items) for one, items in model.items()},
                cuts={cut: frame[cut].map(_category).to_numpy(dtype=object)[at] for cut in cuts},
                person=ids[at] if linked else None,
            )
        )
    return tuple(made)


def _in_order(responses: Responses, wave: pd.Series) -> list[str]:
    """Names of the waves, the oldest first: as they were joined, else in alphabetical order."""
    named = list(dict.fromkeys(wave))
    if len(named) > 1 and "" in named:
        raise DataError(
            "Some answers do not say which wave they belong to.",
            where="wave",
            got=f"{int((wave == '').sum())} answers without one",
            hint="Fill the column in every row, or leave it out.",
        )
    return named if responses.source.format == "joined" else sorted(named)


def _category(value: object) -> str:
    if value is None or value != value:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)

"""The roster's facts joined to the answers, and spans of control counted where nobody gave them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import ResponsesError
from relsurvey.problems import Problem
from relsurvey.responses.changes import change
from relsurvey.responses.problem_rows import problem
from relsurvey.responses.roster import Roster
from relsurvey.responses.source import Change

Columns = dict[str, NDArray[np.float64] | NDArray[np.object_]]
_NOT_JOINED = ("unit", "parent")


def join_roster(
    background: Columns, roster: Roster, file: str
) -> tuple[list[Problem], list[Change]]:
    """Add the roster's columns to the answers' in place, by unit; the roster's values win.

    Returns
    -------
    list of Problem, list of Change
        Columns that both files have; how many answers found no unit.
    """
    if "unit" not in background or roster.frame.empty:
        return [], []
    problems: list[Problem] = []
    log: list[Change] = []
    units = roster.frame.drop_duplicates("unit")
    places = pd.Index(units["unit"].astype(object)).get_indexer(pd.Index(background["unit"]))
    for name in units.columns:
        if name in _NOT_JOINED:
            continue
        values = _plain(units[name])
        found = places >= 0
        joined = values[places]
        joined[~found] = np.nan if values.dtype.kind == "f" else None
        if name in background:
            problems.append(problem("roster_wins", file=file, column=str(name)))
            log.append(change("roster_wins", str(name), len(places)))
        background[str(name)] = joined
    lost = int((places < 0).sum())
    if lost:
        log.append(change("unknown_unit", "unit", lost))
    return problems, log


def _plain(series: pd.Series) -> NDArray[np.float64] | NDArray[np.object_]:
    """Numbers as float64 with NaN, anything else as objects with None."""
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    values = series.to_numpy(dtype=object, copy=True)
    values[pd.isna(values)] = None
    return values


def span_by_counting(background: Columns, file: str) -> tuple[list[Problem], list[Change]]:
    """Count answers per leader, else per unit, where no span of control is known."""
    known = background.get("span_of_control")
    if known is not None and not pd.isna(known).all():
        return [], []
    by = next(
        (
            name
            for name in ("leader", "unit")
            if name in background and not pd.isna(background[name]).all()
        ),
        "",
    )
    if not by:
        raise ResponsesError(
            "The span of control cannot be counted from the answers.",
            where=file,
            expected="a column leader or unit in the answers",
        )
    codes, groups = pd.factorize(np.asarray(background[by], dtype=object))
    counts = np.append(np.bincount(codes[codes >= 0], minlength=len(groups)), 0).astype(float)
    counts[-1] = np.nan
    background["span_of_control"] = counts[codes]
    n = int((codes >= 0).sum())
    return (
        [problem("span_counted", file=file, column="span_of_control", found=f"answers per {by}")],
        [change(f"counted_by_{by}", "span_of_control", n)],
    )

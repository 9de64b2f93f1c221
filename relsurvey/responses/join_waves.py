"""Several files of answers as one: waves, or parts of one wave, with units made comparable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from relsurvey.errors import ResponsesError
from relsurvey.problems import Problems
from relsurvey.responses.changes import change
from relsurvey.responses.read_table import ReadOptions, read_table
from relsurvey.responses.responses import Responses
from relsurvey.responses.source import Change, Source

WAVE, UNIT, RESPONDENT = "wave", "unit", "respondent"
_MAP_COLUMNS = (WAVE, UNIT, "compared_as")


def join_waves(
    parts: Mapping[str, Responses], *, units: str | Path | pd.DataFrame | None = None
) -> Responses:
    """Put answers of several waves below each other.

    Parameters
    ----------
    parts : mapping of str to Responses
        Name of the wave to its answers, all to the same form of the same instrument. Two files of
        one wave are joined first, by a call with their own names.
    units : path or DataFrame, optional
        Units that were renamed, merged or split between waves: columns ``wave unit compared_as``,
        one row a unit and wave. A unit that is not named keeps its name. Where a unit was split,
        name its parts and give them the name of the whole: only the whole can be compared.

    Returns
    -------
    Responses
        ``wave`` is the name given; ``respondent`` is the wave and the id, so that an id that comes
        again is another answer. Roster columns are those of each wave.

    Raises
    ------
    ResponsesError
        No parts, other instruments or forms, or a file of units that says two things of one.
    """
    if not parts:
        raise ResponsesError("There are no answers to join.")
    first = next(iter(parts.values()))
    for name, part in parts.items():
        if (part.instrument.id, part.form) != (first.instrument.id, first.form):
            raise ResponsesError(
                "Answers to different questionnaires cannot be joined.",
                where=name,
                got=f"{part.instrument.id}, form {part.form}",
                expected=f"{first.instrument.id}, form {first.form}",
            )
    compared = _compared(units)
    unused = {wave for wave, _ in compared} - set(parts)
    if unused:
        raise ResponsesError(
            "The file of units names a wave that is not joined.",
            got=", ".join(sorted(unused)),
            expected=", ".join(parts),
        )
    frames, log = [], []
    for name, part in parts.items():
        frame, changes = _of_wave(part, name, compared)
        frames.append(frame)
        log += [*part.log, *changes]
    items = list(first.items)
    whole = pd.concat(frames, ignore_index=True)
    background = [column for column in whole.columns if column not in items]
    reasons = pd.concat([part.reasons.astype(object) for part in parts.values()], ignore_index=True)
    every = [kind for part in parts.values() for kind in part.reasons.iloc[:, 0].cat.categories]
    kinds = pd.CategoricalDtype(list(dict.fromkeys(every)))
    return replace(
        first,
        frame=whole[[*background, *items]],
        reasons=reasons.astype(kinds),
        roster=None,
        source=Source(
            file=", ".join(part.source.file for part in parts.values()),
            format="joined",
            n_rows=len(whole),
            parts=tuple(
                source for part in parts.values() for source in part.source.parts or (part.source,)
            ),
        ),
        problems=Problems.collect(*(list(part.problems) for part in parts.values())),
        log=tuple(log),
    )


def _of_wave(
    part: Responses, name: str, compared: Mapping[tuple[str, str], str]
) -> tuple[pd.DataFrame, list[Change]]:
    frame = part.frame.copy()
    frame[RESPONDENT] = [f"{name}-{one}" for one in frame[RESPONDENT]]
    frame[WAVE] = name
    changes: list[Change] = []
    if UNIT in frame:
        mapped = [compared.get((name, str(unit)), unit) for unit in frame[UNIT]]
        n = sum(a != b for a, b in zip(mapped, frame[UNIT], strict=True) if b is not None)
        if n:
            changes.append(change("unit_compared_as", UNIT, n))
        frame[UNIT] = pd.Series(mapped, index=frame.index, dtype=frame[UNIT].dtype)
    return frame, changes


def _compared(units: str | Path | pd.DataFrame | None) -> dict[tuple[str, str], str]:
    if units is None:
        return {}
    if isinstance(units, pd.DataFrame):
        columns = {str(name): units[name].astype(str).tolist() for name in units}
    else:
        table = read_table(units, ReadOptions(known=_MAP_COLUMNS))
        columns = {column.name: [str(cell) for cell in column.cells()] for column in table.columns}
    lacking = [name for name in _MAP_COLUMNS if name not in columns]
    if lacking:
        raise ResponsesError(
            "The file of units lacks a column.",
            got=", ".join(columns),
            expected=", ".join(_MAP_COLUMNS),
        )
    found: dict[tuple[str, str], str] = {}
    for wave, unit, target in zip(*(columns[name] for name in _MAP_COLUMNS), strict=True):
        key = (wave.strip(), unit.strip())
        if found.setdefault(key, target.strip()) != target.strip():
            raise ResponsesError(
                "The file of units says two things of one unit.",
                got=f"{unit} in wave {wave}: {found[key]} and {target}",
                expected="one row for each unit and wave",
                hint="Where a unit was split, give its parts the name of the whole.",
            )
    return found

"""Which column of a file is which of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from relsurvey.errors import ResponsesError
from relsurvey.problems import Problem
from relsurvey.responses.changes import change
from relsurvey.responses.labels import nearest, nearest_texts
from relsurvey.responses.personal_data import (
    holds_email_addresses,
    holds_personal_numbers,
    without_personal_numbers,
)
from relsurvey.responses.problem_rows import problem
from relsurvey.responses.source import Change
from relsurvey.responses.table import Column, Table


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """Columns of a file under our ids; what did not match, and what was left out."""

    columns: dict[str, Column]
    problems: tuple[Problem, ...]
    log: tuple[Change, ...]


def match_columns(
    table: Table,
    known: Sequence[str],
    given: Mapping[str, str] | None,
    texts: Sequence[str],
) -> Matched:
    """Find our columns in a file.

    A column named in ``given`` is taken as said there; then names that are equal; then names that
    differ in case only. Everything else is reported and not carried. A column with CPR numbers is
    reported and not carried whatever its name is.

    Parameters
    ----------
    table : Table
        The file.
    known : sequence of str
        Our ids that may be in it.
    given : mapping, optional
        Name in the file to our id.
    texts : sequence of str
        Which of our ids hold free texts, where CPR numbers and e-mail addresses are looked for.

    Raises
    ------
    ResponsesError
        ``given`` names a column that is not in the file or an id that is not ours.
    """
    file = table.source.file
    names = [column.name for column in table.columns]
    targets = _targets(names, known, _checked(given or {}, names, known, file))
    problems: list[Problem] = []
    log: list[Change] = []
    found: dict[str, Column] = {}
    for name, places in _places(names).items():
        columns = [table.columns[place] for place in places]
        target = targets.get(name, "")
        refused = _refused(columns, target, free=target in texts or not target)
        if refused:
            problems.append(problem(refused, file=file, column=_safe(name)))
            log.append(change(refused, _safe(name), 1))
        elif target:
            kept = _one_of(columns, target, file, problems)
            if kept is None:
                log.append(change("duplicate_column", target, len(columns)))
            else:
                found[target] = kept
                if name != target and name not in (given or {}):
                    problems.append(
                        problem("column_case", file=file, column=target, found=name, name=target)
                    )
        elif name or any(column.counts()[1:].any() for column in columns):
            problems.append(_unknown(name, places[0], file, [k for k in known if k not in found]))
            log.append(change("unknown_column", _safe(name), 1))
    return Matched(found, tuple(problems), tuple(log))


def _safe(name: str) -> str:
    return without_personal_numbers(name)


def _places(names: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
    return places


def _checked(
    given: Mapping[str, str], names: Sequence[str], known: Sequence[str], file: str
) -> dict[str, str]:
    for name, target in given.items():
        if name not in names:
            raise ResponsesError(
                "The column map names a column that is not in the file.",
                where=file,
                got=name,
                expected=_safe(", ".join(names[:40])),
            )
        if target not in known:
            raise ResponsesError(
                "The column map names something that is neither a question nor a background field.",
                where=file,
                got=f"{name} = {target}",
                expected=nearest(target, {key.casefold(): key for key in known})
                or ", ".join(known[:40]),
            )
    if len(set(given.values())) < len(given):
        twice = sorted({one for one in given.values() if list(given.values()).count(one) > 1})
        raise ResponsesError(
            "The column map gives two columns the same name.", where=file, got=", ".join(twice)
        )
    return dict(given)


def _targets(names: Sequence[str], known: Sequence[str], given: dict[str, str]) -> dict[str, str]:
    """File name to our id: as given, then equal, then equal but for case."""
    targets = dict(given)
    taken = set(given.values())
    ours = set(known)
    for name in names:
        if name in ours and name not in taken and name not in targets:
            targets[name] = name
            taken.add(name)
    folded = {one.casefold(): one for one in known}
    for name in names:
        target = folded.get(name.casefold(), "")
        if target and target not in taken and name not in targets:
            targets[name] = target
            taken.add(target)
    return targets


def _refused(columns: Sequence[Column], target: str, *, free: bool) -> str:
    if not free:
        return ""
    if any(holds_personal_numbers(column.texts) for column in columns):
        return "personal_numbers"
    if target and any(holds_email_addresses(column.texts) for column in columns):
        return "email_addresses"
    return ""


def _one_of(
    columns: Sequence[Column], target: str, file: str, problems: list[Problem]
) -> Column | None:
    """Take the only column of a name, or the first of several with the same cells."""
    first = columns[0]
    if len(columns) == 1:
        return first
    same = all(np.array_equal(first.cells(), other.cells()) for other in columns[1:])
    code = "repeated_column" if same else "duplicate_column"
    problems.append(
        problem(code, file=file, column=target, found=f"{len(columns)} columns {first.name}")
    )
    return first if same else None


def _unknown(name: str, place: int, file: str, missing: Sequence[str]) -> Problem:
    near = nearest(name, {key.casefold(): key for key in missing}) if name else ""
    return problem(
        "unknown_column",
        file=file,
        column=_safe(name) or f"({place + 1})",
        **nearest_texts(near, en=" Is it {found}?", da=" Er det {found}?"),
    )

"""The roster: one row per unit, with its leader, span of control and headcount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from relsurvey.errors import ResponsesError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.problems import Problem, Problems
from relsurvey.responses.background_fields import roster_fields
from relsurvey.responses.changes import change
from relsurvey.responses.decode_background import decode_background
from relsurvey.responses.match_columns import match_columns
from relsurvey.responses.problem_rows import cell_problems, grouped_problems, problem
from relsurvey.responses.read_table import ReadOptions, read_table
from relsurvey.responses.source import Change, Source
from relsurvey.responses.unit_tree import tree_problems


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """The units of an organisation.

    Attributes
    ----------
    frame : DataFrame
        One row per unit; columns ``unit`` and, where known, ``parent leader department sector
        span_of_control headcount`` and the instrument's other unit-level fields. Numbers are
        float64 with NaN, texts are Python strings with None. The index holds the row numbers of
        the file and is named ``row`` when the roster was read from a file.
    source : Source
        The file.
    problems : Problems
        What was wrong in it.
    log : tuple of Change
        What was recoded or left out.
    """

    frame: pd.DataFrame
    source: Source = field(default_factory=Source)
    problems: Problems = field(default_factory=Problems)
    log: tuple[Change, ...] = ()


def read_roster(
    path: str | Path,
    instrument: str | Path | Instrument | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
) -> Roster:
    """Read a roster from CSV, XLSX or SPSS ``.sav``: one row per unit.

    Columns: ``unit`` (required), ``parent`` (the unit above, blank at the top), ``leader``,
    ``department``, ``sector``, ``span_of_control`` (all employees of the unit's leader),
    ``headcount`` (people invited in the unit), and what the instrument declares at the level of
    unit, leader or wave. Units above others that nobody belongs to directly may stand as rows
    without a headcount.

    Parameters
    ----------
    path : str or Path
        The file.
    instrument : str, Path or Instrument, optional
        Its background fields say how choices are coded and what a number may be.
    columns, sheet, encoding, delimiter, decimal
        As in `read_responses`.

    Raises
    ------
    ResponsesError
        The file cannot be read at all, has no column ``unit`` or no row.
    """
    if instrument is not None and not isinstance(instrument, Instrument):
        instrument = load_instrument(instrument)
    specs = roster_fields(instrument)
    options = ReadOptions(
        known=[*specs, *(columns or {})],
        sheet=sheet,
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
    )
    table = read_table(path, options)
    file = table.source.file
    free = [spec.id for spec in specs.values() if spec.type == "text"]
    matched = match_columns(table, list(specs), columns, free)
    problems = [*table.problems, *matched.problems]
    log = [*table.log, *matched.log]
    if "unit" not in matched.columns or not len(table.rows):
        raise ResponsesError(
            "The roster has no column unit." if len(table.rows) else "The roster holds no units.",
            where=file,
            got=", ".join(p.column for p in matched.problems if p.column)[:300],
            expected=", ".join(specs),
            hint="Rename the columns or give a column map; the first row holds the column names.",
        )
    frame = pd.DataFrame(index=pd.Index(table.rows, name="row"))
    for name, spec in specs.items():
        if name in matched.columns:
            read = decode_background(
                matched.columns[name], spec, file=file, rows=table.rows, decimal=decimal
            )
            problems += read.problems
            log += read.log
            frame[name] = pd.Series(read.values, index=frame.index, dtype=read.values.dtype)
    frame = _one_row_per_unit(frame, file, problems, log)
    problems += tree_problems(frame, file)
    problems += _span_problems(frame, file)
    source = replace(table.source, n_rows=len(table.rows))
    return Roster(frame, source, Problems(tuple(problems)), tuple(log))


def _one_row_per_unit(
    frame: pd.DataFrame, file: str, problems: list[Problem], log: list[Change]
) -> pd.DataFrame:
    nameless = frame["unit"].isna()
    named = frame[~nameless]
    repeated = named["unit"].duplicated()
    doubled = named["unit"][named["unit"].duplicated(keep=False)]
    problems += cell_problems(
        "nameless_unit", frame.index[nameless], [""] * int(nameless.sum()), file=file, column="unit"
    )
    problems += grouped_problems(
        "duplicate_unit", doubled.index, list(doubled), file=file, column="unit"
    )
    if nameless.any():
        log.append(change("nameless_unit", "unit", int(nameless.sum())))
    if repeated.any():
        log.append(change("duplicate_unit", "unit", int(repeated.sum())))
    return named[~repeated]


def _span_problems(frame: pd.DataFrame, file: str) -> list[Problem]:
    """Rows of one leader whose spans of control differ."""
    if not {"leader", "span_of_control"} <= set(frame.columns):
        return []
    known = frame.dropna(subset=["leader", "span_of_control"])
    first = known.groupby("leader", sort=False)["span_of_control"].transform("first")
    other = known[~np.isclose(known["span_of_control"], first)]
    return [
        problem(
            "span_differs",
            file=file,
            row=str(row),
            column="span_of_control",
            found=f"{span:g}",
            leader=leader,
        )
        for row, leader, span in zip(
            other.index, other["leader"], other["span_of_control"], strict=True
        )
    ]

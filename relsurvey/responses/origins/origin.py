"""What is known of a file once its tool is recognised, and the file brought to our names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from relsurvey.responses.changes import change
from relsurvey.responses.personal_data import without_personal_numbers
from relsurvey.responses.table import Column, Table

Rows = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """How the columns and rows of one tool's export are to be taken.

    Attributes
    ----------
    tool : str
        Name of the tool, or "" for a plain table.
    columns : mapping of int to str
        Place of a column in the file to our id.
    left_out : mapping of int to str
        Place of a column to why it is not carried: ``"tool_column"``, ``"personal_column"``.
    not_answers : mapping of str to bool array (n,)
        Rows that are no answers, under the code of the change that leaves them out.
    partial : bool array (n,), optional
        Rows that were not sent off.
    labels : mapping of str to mapping
        Our id to value labels that the file came with.
    """

    tool: str
    columns: Mapping[int, str] = field(default_factory=dict)
    left_out: Mapping[int, str] = field(default_factory=dict)
    not_answers: Mapping[str, Rows] = field(default_factory=dict)
    partial: Rows | None = None
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def left_out_places(origin: Origin) -> frozenset[int]:
    """Places of the columns that are not carried."""
    return frozenset(origin.left_out) - frozenset(origin.columns)


def brought_home(table: Table, origin: Origin, *, partial: bool) -> Table:
    """Return the file under our ids, without the tool's own columns and rows.

    Parameters
    ----------
    table : Table
        As read.
    origin : Origin
    partial : bool
        Whether answers that were not sent off are kept.
    """
    log = list(table.log)
    keep = np.ones(len(table.rows), dtype=bool)
    leave = dict(origin.not_answers)
    if origin.partial is not None and not partial:
        leave["partial_answer"] = origin.partial
    for code, marked in leave.items():
        gone = marked & keep
        if gone.any():
            log.append(change(code, "", int(gone.sum())))
            keep &= ~gone
    columns, out = [], left_out_places(origin)
    for place, column in enumerate(table.columns):
        if place in out:
            log.append(change(origin.left_out[place], without_personal_numbers(column.name), 1))
            continue
        name = origin.columns.get(place, column.name)
        labels = {**column.labels, **origin.labels.get(name, {})}
        codes = column.codes if keep.all() else column.codes[keep]
        columns.append(Column(name, column.texts, codes, labels, column.declared_missing))
    source = replace(table.source, tool=origin.tool)
    rows = table.rows if keep.all() else table.rows[keep]
    return Table(tuple(columns), rows, source, table.problems, tuple(log))

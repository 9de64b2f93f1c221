"""What is found while one file of answers is read: background columns, problems, changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.instrument.instrument import Instrument
from relsurvey.problems import Problem
from relsurvey.responses.background_fields import RESPONDENT, VERSION, FieldSpec
from relsurvey.responses.changes import change
from relsurvey.responses.decode_background import decode_background
from relsurvey.responses.match_columns import Matched
from relsurvey.responses.problem_rows import cell_problems, problem
from relsurvey.responses.source import Change
from relsurvey.responses.table import Table

Columns = dict[str, NDArray[np.float64] | NDArray[np.object_]]


class Reading:
    """Collects problems and changes while one file is read."""

    def __init__(self, table: Table, matched: Matched) -> None:
        self.table, self.matched = table, matched
        self.decimals: list[str] = []
        self.problems: list[Problem] = [*table.problems, *matched.problems]
        self.log: list[Change] = [*table.log, *matched.log]

    def take(self, problems: Sequence[Problem], log: Sequence[Change]) -> None:
        """Add what one step found."""
        self.problems += problems
        self.log += log

    def background(self, specs: Mapping[str, FieldSpec], decimal: str | None) -> Columns:
        """Read the background columns; every respondent gets an id."""
        found: Columns = {}
        for name, spec in specs.items():
            if name not in self.matched.columns:
                continue
            read = decode_background(
                self.matched.columns[name],
                spec,
                file=self.table.source.file,
                rows=self.table.rows,
                decimal=decimal,
            )
            self.take(read.problems, read.log)
            self.decimals += [read.decimal] if read.decimal else []
            found[name] = read.values
        found[RESPONDENT] = self._ids(found.get(RESPONDENT))
        return found

    def _ids(self, given: NDArray[np.float64] | NDArray[np.object_] | None) -> NDArray[np.object_]:
        if given is None:
            made = _made_ids(self.table.rows)
            self.log.append(change("no_respondent_column", RESPONDENT, len(made)))
            return made
        ids = given.astype(object)
        blank = pd.isna(ids)
        if blank.any():
            rows = self.table.rows[blank]
            self.problems += cell_problems(
                "missing_respondent",
                rows,
                [""] * len(rows),
                file=self.table.source.file,
                column=RESPONDENT,
            )
            self.log.append(change("blank_respondent", RESPONDENT, len(rows)))
            ids[blank] = _made_ids(rows)
        return ids

    def version(self, instrument: Instrument) -> None:
        """Compare the version that the answers were given to with the instrument's."""
        column = self.matched.columns.get(VERSION)
        if column is None:
            return
        other = [
            _plain_version(text) != _plain_version(instrument.version) for text in column.texts
        ]
        filled = [bool(text.strip()) for text in column.texts]
        wrong = (np.array(other) & np.array(filled))[column.codes]
        self.problems += cell_problems(
            "version_mismatch",
            self.table.rows[wrong],
            list(column.cells()[wrong]),
            file=self.table.source.file,
            column=VERSION,
            version=instrument.version,
            instrument=instrument.id,
        )

    def missing_background(self, instrument: Instrument, form: str, found: Columns) -> None:
        """Report background columns that are in neither file."""
        for one in instrument.background:
            if one.id not in found and (one.required or one.id in instrument.form(form).background):
                code = "missing_background" if one.required else "absent_background"
                self.problems.append(problem(code, file=self.table.source.file, column=one.id))


def _made_ids(rows: NDArray[np.int64]) -> NDArray[np.object_]:
    return np.array([f"row-{row}" for row in rows.tolist()], dtype=object)


def _plain_version(text: str) -> str:
    """Write a version as spreadsheets keep it: ``1.0`` is ``1`` there."""
    plain = text.strip()
    while plain.endswith(".0"):
        plain = plain[:-2]
    return plain

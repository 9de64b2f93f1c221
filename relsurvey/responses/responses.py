"""Answers against an instrument, with everything that was found and changed on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from relsurvey.instrument.instrument import Instrument
from relsurvey.problems import Problems
from relsurvey.responses.roster import Roster
from relsurvey.responses.source import Change, Source

__all__ = ["Change", "Responses", "Roster", "Source"]


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """One form's answers, one row per respondent.

    Attributes
    ----------
    instrument : Instrument
        What was asked.
    form : str
        Id of the form.
    frame : DataFrame
        ``respondent``, then the background and roster columns that are there (``unit leader
        department sector span_of_control headcount job_group …``; texts as Python strings with
        None, numbers as float64 with NaN), then every item of the form as float64: the answer
        code, NaN where there is no valid answer. Reverse-keyed items are *not* turned. Read from
        a file, the index is named ``row`` and holds the row numbers as a person sees them there
        (the header is row 1).
    reasons : DataFrame
        Same index, the items as columns, categories: "" where answered, else the id of the
        missing code, ``"skipped"`` (blank), ``"invalid"`` (see ``problems``) or ``"absent"`` (the
        file has no such column).
    roster : Roster or None
        The units.
    source : Source
        The file.
    problems : Problems
        Found while reading; `relsurvey.responses.check.check` adds those found by comparing.
    log : tuple of Change
        What was recoded, filled in or left out.
    """

    instrument: Instrument
    form: str
    frame: pd.DataFrame
    reasons: pd.DataFrame
    roster: Roster | None = None
    source: Source = field(default_factory=Source)
    problems: Problems = field(default_factory=Problems)
    log: tuple[Change, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """Item ids of the form, in the order asked."""
        return self.instrument.form(self.form).items

    @property
    def background(self) -> tuple[str, ...]:
        """Columns of ``frame`` that are no items, ``respondent`` first."""
        items = set(self.items)
        return tuple(str(column) for column in self.frame.columns if column not in items)

    @property
    def rows(self) -> pd.Index[int]:
        """Row numbers as a person sees them in the file; the header is row 1."""
        if self.frame.index.name == "row":
            return self.frame.index
        return pd.Index(np.arange(2, len(self.frame) + 2), name="row")

    def __len__(self) -> int:
        return len(self.frame)

    def describe(self) -> str:
        """Say in a few lines what was found out about the file, and what was read from it."""
        source = self.source
        facts = {
            "sheet": source.sheet,
            "encoding": source.encoding,
            "delimiter": repr(source.delimiter) if source.delimiter else "",
            "decimal sign": source.decimal,
        }
        found = ", ".join(f"{name} {text}" for name, text in facts.items() if text)
        absent = int((self.reasons.iloc[:1] == "absent").to_numpy().sum())
        counts = {
            str(reason) or "answered": int(n)
            for reason, n in self._reason_counts().items()
            if n and reason != "absent"
        }
        return "\n".join(
            [
                f"{source.file or 'answers'}: {source.format or 'frame'}"
                + (f" of {source.tool}" if source.tool else "")
                + (f" ({found})" if found else ""),
                f"{len(self):,} respondents; {len(self.items) - absent} of {len(self.items)} "
                f"questions of form {self.form!r}, {self.instrument.id} {self.instrument.version}",
                "cells: " + ", ".join(f"{name} {n:,}" for name, n in counts.items()),
                "beside them: " + ", ".join(self.background),
            ]
        )

    def _reason_counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for item in self.items:
            for reason, n in self.reasons[item].value_counts(sort=False).items():
                counts[str(reason)] = counts.get(str(reason), 0) + int(n)
        return counts

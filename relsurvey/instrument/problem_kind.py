"""A kind of problem: how bad it is, what should stand there, what to do, in two languages."""

from __future__ import annotations

from dataclasses import dataclass

from relsurvey.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """What all problems of one code have in common."""

    severity: Severity
    expected_da: str
    expected_en: str
    action_da: str
    action_en: str

    def problem(
        self, code: str, *, file: str = "", row: str = "", column: str = "", found: str = ""
    ) -> Problem:
        """Make the row for one problem of this kind."""
        return Problem(
            code=code,
            severity=self.severity,
            file=file,
            row=row,
            column=column,
            found=found,
            expected={"da": self.expected_da, "en": self.expected_en},
            action={"da": self.action_da, "en": self.action_en},
        )

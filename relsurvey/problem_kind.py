"""A kind of problem: how bad it is, what should stand there, what to do, in two languages."""

from __future__ import annotations

from dataclasses import dataclass

from relsurvey.problems import Bilingual, Problem, Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """What all problems of one code have in common; the texts are templates for `str.format`."""

    severity: Severity
    expected_en: str
    expected_da: str
    action_en: str
    action_da: str

    def texts(self, **values: object) -> tuple[Bilingual, Bilingual]:
        """Fill the templates: what was expected, and what to do, each by language."""
        return (
            {"da": self.expected_da.format(**values), "en": self.expected_en.format(**values)},
            {"da": self.action_da.format(**values), "en": self.action_en.format(**values)},
        )

    def problem(
        self,
        code: str,
        *,
        file: str = "",
        row: str = "",
        column: str = "",
        found: str = "",
        **values: object,
    ) -> Problem:
        """Make the row for one problem of this kind; ``values`` fill its templates."""
        expected, action = self.texts(**values)
        return Problem(code, self.severity, file, row, column, found, expected, action)

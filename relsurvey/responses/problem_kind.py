"""What one kind of problem says."""

from __future__ import annotations

from dataclasses import dataclass

from relsurvey.problems import Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: how serious, what should have been there, what to do.

    The texts are templates for `str.format`.
    """

    severity: Severity
    expected_en: str
    expected_da: str
    action_en: str
    action_da: str

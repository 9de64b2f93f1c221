"""Chapter: whether the questionnaire measures well."""

from __future__ import annotations

from relsurvey.report.chapters.agreement_parts import agreement_parts
from relsurvey.report.chapters.factor_parts import comparison_parts, factor_parts
from relsurvey.report.chapters.invariance_parts import invariance_parts
from relsurvey.report.chapters.reliability_parts import reliability_parts
from relsurvey.report.desk import Desk
from relsurvey.report.page import Chapter, Heading, Part, Text


def measurement(desk: Desk, number: int) -> Chapter:
    """Write the chapter on reliability, agreement within units, and factor structure."""
    words, contents = desk.words, desk.contents
    parts: list[Part] = _opened(desk, "reliability")
    if contents.reliability is None:
        parts.append(desk.missing("reliability"))
    else:
        parts += reliability_parts(desk, contents.reliability)
    parts += _opened(desk, "structure")
    if contents.model_comparison is None:
        parts.append(desk.missing("model_comparison"))
    else:
        parts += comparison_parts(desk, contents.model_comparison)
    if contents.cfa is not None:
        parts += factor_parts(desk, contents.cfa)
    elif contents.model_comparison is not None:
        parts.append(desk.missing("cfa"))
    if contents.compared_groups:
        parts += [Heading(words("invariance.title")), Text(words.lines("invariance.lead"))]
        parts += invariance_parts(desk)
    parts += _opened(desk, "agreement")
    if contents.agreement is None:
        parts.append(desk.missing("agreement"))
    else:
        parts += agreement_parts(desk, contents.agreement)
    lead = words.lines("measurement.lead")
    return Chapter("measurement", number, words("measurement.title"), lead, tuple(parts))


def _opened(desk: Desk, part: str) -> list[Part]:
    words = desk.words
    return [Heading(words(f"measurement.{part}_title")), Text(words.lines(f"measurement.{part}"))]

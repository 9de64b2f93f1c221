"""Answers read and scored, ready for one part of the analysis."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relsurvey.cli.answers import read_study
from relsurvey.cli.left_out import tell_left_out

if TYPE_CHECKING:
    from relsurvey.responses.responses import Responses
    from relsurvey.results import Result
    from relsurvey.scoring.scores import Scores
    from relsurvey.study.analyst import Analyst
    from relsurvey.study.effects_analyst import EffectsAnalyst
    from relsurvey.study.measurement_analyst import MeasurementAnalyst
    from relsurvey.study.plan import Plan
    from relsurvey.study.study_file import Study


def measurement_analyst(source: Path, options: dict[str, Any]) -> MeasurementAnalyst:
    """Read and score what the verb was called with, to ask what the answers measure."""
    from relsurvey.study.measurement_analyst import MeasurementAnalyst

    return MeasurementAnalyst(*_inputs(source, options))


def effects_analyst(source: Path, options: dict[str, Any]) -> EffectsAnalyst:
    """Read and score what the verb was called with, to ask what predicts the outcomes."""
    from relsurvey.study.effects_analyst import EffectsAnalyst

    return EffectsAnalyst(*_inputs(source, options))


def _inputs(source: Path, options: dict[str, Any]) -> tuple[Study, Plan, Responses, Scores]:
    from relsurvey.scoring.score import score
    from relsurvey.study.plan import resolve_plan

    study, responses = read_study(source, options)
    scores = score(responses, study.analysis.min_answered)
    plan = resolve_plan(study, responses.instrument, scores.frame)
    return study, plan, responses, scores


def tell_remarks(*results: Result | None) -> None:
    """Show the sentences that belong to the numbers, each once."""
    notes = [note for result in results if result is not None for note in result.remarks()]
    for note in dict.fromkeys(notes):
        click.echo(textwrap.fill(note, 80, subsequent_indent="  "), err=True)


def tell_omitted(analyst: Analyst) -> None:
    """Say what was left out; exit 1 if something failed, not if it merely does not apply."""
    if not analyst.omitted:
        return
    click.echo("Left out:", err=True)
    tell_left_out(analyst.omitted)
    if any(" " in reason for _, reason in analyst.omitted):
        sys.exit(1)

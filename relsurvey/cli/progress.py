"""Tell on stderr what happens, step by step; run a study and tell."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsurvey.cli.left_out import tell_left_out

if TYPE_CHECKING:
    from relsurvey.study.study_file import Language


def counting(what: str) -> Callable[[int, int], None] | None:
    """Return what counts on one line of a terminal; None where nobody watches."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int, of: int) -> None:
        end = "\n" if done == of else ""
        click.echo(f"\r{what}: {done} of {of}{end}", err=True, nl=False)

    return tell


def run_and_tell(
    study: Path,
    output: Path,
    *,
    answers: Path | None = None,
    roster: Path | None = None,
    language: Language | None = None,
) -> None:
    """Run a study, show progress, print where the report lies, exit 1 when answers have errors."""
    from relsurvey.study.run_study import run_study

    result = run_study(
        study,
        output,
        answers=answers,
        roster=roster,
        language=language,
        progress=lambda done, total, step: click.echo(f"[{done}/{total}] {step}", err=True),
    )
    if result.omitted:
        click.echo("Left out:", err=True)
        tell_left_out(result.omitted)
    errors = len(result.problems.errors)
    if errors:
        click.echo(
            f"{errors} error(s) in the answers: the report counts them, relsurvey check lists them",
            err=True,
        )
    click.echo(f"Report: {result.report.resolve()}")
    if errors:
        sys.exit(1)

"""``relsurvey check``: every problem in a file of answers, with its place and what to do."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from relsurvey.cli.answers import responses_of
from relsurvey.cli.options import answers_options, language_option, output_file_option
from relsurvey.cli.problem_list import tell_problems

COUNTS = {
    "da": "{answers} besvarelser; {errors} fejl, {warnings} advarsler, {notes} bemærkninger.",
    "en": "{answers} answers; {errors} errors, {warnings} warnings, {notes} notes.",
}


@click.command("check")
@answers_options
@output_file_option
@language_option
def command(source: Path, output: Path | None, language: str, **options: Any) -> None:
    """Check answers (SOURCE: .csv, .xlsx, .sav, or a study file) and list every problem.

    Exit code 1 when there are errors. Warnings and notes are for you to weigh.
    """
    from relsurvey.cli.table import show
    from relsurvey.responses.check import check

    responses = responses_of(source, options, language)
    problems = check(responses)
    if output is not None:
        show(problems.tidy(language), output=output)
    else:
        tell_problems(problems, language, err=False)
    counts = Counter(problem.severity for problem in problems)
    click.echo(
        COUNTS[language].format(
            answers=len(responses),
            errors=counts["error"],
            warnings=counts["warning"],
            notes=counts["note"],
        )
    )
    if problems.errors:
        sys.exit(1)

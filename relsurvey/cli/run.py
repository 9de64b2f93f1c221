"""``relsurvey run``: one study file in, one report out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsurvey.cli.options import study_argument, study_language_option
from relsurvey.cli.progress import run_and_tell

if TYPE_CHECKING:
    from relsurvey.study.study_file import Language


@click.command("run")
@study_argument
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="New folder for the report and its tables (an earlier run's is replaced).",
)
@click.option("--answers", type=click.Path(path_type=Path), help="Answers instead of the study's.")
@click.option("--roster", type=click.Path(path_type=Path), help="Roster instead of the study's.")
@study_language_option
def command(
    study: Path, output: Path, answers: Path | None, roster: Path | None, language: Language | None
) -> None:
    """Run a STUDY file the whole way: check, score, measure, estimate, rank, report.

    The report is OUTPUT/index.html. Exit code 1 when the answers have errors that a person should
    look at; the report is made all the same and lists them.
    """
    run_and_tell(study, output, answers=answers, roster=roster, language=language)

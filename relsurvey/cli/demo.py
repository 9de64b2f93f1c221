"""``relsurvey demo``: the whole way on the survey that ships."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsurvey.cli.options import language_option
from relsurvey.cli.progress import run_and_tell
from relsurvey.cli.scorecards import cards_and_tell

if TYPE_CHECKING:
    from relsurvey.study.study_file import Language


@click.command("demo")
@click.option(
    "-o",
    "--output",
    default="out/demo",
    show_default=True,
    type=click.Path(path_type=Path),
    help="New folder for the report and its tables (an earlier run's is replaced).",
)
@language_option
def command(output: Path, language: Language) -> None:
    """Run the whole way on the shipped survey: a report, and a scorecard for every unit.

    The cards lie beside the report, in a folder whose name ends in _cards.
    It is a synthetic municipality whose truth is known; see synthetic_data/README.md.
    """
    from relsurvey.shipped import shipped_folder
    from relsurvey.study.study_file import load_study

    study = shipped_folder("analysis") / "demo.toml"
    run_and_tell(study, output, language=language)
    shipped = replace(load_study(study), stem="")  # no ledger beside shipped files
    cards_and_tell(shipped, output.with_name(f"{output.name}_cards"), language=language)

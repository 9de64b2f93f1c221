"""``relsurvey score``: answers to scores."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import click

from relsurvey.cli.answers import responses_of
from relsurvey.cli.options import answers_options, output_file_option


@click.command("score")
@answers_options
@click.option(
    "--min-answered",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.5,
    show_default=True,
    help="Share of a construct's items that must be answered.",
)
@output_file_option
def command(source: Path, min_answered: float, output: Path | None, **options: Any) -> None:
    """Score answers. With -o one row per person and construct; else a summary per construct.

    Rows per person are personal data: keep them accordingly.
    """
    from relsurvey.cli.table import show
    from relsurvey.scoring.score import score

    scores = score(responses_of(source, options), min_answered)
    if output is not None:
        show(scores.tidy(), output=output)
    else:
        columns = ["construct", "n_obs", "missing_share", "mean", "sd", "mean_100", "sd_100"]
        show(scores.describe()[columns], digits=2)
    for note in scores.remarks():
        click.echo(textwrap.fill(note, 80), err=True)

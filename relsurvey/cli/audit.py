"""``relsurvey audit``: try to recover what scorecards hide."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from relsurvey.cli.options import output_file_option
from relsurvey.cli.progress import counting


@click.command("audit")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@output_file_option
def command(folder: Path, output: Path | None) -> None:
    """Try to recover what the scorecards in FOLDER hide from what they show.

    Reads published.csv alone and bounds hidden numbers by linear programming over all sums that
    were published: all of them, or in a table of more than 600 those that follow from the sums or
    lie in a tight one. Exit code 1 when one of too few people can be recovered.
    """
    from relsurvey.cli.table import show
    from relsurvey.disclosure.audit import audit
    from relsurvey.study.write_scorecards import read_published

    published, record = read_published(folder)
    found = audit(
        published,
        min_n=int(record["min_n"]),
        width=float(record["width"]),
        workers=os.cpu_count() or 1,
        progress=counting("Tables"),
    )
    one = found.glance().iloc[0]
    click.echo(
        f"{one['n_hidden']:.0f} hidden numbers, {one['n_recovered']:.0f} recovered within "
        f"{one['width']:.0f} points with fewer than {one['min_n']:.0f} people behind them.",
        err=True,
    )
    if output is not None:
        show(found.tidy(), output=output)
    elif len(found.recovered):
        show(found.recovered[["unit", "cut", "measure", "score_low", "score_high"]], output=None)
    if len(found.recovered):
        sys.exit(1)

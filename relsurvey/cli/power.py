"""``relsurvey power``: what a planned survey can find."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path
from typing import Any

import click

from relsurvey.cli.options import output_file_option

PARTS = ("effects", "ranking", "needed")


@click.command("power")
@click.argument("population", default="article")
@click.option(
    "--leaders",
    type=click.IntRange(min=3),
    multiple=True,
    required=True,
    help="Leaders in the survey; repeat for a curve.",
)
@click.option("--employees", type=click.FloatRange(min=2), help="Mean employees per leader.")
@click.option("--response-rate", type=click.FloatRange(0, 1, min_open=True), help="Mean share.")
@click.option("--form", default="full", show_default=True)
@click.option("--mixed", is_flag=True, help="Random intercepts instead of CR2 errors.")
@click.option("--draws", type=click.IntRange(min=10), default=500, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(min=1), help="Processes; by default all cores.")
@click.option("--part", type=click.Choice(PARTS), help="Only this table (needed with -o).")
@output_file_option
def command(
    population: str,
    leaders: tuple[int, ...],
    employees: float | None,
    response_rate: float | None,
    form: str,
    mixed: bool,
    draws: int,
    seed: int,
    workers: int | None,
    part: str | None,
    output: Path | None,
) -> None:
    """Draw a planned survey many times from a POPULATION and count what it finds.

    Power of every effect and of its change with span of control, how precise the shares are, how
    often the ranking is found, and how many leaders give a power of 80 %.
    """
    from relsurvey.cli.table import show
    from relsurvey.effects.power import power

    if output is not None and part is None:
        raise click.UsageError("With -o name one table: --part " + " | ".join(PARTS))
    total = draws * len(leaders)
    bar: Any
    with click.progressbar(length=total, label="Surveys drawn", file=sys.stderr) as bar:
        result = power(
            population,
            leaders=leaders,
            employees_per_leader=employees,
            response_rate=response_rate,
            form=form,
            estimator="mixed" if mixed else "ols_cr2",
            n_draws=draws,
            seed=seed,
            workers=workers or os.cpu_count() or 1,
            progress=lambda done, _: bar.update(done - bar.pos),
        )
    tables = {"effects": result.tidy(), "ranking": result.ranking(), "needed": result.needed()}
    brief = {
        "effects": ["leaders", "outcome", "kind", "predictor", "power", "width"],
        "ranking": ["leaders", "outcome", "finding", "share"],
        "needed": ["outcome", "kind", "predictor", "leaders"],
    }
    for name, table in tables.items():
        if part in (None, name):
            if output is None:
                click.echo(name.upper())
            show(table[brief[name]] if output is None else table, output=output)
            click.echo()
    for note in result.remarks():
        click.echo(textwrap.fill(note, 80, subsequent_indent="  "), err=True)

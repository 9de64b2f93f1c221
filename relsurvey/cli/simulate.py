"""``relsurvey simulate``: a municipality with a known truth."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("simulate")
@click.argument("population", default="article")
@click.option("--employees", type=click.IntRange(min=1), help="Employees on the roster.")
@click.option("--instrument", default="relations", show_default=True)
@click.option("--form", default="full", show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for answers.csv, roster.csv and truth.json.",
)
def command(
    population: str, employees: int | None, instrument: str, form: str, seed: int, output: Path
) -> None:
    """Draw answers from a POPULATION: a shipped name or a .toml file.

    Shipped: article, equal, individual_first, one_factor, no_moderation.
    """
    from relsurvey.simulation.simulate import simulate

    drawn = simulate(population, n_employees=employees, instrument=instrument, form=form, seed=seed)
    for path in drawn.write(output):
        click.echo(f"Wrote {path}", err=True)

"""``relsurvey reliability``: alpha, omega, agreement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from relsurvey.cli.analyst import measurement_analyst, tell_omitted, tell_remarks
from relsurvey.cli.options import answers_options, output_file_option

COEFFICIENTS = ("construct", "coefficient", "estimate", "conf_low", "conf_high")
ITEMS = ("construct", "item", "item_rest_correlation", "alpha_if_dropped", "n")


@click.command("reliability")
@answers_options
@click.option("--items", is_flag=True, help="Each item against the rest of its scale.")
@output_file_option
def command(source: Path, items: bool, output: Path | None, **options: Any) -> None:
    """Reliability of every construct, and agreement within units (ICC, rwg(j), AD)."""
    from relsurvey.cli.table import show

    analyst = measurement_analyst(source, options)
    found = analyst.reliability()
    agreed = None if items or output is not None else analyst.agreement()
    if found is not None:
        table, columns = (found.items(), ITEMS) if items else (found.tidy(), COEFFICIENTS)
        show(table if output is not None else table[list(columns)], output=output)
    if agreed is not None:
        click.echo()
        table = agreed.tidy()
        wanted = ("icc1", "icc2", "rwg_j", "ad_m")
        wide = table[table["statistic"].isin(wanted)].pivot(
            index="scale", columns="statistic", values="estimate"
        )
        show(wide.reindex(columns=list(wanted)).loc[table["scale"].unique()].reset_index())
    tell_remarks(found, agreed)
    tell_omitted(analyst)

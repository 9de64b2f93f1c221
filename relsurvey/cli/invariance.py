"""``relsurvey invariance``: whether the questions mean the same in all groups."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from relsurvey.cli.analyst import measurement_analyst, tell_omitted, tell_remarks
from relsurvey.cli.options import answers_options, output_file_option

COMPARABLE = ("groups", "what", "level", "holds", "evidence", "freed")


@click.command("invariance")
@answers_options
@click.option(
    "--group",
    "names",
    multiple=True,
    help="A background column, or span_class; may be given several times.",
)
@click.option("--levels", is_flag=True, help="The fit of every level instead.")
@output_file_option
def command(
    source: Path, names: tuple[str, ...], levels: bool, output: Path | None, **options: Any
) -> None:
    """Say what may be compared between which groups of respondents.

    Groups of fewer than 100 answers, or of fewer than five leaders, are left out.
    """
    import pandas as pd

    from relsurvey.cli.table import show

    analyst = measurement_analyst(source, options)
    known = {"span_class", *(field.id for field in analyst.scores.instrument.background)}
    wrong = [name for name in names if name not in known]
    if wrong:
        raise click.BadParameter(
            f"{', '.join(wrong)}: expected {', '.join(sorted(known))}", param_hint="--group"
        )
    if names:
        analyst.plan = replace(analyst.plan, compare_groups=names)
    divisions = analyst.compared_groups()
    found = analyst.invariances(divisions)
    analyst.omitted += [(f"{d.name}", d.reason) for d in divisions if d.reason]
    tables = []
    for name, result in found.items():
        own = result.tidy() if levels else result.comparable()
        own.insert(0, "groups", name)
        tables.append(own)
    if tables:
        table = pd.concat(tables, ignore_index=True)
        columns = ("groups", "level", "df", "cfi_scaled", "rmsea_scaled", "srmr", "p_value_diff")
        short = table[list(columns if levels else COMPARABLE)]
        show(table if output is not None else short, output=output)
    tell_remarks(*found.values())
    tell_omitted(analyst)

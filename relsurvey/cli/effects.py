"""``relsurvey effects``: regression, moderation by span of control, ranking."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relsurvey.cli.analyst import analyst_of, tell_omitted, tell_remarks
from relsurvey.cli.options import answers_options, output_file_option

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.study.analyse import Analyst

PARTS = ("ranking", "regression", "moderation")


@click.command("effects")
@answers_options
@click.option("--part", type=click.Choice(PARTS), help="Only this part (needed with -o).")
@output_file_option
def command(source: Path, part: str | None, output: Path | None, **options: Any) -> None:
    """Effects of the predictors on each outcome, with errors that respect the clusters.

    Three tables: the regression, whether span of control changes it, and the ranking with how
    often each predictor came to each place when whole clusters were drawn again.
    """
    from relsurvey.cli.table import show

    if output is not None and part is None:
        raise click.UsageError("With -o name one table: --part " + " | ".join(PARTS))
    analyst = analyst_of(source, options)
    tables = {"regression": _regression, "moderation": _moderation, "ranking": _ranking}
    for name, table in tables.items():
        if part in (None, name):
            if output is None:
                click.echo(name.upper())
            frame = table(analyst, output is None)
            if not frame.empty or output is not None:
                show(frame, output=output)
            click.echo()
    tell_omitted(analyst)


def _regression(analyst: Analyst, brief: bool) -> pd.DataFrame:
    import pandas as pd

    found = analyst.regressions()
    tell_remarks(*found.values())
    frames = [fit.tidy().assign(outcome=outcome) for outcome, fit in found.items()]
    if not frames:
        return pd.DataFrame()
    table = pd.concat(frames, ignore_index=True)
    columns = ["term", "std_estimate", "std_error", "p_value"]
    table.insert(0, "outcome", table.pop("outcome"))
    return table[["outcome", *columns]] if brief else table


def _moderation(analyst: Analyst, brief: bool) -> pd.DataFrame:
    import pandas as pd

    found = analyst.moderations()
    tell_remarks(*found.values())
    frames = [fit.joint_tests() if brief else fit.tidy() for fit in found.values()]
    if not frames:
        return pd.DataFrame()
    table = pd.concat(frames, ignore_index=True)
    columns = ["outcome", "form", "predictor", "p_value", "p_holm"]
    return table.loc[table["model"] == "joint", columns] if brief else table


def _ranking(analyst: Analyst, brief: bool) -> pd.DataFrame:
    import pandas as pd

    found = analyst.rankings()
    frames = [ranking.tidy().assign(model=name) for name, ranking in found.items()]
    if not frames:
        return pd.DataFrame()
    shown = {"dimensions": found["dimensions"]} if brief and "dimensions" in found else found
    tell_remarks(*shown.values())
    for name, ranking in shown.items():
        click.echo(f"Ranking of {name.replace('_', ' ')}:", err=True)
        for verdict in ranking.verdicts():
            text = f"- {verdict.english()}"
            click.echo(textwrap.fill(text, 80, subsequent_indent="  "), err=True)
    table = pd.concat(frames, ignore_index=True)
    columns = ["outcome", "predictor", "share", "rank", "rank_low", "rank_high"]
    return table.loc[table["model"].isin(list(shown)), columns] if brief else table

"""``relsurvey effects``: regression, moderation by span of control, ranking."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relsurvey.cli.analyst import effects_analyst, tell_omitted, tell_remarks
from relsurvey.cli.options import answers_options, output_file_option

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.results import Result
    from relsurvey.study.effects_analyst import EffectsAnalyst

PARTS = (
    "ranking",
    "regression",
    "moderation",
    "regions",
    "levels",
    "specifications",
    "split",
    "sensitivity",
    "replication",
)
USUAL = ("regression", "moderation", "ranking")


@click.command("effects")
@answers_options
@click.option(
    "--part",
    type=click.Choice(PARTS),
    metavar="PART",
    help=f"Only this part (needed with -o): {', '.join(PARTS)}.",
)
@click.option(
    "--published",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of another study (outcome, predictor, estimate, std_error) to compare with.",
)
@output_file_option
def command(
    source: Path,
    part: str | None,
    published: Path | None,
    output: Path | None,
    **options: Any,
) -> None:
    """Effects of the predictors on each outcome, with errors that respect the clusters.

    Three tables: the regression, whether span of control changes it, and the ranking with how
    often each predictor came to each place when whole clusters were drawn again. With --part also:
    at which spans slopes are clear (regions), the ranking without measurement error, between groups
    and by the other half of the group (levels, split), under every defensible choice
    (specifications), how strong something unmeasured must be (sensitivity), and whether another
    study agrees (replication, with --published).
    """
    from relsurvey.cli.table import show

    if output is not None and part is None:
        raise click.UsageError("With -o name one table: --part " + " | ".join(PARTS))
    analyst = effects_analyst(source, options)
    if part == "replication" and published is None:
        raise click.UsageError("--part replication needs --published FILE")
    wanted = (part,) if part else (*USUAL, *(("replication",) if published else ()))
    tables = _tables(published)
    for name, table in tables.items():
        if name in wanted:
            if output is None:
                click.echo(name.upper())
            frame = table(analyst, output is None)
            if not frame.empty or output is not None:
                show(frame, output=output)
            click.echo()
    tell_omitted(analyst)


def _tables(published: Path | None) -> dict[str, Callable[[EffectsAnalyst, bool], pd.DataFrame]]:
    return {
        "regression": _regression,
        "moderation": _moderation,
        "ranking": _ranking,
        "regions": _regions,
        "levels": _levels,
        "specifications": _specifications,
        "split": lambda analyst, _: _simple(analyst.split_groups()),
        "sensitivity": lambda analyst, _: _simple(analyst.sensitivity()),
        "replication": lambda analyst, _: _simple(analyst.replication(published)),
    }


def _simple(found: Result | None) -> pd.DataFrame:
    import pandas as pd

    tell_remarks(found)
    return pd.DataFrame() if found is None else found.tidy()


def _regions(analyst: EffectsAnalyst, brief: bool) -> pd.DataFrame:
    import pandas as pd

    found = analyst.moderations()
    frames = [fit.johnson_neyman() for fit in found.values()]
    frames = [frame for frame in frames if not frame.empty]
    if not frames:
        return pd.DataFrame()
    table = pd.concat(frames, ignore_index=True)
    columns = ["outcome", "predictor", "sign", "low", "high"]
    return table.loc[table["model"] == "joint", columns] if brief else table


def _levels(analyst: EffectsAnalyst, brief: bool) -> pd.DataFrame:
    import pandas as pd

    found = analyst.level_rankings()
    tell_remarks(*found.values())
    if not found:
        return pd.DataFrame()
    frames = [ranking.tidy().assign(level=level) for level, ranking in found.items()]
    table = pd.concat(frames, ignore_index=True)
    table.insert(0, "level", table.pop("level"))
    columns = ["level", "outcome", "predictor", "share", "rank"]
    return table[columns] if brief else table


def _specifications(analyst: EffectsAnalyst, brief: bool) -> pd.DataFrame:
    import pandas as pd

    found = analyst.specification_curve()
    tell_remarks(found)
    if found is None:
        return pd.DataFrame()
    return found.counts() if brief else found.tidy()


def _regression(analyst: EffectsAnalyst, brief: bool) -> pd.DataFrame:
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


def _moderation(analyst: EffectsAnalyst, brief: bool) -> pd.DataFrame:
    import pandas as pd

    found = analyst.moderations()
    tell_remarks(*found.values())
    frames = [fit.joint_tests() if brief else fit.tidy() for fit in found.values()]
    if not frames:
        return pd.DataFrame()
    table = pd.concat(frames, ignore_index=True)
    columns = ["outcome", "form", "predictor", "p_value", "p_holm"]
    return table.loc[table["model"] == "joint", columns] if brief else table


def _ranking(analyst: EffectsAnalyst, brief: bool) -> pd.DataFrame:
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

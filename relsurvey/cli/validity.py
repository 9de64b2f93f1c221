"""``relsurvey validity``: content validity from experts' sheets."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import click

from relsurvey.cli.options import output_file_option
from relsurvey.cli.problem_list import tell_problems


@click.command("validity")
@click.argument(
    "sheets", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--instrument", default="relations", show_default=True)
@output_file_option
def command(sheets: tuple[Path, ...], instrument: str, output: Path | None) -> None:
    """Compute I-CVI, kappa, CVR, p_sa and c_sv from filled expert SHEETS, one file an expert.

    Make the sheets with: relsurvey export relations --to expert_sheet -o expert1.xlsx
    """
    from relsurvey.cli.table import show
    from relsurvey.instrument.content_validity import content_validity
    from relsurvey.instrument.expert_ratings import read_expert_sheets
    from relsurvey.instrument.library import load_instrument

    found = load_instrument(instrument)
    ratings = read_expert_sheets(found, sheets)
    tell_problems(ratings.problems, "en")
    result = content_validity(ratings.frame, {item.id: item.construct for item in found.items})
    if output is not None:
        show(result.tidy(), output=output)
    else:
        columns = ["item", "n_experts", "i_cvi", "kappa", "cvr", "cvr_critical", "p_sa", "c_sv"]
        show(result.tidy()[columns], digits=2)
        click.echo()
        show(result.by_construct()[["construct", "n_items", "s_cvi_ave", "s_cvi_ua"]], digits=2)
        for note in result.remarks():
            click.echo(textwrap.fill(note, 80), err=True)
    if ratings.problems.errors:
        sys.exit(1)

"""``relsurvey cfa``: measurement models compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from relsurvey.cli.analyst import analyst_of, tell_omitted, tell_remarks
from relsurvey.cli.options import answers_options, output_file_option


@click.command("cfa")
@answers_options
@click.option("--loadings", is_flag=True, help="The estimates of the largest model instead.")
@output_file_option
def command(source: Path, loadings: bool, output: Path | None, **options: Any) -> None:
    """Compare the factor models that the instrument's constructs suggest."""
    from relsurvey.cli.table import show

    analyst = analyst_of(source, options)
    comparison = analyst.model_comparison()
    if comparison is not None:
        if loadings:
            table = list(comparison.fits.values())[-1].tidy()
            short = table[["lhs", "op", "rhs", "estimate", "std_estimate"]]
        else:
            table = comparison.tidy()
            short = table[["model", "chi2", "df", "cfi", "tli", "rmsea", "srmr", "bic"]]
        show(table if output is not None else short, output=output)
    tell_remarks(comparison)
    tell_omitted(analyst)

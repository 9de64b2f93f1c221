"""``relsurvey cfa``: measurement models compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from relsurvey.cli.analyst import measurement_analyst, tell_omitted, tell_remarks
from relsurvey.cli.options import answers_options, output_file_option

MISSING = {"wlsmv": "pairwise", "ml": "fiml", "mlr": "fiml"}


@click.command("cfa")
@answers_options
@click.option(
    "--estimator",
    type=click.Choice(sorted(MISSING)),
    default="wlsmv",
    show_default=True,
    help="Ordinal (wlsmv), or of numbers with full information (ml, mlr).",
)
@click.option("--loadings", is_flag=True, help="The estimates of one model instead.")
@output_file_option
def command(
    source: Path, estimator: str, loadings: bool, output: Path | None, **options: Any
) -> None:
    """Compare the factor models that the instrument's constructs suggest.

    Errors and tests allow for the groups of people who answer about one leader. Of the indices the
    robust ones are shown where there are some.
    """
    from relsurvey.cli.table import show
    from relsurvey.measurement.standard_models import shown_fit

    analyst = measurement_analyst(source, options)
    comparison = analyst.model_comparison(estimator, MISSING[estimator])
    if comparison is not None:
        if loadings:
            table = shown_fit(comparison.fits).tidy()
            short = table[["lhs", "op", "rhs", "estimate", "std_estimate"]]
        else:
            table = comparison.tidy()
            wanted = ("model", "df", "cfi", "rmsea", "srmr", "bic", "p_value_diff")
            robust = [f"{name}_robust" if f"{name}_robust" in table else name for name in wanted]
            short = table[[name for name in robust if name in table]]
        show(table if output is not None else short, output=output)
    tell_remarks(comparison)
    tell_omitted(analyst)

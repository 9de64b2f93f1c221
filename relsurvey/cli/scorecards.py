"""``relsurvey scorecards``: a card for every unit, in which nobody can be recognised."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsurvey.cli.options import output_folder_option, study_argument, study_language_option
from relsurvey.cli.progress import counting

if TYPE_CHECKING:
    from relsurvey.study.study_file import Language, Study

STEPS = {
    "protect": "Deciding what may be shown",
    "audit": "Trying to recover what is hidden",
    "cards": "Writing cards",
    "pdf": "Writing PDFs",
}


@click.command("scorecards")
@study_argument
@output_folder_option("New folder for the cards (earlier cards are replaced).")
@study_language_option
@click.option("--pdf", is_flag=True, help="Every card as PDF too, in the folder pdf.")
@click.option("--for", "audience", default="", help="Who gets the cards; kept in the ledger.")
def command(study: Path, output: Path, language: Language | None, pdf: bool, audience: str) -> None:
    """Write scorecards for a STUDY file.

    A page a unit and one of the whole organisation; published.csv with every number shown; a
    workbook. Numbers of few people, and numbers that would let others be worked out, are hidden;
    an auditor who has only what is shown tries to recover them, and nothing is written when it can.
    What is published is kept in a ledger beside the study file; later cards are checked with it.
    """
    cards_and_tell(study, output, language=language, pdf=pdf, audience=audience)


def cards_and_tell(
    study: Path | Study,
    output: Path,
    *,
    language: Language | None,
    pdf: bool = False,
    audience: str = "",
) -> None:
    """Write scorecards, with a line of progress where somebody watches."""
    from relsurvey.study.write_scorecards import write_scorecards

    counters = {step: counting(what) for step, what in STEPS.items()}

    def tell(step: str, done: int, of: int) -> None:
        counter = counters[step]
        if counter is not None:
            counter(done, of)

    made = write_scorecards(
        study,
        output,
        language=language,
        pdf=pdf,
        audience=audience,
        workers=os.cpu_count() or 1,
        progress=tell,
    )
    one = made.glance().iloc[0]
    click.echo(
        f"{one['n_units']} units, {one['n_shown']:,} numbers shown, {one['n_hidden']:,} hidden, "
        f"{one['n_recovered']} recovered by the auditor.",
        err=True,
    )
    click.echo(str(output / "index.html"))

"""``relsurvey kit``: all that a survey owner needs, in one folder."""

from __future__ import annotations

from pathlib import Path

import click

from relsurvey.cli.options import output_folder_option, study_argument
from relsurvey.cli.progress import counting


@click.command("kit")
@study_argument
@output_folder_option("New folder for the kit (an earlier kit is replaced).")
@click.option("--language", default="da,en", show_default=True, help="Languages, with commas.")
@click.option(
    "--draws",
    type=click.IntRange(min=10),
    default=200,
    show_default=True,
    help="Surveys drawn for the expected precision.",
)
def command(study: Path, output: Path, language: str, draws: int) -> None:
    """Write the survey kit of a STUDY file with a part [survey].

    A guide with timeline, invitation, reminders, information on personal data, an anonymity
    statement that is true of the settings, a checklist and the precision to be expected; the
    questionnaire for LimeSurvey, Kobo and ODK, as Word, on paper and as a preview; roster and
    entry templates; the codebook.
    """
    from relsurvey.study.kit import write_kit

    languages = [part.strip() for part in language.split(",") if part.strip()]

    shown = counting("Surveys drawn")
    files = write_kit(study, output, languages=languages, n_draws=draws, progress=shown)
    click.echo(f"Wrote {len(files)} files to {output}", err=True)
    for path in files:
        click.echo(path.name)

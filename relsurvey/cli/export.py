"""``relsurvey export``: an instrument written out as a file."""

from __future__ import annotations

from pathlib import Path

import click

KINDS = ("codebook", "answer_template", "roster_template", "expert_sheet", "translation_log")


@click.command("export")
@click.argument("instrument")
@click.option("--to", required=True, type=click.Choice(KINDS), help="What to write.")
@click.option("--form", default="full", show_default=True, help="Which form.")
@click.option("--language", default="da,en", show_default=True, help="Languages, with commas.")
@click.option(
    "--delimiter",
    type=click.Choice([";", ","]),
    default=";",
    show_default=True,
    help="Between cells of a CSV file; Danish Excel expects the semicolon.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="An .xlsx or .csv file.",
)
def command(
    instrument: str, to: str, form: str, language: str, delimiter: str, output: Path
) -> None:
    """Write a codebook, template or sheet of an INSTRUMENT (shipped name or path)."""
    from relsurvey.questionnaire.export import export_questionnaire

    languages = [part.strip() for part in language.split(",") if part.strip()]
    written = export_questionnaire(
        instrument, form=form, language=languages, to=to, path=output, delimiter=delimiter
    )
    click.echo(f"Wrote {written}", err=True)

"""``relsurvey export``: an instrument written out as a file."""

from __future__ import annotations

from pathlib import Path

import click

TABLES = ("codebook", "answer_template", "roster_template", "expert_sheet", "translation_log")
TOOLS = ("limesurvey", "xlsform", "redcap", "qualtrics", "surveyjs", "google_forms", "formr")
READING = ("preview", "word", "paper")
METADATA = ("spss", "ddi", "table_schema")
KINDS = (*TABLES, *TOOLS, *READING, *METADATA)


@click.command("export")
@click.argument("instrument")
@click.option(
    "--to",
    required=True,
    type=click.Choice(KINDS),
    metavar="KIND",
    help="What to write: " + "; ".join(map(", ".join, (TABLES, TOOLS, READING, METADATA))) + ".",
)
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
    help="File; its suffix must fit the kind.",
)
def command(
    instrument: str, to: str, form: str, language: str, delimiter: str, output: Path
) -> None:
    """Write an INSTRUMENT (shipped name or path) for a survey tool, or as a table for people."""
    from relsurvey.questionnaire.export import export_questionnaire, loses_random_order

    languages = [part.strip() for part in language.split(",") if part.strip()]
    written = export_questionnaire(
        instrument, form=form, language=languages, to=to, path=output, delimiter=delimiter
    )
    for path in written:
        click.echo(f"Wrote {path}", err=True)
    if loses_random_order(instrument, form, to):
        click.echo(
            "The form asks for a random order of items, which this file cannot carry:\n"
            "  set it in the tool by hand, or the items stand in one order.",
            err=True,
        )

"""Options that several verbs share."""

from __future__ import annotations

import locale
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def own_language() -> str:
    """Danish where the machine's locale is Danish, else English."""
    name = (locale.getlocale()[0] or "").lower()
    return "da" if name.startswith(("da", "danish")) else "en"


language_option = click.option(
    "--language",
    type=click.Choice(["da", "en"]),
    default=own_language,
    help="Language of what is shown (default: the machine's).",
)
study_language_option = click.option(
    "--language", type=click.Choice(["da", "en"]), help="Instead of the study's."
)
study_argument = click.argument(
    "study", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
output_file_option = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the table to this .csv or .json file at full precision instead of showing it.",
)


def output_folder_option(what: str) -> Callable[[Command], Command]:
    """Return the option for a folder to write into; ``what`` says what for."""
    return click.option(
        "-o",
        "--output",
        required=True,
        type=click.Path(file_okay=False, path_type=Path),
        help=what,
    )


def answers_options(command: Command) -> Command:
    """Add the argument and options that say which answers are meant."""
    decorators = (
        click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--instrument", help="Shipped name or path (default: relations)."),
        click.option("--form", help="Form that was fielded (default: full)."),
        click.option(
            "--roster",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Roster of units: leader, span of control, headcount.",
        ),
        click.option(
            "--column",
            "columns",
            multiple=True,
            metavar="FILE=ID",
            help="A column of the file that goes by another name; may be repeated.",
        ),
        click.option("--sheet", help="Sheet of a workbook (default: the first)."),
        click.option("--delimiter", help="Column delimiter, when it cannot be found out."),
        click.option("--encoding", help="Text encoding, when it cannot be found out."),
        click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign."),
        click.option(
            "--span-from-answers",
            is_flag=True,
            help="Count the answers per leader as span of control, when no roster gives it.",
        ),
        click.option(
            "--partial", is_flag=True, help="Keep answers that the tool says were not sent off."
        ),
        click.option(
            "--positions",
            is_flag=True,
            help="Numbers are places in the list of answers, as Enalyzer writes them.",
        ),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command

"""``relsurvey inspect``: what a file of answers is taken for, before anything is read."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Any

import click

from relsurvey.cli.answers import study_of
from relsurvey.cli.options import answers_options, output_file_option
from relsurvey.errors import StudyError


@click.command("inspect")
@answers_options
@output_file_option
def command(source: Path, output: Path | None, **options: Any) -> None:
    """Show which tool SOURCE comes from and what each of its columns is taken for.

    Nothing is read into data. Exit code 1 when questions of the form have no column.
    """
    from relsurvey.cli.table import show
    from relsurvey.responses.inspect_answers import inspect_answers

    study = study_of(source, options)
    files = [path for files in study.answers_paths().values() for path in files]
    if len(files) > 1:
        raise StudyError(
            "The study names several files of answers.",
            got=", ".join(path.name for path in files),
            hint="Inspect them one at a time: relsurvey inspect FILE.",
        )
    wanted = study.answers
    found = inspect_answers(
        files[0],
        study.instrument_source(),
        study.form,
        columns=wanted.columns,
        sheet=wanted.sheet,
        encoding=wanted.encoding,
        delimiter=wanted.delimiter,
    )
    click.echo(textwrap.fill(found.describe(), 80, subsequent_indent="  "), err=True)
    frame = found.tidy()
    if output is None:
        frame["column"] = [
            name if len(name) <= 30 else f"…{name[-29:]}" for name in frame["column"]
        ]
        frame["why"] = [why if len(why) <= 21 else f"{why[:20]}…" for why in frame["why"]]
        frame = frame[["column", "taken_for", "why", "holds"]]
    show(frame, output=output)
    if found.missing:
        sys.exit(1)

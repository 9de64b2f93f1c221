"""Read the answers that a verb was called with: a file of answers, or a study file."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relsurvey.errors import StudyError

if TYPE_CHECKING:
    from relsurvey.responses.responses import Responses
    from relsurvey.study.study_file import Study


def study_of(source: Path, options: dict[str, Any]) -> Study:
    """Make a study from a study file, or from a file of answers and the verb's options."""
    from dataclasses import replace

    from relsurvey.study.study_file import AnswersFile, RosterFile, Study, load_study

    if source.suffix.lower() == ".toml":
        study = load_study(source)
        _refuse_answer_options(options)
        if options.get("roster"):
            study = replace(study, roster=RosterFile(file=str(options["roster"].absolute())))
        return replace(
            study,
            instrument=options.get("instrument") or study.instrument,
            form=options.get("form") or study.form,
        )
    roster = options.get("roster")
    return Study(
        title=source.name,
        instrument=options.get("instrument") or "relations",
        form=options.get("form") or "full",
        answers=AnswersFile(
            file=str(source.absolute()),
            columns=_columns(options.get("columns", ())),
            sheet=options.get("sheet"),
            encoding=options.get("encoding"),
            delimiter=options.get("delimiter"),
            decimal=options.get("decimal"),
            span_from_answers=bool(options.get("span_from_answers")),
            partial=bool(options.get("partial")),
            positions=bool(options.get("positions")),
        ),
        roster=RosterFile(file=str(roster.absolute()) if roster else ""),
    )


_TEXT_OPTIONS = ("sheet", "encoding", "delimiter", "decimal")
_FLAGS = ("span_from_answers", "partial", "positions")
_SPELLED = {"columns": "column", "span_from_answers": "span-from-answers"}


def responses_of(source: Path, options: dict[str, Any], language: str = "en") -> Responses:
    """Read the answers; what was found out about the file goes to stderr."""
    return read_study(source, options, language)[1]


def read_study(
    source: Path, options: dict[str, Any], language: str = "en"
) -> tuple[Study, Responses]:
    """Read the study that is meant and its answers; say on stderr what was found out and done."""
    from relsurvey.study.read_answers import read_answers

    study = study_of(source, options)
    responses = read_answers(study)
    for line in responses.describe().splitlines():
        click.echo(textwrap.fill(line, 80, subsequent_indent="  "), err=True)
    for change in responses.log:
        what, why = change.said(language)
        where = f" {change.column}" if change.column else ""
        text = f"- {what}{where} ({change.n}): {why}"
        click.echo(textwrap.fill(text, 80, subsequent_indent="  "), err=True)
    return study, responses


def _columns(pairs: tuple[str, ...]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        name, found, own = pair.rpartition("=")
        if not found or not name or not own:
            raise StudyError(
                "A column is written FILE=ID.", where="--column", got=pair, expected="COMPID=unit"
            )
        columns[name] = own
    return columns


def _refuse_answer_options(options: dict[str, Any]) -> None:
    given = [key for key in (*_TEXT_OPTIONS, "columns", *_FLAGS) if options.get(key)]
    if given:
        raise StudyError(
            "How to read the answers is said in the study file.",
            where=", ".join(f"--{_SPELLED.get(key, key)}" for key in given),
            hint="Write it under [answers] there, or call with the file of answers itself.",
        )

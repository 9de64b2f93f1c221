"""Show problems one under the other, worst first, with what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from itertools import groupby

import click

from relsurvey.problems import Problem, Problems

ORDER = {"error": 0, "warning": 1, "note": 2}
WORDS = {
    "da": {"error": "Fejl", "warning": "Advarsel", "note": "Bemærk", "row": "række", "more": "til"},
    "en": {"error": "Error", "warning": "Warning", "note": "Note", "row": "row", "more": "more"},
}
SHOWN = 5


def tell_problems(problems: Problems, language: str, *, err: bool = True) -> None:
    """Show the problems grouped by kind and column: a few places each, and what to do."""
    words = WORDS[language]
    ordered = sorted(problems, key=lambda p: (ORDER[p.severity], p.code, p.column))
    for (severity, _), group in groupby(ordered, key=lambda p: (p.severity, p.code)):
        rows = list(group)
        first = rows[0]
        click.echo(f"{words[severity]} ({len(rows)}): {first.code}", err=err)
        for problem in rows[:SHOWN]:
            click.echo(_indented(_place(problem, words)), err=err)
        if len(rows) > SHOWN:
            click.echo(f"  … {len(rows) - SHOWN} {words['more']}", err=err)
        for text in _once((first.expected, first.action), language):
            click.echo(_indented(text), err=err)


def _place(problem: Problem, words: dict[str, str]) -> str:
    row = f"{words['row']} {problem.row}" if problem.row else ""
    place = ", ".join(part for part in (problem.file, row, problem.column) if part)
    return f"{place}: {problem.found}" if problem.found else place


def _once(texts: Iterable[object], language: str) -> list[str]:
    found = [text.get(language, "") for text in texts if hasattr(text, "get")]
    return [f"→ {text}" for text in dict.fromkeys(found) if text]


def _indented(text: str) -> str:
    return textwrap.fill(text, 80, initial_indent="  ", subsequent_indent="    ")

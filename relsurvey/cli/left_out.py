"""Say in words what could not be computed, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import click


def tell_left_out(omitted: Iterable[tuple[str, str]], language: str = "en") -> None:
    """Show each part that was left out with its reason, once, on stderr."""
    from relsurvey.report.wording import read_wording

    words = read_wording(language)
    for part, reason in dict.fromkeys(omitted):
        name = words.either(f"part.{part}", part)
        text = f"- {name}: {words.either(f'reason.{reason}', reason)}"
        click.echo(textwrap.fill(text, 80, subsequent_indent="  "), err=True)

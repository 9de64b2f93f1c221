"""``relsurvey show``: read an instrument."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

import click

from relsurvey.cli.options import language_option

if TYPE_CHECKING:
    from relsurvey.instrument.instrument import Instrument


@click.command("show")
@click.argument("instrument")
@click.option("--form", help="Only this form (default: the first).")
@click.option("--lix", is_flag=True, help="Readability (LIX) of every block in every language.")
@language_option
def command(instrument: str, form: str | None, lix: bool, language: str) -> None:
    """Show an INSTRUMENT (shipped name or path): its items, and every contradiction in it.

    Exit code 1 when the instrument contradicts itself.
    """
    from relsurvey.instrument.coherence import coherence
    from relsurvey.instrument.library import load_instrument
    from relsurvey.instrument.readability import readability

    found = load_instrument(instrument, strict=False)
    problems = coherence(found)
    if not problems.errors:
        if lix:
            from relsurvey.cli.table import show

            result = readability(found, form)
            show(result.tidy().drop(columns=["n_sentences", "n_long_words"]), digits=1)
            click.echo("\n".join(textwrap.fill(note, 80) for note in result.remarks()), err=True)
        else:
            _head(found, language)
            _items(found, form or found.forms[0].id, language)
    for problem in problems:
        action = problem.action.get(language, "")
        where = " ".join(part for part in (problem.file, problem.column) if part)
        click.echo(
            textwrap.fill(f"{problem.severity}: {where}: {problem.found} {action}", 80), err=True
        )
    if problems.errors:
        sys.exit(1)


def _head(instrument: Instrument, language: str) -> None:
    click.echo(f"{instrument.title[language]}  ({instrument.id} {instrument.version})")
    for text in (instrument.description[language], instrument.status[language]):
        click.echo(textwrap.fill(text, 80))
    for limit in instrument.limits:
        click.echo(textwrap.fill(f"- {limit[language]}", 80, subsequent_indent="  "))
    click.echo(textwrap.fill(f"Licence: {instrument.licence}", 80))
    click.echo(textwrap.fill(f"Citation: {instrument.citation}", 80))


def _items(instrument: Instrument, form_id: str, language: str) -> None:
    form = instrument.form(form_id)
    click.echo(f"\n{form.title[language]}  ({form.id}: {len(form.items)} items)")
    for block in form.blocks:
        click.echo(f"\n{block.title[language]}")
        click.echo(textwrap.fill(block.lead[language], 80))
        for name in block.items:
            mark = " (reversed)" if instrument.item(name).reverse else ""
            text = f"{name:<5} {instrument.wording(name, language, form.audience)}{mark}"
            click.echo(textwrap.fill(text, 80, initial_indent="  ", subsequent_indent=" " * 8))
        for scale in dict.fromkeys(instrument.scale_of(name) for name in block.items):
            choices = [f"{option.code} {option.label[language]}" for option in scale.options]
            choices += [f"{code.code} {code.label[language]}" for code in scale.missing]
            text = f"[{'; '.join(choices)}]"
            click.echo(textwrap.fill(text, 80, initial_indent="  ", subsequent_indent="   "))

"""``relsurvey instruments``: what ships."""

from __future__ import annotations

import textwrap

import click

from relsurvey.cli.options import language_option


@click.command("instruments")
@language_option
def command(language: str) -> None:
    """List the instruments that come with relsurvey."""
    from relsurvey.instrument.library import load_instrument, shipped_instruments

    for name in shipped_instruments():
        instrument = load_instrument(name)
        forms = ", ".join(f"{form.id} ({len(form.items)})" for form in instrument.forms)
        click.echo(f"{name}  {instrument.version}  {instrument.title[language]}")
        languages = ", ".join(instrument.languages)
        for text in (
            f"languages: {languages}; forms (items): {forms}",
            instrument.status[language],
        ):
            click.echo(textwrap.fill(text, 80, initial_indent="    ", subsequent_indent="    "))

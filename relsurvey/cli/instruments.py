"""``relsurvey instruments``: what ships."""

from __future__ import annotations

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
        click.echo(f"    languages: {', '.join(instrument.languages)}; forms (items): {forms}")
        click.echo(f"    {instrument.status[language]}")

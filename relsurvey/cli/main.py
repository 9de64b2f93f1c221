"""The command ``relsurvey``: verbs loaded when they are called, errors as messages, exit codes.

Exit code 0: good. 1: problems were found in the data. 2: the call or a file could not be used.
"""

from __future__ import annotations

import os
import signal
import sys
import textwrap
from importlib import import_module

import click

from relsurvey.errors import RelsurveyError

VERBS = {
    "instruments": "List the instruments that come with relsurvey.",
    "show": "Show an instrument: items, forms, readability, contradictions.",
    "export": "Write it for a survey tool, as Word or PDF, as a codebook or template.",
    "validity": "Content validity from filled expert sheets.",
    "simulate": "Draw a synthetic municipality with a known truth.",
    "kit": "Guide, letters, questionnaire and templates for a planned survey.",
    "inspect": "Show which tool a file comes from and what its columns are.",
    "check": "Check a file of answers; list every problem with its place.",
    "score": "Score answers: one row per person, one column per construct.",
    "reliability": "Reliability, and agreement within units.",
    "cfa": "Compare measurement models by confirmatory factor analysis.",
    "invariance": "Say what may be compared between which groups of respondents.",
    "effects": "Effects on relations, span of control as moderator, ranking.",
    "power": "What a planned survey can find: power, precision, the ranking.",
    "scorecards": "A card for every unit, in which nobody can be recognised.",
    "audit": "Try to recover what scorecards hide from what they show.",
    "release": "Answers for research: pseudonyms, nobody alone with what is known.",
    "run": "The whole way: one study file in, one report out.",
    "demo": "The whole way on the survey that comes with relsurvey.",
}


class _Verbs(click.Group):
    """A group whose commands are imported when they are called, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"relsurvey.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from difflib import get_close_matches

        name = args[0]
        if name not in VERBS and not name.startswith("-"):
            near = get_close_matches(name, VERBS, n=1)
            ctx.fail(
                f"There is no verb {name!r}." + (f" Did you mean {near[0]!r}?" if near else "")
            )
        return super().resolve_command(ctx, args)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="relsurvey", prog_name="relsurvey")
def relsurvey() -> None:
    """Survey instrument and statistics for relations-oriented leadership.

    From a questionnaire to scores, reliability, factor analysis, effects and a ranking with honest
    uncertainty. Data goes to stdout, messages to stderr.

    Exit codes: 0 good, 1 problems found in the data, 2 the call or a file cannot be used.
    """


def main() -> None:
    """Run the command; a user's mistake is a message, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(relsurvey.main(standalone_mode=False))
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except (click.Abort, KeyboardInterrupt):
        _fail("Stopped; nothing half-written was left behind.")
    except Exception as error:
        if os.environ.get("RELSURVEY_DEBUG"):
            raise
        _fail(_message(error))


def _message(error: Exception) -> str:
    if isinstance(error, RelsurveyError):
        return str(error)
    what = f"{type(error).__name__}: {error}"
    if isinstance(error, OSError | MemoryError):
        return what
    return (
        "This is a fault in relsurvey, not in your files.\n"
        f"  got: {what}\n"
        "  to do: Report it, with what is shown when you set RELSURVEY_DEBUG=1 and run it again."
    )


def _fail(message: str) -> None:
    for line in f"relsurvey: {message}".splitlines():
        click.echo(textwrap.fill(line, 80, subsequent_indent="    "), err=True)
    sys.exit(2)

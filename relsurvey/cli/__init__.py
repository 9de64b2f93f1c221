"""The command line: the only room that prints; one file per verb."""

from __future__ import annotations

from relsurvey.cli.main import main

__all__ = ["main"]

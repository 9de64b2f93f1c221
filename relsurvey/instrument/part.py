"""What every part of an instrument shares: an unknown key is an error, never ignored."""

from __future__ import annotations

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid")

"""What a background field takes, as rules for the column of a sheet."""

from __future__ import annotations

from collections.abc import Iterable

from relsurvey.instrument.background import BackgroundField

Choices = dict[str, tuple[object, ...]]
Bounds = dict[str, tuple[float | None, float | None]]


def field_rules(fields: Iterable[BackgroundField]) -> tuple[Choices, Bounds]:
    """Give the codes of choice fields and the bounds of number fields, by field id."""
    choices: Choices = {}
    bounds: Bounds = {}
    for field in fields:
        if field.type == "choice":
            choices[field.id] = tuple(_as_typed(option.code) for option in field.options)
        elif field.type == "number":
            bounds[field.id] = (field.low, field.high)
    return choices, bounds


def _as_typed(code: str) -> object:
    """Give a code as a person types it: Excel makes a number of ``3``, but not of ``03``."""
    return int(code) if code.isdecimal() and str(int(code)) == code else code

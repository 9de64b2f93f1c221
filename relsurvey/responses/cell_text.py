"""A cell of a workbook or a statistics file as text."""

from __future__ import annotations

from datetime import date, datetime, time

import numpy as np


def as_text(value: object) -> str:
    """Write a value as text: 4.0 is ``"4"``, a date is ISO, nothing is ``""``."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)

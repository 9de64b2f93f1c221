"""Background questions and roster fields."""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from relsurvey.instrument.part import STRICT
from relsurvey.instrument.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class BackgroundOption:
    """One category of a background question."""

    code: str
    label: Texts


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class BackgroundField:
    """A fact about a respondent, a unit or a leader that is not an item.

    ``asked_of`` is ``respondent`` (a question in the form), ``roster`` (the municipality fills it
    in per unit) or ``system`` (the survey tool knows it, for example the language used).
    ``level`` says to whom the value belongs. ``low`` and ``high`` bound a number, in ``unit``.
    """

    id: str
    text: Texts
    type: Literal["choice", "number", "text"]
    asked_of: Literal["respondent", "roster", "system"]
    level: Literal["person", "leader", "unit", "wave"]
    required: bool = False
    options: tuple[BackgroundOption, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str = ""
    help: Texts | None = None

"""Response scales and missing codes."""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from relsurvey.instrument.part import STRICT
from relsurvey.instrument.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ResponseOption:
    """One answer category: the code that is stored and its label."""

    code: int
    label: Texts


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class MissingCode:
    """A code for an answer that is no point on the scale.

    ``kind`` is ``not_applicable`` (don't know, not relevant) or ``refused`` (prefer not to say).
    """

    id: str
    code: int
    kind: Literal["not_applicable", "refused"]
    label: Texts


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ResponseScale:
    """An ordered set of answer categories, lowest first, and the missing codes beside it."""

    id: str
    stem: Texts | None = None
    options: tuple[ResponseOption, ...]
    missing: tuple[MissingCode, ...] = ()

    @property
    def codes(self) -> tuple[int, ...]:
        """Answer codes, lowest first."""
        return tuple(option.code for option in self.options)

    @property
    def points(self) -> int:
        """Number of answer categories."""
        return len(self.options)

    @property
    def low(self) -> int:
        """Smallest answer code."""
        return min(self.codes)

    @property
    def high(self) -> int:
        """Largest answer code."""
        return max(self.codes)

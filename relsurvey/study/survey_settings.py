"""How a survey is carried out: dates, retention, who sees what."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class SurveySettings:
    """The part ``[survey]`` of a study file, from which the survey kit is written.

    ``retention_months`` is how long answers of single persons are kept after the survey closes; no
    law sets a number, so it has no default. ``readers`` says who sees what, in every language of
    the kit: ``[{da = "…", en = "…"}]``. ``link`` is ``anonymous`` where a whole unit shares a link,
    ``personal`` where the tool knows who answered. Sizes are the roster's where there is one.
    """

    organisation: str = Field(min_length=1)
    contact: str = Field(min_length=1)
    opens: date
    closes: date
    retention_months: int = Field(ge=1, le=120)
    readers: tuple[dict[str, str], ...] = Field(min_length=1)
    link: Literal["anonymous", "personal"] = "anonymous"
    purpose: dict[str, str] = Field(default_factory=dict)
    response_rate: float = Field(default=0.7, gt=0, le=1)
    leaders: int | None = Field(default=None, ge=3)
    employees_per_leader: float | None = Field(default=None, ge=2)

    @model_validator(mode="after")
    def _in_order(self) -> SurveySettings:
        if self.closes <= self.opens:
            raise ValueError("closes must be later than opens")
        return self

    @property
    def deleted(self) -> date:
        """Day by which answers of single persons are deleted."""
        months = self.closes.month - 1 + self.retention_months
        year, month = self.closes.year + months // 12, months % 12 + 1
        last = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
        return date(year, month, min(self.closes.day, last))

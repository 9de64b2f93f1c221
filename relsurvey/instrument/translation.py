"""The translation log: what was done to each item's wording, step by step (TRAPD)."""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from relsurvey.instrument.part import STRICT

Step = Literal["translation", "review", "adjudication", "pretest", "documentation"]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class TranslationEntry:
    """One step of translation, review, adjudication, pretest or documentation for one item.

    ``done`` is false where a step still has to be taken; an open step is written down, not hidden.
    """

    item: str
    language: str
    step: Step
    done: bool
    note: str = ""
    by: str = ""
    date: str = ""

"""The translation log: what was done to the items' wording, step by step (TRAPD)."""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from relsurvey.instrument.part import STRICT

Step = Literal["translation", "review", "adjudication", "pretest", "documentation"]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class TranslationEntry:
    """One step of translation, review, adjudication, pretest or documentation.

    An entry holds for the ``items`` and ``languages`` it names, or for all of them where it names
    none; a later entry overrides an earlier one. ``done`` is false where a step still has to be
    taken; an open step is written down, not hidden.
    """

    step: Step
    done: bool
    items: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    note: str = ""
    by: str = ""
    date: str = ""

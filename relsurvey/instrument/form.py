"""Forms: which items are asked of whom, in which order."""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from relsurvey.instrument.part import STRICT
from relsurvey.instrument.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Block:
    """One page of a form: a heading, a lead-in that the items complete or follow, the items."""

    id: str
    title: Texts
    lead: Texts
    items: tuple[str, ...]
    random_order: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Form:
    """A questionnaire that can be fielded.

    ``audience`` decides which wording of an item is used: ``employee`` takes ``text``, ``leader``
    takes ``leader_text``.
    """

    id: str
    title: Texts
    audience: Literal["employee", "leader"] = "employee"
    welcome: Texts | None = None
    closing: Texts | None = None
    minutes: float | None = None
    blocks: tuple[Block, ...]
    background: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """Item ids of all blocks, in the order asked."""
        return tuple(item for block in self.blocks for item in block.items)

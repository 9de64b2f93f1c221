"""One question."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relsurvey.instrument.part import STRICT
from relsurvey.instrument.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Item:
    """One Likert item.

    ``text`` is what an employee reads, ``leader_text`` the same item in the first person for a
    leader's self-rating. ``reverse`` marks an item where a high answer means little of the
    construct. ``response_scale`` overrides the construct's scale where it is given.
    """

    id: str
    construct: str
    facet: str = ""
    text: Texts
    leader_text: Texts | None = None
    reverse: bool = False
    response_scale: str = ""
    note: str = ""

"""What is measured: constructs and their facets."""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from relsurvey.instrument.part import STRICT
from relsurvey.instrument.texts import Texts

Role = Literal["dimension", "proximity", "outcome", "marker", "other"]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Facet:
    """One part of a construct's content that at least one item must cover."""

    id: str
    description: Texts
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Construct:
    """A construct: its definition, where it stands in the model, and what leaders may discuss.

    ``role`` says what the construct does in an analysis; ``block`` groups constructs that are
    tested together (``individual``, ``collective``, ``proximity`` …); ``referent`` is whom the
    items speak of (``immediate_leader``, ``own_group``, ``other_groups``, ``self``).
    """

    id: str
    name: Texts
    definition: Texts
    role: Role = "other"
    block: str = ""
    referent: str = ""
    response_scale: str
    facets: tuple[Facet, ...] = ()
    dialogue: tuple[Texts, ...] = ()

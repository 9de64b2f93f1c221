"""The instrument: everything that is asked, in one frozen object."""

from __future__ import annotations

from typing import TypeVar

from pydantic.dataclasses import dataclass

from relsurvey.errors import InstrumentError
from relsurvey.instrument.background import BackgroundField
from relsurvey.instrument.construct import Construct
from relsurvey.instrument.form import Form
from relsurvey.instrument.item import Item
from relsurvey.instrument.part import STRICT
from relsurvey.instrument.response_scale import ResponseScale
from relsurvey.instrument.texts import Texts
from relsurvey.instrument.translation import TranslationEntry

Named = TypeVar("Named", ResponseScale, Construct, Item, BackgroundField, Form)


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Provenance:
    """Where an instrument comes from, and what about it is sourced, derived or assumed."""

    source: str
    sourced: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Instrument:
    """A questionnaire as data.

    Lookup methods raise `InstrumentError` naming what was asked for and what there is.
    An instrument may contradict itself (duplicate ids, missing translations …) and still be read,
    so that `coherence` can list every contradiction.
    """

    id: str
    version: str
    title: Texts
    description: Texts
    languages: tuple[str, ...]
    status: Texts
    limits: tuple[Texts, ...] = ()
    licence: str
    citation: str
    provenance: Provenance
    response_scales: tuple[ResponseScale, ...]
    constructs: tuple[Construct, ...]
    items: tuple[Item, ...]
    background: tuple[BackgroundField, ...] = ()
    forms: tuple[Form, ...]
    translation_log: tuple[TranslationEntry, ...] = ()

    def response_scale(self, name: str) -> ResponseScale:
        """Response scale with that id."""
        return self._named(self.response_scales, name, "response scale")

    def construct(self, name: str) -> Construct:
        """Construct with that id."""
        return self._named(self.constructs, name, "construct")

    def item(self, name: str) -> Item:
        """Item with that id."""
        return self._named(self.items, name, "item")

    def background_field(self, name: str) -> BackgroundField:
        """Background field with that id."""
        return self._named(self.background, name, "background field")

    def form(self, name: str) -> Form:
        """Form with that id."""
        return self._named(self.forms, name, "form")

    def scale_of(self, item: str) -> ResponseScale:
        """Response scale that an item is answered on."""
        found = self.item(item)
        return self.response_scale(
            found.response_scale or self.construct(found.construct).response_scale
        )

    def items_of(self, construct: str, form: str | None = None) -> tuple[Item, ...]:
        """Items of a construct, all of them or those in one form, in the instrument's order."""
        asked = None if form is None else set(self.form(form).items)
        return tuple(
            item
            for item in self.items
            if item.construct == construct and (asked is None or item.id in asked)
        )

    def constructs_in(self, form: str, roles: tuple[str, ...] = ()) -> tuple[Construct, ...]:
        """List the constructs with an item in the form, optionally only those of some roles."""
        return tuple(
            construct
            for construct in self.constructs
            if self.items_of(construct.id, form) and (not roles or construct.role in roles)
        )

    def model(self, form: str, roles: tuple[str, ...] = ()) -> dict[str, list[str]]:
        """Map each construct to its item ids in a form: the measurement model as `cfa` takes it."""
        return {
            construct.id: [item.id for item in self.items_of(construct.id, form)]
            for construct in self.constructs_in(form, roles)
        }

    def wording(self, item: str, language: str, audience: str = "employee") -> str:
        """Text of an item as an employee or a leader reads it."""
        found = self.item(item)
        if audience == "leader" and found.leader_text is not None:
            return found.leader_text[language]
        return found.text[language]

    def _named(self, parts: tuple[Named, ...], name: str, what: str) -> Named:
        for part in parts:
            if part.id == name:
                return part
        raise InstrumentError(
            f"The instrument has no such {what}.",
            where=f"instrument {self.id!r}, version {self.version}",
            got=name,
            expected=", ".join(part.id for part in parts) or f"(it has no {what} at all)",
        )

"""What things are called: every name comes from the instrument, in the report's language."""

from __future__ import annotations

from dataclasses import dataclass

from relsurvey.instrument.construct import Construct
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.texts import Texts
from relsurvey.report.wording import Wording


@dataclass(frozen=True, slots=True)
class Names:
    """Names of constructs, items, background facts and model terms."""

    instrument: Instrument
    words: Wording

    def text(self, texts: Texts) -> str:
        """Text in the report's language, else in the first language that it has."""
        if texts.has(self.words.language):
            return texts[self.words.language]
        return next((text for _, text in texts.each() if text.strip()), "")

    def construct(self, name: str) -> str:
        """Name of a construct; an id that is none stays as it is."""
        found = self._construct(name)
        return self.text(found.name) if found else name

    def definition(self, name: str) -> str:
        """Definition of a construct, or nothing."""
        found = self._construct(name)
        return self.text(found.definition) if found else ""

    def item(self, name: str, audience: str = "employee") -> str:
        """Wording of an item, with its id in front unless the wording is the id."""
        for item in self.instrument.items:
            if item.id == name:
                texts = item.leader_text if audience == "leader" and item.leader_text else item.text
                wording = self.text(texts)
                return name if wording == name else f"{name}: {wording}"
        return name

    def term(self, name: str) -> str:
        """Name of a model term: constructs, background facts, and products of them."""
        if ":" in name:
            return " × ".join(self.term(part) for part in name.split(":"))
        if self._construct(name):
            return self.construct(name)
        if self.words.has(f"term.{name}"):
            return self.words(f"term.{name}")
        for field in self.instrument.background:
            if field.id == name:
                return self.text(field.text)
        return name

    def moderator(self, name: str) -> str:
        """Name of the moderator as it stands inside a sentence."""
        return (
            self.words.either(f"moderator.{name}", self.term(name))
            if name
            else self.words("moderator.span_of_control")
        )

    def block(self, name: str) -> str:
        """Name of a block of constructs; a block of one construct goes by the construct's name."""
        members = [construct for construct in self.instrument.constructs if construct.block == name]
        if len(members) == 1:
            return self.text(members[0].name)
        return self.words.either(f"block.{name}", name)

    def _construct(self, name: str) -> Construct | None:
        return next((c for c in self.instrument.constructs if c.id == name), None)

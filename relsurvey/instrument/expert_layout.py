"""What an expert sheet looks like, for the one who writes it and the one who reads it back."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from relsurvey.instrument.instrument import Instrument

NONE = "none"
HEADERS: dict[str, dict[str, str]] = {
    "item": {"da": "Nr.", "en": "No."},
    "text": {"da": "Spørgsmål", "en": "Item"},
    "belongs_to": {"da": "Hører til", "en": "Belongs to"},
    "construct": {"da": "Begreb", "en": "Construct"},
    "definition": {"da": "Det, begrebet betyder", "en": "What the construct means"},
    "relevance": {"da": "Relevans 1-4", "en": "Relevance 1-4"},
    "clarity": {"da": "Klarhed 1-4", "en": "Clarity 1-4"},
    "comment": {"da": "Kommentar", "en": "Comment"},
}
NONE_LABEL = {"da": "Ingen af dem", "en": "None of them"}


@dataclass(frozen=True, slots=True)
class KnownItems:
    """How the items of an instrument may be named in a sheet.

    Attributes
    ----------
    numbers : dict of item id to number
    ids : dict of number or id, as text, to item id
    wordings : dict of wording, in any language, to item id
    """

    numbers: dict[str, int]
    ids: dict[str, str]
    wordings: dict[str, str]

    @classmethod
    def of(cls, instrument: Instrument) -> KnownItems:
        """Collect numbers, ids and wordings."""
        numbers = item_numbers(instrument)
        ids = {name: name for name in numbers} | {str(at): name for name, at in numbers.items()}
        wordings = {
            " ".join(words.split()): item.id
            for item in instrument.items
            for text in (item.text, item.leader_text)
            if text is not None
            for _, words in text.each()
        }
        return cls(numbers=numbers, ids=ids, wordings=wordings)


def item_numbers(instrument: Instrument) -> dict[str, int]:
    """Give each item a number, shuffled but the same every time.

    The numbers give no hint at the construct, as ids do. The order is that of the SHA-256 of the
    ids.
    """
    shuffled = sorted({item.id for item in instrument.items}, key=_digest)
    return {item: number for number, item in enumerate(shuffled, start=1)}


def _digest(item: str) -> str:
    return sha256(item.encode()).hexdigest()

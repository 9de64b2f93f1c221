"""Answer texts and codes of a response scale, in every language: what a cell can mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from relsurvey.instrument.response_scale import MissingCode, ResponseOption, ResponseScale

_CODE = re.compile(r"[+-]?[0-9]{1,6}([.,]0*)?")


def fold(text: str) -> str:
    """Make texts comparable: trimmed, white space and apostrophes made alike, case ignored."""
    plain = unicodedata.normalize("NFC", text).replace("’", "'").replace("‘", "'")
    return " ".join(plain.split()).casefold()


def as_code(text: str) -> int | None:
    """Read a whole number, also written ``4.0`` or ``4,0``; None for anything else."""
    stripped = text.strip()
    if not _CODE.fullmatch(stripped):
        return None
    return int(re.split(r"[.,]", stripped)[0])


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the cells of an item's column can mean.

    Attributes
    ----------
    codes : tuple of int
        Answer codes, lowest first.
    missing : dict of int to str
        Missing codes and their ids.
    by_language : dict of str to dict
        Language to folded label to the codes that have this label.
    """

    codes: tuple[int, ...]
    missing: Mapping[int, str]
    by_language: Mapping[str, Mapping[str, frozenset[int]]]
    _shown: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, scale: ResponseScale, languages: Iterable[str]) -> Meanings:
        """Collect the codes and labels of a scale in some languages."""
        entries: list[ResponseOption | MissingCode] = [*scale.options, *scale.missing]
        by_language: dict[str, dict[str, frozenset[int]]] = {}
        shown: dict[str, str] = {}
        for language in languages:
            labels = by_language.setdefault(language, {})
            for entry in entries:
                if entry.label.has(language):
                    label = fold(entry.label[language])
                    labels[label] = labels.get(label, frozenset()) | {entry.code}
                    shown.setdefault(label, entry.label[language].strip())
        missing = {entry.code: entry.id for entry in scale.missing}
        return cls(scale.codes, missing, by_language, shown)

    def code(self, text: str) -> int | None:
        """Code that the text is, or None."""
        number = as_code(text)
        return number if number in self.codes or number in self.missing else None

    def labelled(self, text: str) -> frozenset[int]:
        """Codes whose label the text is, over all languages."""
        label = fold(text)
        return frozenset().union(*(labels.get(label, ()) for labels in self.by_language.values()))

    def in_one_language(self, texts: Sequence[str]) -> Mapping[str, frozenset[int]]:
        """Labels of the only language that knows all of these texts; empty if that is not one."""
        folded = [fold(text) for text in texts]
        fitting = [
            labels for labels in self.by_language.values() if all(one in labels for one in folded)
        ]
        return fitting[0] if len(fitting) == 1 else {}

    def nearest(self, text: str) -> str:
        """Known label that looks most like the text, or ""."""
        return nearest(text, self._shown)

    def described(self) -> str:
        """Codes as a person reads them: ``1, 2, 3, 4, 5, 8, 9``."""
        return ", ".join(str(code) for code in (*self.codes, *self.missing))


def nearest(text: str, known: Mapping[str, str]) -> str:
    """Value of the folded key that looks most like a text, or "" where none does."""
    found = get_close_matches(fold(text)[:200], list(known), n=1, cutoff=0.6)
    return known[found[0]] if found else ""


def nearest_texts(found: str, *, en: str, da: str) -> dict[str, str]:
    """Fill the ``nearest_en`` and ``nearest_da`` places of a problem's templates."""
    if not found:
        return {"nearest_en": "", "nearest_da": ""}
    return {"nearest_en": en.format(found=found), "nearest_da": da.format(found=found)}

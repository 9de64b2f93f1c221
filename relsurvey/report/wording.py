"""The report's sentences: one key per sentence, one file per language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from relsurvey.errors import StudyError
from relsurvey.report.numbers import Language, Numbers

LANGUAGES: tuple[Language, ...] = ("da", "en")
PLURAL = ("one", "other")


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences of one language by key, such as ``"ranking.how_to_read"``.

    Called with a key and the values of its placeholders. A sentence that depends on a count has a
    form ``one`` and a form ``other``; ``counted`` picks it and fills ``{n}``.
    """

    language: Language
    sentences: dict[str, str]
    numbers: Numbers

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence, its placeholders filled."""
        return self.sentences[key].format(**values)

    def counted(self, key: str, n: int, /, **values: object) -> str:
        """Return the sentence for a count, with ``{n}`` written in the language's way."""
        form = "one" if n == 1 else "other"
        return self.sentences[f"{key}.{form}"].format(n=self.numbers.whole(n), **values)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in self.sentences

    def either(self, key: str, fallback: str) -> str:
        """Return the sentence of a key without placeholders, or ``fallback``."""
        return self.sentences.get(key, fallback)

    def lines(self, key: str, /, **values: object) -> tuple[str, ...]:
        """Return the sentences ``key.1``, ``key.2`` … as far as they go."""
        found: list[str] = []
        while f"{key}.{len(found) + 1}" in self.sentences:
            found.append(self(f"{key}.{len(found) + 1}", **values))
        return tuple(found)


def read_wording(language: str) -> Wording:
    """Read the sentences of a language.

    Parameters
    ----------
    language : {"da", "en"}
        Language of the report.

    Raises
    ------
    StudyError
        If the report does not speak that language.
    """
    for known in LANGUAGES:
        if known == language:
            return Wording(known, _sentences(known), Numbers(known))
    raise StudyError(
        "The report does not speak that language.",
        got=str(language),
        expected=" or ".join(LANGUAGES),
    )


@cache
def _sentences(language: str) -> dict[str, str]:
    folder = files("relsurvey.report") / "wording" / language
    content: dict[str, Any] = {}
    for file in sorted(folder.iterdir(), key=lambda path: path.name):
        content |= yaml.safe_load(file.read_text(encoding="utf-8"))
    return dict(_flattened(content))


def _flattened(content: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in content.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            found += _flattened(value, f"{name}.")
        elif isinstance(value, list):
            found += [(f"{name}.{i}", str(line)) for i, line in enumerate(value, start=1)]
        else:
            found.append((name, str(value)))
    return found

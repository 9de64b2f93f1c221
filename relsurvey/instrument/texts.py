"""A text in several languages."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ConfigDict, RootModel, field_validator

from relsurvey.errors import InstrumentError


class Texts(RootModel[tuple[tuple[str, str], ...]]):
    """The same text in several languages, frozen; written in YAML as ``{da: …, en: …}``."""

    model_config = ConfigDict(frozen=True)

    @field_validator("root", mode="before")
    @classmethod
    def _from_mapping(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value if isinstance(value, tuple) else _refuse(value)
        for language, text in value.items():
            if not isinstance(text, str):
                raise ValueError(f"the text under {language!r} is {text!r}; put it in quotes")
        return tuple((str(language), text) for language, text in value.items())

    @property
    def languages(self) -> tuple[str, ...]:
        """Language codes for which a text that is not blank stands here."""
        return tuple(language for language, text in self.root if text.strip())

    def has(self, language: str) -> bool:
        """Whether a text that is not blank stands here in that language."""
        return language in self.languages

    def get(self, language: str, default: str = "") -> str:
        """Text in one language, or ``default``."""
        return dict(self.root).get(language, default)

    def __getitem__(self, language: str) -> str:
        texts = dict(self.root)
        if language not in texts:
            raise InstrumentError(
                "A text is missing in the language asked for.",
                where=next(iter(texts.values()), "(empty text)"),
                got=language,
                expected=" or ".join(texts) or "any language",
                hint="Add the translation to the instrument file, or ask for another language.",
            )
        return texts[language]

    def each(self) -> Iterator[tuple[str, str]]:
        """Pairs of language and text."""
        return iter(self.root)

    def as_dict(self) -> dict[str, str]:
        """Plain dictionary of language to text."""
        return dict(self.root)


def _refuse(value: object) -> object:
    raise ValueError(f"a text is written per language, as {{da: …, en: …}}, not as {value!r}")

"""Coherence of texts: every text stands in every language of the instrument."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from relsurvey.instrument.coherence_catalogue import finding
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.texts import Texts
from relsurvey.problems import Problem

_SINGULAR = {
    "limits": "limit",
    "response_scales": "response scale",
    "options": "option",
    "missing": "missing code",
    "constructs": "construct",
    "facets": "facet",
    "dialogue": "dialogue question",
    "items": "item",
    "background": "background field",
    "forms": "form",
    "blocks": "block",
}


def each_text(instrument: Instrument) -> Iterator[tuple[str, Texts]]:
    """Every text of an instrument with its place, such as ``"item ic1, text"``."""
    yield from _texts_in(instrument, ())


def text_findings(instrument: Instrument) -> Iterator[Problem]:
    """Find missing and empty texts, absent and undeclared languages."""
    if not instrument.languages:
        yield finding("no_language", "languages")
    texts = list(each_text(instrument))
    present = {language for _, text in texts for language in text.languages}
    absent = [language for language in instrument.languages if language not in present]
    for language in absent:
        yield finding("language_absent", "languages", language)
    wanted = [language for language in instrument.languages if language not in absent]
    for place, text in texts:
        yield from _findings_in(place, text, wanted, instrument.languages)


def _findings_in(
    place: str, text: Texts, wanted: list[str], declared: tuple[str, ...]
) -> Iterator[Problem]:
    written = text.as_dict()
    if not written:
        yield finding("empty_text", place)
        return
    for language in wanted:
        if language not in written:
            yield finding("missing_translation", f"{place} ({language})")
    for language, words in written.items():
        if not words.strip():
            yield finding("empty_text", f"{place} ({language})", repr(words))
        if language not in declared:
            yield finding("undeclared_language", f"{place} ({language})", words)


def _texts_in(part: object, path: tuple[str, ...]) -> Iterator[tuple[str, Texts]]:
    if isinstance(part, Texts):
        yield ", ".join(path), part
    elif is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, tuple):
                for number, element in enumerate(value, start=1):
                    yield from _texts_in(element, (*path, _label(field.name, element, number)))
            else:
                yield from _texts_in(value, (*path, field.name))


def _label(field: str, element: object, number: int) -> str:
    name = getattr(element, "id", getattr(element, "code", number))
    return f"{_SINGULAR.get(field, field)} {name}"

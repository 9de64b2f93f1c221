"""Coherence of constructs and items: what is asked hangs together with what is measured."""

from __future__ import annotations

from collections.abc import Iterator

from relsurvey.instrument.coherence_catalogue import finding
from relsurvey.instrument.construct import Construct
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.item import Item
from relsurvey.problems import Problem

MAX_WORDS = 20


def item_findings(instrument: Instrument) -> Iterator[Problem]:
    """Find items and constructs that do not fit each other, and items that are too long."""
    scales = {scale.id for scale in instrument.response_scales}
    constructs = {construct.id: construct for construct in instrument.constructs}
    for construct in instrument.constructs:
        yield from _construct_findings(construct, instrument, scales)
    for item in instrument.items:
        place = f"item {item.id}"
        if item.response_scale and item.response_scale not in scales:
            yield finding("unknown_response_scale", place, item.response_scale)
        if item.construct not in constructs:
            yield finding("unknown_construct", place, item.construct)
        else:
            yield from _facet_findings(item, constructs[item.construct], instrument)
        yield from _length_findings(item)
    yield from _repeated_texts(instrument)


def _construct_findings(
    construct: Construct, instrument: Instrument, scales: set[str]
) -> Iterator[Problem]:
    place = f"construct {construct.id}"
    if construct.response_scale not in scales:
        yield finding("unknown_response_scale", place, construct.response_scale)
    items = instrument.items_of(construct.id)
    if not items:
        yield finding("construct_without_item", place)
    elif len(items) == 1:
        yield finding("single_item_construct", place, items[0].id)
    answered_on = {item.response_scale or construct.response_scale for item in items}
    if len(answered_on) > 1:
        yield finding("mixed_scales", place, ", ".join(sorted(answered_on)))
    covered = {item.facet for item in items}
    for facet in construct.facets:
        if facet.id not in covered:
            yield finding("facet_without_item", place, facet.id)


def _facet_findings(item: Item, construct: Construct, instrument: Instrument) -> Iterator[Problem]:
    place = f"item {item.id}"
    if item.facet and item.facet not in {facet.id for facet in construct.facets}:
        yield finding("unknown_facet", place, item.facet)
    if construct.facets and not item.facet:
        yield finding("item_without_facet", place)
    regular = [
        other
        for other in instrument.items_of(construct.id)
        if not other.reverse and (not construct.facets or other.facet == item.facet)
    ]
    if item.reverse and not regular:
        yield finding("reverse_without_pair", place, item.facet or construct.id)


def _length_findings(item: Item) -> Iterator[Problem]:
    for name, text in (("text", item.text), ("leader_text", item.leader_text)):
        for language, words in text.each() if text is not None else ():
            count = len(words.split())
            if count > MAX_WORDS:
                yield finding("long_item", f"item {item.id}, {name} ({language})", f"{count} words")


def _repeated_texts(instrument: Instrument) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for item in instrument.items:
        for language, words in item.text.each():
            key = (language, " ".join(words.split()).casefold())
            first = seen.setdefault(key, item.id)
            if first != item.id and key[1]:
                yield finding("duplicate_text", f"item {item.id} ({language})", f"same as {first}")

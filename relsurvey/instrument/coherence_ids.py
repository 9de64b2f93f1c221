"""Coherence of ids: none empty, none twice, no two columns of one table with the same name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from relsurvey.instrument.coherence_catalogue import finding
from relsurvey.instrument.instrument import Instrument
from relsurvey.problems import Problem

PORTABLE_ITEM_ID = re.compile(r"[a-z][a-z0-9]{0,19}")
RESERVED_COLUMN = "respondent"


def repeated(ids: Iterable[str]) -> list[str]:
    """Ids that occur more than once, in the order first met."""
    return [name for name, count in Counter(ids).items() if count > 1]


def id_findings(instrument: Instrument) -> Iterator[Problem]:
    """Find empty, repeated, clashing and awkward ids."""
    for place, ids in _groups(instrument):
        for name in ids:
            if not name.strip():
                yield finding("empty_id", place, repr(name))
        for name in repeated(ids):
            yield finding("duplicate_id", place, name)
    yield from _clashes(instrument)
    for item in instrument.items:
        if item.id.strip() and not PORTABLE_ITEM_ID.fullmatch(item.id):
            yield finding("awkward_item_id", f"item {item.id}", item.id)


def _groups(instrument: Instrument) -> Iterator[tuple[str, list[str]]]:
    yield "instrument", [instrument.id]
    yield "languages", list(instrument.languages)
    yield "response scales", [scale.id for scale in instrument.response_scales]
    for scale in instrument.response_scales:
        yield f"missing codes of response scale {scale.id}", [code.id for code in scale.missing]
    yield "constructs", [construct.id for construct in instrument.constructs]
    for construct in instrument.constructs:
        yield f"facets of construct {construct.id}", [facet.id for facet in construct.facets]
    yield "items", [item.id for item in instrument.items]
    yield "background fields", [field.id for field in instrument.background]
    yield "forms", [form.id for form in instrument.forms]
    for form in instrument.forms:
        yield f"blocks of form {form.id}", [block.id for block in form.blocks]
        yield f"background of form {form.id}", list(form.background)


def _clashes(instrument: Instrument) -> Iterator[Problem]:
    parts = {
        "item": {item.id for item in instrument.items},
        "background field": {field.id for field in instrument.background},
        "construct": {construct.id for construct in instrument.constructs},
    }
    kinds = list(parts)
    for position, kind in enumerate(kinds):
        if RESERVED_COLUMN in parts[kind]:
            yield finding("column_clash", f"{kind} {RESERVED_COLUMN}", "a reserved column name")
        for other in kinds[position + 1 :]:
            for name in sorted(parts[kind] & parts[other]):
                yield finding("column_clash", f"{kind} {name}", f"also the id of a {other}")

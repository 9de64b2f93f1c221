"""Coherence of forms, background fields and the translation log."""

from __future__ import annotations

from collections.abc import Iterator

from relsurvey.instrument.background import BackgroundField
from relsurvey.instrument.coherence_catalogue import finding
from relsurvey.instrument.coherence_ids import repeated
from relsurvey.instrument.form import Form
from relsurvey.instrument.instrument import Instrument
from relsurvey.problems import Problem


def form_findings(instrument: Instrument) -> Iterator[Problem]:
    """Find forms that ask for what is not there, items nobody is asked, and impossible fields."""
    if not instrument.forms:
        yield finding("no_form", "forms")
    for form in instrument.forms:
        yield from _form_findings(form, instrument)
    asked = {item for form in instrument.forms for item in form.items}
    for item in instrument.items:
        if item.id not in asked:
            yield finding("item_in_no_form", f"item {item.id}")
    for field in instrument.background:
        yield from _background_findings(field)
    yield from _log_findings(instrument)


def _form_findings(form: Form, instrument: Instrument) -> Iterator[Problem]:
    place = f"form {form.id}"
    items = {item.id: item for item in instrument.items}
    fields = {field.id for field in instrument.background}
    if not form.blocks:
        yield finding("empty_block", place, "no block")
    for block in form.blocks:
        if not block.items:
            yield finding("empty_block", f"{place}, block {block.id}")
    for name in repeated(form.items):
        yield finding("item_twice_in_form", place, name)
    for name in dict.fromkeys(form.items):
        if name not in items:
            yield finding("unknown_item", place, name)
        elif form.audience == "leader" and items[name].leader_text is None:
            yield finding("leader_text_missing", f"item {name}", place)
    for name in dict.fromkeys(form.background):
        if name not in fields:
            yield finding("unknown_background", place, name)


def _background_findings(field: BackgroundField) -> Iterator[Problem]:
    place = f"background field {field.id}"
    if field.type == "choice" and not field.options:
        yield finding("options_expected", place)
    if field.type != "choice" and field.options:
        yield finding("options_unused", place, field.type)
    bounded = field.low is not None or field.high is not None
    crossed = field.low is not None and field.high is not None and field.low > field.high
    if crossed or (bounded and field.type != "number"):
        yield finding("impossible_bounds", place, f"{field.type}, {field.low} to {field.high}")


def _log_findings(instrument: Instrument) -> Iterator[Problem]:
    known = {item.id for item in instrument.items}
    for number, entry in enumerate(instrument.translation_log, start=1):
        place = f"translation log, entry {number}"
        for name in entry.items:
            if name not in known:
                yield finding("unknown_item", place, name)
        for language in entry.languages:
            if language not in instrument.languages:
                yield finding("unknown_language", place, language)

"""Coherence of answer codes and labels: each can be read back without doubt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from relsurvey.instrument.coherence_catalogue import finding
from relsurvey.instrument.coherence_ids import repeated
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.response_scale import ResponseScale
from relsurvey.instrument.texts import Texts
from relsurvey.problems import Problem


def scale_findings(instrument: Instrument) -> Iterator[Problem]:
    """Find codes and labels that contradict each other, on scales and in background fields."""
    used = {construct.response_scale for construct in instrument.constructs}
    used |= {item.response_scale for item in instrument.items}
    for scale in instrument.response_scales:
        place = f"response scale {scale.id}"
        yield from _code_findings(scale, place)
        coded = [(str(option.code), option.label) for option in scale.options]
        coded += [(str(missing.code), missing.label) for missing in scale.missing]
        yield from _label_findings(coded, place)
        if scale.id not in used:
            yield finding("unused_scale", place, scale.id)
    for field in instrument.background:
        place = f"background field {field.id}"
        coded = [(option.code, option.label) for option in field.options]
        for code in repeated(code for code, _ in coded):
            yield finding("duplicate_code", place, code)
        yield from _label_findings(coded, place)


def _code_findings(scale: ResponseScale, place: str) -> Iterator[Problem]:
    codes = list(scale.codes)
    if len(codes) < 2:
        yield finding("too_few_options", place, len(codes))
    for code in repeated(str(code) for code in codes):
        yield finding("duplicate_code", place, code)
    if sorted(codes) != codes:
        yield finding("unordered_codes", place, ", ".join(map(str, codes)))
    if len({high - low for low, high in pairwise(codes)}) > 1:
        yield finding("uneven_codes", place, ", ".join(map(str, codes)))
    missing = [code.code for code in scale.missing]
    for code in repeated(str(code) for code in missing):
        yield finding("duplicate_code", f"missing codes of {place}", code)
    for collision in sorted(set(missing) & set(codes)):
        yield finding("missing_code_collides", place, collision)


def _label_findings(coded: Sequence[tuple[str, Texts]], place: str) -> Iterator[Problem]:
    codes = {code.strip().casefold() for code, _ in coded}
    for language in sorted({language for _, label in coded for language in label.languages}):
        seen: dict[str, str] = {}
        for code, label in coded:
            words = " ".join(label.get(language).split()).casefold()
            if not words:
                continue
            if seen.setdefault(words, code) != code:
                yield finding("duplicate_label", f"{place} ({language})", label.get(language))
            if words in codes and words != code.strip().casefold():
                yield finding("label_is_other_code", f"{place} ({language})", label.get(language))

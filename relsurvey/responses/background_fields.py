"""The background and roster columns that can stand in a file, with or without an instrument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from relsurvey.instrument.background import BackgroundField
from relsurvey.instrument.instrument import Instrument
from relsurvey.responses.labels import fold

MAX_SPAN = 200.0
RESPONDENT = "respondent"
VERSION = "instrument_version"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """How a background column is read.

    ``options`` maps a folded code or label to the codes it can mean; ``option_codes`` are the
    codes in the instrument's order.
    """

    id: str
    type: Literal["choice", "number", "text"]
    low: float | None = None
    high: float | None = None
    whole: bool = False
    options: Mapping[str, frozenset[str]] = field(default_factory=dict)
    option_codes: tuple[str, ...] = ()


ROSTER_FIELDS = (
    FieldSpec("unit", "text"),
    FieldSpec("parent", "text"),
    FieldSpec("leader", "text"),
    FieldSpec("department", "text"),
    FieldSpec("sector", "text"),
    FieldSpec("span_of_control", "number", low=1, high=MAX_SPAN),
    FieldSpec("headcount", "number", low=1, high=100_000, whole=True),
)


def answer_fields(instrument: Instrument) -> dict[str, FieldSpec]:
    """Columns beside the items that a file of answers may have, in the order of the result."""
    specs = {RESPONDENT: FieldSpec(RESPONDENT, "text")}
    specs |= {spec.id: spec for spec in ROSTER_FIELDS if spec.id != "parent"}
    return specs | {one.id: _spec(one) for one in instrument.background}


def free_texts(instrument: Instrument) -> list[str]:
    """Columns of a file of answers that hold free texts, where personal data are looked for."""
    specs = answer_fields(instrument).values()
    return [RESPONDENT, VERSION, *(spec.id for spec in specs if spec.type == "text")]


def roster_fields(instrument: Instrument | None) -> dict[str, FieldSpec]:
    """Columns that a roster may have, in the order of the result."""
    specs = {spec.id: spec for spec in ROSTER_FIELDS}
    declared = instrument.background if instrument else ()
    return specs | {one.id: _spec(one) for one in declared if one.level != "person"}


def _spec(one: BackgroundField) -> FieldSpec:
    usual = next((spec for spec in ROSTER_FIELDS if spec.id == one.id), None)
    low, high = one.low, one.high
    if usual is not None:
        low = usual.low if low is None else low
        high = usual.high if high is None else high
    return FieldSpec(
        one.id,
        one.type,
        low=low,
        high=high,
        whole=bool(usual and usual.whole),
        options=_options(one),
        option_codes=tuple(option.code for option in one.options),
    )


def _options(one: BackgroundField) -> dict[str, frozenset[str]]:
    """Meanings of codes and labels; a text that is a code means that code only."""
    by_label: dict[str, frozenset[str]] = {}
    for option in one.options:
        for _, label in option.label.each():
            key = fold(label)
            by_label[key] = by_label.get(key, frozenset()) | {option.code}
    by_label.pop("", None)
    return by_label | {fold(option.code): frozenset({option.code}) for option in one.options}

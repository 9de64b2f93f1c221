from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from pydantic import TypeAdapter

from relsurvey.instrument.instrument import Instrument


def both(words: str) -> dict[str, str]:
    return {"da": f"{words} da", "en": f"{words} en"}


SMALL: dict[str, Any] = {
    "id": "small",
    "version": "1.0",
    "title": both("title"),
    "description": both("description"),
    "languages": ["da", "en"],
    "status": both("status"),
    "licence": "CC0",
    "citation": "none",
    "provenance": {"source": "made up"},
    "response_scales": [
        {
            "id": "extent3",
            "options": [
                {"code": 1, "label": both("little")},
                {"code": 2, "label": both("some")},
                {"code": 3, "label": both("much")},
            ],
            "missing": [
                {"id": "dont_know", "code": 8, "kind": "not_applicable", "label": both("unknown")},
                {"id": "no_answer", "code": 9, "kind": "refused", "label": both("refused")},
            ],
        }
    ],
    "constructs": [
        {
            "id": "care",
            "name": both("care"),
            "definition": both("what care is"),
            "response_scale": "extent3",
            "facets": [{"id": "asks", "description": both("asks")}],
        },
        {
            "id": "trust",
            "name": both("trust"),
            "definition": both("what trust is"),
            "response_scale": "extent3",
        },
    ],
    "items": [
        {
            "id": "c1",
            "construct": "care",
            "facet": "asks",
            "text": both("asks me"),
            "leader_text": both("I ask"),
        },
        {
            "id": "c2",
            "construct": "care",
            "facet": "asks",
            "text": both("forgets me"),
            "leader_text": both("I forget"),
            "reverse": True,
        },
        {"id": "t1", "construct": "trust", "text": both("we trust")},
        {"id": "t2", "construct": "trust", "text": both("we rely")},
    ],
    "background": [
        {
            "id": "unit",
            "text": both("unit"),
            "type": "text",
            "asked_of": "roster",
            "level": "unit",
            "required": True,
        },
        {
            "id": "span",
            "text": both("span"),
            "type": "number",
            "asked_of": "roster",
            "level": "leader",
            "low": 1,
            "high": 200,
            "unit": "persons",
        },
        {
            "id": "job",
            "text": both("job"),
            "type": "choice",
            "asked_of": "respondent",
            "level": "person",
            "options": [
                {"code": "1", "label": both("care work")},
                {"code": "2", "label": both("office work")},
            ],
        },
    ],
    "forms": [
        {
            "id": "full",
            "title": both("full"),
            "background": ["unit", "job"],
            "blocks": [
                {
                    "id": "one",
                    "title": both("one"),
                    "lead": both("lead"),
                    "items": ["c1", "c2", "t1", "t2"],
                }
            ],
        },
        {
            "id": "leader",
            "title": both("leader"),
            "audience": "leader",
            "blocks": [
                {"id": "one", "title": both("one"), "lead": both("lead"), "items": ["c1", "c2"]}
            ],
        },
    ],
    "translation_log": [{"step": "translation", "done": True, "languages": ["en"]}],
}


@pytest.fixture
def small() -> dict[str, Any]:
    """The content of a small instrument without contradictions, to be broken at will."""
    return deepcopy(SMALL)


def build(content: dict[str, Any]) -> Instrument:
    return TypeAdapter(Instrument).validate_python(content)


@pytest.fixture
def small_instrument(small: dict[str, Any]) -> Instrument:
    return build(small)

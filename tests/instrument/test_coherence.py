"""Every kind of contradiction is found in an instrument broken in just that way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from relsurvey.errors import InstrumentError
from relsurvey.instrument.coherence import coherence
from relsurvey.instrument.coherence_catalogue import CATALOGUE
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument, shipped_instruments

Content = dict[str, Any]


def _set(*path: Any) -> Callable[[Content], None]:
    """Set the value that stands last at the path before it."""

    def change(content: Content) -> None:
        place: Any = content
        for step in path[:-2]:
            place = place[step]
        place[path[-2]] = path[-1]

    return change


def _drop(*path: Any) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        place: Any = content
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def _add(*path: Any) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        place: Any = content
        for step in path[:-1]:
            place = place[step]
        place.append(path[-1])

    return change


def _copy(*path: Any) -> Callable[[Content], None]:
    """Repeat the first element of the list at the path."""

    def change(content: Content) -> None:
        place: Any = content
        for step in path:
            place = place[step]
        place.append(place[0])

    return change


def _drop_english(content: Any) -> None:
    if isinstance(content, dict):
        content.pop("en", None)
    for part in content.values() if isinstance(content, dict) else content:
        if isinstance(part, dict | list):
            _drop_english(part)


SCALE = ("response_scales", 0)
LABEL = {"da": "x da", "en": "x en"}
LONG = {"da": "kort", "en": " ".join(["word"] * 21)}
BROKEN: list[tuple[str, Callable[[Content], None]]] = [
    ("empty_id", _set("items", 0, "id", " ")),
    ("duplicate_id", _copy("items")),
    ("duplicate_id", _copy("constructs")),
    ("duplicate_id", _copy("response_scales")),
    ("duplicate_id", _copy("forms")),
    ("duplicate_id", _copy("background")),
    ("duplicate_id", _copy("constructs", 0, "facets")),
    ("duplicate_id", _copy("forms", 0, "blocks")),
    ("duplicate_id", _copy("forms", 0, "background")),
    ("duplicate_id", _copy("languages")),
    ("duplicate_id", _copy(*SCALE, "missing")),
    ("column_clash", _set("background", 2, "id", "care")),
    ("column_clash", _set("background", 2, "id", "c1")),
    ("column_clash", _set("background", 2, "id", "respondent")),
    ("awkward_item_id", _set("items", 0, "id", "Q_1")),
    ("no_language", _set("languages", [])),
    ("language_absent", _add("languages", "de")),
    ("language_absent", _drop_english),
    ("undeclared_language", _set("title", "de", "Titel")),
    ("missing_translation", _drop("items", 0, "text", "en")),
    ("missing_translation", _drop("items", 0, "leader_text", "da")),
    ("missing_translation", _drop(*SCALE, "options", 1, "label", "en")),
    ("missing_translation", _drop("forms", 0, "blocks", 0, "lead", "en")),
    ("missing_translation", _drop("constructs", 0, "facets", 0, "description", "da")),
    ("missing_translation", _drop("background", 2, "options", 0, "label", "da")),
    ("empty_text", _set("items", 0, "text", "en", "  ")),
    ("empty_text", _set("items", 0, "text", {})),
    ("too_few_options", _set(*SCALE, "options", [{"code": 1, "label": LABEL}])),
    ("too_few_options", _set(*SCALE, "options", [])),
    ("duplicate_code", _set(*SCALE, "options", 1, "code", 1)),
    ("duplicate_code", _set("background", 2, "options", 1, "code", "1")),
    ("duplicate_code", _set(*SCALE, "missing", 1, "code", 8)),
    ("unordered_codes", _set(*SCALE, "options", 0, "code", 7)),
    ("uneven_codes", _set(*SCALE, "options", 2, "code", 4)),
    ("missing_code_collides", _set(*SCALE, "missing", 0, "code", 3)),
    ("duplicate_label", _set(*SCALE, "options", 1, "label", "en", "LITTLE  EN")),
    ("duplicate_label", _set(*SCALE, "missing", 0, "label", "da", "much da")),
    ("duplicate_label", _set("background", 2, "options", 1, "label", "da", "care work da")),
    ("label_is_other_code", _set(*SCALE, "options", 1, "label", "en", "3")),
    ("unused_scale", _set("response_scales", 1, None)),
    ("unknown_construct", _set("items", 0, "construct", "cares")),
    ("unknown_facet", _set("items", 0, "facet", "ask")),
    ("unknown_response_scale", _set("constructs", 0, "response_scale", "extent7")),
    ("unknown_response_scale", _set("items", 0, "response_scale", "extent7")),
    ("construct_without_item", _add("constructs", None)),
    ("single_item_construct", _set("items", 3, "construct", "care")),
    ("mixed_scales", _set("items", 0, "response_scale", "extent7")),
    ("facet_without_item", _add("constructs", 0, "facets", {"id": "f", "description": LABEL})),
    ("item_without_facet", _drop("items", 0, "facet")),
    ("reverse_without_pair", _set("items", 0, "reverse", True)),
    ("long_item", _set("items", 0, "text", LONG)),
    ("long_item", _set("items", 0, "leader_text", LONG)),
    ("duplicate_text", _set("items", 1, "text", "en", "Asks  me EN")),
    ("no_form", _set("forms", [])),
    ("empty_block", _set("forms", 0, "blocks", [])),
    ("empty_block", _set("forms", 0, "blocks", 0, "items", [])),
    ("item_in_no_form", _set("forms", 0, "blocks", 0, "items", ["c1", "c2", "t1"])),
    ("item_twice_in_form", _add("forms", 0, "blocks", 0, "items", "c1")),
    ("unknown_item", _add("forms", 0, "blocks", 0, "items", "c9")),
    ("unknown_item", _set("translation_log", 0, "items", ["c9"])),
    ("unknown_background", _add("forms", 0, "background", "age")),
    ("leader_text_missing", _drop("items", 0, "leader_text")),
    ("options_expected", _drop("background", 2, "options")),
    ("options_unused", _set("background", 2, "type", "text")),
    ("impossible_bounds", _set("background", 1, "low", 300)),
    ("impossible_bounds", _set("background", 1, "type", "text")),
    ("unknown_language", _set("translation_log", 0, "languages", ["de"])),
]


def _complete(content: Content, code: str) -> None:
    """Put in the parts that a change of the table above only announced with None."""
    if code == "construct_without_item":
        content["constructs"][-1] = {
            "id": "lone",
            "name": LABEL,
            "definition": LABEL,
            "response_scale": "extent3",
        }


@pytest.mark.parametrize(("code", "change"), BROKEN)
def test_each_contradiction_is_found(code, change, small):
    if code == "unused_scale":
        small["response_scales"].append(small["response_scales"][0] | {"id": "spare"})
    else:
        change(small)
    _complete(small, code)
    found = coherence(TypeAdapter(Instrument).validate_python(small))
    matching = [problem for problem in found if problem.code == code]
    assert matching, [problem.code for problem in found]
    for problem in matching:
        assert problem.severity == CATALOGUE[code].severity
        assert problem.column
        assert {"da", "en"} == set(problem.expected) == set(problem.action)
        assert all(problem.expected.values())
        assert all(problem.action.values())


def test_every_catalogued_kind_is_tried():
    assert {code for code, _ in BROKEN} == set(CATALOGUE)


def test_a_sound_instrument_has_no_row(small_instrument):
    assert len(coherence(small_instrument)) == 0


@pytest.mark.parametrize("name", sorted(shipped_instruments()))
def test_shipped_instruments_have_no_errors(name):
    assert coherence(load_instrument(name, strict=False)).errors == ()


def test_relations_has_no_row_at_all():
    assert list(coherence(load_instrument("relations"))) == []


def test_only_awkward_names_are_remarked_on_in_lq2002():
    found = coherence(load_instrument("lq2002"))
    assert {problem.code for problem in found} == {"awkward_item_id"}
    assert {problem.severity for problem in found} == {"warning"}


def test_place_names_part_and_language(small):
    del small["constructs"][0]["facets"][0]["description"]["en"]
    (problem,) = coherence(TypeAdapter(Instrument).validate_python(small))
    assert problem.column == "construct care, facet asks, description (en)"


def test_strict_reading_refuses_and_lists(tmp_path, small):
    import yaml

    small["forms"][0]["blocks"][0]["items"].append("c9")
    del small["title"]["en"]
    file = tmp_path / "broken.yaml"
    file.write_text(yaml.safe_dump(small, allow_unicode=True), encoding="utf-8")
    with pytest.raises(InstrumentError) as caught:
        load_instrument(file)
    assert "2 place(s)" in caught.value.what
    assert "c9" in caught.value.got
    assert len(coherence(load_instrument(file, strict=False)).errors) == 2


def test_a_warning_does_not_refuse(tmp_path, small):
    import yaml

    small["items"][0]["text"] = LONG | {"da": "noget andet"}
    file = tmp_path / "long.yaml"
    file.write_text(yaml.safe_dump(small, allow_unicode=True), encoding="utf-8")
    assert load_instrument(file).item("c1").text["da"] == "noget andet"

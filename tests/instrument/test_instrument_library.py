"""Reading instrument files: the traps of YAML, wrong types, wrong places, and any bytes at all."""

from __future__ import annotations

from contextlib import suppress

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from relsurvey.errors import InstrumentError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument, shipped_instruments
from relsurvey.instrument.texts import Texts
from relsurvey.instrument.yaml_file import read_yaml


def _write(folder, content, name="x.yaml"):
    file = folder / name
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content, encoding="utf-8")
    return file


def _dump(content):
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def test_shipped_names():
    assert {"relations", "lq2002"} <= set(shipped_instruments())


def test_a_file_and_a_folder_read_the_same(tmp_path, small):
    one = load_instrument(_write(tmp_path, _dump(small)))
    folder = tmp_path / "folder"
    folder.mkdir()
    for key in ("items", "forms"):
        _write(folder, _dump({key: small.pop(key)}), f"{key}.yaml")
    _write(folder, _dump(small), "instrument.yaml")
    assert load_instrument(folder) == one
    assert load_instrument(str(folder)) == one


@pytest.mark.parametrize("source", ["no_such_name", "", "a\0b", "x" * 5000, None, 3])
def test_unknown_source_names_the_shipped_ones(source):
    with pytest.raises(InstrumentError) as caught:
        load_instrument(source)
    assert "relations" in caught.value.expected


def test_empty_folder(tmp_path):
    with pytest.raises(InstrumentError, match=r"no \.yaml file"):
        load_instrument(tmp_path)


def test_a_part_in_two_files(tmp_path, small):
    _write(tmp_path, _dump(small), "a.yaml")
    _write(tmp_path, _dump({"id": "again"}), "b.yaml")
    with pytest.raises(InstrumentError, match="stands in two files") as caught:
        load_instrument(tmp_path)
    assert caught.value.got == "id"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "must be a mapping"),
        ("- a\n- b\n", "must be a mapping"),
        ("just words", "must be a mapping"),
        ("a: [1, 2", "not valid YAML"),
        ("a: 1\n\tb: 2", "not valid YAML"),
        ("a: 1\na: 2", "twice"),
        ("a: {b: 1, b: 2}", "twice"),
        ("? [a, b]\n: 1", "plain text"),
        ("a: !!python/object/apply:os.system ['true']", "not valid YAML"),
        ("a: *nowhere", "not valid YAML"),
        ("[" * 5000, "not valid YAML"),
        (b"a: \xff\xfe\x00", "not UTF-8"),
        ("id: \u00e6".encode("cp1252"), "not UTF-8"),
        (b"a: \x00", "not valid YAML"),
    ],
)
def test_unreadable_yaml_is_named(tmp_path, content, words):
    file = _write(tmp_path, content)
    with pytest.raises(InstrumentError) as caught:
        load_instrument(file)
    assert words in str(caught.value)
    assert str(file) in caught.value.where


def test_a_folder_in_place_of_a_file_is_named(tmp_path):
    (tmp_path / "x.yaml").mkdir()
    with pytest.raises(InstrumentError, match="cannot be read"):
        load_instrument(tmp_path)


def test_scalars_stay_the_texts_they_look_like(tmp_path):
    file = _write(
        tmp_path,
        "no: Nej\nyes: Yes\non: off\ndate: 2026-01-01\ntime: 12:30\nzip: 0123\n"
        "flag: true\nnumber: -7\nempty:\ntilde: ~\nfraction: 0.5\n",
    )
    assert read_yaml(file) == {
        "no": "Nej",
        "yes": "Yes",
        "on": "off",
        "date": "2026-01-01",
        "time": "12:30",
        "zip": "0123",
        "flag": True,
        "number": -7,
        "empty": None,
        "tilde": None,
        "fraction": 0.5,
    }


def test_byte_order_mark_and_anchors(tmp_path):
    file = _write(tmp_path, b"\xef\xbb\xbfa: &x {da: hej}\nb: *x\nc: {<<: *x, en: hi}\n")
    assert read_yaml(file) == {
        "a": {"da": "hej"},
        "b": {"da": "hej"},
        "c": {"da": "hej", "en": "hi"},
    }


def _fault(tmp_path, content):
    with pytest.raises(InstrumentError) as caught:
        load_instrument(_write(tmp_path, _dump(content)))
    assert "README" in caught.value.hint
    return caught.value.got


def test_unknown_and_missing_keys_are_placed(tmp_path, small):
    small["items"][1]["reversed"] = True
    del small["constructs"][0]["definition"]
    found = _fault(tmp_path, small)
    assert "items[c2].reversed" in found
    assert "constructs[care].definition" in found


def test_a_text_that_is_no_text_is_explained(tmp_path, small):
    small["items"][0]["text"] = {"da": 5, "en": "x"}
    small["title"] = "Only one language"
    found = _fault(tmp_path, small)
    assert "items[c1].text" in found
    assert "put it in quotes" in found
    assert "written per language" in found


@pytest.mark.parametrize(
    "change",
    [
        {"version": 1.0},
        {"languages": "da"},
        {"items": {"c1": {}}},
        {"items": None},
        {"forms": [None]},
        {"title": {"da": None}},
        {"title": ["da"]},
        {"response_scales": [{"id": "x", "options": [{"code": "one", "label": {}}]}]},
        {"constructs": [3]},
    ],
)
def test_wrong_types_are_refused(tmp_path, small, change):
    assert _fault(tmp_path, small | change)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_give_an_instrument_error(tmp_path, content):
    with pytest.raises(InstrumentError):
        load_instrument(_write(tmp_path, content))


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
names = st.text(max_size=5)
anything = st.recursive(
    plain,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(names, part, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["id", "items", "constructs", "forms", "title", "languages"])


@settings(max_examples=80)
@given(anything)
def test_texts_take_mappings_of_text_only(value):
    good = isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    if good:
        texts = Texts.model_validate(value)
        assert texts.as_dict() == value
        assert set(texts.languages) == {key for key, text in value.items() if text.strip()}
    else:
        with pytest.raises(ValidationError):
            Texts.model_validate(value)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=keys, value=anything)
def test_any_value_in_any_place_is_read_or_refused(small, key, value):
    with suppress(ValidationError):
        TypeAdapter(Instrument).validate_python(small | {key: value})


def test_texts_ask_for_the_language_that_is_missing():
    texts = Texts.model_validate({"da": "hej", "en": " "})
    assert texts.languages == ("da",)
    assert texts.get("de", "-") == "-"
    with pytest.raises(InstrumentError) as caught:
        texts["de"]
    assert caught.value.expected == "da or en"


def test_lookups_name_what_there_is(small_instrument):
    assert small_instrument.scale_of("c1").points == 3
    assert small_instrument.model("leader") == {"care": ["c1", "c2"]}
    assert small_instrument.wording("c1", "en", "leader") == "I ask en"
    for lookup in ("item", "construct", "form", "response_scale", "background_field"):
        with pytest.raises(InstrumentError) as caught:
            getattr(small_instrument, lookup)("nothing")
        assert caught.value.expected

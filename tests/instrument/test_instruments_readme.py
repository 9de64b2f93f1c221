"""What instruments/README.md shows is read, run and true."""

from __future__ import annotations

import re

import pytest

from relsurvey.instrument.coherence import coherence
from relsurvey.instrument.library import load_instrument
from relsurvey.shipped import shipped_folder


@pytest.fixture(scope="module")
def readme():
    return (shipped_folder("instruments") / "README.md").read_text(encoding="utf-8")


def _block(readme, language):
    (found,) = re.findall(rf"```{language}\n(.*?)```", readme, flags=re.DOTALL)
    return found


@pytest.fixture
def in_folder_with_example(readme, tmp_path, monkeypatch):
    (tmp_path / "lunch.yaml").write_text(_block(readme, "yaml"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("in_folder_with_example")
def test_the_example_is_a_sound_instrument():
    lunch = load_instrument("lunch.yaml")
    assert len(coherence(lunch)) == 0
    assert lunch.model("full") == {"canteen": ["c1", "c2", "c3"], "company": ["s1", "s2"]}


def test_the_code_runs(readme, in_folder_with_example, capsys):
    exec(compile(_block(readme, "python"), "README.md", "exec"), {})
    assert "Empty DataFrame" in capsys.readouterr().out
    assert (in_folder_with_example / "lunch.xlsx").is_file()


def test_every_key_is_documented(readme):
    from dataclasses import fields

    from relsurvey.instrument.background import BackgroundField, BackgroundOption
    from relsurvey.instrument.construct import Construct, Facet
    from relsurvey.instrument.form import Block, Form
    from relsurvey.instrument.instrument import Instrument, Provenance
    from relsurvey.instrument.item import Item
    from relsurvey.instrument.response_scale import MissingCode, ResponseOption, ResponseScale
    from relsurvey.instrument.translation import TranslationEntry

    parts = (
        Instrument,
        Provenance,
        ResponseScale,
        ResponseOption,
        MissingCode,
        Construct,
        Facet,
        Item,
        BackgroundField,
        BackgroundOption,
        Form,
        Block,
        TranslationEntry,
    )
    readme = re.sub(r"```.*?```", "", readme, flags=re.DOTALL)
    documented = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", readme))))
    for part in parts:
        for field in fields(part):
            assert field.name in documented, (part.__name__, field.name)


def test_it_names_the_reverse_items(readme):
    relations = load_instrument("relations")
    named = re.search(r"reverse-keyed: (.*?);", readme)[1]
    assert re.findall(r"`(\w+)`", named) == [i.id for i in relations.items if i.reverse]

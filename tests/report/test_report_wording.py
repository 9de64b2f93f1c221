"""The sentences: same keys and placeholders in both languages, one for every id that occurs."""

from __future__ import annotations

import string
from dataclasses import fields
from importlib.resources import files

import pytest
import yaml

from relsurvey.effects.verdict import CODES
from relsurvey.errors import StudyError
from relsurvey.measurement.agreement import Agreement
from relsurvey.report.chapters.ranking import MODELS
from relsurvey.report.chapters.scores import ROLES
from relsurvey.report.contents import ReportContents
from relsurvey.report.disclosure import ANALYSES
from relsurvey.report.wording import read_wording
from relsurvey.responses.problem_rows import KINDS

DA, EN = read_wording("da"), read_wording("en")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_keys():
    assert DA.sentences.keys() == EN.sentences.keys()


def test_both_languages_have_the_same_placeholders():
    for key, english in EN.sentences.items():
        danish = DA.sentences[key]
        assert danish.strip(), key
        assert english.strip(), key
        if not key.endswith(".one"):  # there "1" may stand where the other form has {n}
            assert placeholders(danish) == placeholders(english), key


@pytest.mark.parametrize("language", ["da", "en"])
def test_no_key_stands_twice(language):
    class Strict(yaml.SafeLoader):
        pass

    def once(loader, node):
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), [key for key in keys if keys.count(key) > 1]
        return {
            loader.construct_object(k, True): loader.construct_object(v, True)
            for k, v in node.value
        }

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, once)
    top: list[str] = []
    for file in (files("relsurvey.report") / "wording" / language).iterdir():
        top += yaml.load(file.read_text(encoding="utf-8"), Strict)
    assert len(top) == len(set(top))


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
def test_every_id_that_can_occur_has_words(words):
    known = [f"verdict.{code}" for code in CODES]
    known += [f"problem.{code}" for code in KINDS]
    known += [f"role.{role}" for role in ROLES]
    known += [f"part.{part}" for part in ANALYSES]
    known += [f"ranking.{model}_title" for model in MODELS]
    missing = [key for key in known if not words.has(key)]
    assert missing == []


def test_every_part_that_can_be_omitted_is_a_field_of_the_contents():
    assert set(ANALYSES) <= {field.name for field in fields(ReportContents)}


def test_every_statistic_of_agreement_has_words(danish):
    assert isinstance(danish.agreement, Agreement)
    for name in danish.agreement.tidy()["statistic"].unique():
        assert DA.has(f"statistic.{name}")


def test_counting_picks_the_form():
    assert DA.counted("people.cover", 1).startswith("Yderligere 1 enhed ")
    assert "1.200 enheder" in DA.counted("people.cover", 1200)
    assert EN.counted("measurement.factors", 5) == "5 factors"


def test_another_language_is_refused():
    with pytest.raises(StudyError, match="does not speak"):
        read_wording("sv")

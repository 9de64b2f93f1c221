"""The shipped questionnaire keeps its structure and its wording rules."""

from __future__ import annotations

import re

import pytest

from relsurvey.instrument.coherence_texts import each_text
from relsurvey.instrument.library import load_instrument
from relsurvey.instrument.readability import readability

DIMENSIONS = {
    "individual_consideration": ("ic", "individual", 3, 2),
    "skill_development": ("sd", "individual", 3, 2),
    "social_interaction": ("si", "collective", 3, 2),
    "task_coordination": ("tc", "collective", 3, 2),
    "shared_vision": ("sv", "collective", 2, 3),
}
OTHERS = {
    "physical_presence": ("pp", "proximity", 4),
    "digital_accessibility": ("da", "proximity", 4),
    "mental_closeness": ("mc", "proximity", 4),
    "within_group_relations": ("wg", "outcome", 5),
    "cross_group_relations": ("cg", "outcome", 5),
    "marker": ("mk", "marker", 3),
}
NEGATIONS = {
    "da": {"ikke", "ingen", "intet", "aldrig", "uden", "næppe", "hverken"},
    "en": {"not", "no", "never", "without", "nobody", "nothing", "hardly", "neither"},
}


@pytest.fixture(scope="module")
def relations():
    return load_instrument("relations")


def _wordings(instrument):
    for item in instrument.items:
        for text in (item.text, item.leader_text):
            for language, words in text.each() if text else ():
                yield item, language, words


@pytest.mark.parametrize(("name", "expected"), DIMENSIONS.items())
def test_dimensions_cover_their_facets(relations, name, expected):
    prefix, block, n_facets, per_facet = expected
    construct, items = relations.construct(name), relations.items_of(name)
    assert (construct.role, construct.block) == ("dimension", block)
    assert construct.referent == "immediate_leader"
    assert [item.id for item in items] == [f"{prefix}{n}" for n in range(1, 7)]
    facets = [item.facet for item in items]
    assert {facet: facets.count(facet) for facet in facets} == dict.fromkeys(
        [facet.id for facet in construct.facets], per_facet
    )
    assert len(construct.facets) == n_facets


@pytest.mark.parametrize(("name", "expected"), OTHERS.items())
def test_other_constructs(relations, name, expected):
    prefix, role, n_items = expected
    construct, items = relations.construct(name), relations.items_of(name)
    assert (construct.role, construct.block) == (role, role)
    assert [item.id for item in items] == [f"{prefix}{n}" for n in range(1, n_items + 1)]


def test_there_are_55_items_on_one_scale(relations):
    assert len(relations.items) == 55
    scale = relations.response_scale("extent5")
    assert {relations.scale_of(item.id).id for item in relations.items} == {"extent5"}
    assert scale.codes == (1, 2, 3, 4, 5)
    missing = {code.id: (code.code, code.kind) for code in scale.missing}
    assert missing == {"dont_know": (8, "not_applicable"), "no_answer": (9, "refused")}


def test_forms(relations):
    assert set(relations.form("full").items) == {item.id for item in relations.items}
    short = relations.model("short")
    assert {len(items) for items in short.values()} == {3}
    assert len(short) == 11
    leader = relations.model("leader", ("dimension", "proximity"))
    assert sum(map(len, leader.values())) == len(relations.form("leader").items) == 42


def test_short_form_covers_facets_with_regularly_keyed_items(relations):
    for name, ids in relations.model("short").items():
        items = [relations.item(item) for item in ids]
        assert not any(item.reverse for item in items)
        facets = {facet.id for facet in relations.construct(name).facets}
        assert {item.facet for item in items} == facets, name


def test_few_reverse_items_each_beside_a_regular_one(relations):
    reverse = [item for item in relations.items if item.reverse]
    assert 3 <= len(reverse) <= 5
    for item in reverse:
        beside = [o for o in relations.items_of(item.construct) if o.facet == item.facet]
        assert any(not other.reverse for other in beside)


def test_background_and_roster_fields(relations):
    ids = {field.id: field for field in relations.background}
    roster = {name for name, field in ids.items() if field.asked_of == "roster"}
    assert roster == {"unit", "leader", "department", "sector", "span_of_control", "headcount"}
    assert set(ids) - roster == {"job_group", "away_share", "tenure", "language", "wave"}
    span = ids["span_of_control"]
    assert (span.type, span.low, span.high, span.unit) == ("number", 1, 200, "persons")
    assert all(ids[name].type == "choice" for name in ("job_group", "away_share", "tenure"))


def test_items_are_short_single_sentences(relations):
    for item, language, words in _wordings(relations):
        place = (item.id, language, words)
        assert len(words.split()) <= 20, place
        assert re.fullmatch(r"[^.!?;:]+\.", words), place
        assert words == " ".join(words.split()), place


def test_items_avoid_vision_and_double_negation(relations):
    for item, language, words in _wordings(relations):
        tokens = re.findall(r"\w+", words.lower())
        assert not any(token.startswith("vision") for token in tokens), item.id
        negations = sum(token in NEGATIONS[language] for token in tokens)
        assert negations <= (0 if item.reverse else 1), (item.id, language)


def test_referent_and_person(relations):
    for item in relations.items:
        construct = relations.construct(item.construct)
        if construct.referent == "immediate_leader":
            assert item.text["da"].startswith("Min nærmeste leder ")
            assert item.text["en"].startswith("My immediate leader ")
            assert item.leader_text["da"].startswith("Jeg ")
            assert item.leader_text["en"].startswith("I ")
            assert "leder" not in item.leader_text["da"]
            assert not re.search(r"\b(og|and)\b", " ".join(item.text.as_dict().values())), item.id
        else:
            assert item.leader_text is None
        if construct.referent == "own_group":
            assert item.text["da"].startswith("I min gruppe ")
        if construct.referent == "other_groups":
            assert "ndre grupper" in item.text["da"]
            assert "ther groups" in item.text["en"]


def test_all_texts_stand_in_both_languages_without_stray_blanks(relations):
    for place, text in each_text(relations):
        assert set(text.languages) == {"da", "en"}, place
        for _, words in text.each():
            assert words == words.strip(), place
            assert "  " not in words, place


def test_no_two_texts_of_items_are_the_same(relations):
    for language in relations.languages:
        for audience in ("employee", "leader"):
            wordings = [relations.wording(i.id, language, audience) for i in relations.items]
            assert len(set(wordings)) == len(wordings)


def test_dialogue_questions(relations):
    for construct in relations.constructs:
        expected = {"dimension": {4}, "proximity": {3}, "outcome": {3}, "marker": {0}}
        assert len(construct.dialogue) in expected[construct.role], construct.id
        for question in construct.dialogue:
            assert all(words.endswith("?") for _, words in question.each())


def test_it_says_what_it_is_not(relations):
    assert "not yet validated" in relations.status["en"].lower()
    assert "ikke valideret" in relations.status["da"].lower()
    limits = " ".join(limit["en"] for limit in relations.limits)
    for word in ("ten managers", "one municipality", "new", "not a scale by the author"):
        assert word in limits
    assert "CC BY 4.0" in relations.licence
    assert relations.provenance.assumed


def test_every_block_reads_easily(relations):
    table = readability(relations).tidy()
    assert set(table["form"]) == {"full", "short", "leader"}
    assert set(table["language"]) == {"da", "en"}
    assert table["lix"].max() < 40

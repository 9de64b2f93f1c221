"""Nothing of a unit below the minimum, nothing found by subtraction, nothing of a lone leader."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_parser import read_page

from relsurvey.report.answer_shares import construct_shares, item_shares
from relsurvey.report.disclosure import protected, publishable
from relsurvey.report.html import render
from relsurvey.report.named_tables import named_tables
from relsurvey.report.score_means import score_means


def units(*answered: float) -> pd.DataFrame:
    return pd.DataFrame({"unit": [f"u{i}" for i in range(len(answered))], "answered": answered})


@pytest.mark.parametrize(
    ("answered", "shown", "small", "cover"),
    [
        ((5, 9, 12), ["u0", "u1", "u2"], 0, 0),
        ((4, 9, 12), ["u2"], 1, 1),  # one hidden unit alone is found by subtraction
        ((4, 4, 12), ["u2"], 2, 0),
        ((1, 2, 12, 7), ["u2"], 2, 1),  # three answers together are still too few
        ((4,), [], 1, 0),
        ((4, 6), [], 1, 1),
        ((float("nan"), 6, 8), ["u2"], 1, 1),
        ((), [], 0, 0),
    ],
)
def test_small_units_are_hidden_with_enough_cover(answered, shown, small, cover):
    found = publishable(units(*answered), "answered", 5)
    assert list(found.shown["unit"]) == shown
    assert (found.n_small, found.n_cover) == (small, cover)


@given(st.lists(st.integers(0, 30), max_size=12), st.integers(1, 10))
def test_what_is_hidden_cannot_be_found_from_the_total(answered, min_n):
    frame = units(*answered)
    found = publishable(frame, "answered", min_n)
    assert (found.shown["answered"] >= min_n).all()
    hidden = frame.drop(found.shown.index)
    assert len(hidden) == found.n_hidden
    if len(found.shown) and found.n_small:
        assert len(hidden) >= 2
        assert hidden["answered"].sum() >= min_n


def test_small_units_stand_nowhere_in_page_or_tables(danish):
    rates = danish.response_rates
    small = set(rates.loc[rates["answered"] < 5, "unit"])
    assert small
    renamed = {unit: f"LILLE-{i}" for i, unit in enumerate(sorted(small))}
    contents = replace(
        danish,
        response_rates=rates.assign(unit=rates["unit"].replace(renamed)),
        agreement=replace(
            danish.agreement,
            group_table=danish.agreement.group_table.assign(
                group=danish.agreement.group_table["group"].replace(renamed)
            ),
        ),
    )
    assert "LILLE-" not in render(contents)
    for table in named_tables(contents):
        assert "LILLE-" not in table.frame.to_csv(), table.name


def test_no_table_holds_the_agreement_of_a_single_unit(danish):
    for table in named_tables(danish):
        if table.name.startswith("agreement"):
            assert "group" not in table.frame.columns


def test_no_table_names_a_person_unless_asked(danish):
    persons = set(danish.responses.frame["respondent"].astype(str))
    for table in named_tables(danish):
        assert "respondent" not in table.frame
        texts = table.frame.select_dtypes(exclude="number").astype(str)
        assert not persons & set(texts.to_numpy().ravel()), table.name
    asked = {table.name for table in named_tables(danish, person_level=True)}
    assert {"scores", "careless_flags"} <= asked
    assert not asked & {"problem_rows"} or len(danish.problems)


def test_a_class_with_one_leader_has_no_slopes(danish):
    classes = danish.moderations["classes"]
    outcome = classes.classes["outcome"].iloc[0]
    label = "20-35"
    table = classes.classes.copy()
    alone = (table["outcome"] == outcome) & (table["span_class"] == label)
    table.loc[alone, "n_clusters"] = 1
    moderations = {**danish.moderations, "classes": replace(classes, classes=table)}
    found = protected(replace(danish, moderations=moderations)).moderations["classes"]

    def slopes(moderation):
        marks = moderation.simple_slopes()
        return ((marks["outcome"] == outcome) & (marks["at"] == label)).sum()

    def terms(moderation):
        table = moderation.tidy()
        return table[(table["outcome"] == outcome)]["term"].str.endswith(f"[{label}]").sum()

    assert slopes(classes) > 0
    assert slopes(found) == 0
    assert terms(classes) > 0
    assert terms(found) == 0
    other = found.simple_slopes()
    assert ((other["outcome"] != outcome) & (other["at"] == label)).any()
    assert render(replace(danish, moderations=moderations))


def test_items_that_few_answered_have_no_distribution(danish):
    item = danish.responses.items[0]
    construct = danish.instrument.item(item).construct
    frame = danish.responses.frame.copy()
    frame.loc[frame.index[4:], item] = float("nan")
    contents = replace(danish, responses=replace(danish.responses, frame=frame))
    scale = danish.instrument.scale_of(item)
    assert item_shares(contents, scale)[item] == ()
    assert construct_shares(contents, scale)[construct] == ()
    assert len(item_shares(danish, scale)[item]) == scale.points
    assert read_page(render(contents)).text.count("for få svar") > 0


def test_scores_of_few_are_hidden(danish):
    name = danish.scores.constructs[0]
    frame = danish.scores.frame_100.copy()
    frame.loc[frame.index[4:], name] = float("nan")
    contents = replace(danish, scores=replace(danish.scores, frame_100=frame))
    hidden = {mean.construct for mean in score_means(contents) if mean.hidden}
    assert hidden == {name}

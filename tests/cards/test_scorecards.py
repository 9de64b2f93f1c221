"""Scorecards: what is published adds up, hides what it must, and never cries wolf."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.cards import scorecards as door
from relsurvey.cards.scorecards import COLUMNS
from relsurvey.disclosure.audit import audit
from relsurvey.disclosure.rules import Rules
from relsurvey.errors import DataError
from relsurvey.responses.join_waves import join_waves


@pytest.fixture(scope="module")
def town():
    return rs.simulate("article", n_employees=700, form="short", seed=11).responses


@pytest.fixture(scope="module")
def made(town):
    return rs.scorecards(town, name="Kommunen")


def test_shown_scores_are_the_means_of_the_answers(town, made):
    scores = rs.score(town).frame_100
    table = made.published
    rows = table[(table["cut"] == "") & (table["status"] == "shown")]
    rows = rows[rows["measure"].isin(rs.score(town).constructs)]
    assert len(rows) > 50
    for row in rows[rows["unit"].isin(set(scores["unit"]))].to_dict(orient="records"):
        values = scores.loc[scores["unit"] == row["unit"], row["measure"]].dropna()
        assert row["n"] == len(values) >= 5
        assert row["score"] == pytest.approx(values.mean(), abs=0.5 + 1e-9)


def test_every_unit_stands_there_and_hidden_rows_are_empty(made):
    table = made.published
    assert list(table.columns) == list(COLUMNS)
    plain = table[~table["cut"].str.startswith("~")]
    units = plain.groupby(["wave", "cut", "measure"])["unit"]
    assert (units.nunique() == len(made.organisation.tree)).all()
    assert (units.size() == len(made.organisation.tree)).all()
    hidden = table[table["status"] == "hidden"]
    assert len(hidden)
    assert hidden[["n", "score", "conf_low", "conf_high"]].isna().all(axis=None)
    roster = table[table["cut"] == "~roster"]
    assert set(roster["measure"]) == {"invited", "span_of_control"}
    assert roster["n"].notna().all()
    derived = table[table["cut"].str.startswith("~") & (table["cut"] != "~roster")]
    shown = set(
        map(tuple, plain.loc[plain["status"] == "shown", ["unit", "cut", "measure"]].values)
    )
    assert all((row.unit, "", row.measure) in shown for row in derived.itertuples())


def test_hidden_numbers_that_follow_are_refused(monkeypatch, town, made):
    protect = door.protect

    def plain(*given, **options):
        cells = protect(*given, **options)
        return cells.assign(reason=np.where(cells["n"] < 5, "few", ""))

    assert made.audit.recovered.empty
    monkeypatch.setattr(door, "protect", plain)
    with pytest.raises(DataError, match="could be worked out"):
        rs.scorecards(town, cuts=())


def test_one_unit_that_differs_is_found_and_equal_units_are_not(town):
    frame = town.frame.copy()
    items = list(town.items)
    generator = np.random.default_rng(0)
    units = frame["unit"].to_numpy(copy=True)
    frame["unit"] = generator.permutation(units)
    equal = rs.scorecards(replace(town, frame=frame), cuts=())
    verdicts = equal.published.loc[equal.published["cut"] == "~organisation", "status"]
    assert (verdicts == "unclear").mean() > 0.97
    biggest = frame["unit"].value_counts().index[0]
    frame.loc[frame["unit"] == biggest, items] = frame.loc[frame["unit"] == biggest, items].clip(
        upper=2
    )
    lowered = rs.scorecards(replace(town, frame=frame), cuts=()).published
    own = lowered[(lowered["unit"] == biggest) & (lowered["cut"] == "~parent")]
    assert (own["status"] == "below").sum() >= 3


def test_waves_are_compared_with_the_one_before(town):
    frame = town.frame.copy()
    items = list(town.items)
    frame[items] = (frame[items] + 1).clip(upper=5)
    later = replace(town, frame=frame)
    made = rs.scorecards(join_waves({"2024": town, "2026": later}), town.roster, cuts=())
    table = made.published
    assert set(table["wave"]) == {"2024", "2026"}
    change = table[(table["cut"] == "~last_wave") & (table["measure"] == "shared_vision")]
    assert "organisation" in set(change["unit"])
    assert (change["score"] > 0).all()
    assert audit(table).recovered.empty


def test_waves_stand_in_the_order_in_which_they_were_joined(town):
    few = replace(town, frame=town.frame.head(60), reasons=town.reasons.head(60))
    joined = join_waves({"Spring 2025": few, "Autumn 2025": few})
    made = rs.scorecards(joined, cuts=())
    assert [wave.name for wave in made.organisation.waves] == ["Spring 2025", "Autumn 2025"]
    frame = joined.frame.copy()
    frame.loc[3, "wave"] = None
    with pytest.raises(DataError, match="do not say which wave"):
        rs.scorecards(replace(joined, frame=frame), cuts=())


def test_one_unit_without_parent_is_the_organisation(town):
    few = replace(town, frame=town.frame.head(60), reasons=town.reasons.head(60))
    units = town.roster.frame.copy()
    first, second = units["unit"].iloc[:2]

    def names(name):
        made = rs.scorecards(few, replace(town.roster, frame=units), name=name, cuts=())
        return made.organisation.tree.names

    units["parent"] = [None, *[first] * (len(units) - 1)]
    assert names(first)[0] == names("Kommunen")[0] == first
    units.loc[1, "parent"] = None
    assert names("Kommunen")[:3] == ("Kommunen", first, second)
    units.loc[3, "unit"] = "Kommunen"
    with pytest.raises(DataError, match="lies under another"):
        names("Kommunen")


def leaders_of(town, tmp_path, rows=None):
    """Write and read leaders' answers: every item 4 of 5, which is 75 of 100."""
    model = town.instrument.model("leader")
    items = [item for asked in model.values() for item in asked]
    turned = [item for item in items if town.instrument.item(item).reverse]
    who = sorted(town.roster.frame["leader"].unique())[:10] if rows is None else rows
    frame = pd.DataFrame({"leader": who}).assign(**dict.fromkeys(items, 4))
    frame[turned] = 2
    frame.to_csv(tmp_path / "leaders.csv", index=False)
    return rs.read_responses(tmp_path / "leaders.csv", town.instrument, form="leader")


def test_a_leaders_own_rating_stands_beside_the_unit_and_is_not_published(town, tmp_path):
    leaders = leaders_of(town, tmp_path)
    made = rs.scorecards(town, leaders=leaders, cuts=())
    assert not made.published["cut"].isin(["~own", "~self"]).any()
    own = made.self_ratings[made.self_ratings["cut"] == "~own"]
    gap = made.self_ratings[made.self_ratings["cut"] == "~self"]
    assert (own["score"] == 75).all()
    roster = town.roster.frame.set_index("unit")["leader"]
    assert set(roster[own["unit"]]) <= set(leaders.frame["leader"])
    scores = rs.score(town).frame_100
    for row in gap.to_dict(orient="records"):
        values = scores.loc[scores["unit"] == row["unit"], row["measure"]].dropna()
        assert row["score"] == pytest.approx(values.mean() - 75, abs=0.5 + 1e-9)
        assert row["conf_low"] < row["score"] < row["conf_high"]
    shown = made.published[(made.published["status"] == "shown") & (made.published["cut"] == "")]
    assert set(zip(gap["unit"], gap["measure"], strict=True)) <= set(
        zip(shown["unit"], shown["measure"], strict=True)
    )
    assert not {"within_group_relations", "cross_group_relations"} & set(gap["measure"])


@pytest.mark.parametrize(
    ("rows", "said"), [(["l001", "l001"], "the same leader"), (["x9"], "belongs to a unit")]
)
def test_leaders_answers_that_fit_nobody_are_told(town, tmp_path, rows, said):
    with pytest.raises(DataError, match=said):
        rs.scorecards(town, leaders=leaders_of(town, tmp_path, rows), cuts=())


def test_what_cannot_be_is_told(town):
    with pytest.raises(DataError, match="which unit"):
        rs.scorecards(replace(town, frame=town.frame.drop(columns="unit")))
    with pytest.raises(DataError, match="no such background"):
        rs.scorecards(town, cuts=["shoe_size"])
    with pytest.raises(DataError, match="fewer than five"):
        Rules(min_n=3)


def test_people_of_an_upper_unit_have_a_row_of_their_own(town):
    roster = town.roster
    units = roster.frame.copy()
    units["parent"] = [None, *[units["unit"].iloc[0]] * (len(units) - 1)]
    made = rs.scorecards(town, replace(roster, frame=units), name="Kommunen", cuts=())
    names = made.organisation.tree.names
    first = units["unit"].iloc[0]
    assert f"{first} *" in names
    table = made.published
    whole = table[(table["unit"] == first) & (table["measure"] == "answers")]
    assert pd.notna(whole["n"]).all()

"""Scores: by hand, under transformations that must not matter, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.errors import DataError, InstrumentError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.responses.keyed_items import turn_reversed
from relsurvey.responses.responses import Responses
from relsurvey.scoring.score import keyed_items, score

nan = np.nan
ITEMS = ["s1", "s2", "s3", "c1", "c2", "p1", "p2", "p3"]


@pytest.fixture(scope="module")
def pulse() -> Instrument:
    """Support s1 s2 s3 (s3 reverse-keyed) and clarity c1 c2 on 1–5, pace p1 p2 p3 on 0–3."""
    return load_instrument(Path(__file__).parent.parent / "responses" / "pulse.yaml")


@pytest.fixture
def answers() -> pd.DataFrame:
    rows = [
        [1, 2, 3, 4, 5, 0, 1, 2],
        [5, nan, 1, nan, 3, 3, nan, nan],
        [nan, nan, 2, nan, nan, nan, nan, nan],
        [5, 5, 1, 5, 5, 3, 3, 3],
        [1, 1, 5, 1, 1, 0, 0, 0],
    ]
    frame = pd.DataFrame(rows, columns=ITEMS, dtype=float, index=[2, 3, 4, 5, 7])
    frame.insert(0, "respondent", list("abcde"))
    frame["unit"] = ["x", "x", "y", "y", "y"]
    return frame


def test_scores_by_hand(pulse: Instrument, answers: pd.DataFrame) -> None:
    scores = score(answers, instrument=pulse)
    frame = scores.frame
    assert list(frame.columns) == ["respondent", "unit", "support", "clarity", "pace"]
    assert frame.index.equals(answers.index)
    # s3 counts as 6 − s3; one of three pace items is less than half
    np.testing.assert_allclose(frame["support"], [2, 5, nan, 5, 1])
    np.testing.assert_allclose(frame["clarity"], [4.5, 3, nan, 5, 1])
    np.testing.assert_allclose(frame["pace"], [1, nan, nan, 3, 0])
    np.testing.assert_allclose(scores.frame_100["support"], [25, 100, nan, 100, 0])
    np.testing.assert_allclose(scores.frame_100["pace"], [100 / 3, nan, nan, 100, 0])
    assert scores.n_answered["support"].tolist() == [3, 2, 1, 3, 3]
    assert scores.n_items == {"support": 3, "clarity": 2, "pace": 3}


@pytest.mark.parametrize(
    ("share", "support", "clarity", "pace"),
    [
        (0.01, [2, 5, 4, 5, 1], [4.5, 3, nan, 5, 1], [1, 3, nan, 3, 0]),
        (1 / 3, [2, 5, 4, 5, 1], [4.5, 3, nan, 5, 1], [1, 3, nan, 3, 0]),
        (0.34, [2, 5, nan, 5, 1], [4.5, 3, nan, 5, 1], [1, nan, nan, 3, 0]),
        (2 / 3, [2, 5, nan, 5, 1], [4.5, nan, nan, 5, 1], [1, nan, nan, 3, 0]),
        (1.0, [2, nan, nan, 5, 1], [4.5, nan, nan, 5, 1], [1, nan, nan, 3, 0]),
    ],
)
def test_the_share_that_must_be_answered(
    pulse: Instrument,
    answers: pd.DataFrame,
    share: float,
    support: list[float],
    clarity: list[float],
    pace: list[float],
) -> None:
    frame = score(answers, share, instrument=pulse).frame
    np.testing.assert_allclose(frame["support"], support)
    np.testing.assert_allclose(frame["clarity"], clarity)
    np.testing.assert_allclose(frame["pace"], pace)


def test_a_form_scores_its_own_items(pulse: Instrument, answers: pd.DataFrame) -> None:
    scores = score(answers, instrument=pulse, form="brief")
    assert scores.n_items == {"support": 2, "clarity": 1}
    np.testing.assert_allclose(scores.frame["support"], [1.5, 5, nan, 5, 1])
    assert "s3" in scores.frame  # a column that is no item of the form is kept


def test_responses_know_their_instrument_and_form(pulse: Instrument, answers: pd.DataFrame) -> None:
    reasons = pd.DataFrame("", index=answers.index, columns=ITEMS, dtype="category")
    responses = Responses(pulse, "full", answers, reasons)
    pd.testing.assert_frame_equal(score(responses).frame, score(answers, instrument=pulse).frame)
    np.testing.assert_array_equal(keyed_items(responses)["s3"], 6 - answers["s3"])


def test_describe_counts_missing_floor_and_ceiling(
    pulse: Instrument, answers: pd.DataFrame
) -> None:
    scores = score(answers, instrument=pulse)
    row = scores.describe().set_index("construct").loc["support"]
    assert (row["n_items"], row["n_obs"], row["missing_share"]) == (3, 4, 0.2)
    assert row["mean"] == pytest.approx(3.25)
    assert row["sd"] == pytest.approx(np.std([2, 5, 5, 1], ddof=1))
    assert row["mean_100"] == pytest.approx(56.25)
    assert row["sd_100"] == pytest.approx(25 * row["sd"])
    assert (row["floor_share"], row["ceiling_share"]) == (0.25, 0.5)
    assert "support" in scores.summary()
    assert "support" in scores._repr_html_()


def test_tidy_is_long_and_glance_is_one_row(pulse: Instrument, answers: pd.DataFrame) -> None:
    scores = score(answers, instrument=pulse)
    tidy = scores.tidy()
    assert list(tidy.columns) == [
        "respondent",
        "construct",
        "score",
        "score_100",
        "n_answered",
        "n_items",
    ]
    assert len(tidy) == 15
    assert tidy.iloc[3].tolist()[:2] == ["b", "support"]
    assert tidy.iloc[3, 2:].tolist() == [5, 100, 2, 3]
    glance = scores.glance()
    assert glance.to_dict("records") == [
        {"n_obs": 5, "n_complete": 3, "n_constructs": 3, "n_items": 8, "min_answered": 0.5}
    ]
    assert scores.to_dict()["glance"]["n_complete"] == 3
    assert scores.rule == scores.notes[0]
    assert "50%" in scores.rule
    assert "support 1, pace 1" in scores.notes[1]
    index = score(answers.drop(columns="respondent"), instrument=pulse).tidy()["respondent"]
    assert index.tolist()[::3] == [2, 3, 4, 5, 7]


def test_the_callers_frame_is_left_alone(pulse: Instrument, answers: pd.DataFrame) -> None:
    before = answers.copy()
    scored = score(answers, instrument=pulse).frame
    scored.loc[:, "unit"] = "changed"
    pd.testing.assert_frame_equal(answers, before)


def test_integers_nullable_numbers_and_no_rows(pulse: Instrument, answers: pd.DataFrame) -> None:
    whole = answers.astype(dict.fromkeys(ITEMS, "Int64"))
    pd.testing.assert_frame_equal(
        score(whole, instrument=pulse).frame, score(answers, instrument=pulse).frame
    )
    none = score(answers.iloc[:0], instrument=pulse)
    assert none.frame.empty
    assert none.describe()["n_obs"].tolist() == [0, 0, 0]
    assert none.glance()["n_obs"].item() == 0


def broken(frame: pd.DataFrame, **columns: object) -> pd.DataFrame:
    return frame.assign(**columns)


def test_what_is_refused(pulse: Instrument, answers: pd.DataFrame) -> None:
    for share in (0, -1, 1.1, nan):
        with pytest.raises(DataError, match="out of bounds"):
            score(answers, share, instrument=pulse)
    with pytest.raises(DataError, match="told what was asked"):
        score(answers)
    with pytest.raises(DataError, match=r"(?s)lacks items.*s1, p3"):
        score(answers.drop(columns=["s1", "p3"]), instrument=pulse)
    with pytest.raises(DataError, match=r"(?s)no code of its scale.*'s2'.*8"):
        score(broken(answers, s2=8.0), instrument=pulse)
    with pytest.raises(DataError, match="no code of its scale"):
        score(broken(answers, p1=np.inf), instrument=pulse)
    with pytest.raises(DataError, match="no numbers"):
        score(broken(answers, s2="I høj grad"), instrument=pulse)
    with pytest.raises(DataError, match="name of a construct"):
        score(broken(answers, pace=1.0), instrument=pulse)
    twice = pd.concat([answers, answers[["s1"]]], axis=1)
    with pytest.raises(DataError, match="stands twice"):
        score(twice, instrument=pulse)
    with pytest.raises(InstrumentError, match="no such form"):
        score(answers, instrument=pulse, form="long")


def test_a_construct_on_two_scales_is_refused(pulse: Instrument, answers: pd.DataFrame) -> None:
    items = tuple(
        replace(item, response_scale="often4") if item.id == "c2" else item for item in pulse.items
    )
    with pytest.raises(DataError, match=r"(?s)different response scales.*'clarity'.*c2: often4"):
        score(answers.assign(c2=1.0), instrument=replace(pulse, items=items))


people = st.lists(
    st.tuples(
        *[st.sampled_from([1.0, 2, 3, 4, 5, nan])] * 5, *[st.sampled_from([0.0, 1, 2, 3, nan])] * 3
    ),
    min_size=1,
    max_size=15,
)


@given(rows=people, order=st.permutations(ITEMS), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_orders_do_not_matter_and_scores_stay_in_bounds(
    pulse: Instrument, rows: list[tuple[float, ...]], order: list[str], seed: int
) -> None:
    frame = pd.DataFrame(rows, columns=ITEMS)
    scores = score(frame, instrument=pulse)
    pd.testing.assert_frame_equal(scores.frame, score(frame[order], instrument=pulse).frame)
    shuffled = frame.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(
        scores.frame, score(shuffled, instrument=pulse).frame.sort_index()
    )
    percent = scores.frame_100.to_numpy()
    known = percent[np.isfinite(percent)]
    assert ((known >= 0) & (known <= 100)).all()


@given(rows=people)
@settings(max_examples=40, deadline=None)
def test_turning_twice_changes_nothing_and_turned_answers_give_mirrored_scores(
    pulse: Instrument, rows: list[tuple[float, ...]]
) -> None:
    answers = np.array(rows)
    twice = turn_reversed(turn_reversed(answers, ITEMS, pulse), ITEMS, pulse)
    np.testing.assert_array_equal(twice, answers)
    mirrored = answers.copy()
    mirrored[:, :5] = 6 - mirrored[:, :5]
    mirrored[:, 5:] = 3 - mirrored[:, 5:]
    here = score(pd.DataFrame(answers, columns=ITEMS), instrument=pulse).frame_100
    there = score(pd.DataFrame(mirrored, columns=ITEMS), instrument=pulse).frame_100
    np.testing.assert_allclose(here.to_numpy(), 100 - there.to_numpy(), atol=1e-9)

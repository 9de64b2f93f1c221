"""Indices of careless answering: by hand, against their formulas, and on known careless people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pulse_files import HEADER, ROWS
from scipy import stats

from relsurvey.errors import DataError
from relsurvey.instrument.library import load_instrument
from relsurvey.responses.careless import CarelessThresholds, careless
from relsurvey.responses.careless_indices import (
    even_odd,
    intra_individual_variability,
    longstring,
)
from relsurvey.responses.keyed_items import keyed_items
from relsurvey.responses.mahalanobis import mahalanobis, mahalanobis_model
from relsurvey.responses.responses import Responses

nan = np.nan
Read = Callable[..., Responses]


def test_longest_run_by_hand() -> None:
    answers = np.array(
        [
            [1, 1, 1, 2, 2],
            [1, 2, 3, 4, 5],
            [3, nan, 3, 3, 1],
            [nan, nan, nan, nan, nan],
            [2, 2, nan, 2, 2],
            [nan, 4, 5, 5, nan],
        ]
    )
    assert longstring(answers).tolist() == [3, 1, 3, 0, 4, 2]


def test_spread_within_a_person_by_formula() -> None:
    answers = np.array([[1, 2, 3, 4], [5, 5, 5, 5], [1, nan, 5, nan], [nan, 3, nan, nan]])
    expected = [np.std([1, 2, 3, 4], ddof=1), 0, np.std([1, 5], ddof=1), nan]
    np.testing.assert_allclose(intra_individual_variability(answers), expected)


def test_even_odd_by_formula() -> None:
    rng = np.random.default_rng(3)
    answers = rng.integers(1, 6, (40, 17)).astype(float)
    answers[rng.random(answers.shape) < 0.05] = nan
    scales = [[0, 1, 2], [3, 4], [5, 6, 7, 8], [9, 10], [11, 12, 13, 14, 15], [16]]
    found = even_odd(answers, scales)
    for row, value in zip(answers, found, strict=True):
        halves = [
            (np.nanmean(row[s[0::2]]), np.nanmean(row[s[1::2]]))
            for s in scales[:-1]
            if np.isfinite(row[s[0::2]]).any() and np.isfinite(row[s[1::2]]).any()
        ]
        odd, even = np.array(halves).T
        if len(halves) < 5 or np.ptp(odd) == 0 or np.ptp(even) == 0:
            assert np.isnan(value)
        else:
            r = np.corrcoef(odd, even)[0, 1]
            assert value == pytest.approx(max(2 * r / (1 + r), -1))


def test_even_odd_of_a_consistent_an_opposed_and_a_flat_person() -> None:
    scales = [[2 * k, 2 * k + 1] for k in range(5)]
    consistent = np.repeat([1.0, 2, 3, 4, 5], 2)
    opposed = np.array([1.0, 5, 2, 4, 3, 3, 4, 2, 5, 1])
    flat = np.full(10, 3.0)
    found = even_odd(np.vstack([consistent, opposed, flat]), scales)
    np.testing.assert_allclose(found, [1, -1, nan])
    assert np.isnan(even_odd(consistent[None, :8], scales[:4])).all()


def distances(answers: np.ndarray, **options: float) -> tuple[np.ndarray, np.ndarray]:
    model = mahalanobis_model([answers], **options)
    assert model is not None
    return mahalanobis(answers, model)


def test_mahalanobis_of_complete_data_is_the_textbook_formula() -> None:
    rng = np.random.default_rng(1)
    answers = rng.normal(size=(80, 6)) @ rng.normal(size=(6, 6))
    squared, p_value = distances(answers)
    centred = answers - answers.mean(axis=0)
    inverse = np.linalg.inv(np.cov(answers, rowvar=False))
    expected = np.einsum("ij,jk,ik->i", centred, inverse, centred)
    np.testing.assert_allclose(squared, expected, rtol=1e-9)
    np.testing.assert_allclose(p_value, stats.chi2.sf(expected, 6), rtol=1e-7)


def test_mahalanobis_of_people_with_missing_answers_uses_what_they_answered() -> None:
    rng = np.random.default_rng(2)
    answers = rng.normal(size=(200, 6)) @ rng.normal(size=(6, 6))
    model = mahalanobis_model([answers])
    assert model is not None
    mean, covariance = answers.mean(axis=0), np.cov(answers, rowvar=False)
    holes = answers.copy()
    holes[:50, 2] = nan
    holes[25:75, 5] = nan
    squared, p_value = mahalanobis(holes, model, min_answered=0.5)
    for row in (0, 30, 60, 100):
        there = np.isfinite(holes[row])
        deviation = holes[row, there] - mean[there]
        expected = deviation @ np.linalg.solve(covariance[np.ix_(there, there)], deviation)
        assert squared[row] == pytest.approx(expected, rel=1e-9)
        assert p_value[row] == pytest.approx(stats.chi2.sf(expected, there.sum()), rel=1e-7)
    too_few, _ = mahalanobis(holes, model, min_answered=0.9)
    assert np.isnan(too_few[:75]).all()
    assert np.isfinite(too_few[75:]).all()


def test_mahalanobis_with_a_repeated_and_a_constant_item() -> None:
    """A copy of an item and an item without variation add nothing."""
    rng = np.random.default_rng(4)
    answers = rng.normal(size=(100, 4))
    more = np.column_stack([answers, answers[:, 1], np.ones(100)])
    model = mahalanobis_model([more])
    assert model is not None
    assert (model.items.tolist(), model.dropped) == ([0, 1, 2, 3, 4], 1)
    squared, p_value = mahalanobis(more, model)
    plain, plain_p = distances(answers)
    np.testing.assert_allclose(squared, plain, rtol=1e-5)
    np.testing.assert_allclose(p_value, plain_p, rtol=1e-4)


def test_mahalanobis_in_pieces_is_mahalanobis_at_once() -> None:
    answers = np.random.default_rng(5).normal(size=(90, 5))
    at_once = mahalanobis_model([answers])
    pieces = mahalanobis_model([answers[:10], answers[10:64], answers[64:]])
    assert at_once is not None
    assert pieces is not None
    np.testing.assert_allclose(pieces.precision, at_once.precision, rtol=1e-9)


@pytest.mark.parametrize(
    "answers",
    [
        np.random.default_rng(6).normal(size=(7, 4)),  # fewer than two people per item
        np.ones((50, 4)),
        np.random.default_rng(6).normal(size=(50, 1)),
        np.full((50, 4), nan),
    ],
)
def test_no_distance_where_it_would_say_nothing(answers: np.ndarray) -> None:
    assert mahalanobis_model([answers]) is None


@pytest.fixture(scope="module")
def town() -> tuple[Responses, dict[str, np.ndarray]]:
    """Answers to the shipped form: 500 attentive people, 20 straight-liners, 20 blind ones."""
    instrument = load_instrument("relations")
    items = list(instrument.form("full").items)
    model = instrument.model("full")
    rng = np.random.default_rng(7)
    person = rng.normal(size=(540, 1))
    latent = {name: 0.7 * person[:, 0] + 0.7 * rng.normal(size=540) for name in model}
    frame = pd.DataFrame({"respondent": [f"p{n}" for n in range(540)]})
    for name, members in model.items():
        for item in members:
            answer = np.clip(np.round(3.4 + 0.8 * latent[name] + 0.6 * rng.normal(size=540)), 1, 5)
            reverse = instrument.item(item).reverse
            frame[item] = 6 - answer if reverse else answer
    lines, blind = np.arange(500, 520), np.arange(520, 540)
    frame.loc[lines, items] = rng.choice([3.0, 4.0], size=(20, 1)) * np.ones((20, len(items)))
    frame.loc[blind, items] = rng.integers(1, 6, (20, len(items))).astype(float)
    frame = frame[["respondent", *items]]
    reasons = pd.DataFrame("", index=frame.index, columns=items, dtype="category")
    people = {"lines": lines, "blind": blind, "attentive": np.arange(500)}
    return Responses(instrument, "full", frame, reasons), people


def test_known_careless_people_are_flagged_and_attentive_ones_hardly(
    town: tuple[Responses, dict[str, np.ndarray]],
) -> None:
    responses, people = town
    result = careless(responses)
    flags = result.tidy()
    assert flags.loc[people["lines"], ["flag_longstring", "flag_irv"]].to_numpy().all()
    assert flags.loc[people["lines"], "straight_share"].eq(1).all()
    assert flags.loc[people["blind"], "flag_mahalanobis"].mean() > 0.9
    assert (flags.loc[people["attentive"], "n_flags"] > 0).mean() < 0.10
    assert (flags.loc[people["attentive"], "n_flags"] > 1).mean() < 0.01
    assert flags.loc[people["attentive"], "flag_longstring"].mean() < 0.01
    glance = result.glance()
    assert len(glance) == 1
    assert glance["n_obs"].item() == 540
    assert glance["n_longstring"].item() == flags["flag_longstring"].sum()
    assert len(responses) == 540
    assert "nobody was left out" in result.summary()
    assert result.to_dict()["glance"]["n_obs"] == 540


def test_thresholds_can_be_set(town: tuple[Responses, dict[str, np.ndarray]]) -> None:
    responses, _ = town
    strict = CarelessThresholds(straight_share=1.1, irv=0, mahalanobis_p=0, even_odd=-2)
    assert careless(responses, strict).glance()["n_flagged"].item() == 0
    loose = CarelessThresholds(straight_share=0, irv=10, mahalanobis_p=2, even_odd=2)
    assert careless(responses, loose).glance()["n_flagged"].item() == 540


def test_rows_in_another_order_give_the_same(
    town: tuple[Responses, dict[str, np.ndarray]],
) -> None:
    responses, _ = town
    order = np.random.default_rng(8).permutation(540)
    shuffled = replace(
        responses, frame=responses.frame.iloc[order], reasons=responses.reasons.iloc[order]
    )
    here, there = careless(responses).frame, careless(shuffled).frame.sort_index()
    pd.testing.assert_frame_equal(here, there, rtol=1e-9)


def test_runs_are_counted_per_block_and_need_three_answers(read: Read) -> None:
    result = careless(read(ROWS))
    assert result.by_block["first"].tolist()[0] == 1
    assert np.isnan(result.by_block["first"].iloc[1])
    assert result.by_block["second"].tolist()[2] == 3
    assert result.frame["straight_share"].tolist() == [0, 0, 1]
    assert result.frame["longstring"].iloc[0] == 1
    assert any("different scales" in note for note in result.notes)
    assert any("No Mahalanobis distance" in note for note in result.notes)


def test_a_straight_line_through_a_reverse_keyed_item_counts_as_one(read: Read) -> None:
    rows = [HEADER, ("A", "Øst", "", "", *["5"] * 5, "3", "3", "3")]
    result = careless(read(rows))
    assert result.frame["straight_share"].tolist() == [1]


def test_people_without_answers_are_not_flagged(read: Read) -> None:
    rows = [*ROWS, ("A4", "Øst", "", "", *[""] * 8)]
    last = careless(read(rows)).frame.iloc[-1]
    assert last["n_flags"] == 0
    assert np.isnan(last["straight_share"])


def test_no_answers_at_all_is_an_error(read: Read) -> None:
    responses = read(ROWS)
    nobody = replace(responses, frame=responses.frame.iloc[:0], reasons=responses.reasons.iloc[:0])
    with pytest.raises(DataError, match="no answers"):
        careless(nobody)


def test_keyed_items_turn_reverse_keyed_ones(read: Read) -> None:
    responses = read(ROWS)
    keyed = keyed_items(responses)
    np.testing.assert_array_equal(keyed["s3"].to_numpy(), [3, nan, 4])
    np.testing.assert_array_equal(keyed["s1"].to_numpy(), [1, 5, 2])
    np.testing.assert_array_equal(responses.frame["s3"].to_numpy(), [3, nan, 2])
    assert keyed.index.equals(responses.frame.index)

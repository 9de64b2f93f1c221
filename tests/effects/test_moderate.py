from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from relsurvey.effects.moderate import moderate
from relsurvey.effects.span_classes import check_breaks, span_class, span_labels
from relsurvey.errors import DataError, ModelError

EXACT, DERIVED = 1e-8, 1e-6  # as in test_regress


@pytest.fixture(scope="module")
def by_log(teams):
    return moderate(teams, "c", ["a", "b"], "span", cluster="unit")


@pytest.fixture(scope="module")
def by_class(teams):
    return moderate(teams, "c", ["a", "b"], "span", form="classes", cluster="unit")


def close(found, expected, columns, rtol):
    for column in columns:
        np.testing.assert_allclose(found[column], expected[column], rtol=rtol, atol=1e-10)


@pytest.mark.parametrize("form", ["log", "classes"])
def test_coefficients_equal_r(by_log, by_class, reference, form):
    result = by_log if form == "log" else by_class
    expected = reference["moderation"][form]
    table = result.tidy().query("model == 'joint'")
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=EXACT)
    close(table, expected["vcov"], ("std_error", "statistic"), EXACT)
    close(table, expected["vcov"], ("df", "p_value", "conf_low", "conf_high"), DERIVED)


def test_joint_tests_equal_r(by_log, by_class, reference):
    columns = ("statistic", "df_numerator", "df_denominator", "p_value")
    log = reference["moderation"]["log"]
    tests = by_log.joint_tests().query("model == 'joint'").set_index("predictor")
    close(tests.loc[["(all)"]], log["joint"], columns, DERIVED)
    classes = reference["moderation"]["classes"]
    tests = by_class.joint_tests().query("model == 'joint'").set_index("predictor")
    for predictor, name in (("a", "joint_a"), ("b", "joint_b"), ("(all)", "joint_all")):
        close(tests.loc[[predictor]], classes[name], columns, DERIVED)


def test_a_joint_test_without_degrees_of_freedom_is_left_open(teams, reference):
    result = moderate(teams, "c", ["a", "b"], "span", form="classes", cluster="unit", vcov="CR3")
    row = result.joint_tests().query("model == 'joint' and predictor == '(all)'").iloc[0]
    expected = reference["moderation"]["classes"]["joint_all_cr3"]
    assert row["df_denominator"] == pytest.approx(expected["df_denominator"], rel=DERIVED)
    assert row["p_value"] == pytest.approx(expected["p_value"], rel=DERIVED)


def test_simple_slopes_equal_r(by_log, by_class, reference):
    log = reference["moderation"]["log"]
    slopes = by_log.simple_slopes().query("model == 'joint'")
    for predictor in ("a", "b"):
        own = slopes[slopes["predictor"] == predictor]
        assert list(own["at"]) == ["p10", "p50", "p90"]
        np.testing.assert_allclose(own["value"], log["span"])
        close(own, log["slopes"][predictor], ("estimate", "std_error"), EXACT)
        close(own, log["slopes"][predictor], ("df",), DERIVED)
    slopes = by_class.simple_slopes().query("model == 'joint'")
    for predictor in ("a", "b"):
        own = slopes[slopes["predictor"] == predictor]
        assert list(own["at"]) == ["<20", "20-35", ">35"]
        expected = reference["moderation"]["classes"]["slopes"][predictor]
        close(own, expected, ("estimate", "std_error"), EXACT)


def test_every_predictor_also_stands_alone(by_log, teams):
    alone = moderate(teams, "c", ["a"], "span", cluster="unit").tidy()
    assert set(alone["model"]) == {"joint"}
    single = by_log.tidy().query("model == 'single' and predictor == 'a'")
    np.testing.assert_allclose(single["estimate"], alone["estimate"])
    assert list(single["term"]) == ["Intercept", "a", "log(span)", "a:log(span)"]


def test_holm_is_within_each_kind_of_model(by_log):
    table = by_log.tidy()
    for model in ("joint", "single"):
        products = table[(table["model"] == model) & table["p_holm"].notna()]
        assert list(products["term"]) == ["a:log(span)", "b:log(span)"]
        low, high = np.sort(products["p_value"])
        expected = sorted([min(1.0, 2 * low), max(min(1.0, 2 * low), high)])
        np.testing.assert_allclose(np.sort(products["p_holm"]), expected)


def test_curves_stay_within_the_spans_observed(by_log, teams):
    curve = by_log.slopes()
    assert curve["value"].min() == teams["span"].min()
    assert curve["value"].max() == teams["span"].max()
    assert (curve["conf_low"] < curve["estimate"]).all()


def test_a_known_interaction_is_found(draw_world):
    frame = draw_world((0.2, 0.2), n_teams=200, seed=3)
    spread = np.log(frame["span_of_control"])
    spread = (spread - spread.mean()) / spread.std()
    frame["y"] += -0.25 * spread * frame["x1"]
    result = moderate(frame, ["y"], ["x1", "x2"], cluster="team")
    rows = result.tidy().query("model == 'joint'").set_index("term")
    assert rows.loc["x1:log(span_of_control)", "p_holm"] < 0.01
    assert rows.loc["x1:log(span_of_control)", "estimate"] < 0
    assert rows.loc["x2:log(span_of_control)", "p_holm"] > 0.05
    slopes = result.simple_slopes().query("model == 'joint' and predictor == 'x1'")
    assert slopes["estimate"].is_monotonic_decreasing


def test_boundaries_belong_to_the_middle_class():
    spans = np.array([4.0, 19.9, 20.0, 35.0, 35.1, 90.0])
    assert list(span_class(spans)) == [0, 0, 1, 1, 2, 2]
    assert span_labels((20, 35)) == ("<20", "20-35", ">35")
    assert list(span_class(spans, (20,))) == [0, 0, 1, 1, 1, 1]
    assert span_labels((20,)) == ("<20", ">=20")
    assert list(span_class(spans, (20, 35, 50))) == [0, 0, 1, 1, 2, 3]
    assert span_labels((20, 35, 50)) == ("<20", "20-35", ">35-50", ">50")


@pytest.mark.parametrize("breaks", [(), (35, 20), (20, 20), ("x",), (20, np.inf), 20])
def test_breaks_must_rise(breaks):
    with pytest.raises(ModelError, match="rising"):
        check_breaks(breaks)


def test_thin_and_empty_classes_are_named(teams):
    few = teams[(teams["span"] < 20) | (teams["unit"] == teams["unit"][teams["span"] > 35].iloc[0])]
    result = moderate(few, "c", ["a"], "span", form="classes", cluster="unit")
    assert any("Nobody is in 20-35" in note for note in result.notes)
    assert any("Class >35 holds only 1 cluster" in note for note in result.notes)
    assert list(result.span_classes()["span_class"]) == ["<20", ">35"]
    with pytest.raises(ModelError, match="one class"):
        moderate(teams[teams["span"] < 20], "c", ["a"], "span", form="classes", cluster="unit")


def test_two_outcomes_and_controls(teams):
    frame = teams.assign(sector=np.where(teams["unit"] % 2 == 0, "x", "y"))
    frame.loc[:9, "b"] = np.nan
    result = moderate(frame, ["c", "b"], ["a"], "span", controls=["sector"], cluster="unit")
    assert list(result.fits["n_obs"]) == [len(frame), len(frame) - 10]
    assert "sector[y]" in set(result.tidy()["term"])
    assert len(result.glance()) == 1
    assert result.glance().loc[0, "n_obs"] == len(frame) - 10
    alone = moderate(frame, "b", ["a"], "span", controls=["sector"], cluster="unit").tidy()
    both = result.tidy().query("outcome == 'b'").reset_index(drop=True)
    pd.testing.assert_frame_equal(both, alone)
    assert {"joint_tests", "slopes", "simple_slopes"} <= set(result.to_dict())


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"form": "cubic"}, ModelError, "log linear"),
        ({"moderator": "spam"}, DataError, "perhaps 'span'"),
        ({"moderator": "zero"}, DataError, "positive"),
        ({"moderator": "one"}, ModelError, "same value"),
        ({"predictors": []}, ModelError, "no predictors"),
        ({"predictors": ["a", "c"]}, ModelError, "one role"),
        ({"predictors": ["one"]}, ModelError, "same value"),
        ({"predictors": ["word"]}, DataError, "not numeric"),
        ({"controls": ["word"]}, ModelError, "same value"),
    ],
)
def test_errors(teams, changes, error, says):
    frame = teams.assign(zero=teams["span"] - teams["span"].min(), one=1.0, word="w")
    call = {"outcome": "c", "predictors": ["a"], "moderator": "span", "cluster": "unit"} | changes
    with pytest.raises(error) as caught:
        moderate(frame, **call)
    assert says in str(caught.value)

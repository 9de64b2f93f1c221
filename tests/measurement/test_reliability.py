"""Reliability against psych, lavaan and semTools, and what it does with awkward data."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from relsurvey.errors import DataError
from relsurvey.measurement.reliability import reliability

EXACT = 1e-10  # the same arithmetic as psych's: only rounding may differ
ML = 1e-8  # lavaan stops a little before the optimum
BOUNDS = ("std_error", "conf_low", "conf_high")


def frame_of(kind, teams, teams_missing):
    return teams_missing if kind in ("listwise", "pairwise") else teams


@pytest.mark.parametrize("scale", ["a", "b", "c"])
@pytest.mark.parametrize("kind", ["listwise", "pairwise", "complete", "two_items"])
def test_alpha_and_items_equal_psych(kind, scale, teams, teams_missing, scales, in_r):
    items = scales[scale][:2] if kind == "two_items" else scales[scale]
    found = reliability(
        frame_of(kind, teams, teams_missing),
        {scale: items},
        missing="pairwise" if kind == "pairwise" else "listwise",
    )
    theirs = in_r["reliability"][scale][kind]
    alpha = found.tidy().iloc[0]
    assert alpha["estimate"] == pytest.approx(theirs["alpha"], abs=EXACT)
    assert alpha["n_obs"] == theirs["n"]
    for column in BOUNDS:
        assert alpha[column] == pytest.approx(theirs[column], abs=EXACT)
    table = found.items()
    for column in ("item_rest_correlation", "mean", "sd"):
        np.testing.assert_allclose(table[column], theirs[column], atol=EXACT)
    assert list(table["n"]) == theirs["item_n"]
    if kind == "two_items":
        assert table["alpha_if_dropped"].isna().all()
    else:
        np.testing.assert_allclose(
            table["alpha_if_dropped"], theirs["alpha_if_dropped"], atol=EXACT
        )


@pytest.mark.parametrize("scale", ["a", "b", "c"])
@pytest.mark.parametrize("kind", ["omega", "omega_listwise"])
def test_omega_equals_lavaan(kind, scale, teams, teams_missing, scales, in_r):
    frame = teams if kind == "omega" else teams_missing
    theirs = in_r["reliability"][scale][kind]
    omega = reliability(frame, {scale: scales[scale]}).tidy().iloc[1]
    assert omega["coefficient"] == "omega_total"
    assert omega["n_obs"] == theirs["n"]
    assert omega["estimate"] == pytest.approx(theirs["omega"], abs=ML)
    assert omega["estimate"] == pytest.approx(theirs["semtools_model_variance"], abs=ML)
    for column in BOUNDS:
        assert omega[column] == pytest.approx(theirs[column], abs=ML)


def test_omega_is_not_semtools_default_on_purpose(teams, scales, in_r):
    omega = reliability(teams, {"b": scales["b"]}).tidy().iloc[1]["estimate"]
    assert abs(omega - in_r["reliability"]["b"]["omega"]["semtools_observed_variance"]) > 1e-4


def test_pingouin_agrees_on_complete_data(teams, scales):
    import pingouin

    theirs, bounds = pingouin.cronbach_alpha(teams[scales["a"]])
    ours = reliability(teams, {"a": scales["a"]}).tidy().iloc[0]
    assert ours["estimate"] == pytest.approx(theirs, abs=EXACT)
    np.testing.assert_allclose(ours[["conf_low", "conf_high"]].astype(float), bounds, atol=6e-4)


def test_interval_counts_only_rows_used(teams_missing, scales):
    found = reliability(teams_missing, {"a": scales["a"]})
    complete = teams_missing[scales["a"]].dropna()
    again = reliability(complete, {"a": scales["a"]})
    pd.testing.assert_frame_equal(found.tidy(), again.tidy())
    left_out = len(teams_missing) - len(complete)
    assert any(f"{left_out} of {len(teams_missing)} rows" in note for note in found.remarks())
    assert not again.remarks()


def test_item_that_runs_against_its_scale_is_named(teams, scales):
    turned = teams.assign(a3=6 - teams["a3"])
    notes = " ".join(reliability(turned, {"a": scales["a"]}).remarks())
    assert "a3" in notes
    assert "negatively" in notes
    assert not reliability(teams, {"a": scales["a"]}).remarks()


def test_two_items_have_alpha_and_no_omega(teams):
    found = reliability(teams, {"pair": ["a1", "a2"]})
    table = found.tidy().set_index("coefficient")["estimate"]
    assert math.isfinite(table["alpha"])
    assert math.isnan(table["omega_total"])
    assert any("three items" in note for note in found.remarks())


def test_improper_one_factor_solution_is_named():
    generator = np.random.default_rng(0)
    first, noise, other = generator.standard_normal((3, 100))
    frame = pd.DataFrame({"x": first, "y": first + 0.1 * noise, "z": 0.3 * first + other})
    found = reliability(frame, {"s": ["x", "y", "z"]})
    assert math.isnan(found.tidy()["estimate"].iloc[1])
    assert any("improper" in note for note in found.remarks())


def test_one_item_and_few_rows_give_notes_not_numbers(teams, scales):
    single = reliability(teams, {"s": ["a1"]})
    assert single.tidy()["estimate"].isna().all()
    assert len(single.remarks()) == 2
    few = reliability(teams.head(4), {"a": ["a1", "a2", "a3", "a4"]})
    assert math.isnan(few.tidy()["estimate"].iloc[1])


def test_an_item_constant_in_the_complete_rows_only():
    frame = pd.DataFrame(
        {"x": [1, 2, 3, 4, 5, 2], "y": [2, 2, 2, 2, 2, 5], "z": [1, 3, 3, 5, 4, np.nan]}
    )
    found = reliability(frame, {"s": ["x", "y", "z"]}, missing="pairwise")
    assert math.isnan(found.tidy()["estimate"].iloc[1])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"a1": 3}, "a1"),
        ({"a2": "yes"}, "a2"),
        ({"a2": np.inf}, "a2"),
    ],
)
def test_unusable_items_are_named(teams, scales, change, named):
    with pytest.raises(DataError) as caught:
        reliability(teams.assign(**change), {"a": scales["a"]})
    assert named in str(caught.value)


@pytest.mark.parametrize(
    ("scales_given", "options"),
    [
        ({}, {}),
        ({"a": []}, {}),
        ({"a": "a1"}, {}),
        ({"a": ["a1", "a1", "a2"]}, {}),
        ({"a": ["a1", "nowhere"]}, {}),
        ({"a": ["a1", "a2"]}, {"missing": "fiml"}),
        ({"a": ["a1", "a2"]}, {"confidence": 95}),
    ],
)
def test_misuse_raises(teams, scales_given, options):
    with pytest.raises(DataError):
        reliability(teams, scales_given, **options)


def test_nobody_answers_all_items(teams):
    frame = teams.astype(float)
    frame.loc[:150, "a1"] = np.nan
    frame.loc[151:, "a2"] = np.nan
    for missing in ("listwise", "pairwise"):
        with pytest.raises(DataError):
            reliability(frame, {"a": ["a1", "a2", "a3"]}, missing=missing)


def test_odd_names_types_and_the_callers_frame(teams):
    frame = teams[["a1", "a2", "a3"]].astype("Int64")
    frame.columns = [1, "lambda", "ø & æ"]
    before = frame.copy()
    found = reliability(frame, {"s": [1, "lambda", "ø & æ"]})
    plain = reliability(teams, {"s": ["a1", "a2", "a3"]})
    np.testing.assert_array_equal(found.tidy()["estimate"], plain.tidy()["estimate"])
    pd.testing.assert_frame_equal(frame, before)


def test_result_speaks_the_common_vocabulary(teams, scales):
    found = reliability(teams, scales)
    assert list(found.tidy().columns[:6]) == [
        "construct",
        "coefficient",
        "estimate",
        "std_error",
        "conf_low",
        "conf_high",
    ]
    assert len(found.tidy()) == 15
    assert len(found.items()) == 14
    assert len(found.glance()) == 1
    assert found.to_dict()["glance"]["n_constructs"] == 3
    assert "alpha" in found.summary()


@pytest.mark.parametrize("frame", [None, {"a": [1, 2]}, np.ones((3, 2)), pd.Series([1, 2])])
def test_what_is_no_frame_is_refused(frame: object) -> None:
    with pytest.raises(DataError, match="not a frame"):
        reliability(frame, {"scale": ["a", "b"]})  # type: ignore[arg-type]


def test_enormous_numbers_are_refused() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 1e200], "b": [1.0, 3.0, 2.0]})
    with pytest.raises(DataError, match="enormous"):
        reliability(frame, {"scale": ["a", "b"]})

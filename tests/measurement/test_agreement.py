"""Agreement against R's multilevel and lme4, and what it does with awkward groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.errors import DataError
from relsurvey.measurement.agreement import agreement

EXACT = 1e-10  # the same arithmetic as multilevel's
REML = 1e-7  # lme4's optimiser stops there
GROUP_STATISTICS = (
    "rwg_j",
    "rwg_j_slight_skew",
    "rwg_j_moderate_skew",
    "rwg_j_heavy_skew",
    "r_star_wg_j",
    "ad_m",
    "ad_md",
    "awg",
)
KINDS = ("complete", "listwise", "one_person", "one_column")


def found_and_theirs(kind, scale, teams, teams_missing, scales, in_r):
    frame = {"listwise": teams_missing, "one_person": teams.drop(index=[1, 2])}.get(kind, teams)
    items = scales[scale][:1] if kind == "one_column" else scales[scale]
    return agreement(frame, {scale: items}, "unit", 5), in_r["agreement"][scale][kind]


@pytest.mark.parametrize("scale", ["a", "b", "c"])
@pytest.mark.parametrize("kind", KINDS)
def test_iccs_equal_r(kind, scale, teams, teams_missing, scales, in_r):
    found, theirs = found_and_theirs(kind, scale, teams, teams_missing, scales, in_r)
    table = found.tidy().set_index("statistic")
    like_r("icc1", table.loc["icc1", "estimate"], theirs["icc1"], atol=EXACT)
    like_r("icc2", table.loc["icc2", "estimate"], theirs["icc2"], atol=EXACT)
    reml = table.loc["icc1_reml"]
    like_r("icc1_reml", reml["estimate"], theirs["reml"]["lmer"], atol=REML)
    like_r("icc1_reml", reml["estimate"], theirs["reml"]["estimate"], atol=REML)
    like_r("icc1_reml conf_low", reml["conf_low"], theirs["reml"]["conf_low"], atol=REML)
    like_r("icc1_reml conf_high", reml["conf_high"], theirs["reml"]["conf_high"], atol=REML)
    test = found.anova().iloc[0]
    assert test["n_obs"] == theirs["n"]
    assert [test["df_between"], test["df_within"]] == theirs["df"]
    like_r("anova mean squares", [test["ms_between"], test["ms_within"]], theirs["ms"], rtol=EXACT)
    like_r("anova F", test["statistic"], theirs["f"], rtol=EXACT)
    like_r("anova p_value", test["p_value"], theirs["p"], rtol=1e-08)


@pytest.mark.parametrize("scale", ["a", "b", "c"])
@pytest.mark.parametrize("kind", KINDS)
def test_group_statistics_equal_multilevel(kind, scale, teams, teams_missing, scales, in_r):
    found, theirs = found_and_theirs(kind, scale, teams, teams_missing, scales, in_r)
    groups = found.by_group().set_index("group").loc[[int(unit) for unit in theirs["unit"]]]
    assert list(groups["n"]) == theirs["gsize"]
    summary = found.tidy().set_index("statistic")["estimate"]
    for name, values in theirs["by_group"].items():
        expected = np.array(values, dtype=float)
        like_r(name, groups[name], expected, atol=EXACT)
        like_r(name, summary[name], np.nanmean(expected), atol=EXACT)


def test_r_star_of_one_column_is_one_minus_the_variance_ratio(teams):
    groups = agreement(teams, {"s": ["a1"]}, "unit", 5).by_group()
    variances = teams.groupby("unit")["a1"].var()
    np.testing.assert_allclose(groups["r_star_wg_j"], 1 - variances / 2)


def test_rows_left_out_and_groups_of_one_are_told(teams):
    frame = teams.assign(unit=teams["unit"].astype(object))
    frame.loc[:1, "unit"] = None  # leaves one person in the first unit
    frame.loc[10, "a2"] = np.nan
    found = agreement(frame, {"a": ["a1", "a2"]}, "unit", 5)
    said = " ".join(found.remarks())
    assert f"2 of {len(teams)} rows are left out because the group is missing" in said
    assert "1 of 314 rows" in said
    assert "1 of 24 groups have one member" in said
    alone = found.by_group().iloc[0]
    assert alone["n"] == 1
    assert alone[list(GROUP_STATISTICS)].isna().all()
    assert found.glance()["n_obs"].iloc[0] == 314


def test_lowest_code_is_found_or_given(teams, scales):
    inferred = agreement(teams, {"c": scales["c"]}, "unit", 5)
    given = agreement(teams, {"c": scales["c"]}, "unit", {"c": 5}, low={"c": 0})
    pd.testing.assert_frame_equal(inferred.tidy(), given.tidy())
    moved = teams.assign(**{item: teams[item] + 1 for item in scales["c"]})
    shifted = agreement(moved, {"c": scales["c"]}, "unit", 5)
    np.testing.assert_allclose(shifted.tidy()["estimate"], inferred.tidy()["estimate"], atol=1e-12)
    with pytest.raises(DataError, match="outside"):
        agreement(teams, {"c": scales["c"]}, "unit", 5, low=1)


def test_a_null_that_is_not_published_is_nan_and_told(teams):
    found = agreement(teams.clip(upper=4), {"a": ["a1", "a2"]}, "unit", 4)
    table = found.tidy().set_index("statistic")["estimate"]
    assert np.isnan(table["rwg_j_slight_skew"])
    assert np.isfinite(table["rwg_j"])
    assert any("4 answer categories" in note for note in found.remarks())


def test_complete_agreement():
    frame = pd.DataFrame(
        {"x": [1, 1, 2, 2, 5, 5], "y": [1, 1, 3, 3, 5, 5], "g": [1, 1, 2, 2, 3, 3]}
    )
    table = agreement(frame, {"s": ["x", "y"]}, "g", 5).tidy().set_index("statistic")["estimate"]
    assert table[["icc1", "icc2", "icc1_reml", "rwg_j", "r_star_wg_j", "awg"]].eq(1.0).all()
    assert table[["ad_m", "ad_md"]].eq(0.0).all()


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ({}, {"group": "nowhere"}),
        ({}, {"points": 4}),
        ({}, {"points": 1}),
        ({}, {"points": {"other": 5}}),
        ({}, {"confidence": 0}),
        ({"a1": 2, "a2": 2}, {}),
        ({"unit": 1}, {}),
        ({"unit": range(316)}, {}),
        ({"unit": None}, {}),
        ({"a1": np.nan}, {}),
    ],
)
def test_misuse_raises(teams, change, options):
    arguments = {"group": "unit", "points": 5} | options
    with pytest.raises(DataError):
        agreement(teams.assign(**change), {"a": ["a1", "a2"]}, **arguments)


def test_result_speaks_the_common_vocabulary(teams, scales):
    found = agreement(teams, scales, "unit", 5)
    table = found.tidy()
    assert list(table.columns) == ["scale", "statistic", "estimate", "conf_low", "conf_high"]
    assert list(table["statistic"].unique()) == ["icc1", "icc2", "icc1_reml", *GROUP_STATISTICS]
    assert (table["conf_low"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["conf_high"]).all()
    assert len(found.glance()) == 1
    assert len(found.by_group()) == 3 * 24
    assert found.to_dict()["tidy"][0]["statistic"] == "icc1"


def test_agreement_refuses_what_is_no_frame() -> None:
    with pytest.raises(DataError, match="not a frame"):
        agreement({"a": [1, 2]}, {"scale": ["a"]}, group="unit", points=5)  # type: ignore[arg-type]

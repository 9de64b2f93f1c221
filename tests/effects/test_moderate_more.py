from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

import relsurvey as rs
from relsurvey.effects.johnson_neyman import slope_regions
from relsurvey.errors import DataError, ModelError

REFERENCE = Path(__file__).parent.parent / "reference"
EXACT, DERIVED = 1e-8, 1e-6  # as in test_regress


@pytest.fixture(scope="module")
def wanted():
    """R's numbers; see reference/moderation.R."""
    return json.loads((REFERENCE / "moderation.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def mixed():
    return pd.read_csv(REFERENCE / "mixed.csv")


@pytest.mark.parametrize("form", ["linear", "quadratic"])
def test_other_forms_equal_r(teams, wanted, form):
    result = rs.moderate(teams, "c", ["a", "b"], "span", form=form, cluster="unit")
    table = result.tidy().query("model == 'joint'")
    expected = wanted[form]
    for column in ("estimate", "std_error"):
        like_r(f"moderation {column}", table[column], expected[column], rtol=EXACT, atol=1e-10)
    for column in ("df", "p_value"):
        like_r(f"moderation {column}", table[column], expected[column], rtol=DERIVED)
    slopes = result.simple_slopes().query("model == 'joint'")
    for predictor in ("a", "b"):
        own = slopes[slopes["predictor"] == predictor]
        for column in ("estimate", "std_error"):
            like_r(
                f"simple slopes {column}", own[column], expected[predictor][column], rtol=DERIVED
            )


def test_quadratic_terms_have_a_joint_test(teams):
    result = rs.moderate(teams, "c", ["a"], "span", form="quadratic", cluster="unit")
    assert list(result.tidy()["term"]) == ["Intercept", "a", "span", "span^2", "a:span", "a:span^2"]
    assert result.joint_tests()["df_numerator"].tolist() == [2.0]


@pytest.mark.parametrize(("predictor", "at"), [("x", 0), ("z", 1)])
def test_random_slopes_equal_lmertest(mixed, wanted, predictor, at):
    result = rs.moderate(mixed, "y", ["x", "z"], "span", cluster="leader", random_slopes=True)
    assert result.vcov == "random_slopes"
    table = result.tidy().query("model == 'joint'").set_index("term")
    expected = wanted["random_slopes"][predictor]
    terms = [f"z{predictor}", f"z{predictor}:l"]
    places = [expected["terms"].index(term) for term in terms]
    own = table.loc[[predictor, f"{predictor}:log(span)"]]
    errors = np.array(expected["std_error"])[places]
    like_r(
        "random-slope estimate (in SE)",
        own["estimate"] / errors,
        np.array(expected["estimate"])[places] / errors,
        atol=1e-4,
    )
    like_r("random-slope std_error", own["std_error"], errors, rtol=1e-4)
    sd = result.joint_tests().query("model == 'joint'").set_index("predictor")["slope_sd"]
    like_r("random-slope sd", sd[predictor], expected["slope_sd"], rtol=1e-3, atol=1e-5)
    if expected["slope_sd"] > 1e-3:
        like_r("random-slope df", own["df"], np.array(expected["df"])[places], rtol=2e-3)
    base = wanted["random_slopes"]["intercepts"]
    rows = table.loc[["Intercept", "log(span)"]]
    like_r("random-slope std_error", rows["std_error"], [base["std_error"][k] for k in (0, 3)],
           rtol=1e-4)  # fmt: skip


def test_random_slopes_need_clusters_and_no_robust_covariance(mixed):
    with pytest.raises(ModelError, match="Random slopes"):
        rs.moderate(mixed, "y", ["x"], "span", random_slopes=True)
    with pytest.raises(ModelError, match="Random slopes"):
        rs.moderate(mixed, "y", ["x"], "span", cluster="leader", vcov="CR2", random_slopes=True)


def test_regions_hold_the_family_of_observed_spans(teams, wanted):
    result = rs.moderate(teams, "c", ["a", "b"], "span", cluster="unit")
    regions = result.johnson_neyman().query("model == 'joint' and predictor == 'a'")
    family = wanted["family"]
    for span, adjusted in zip(family["span"], family["p_adjusted"], strict=True):
        own = regions[(regions["low"] <= span) & (span <= regions["high"])].iloc[-1]
        assert (own["sign"] != "not_established") == (adjusted < 0.05), span
    assert regions["low"].iloc[0] == teams["span"].min()
    assert regions["high"].iloc[-1] == teams["span"].max()
    assert regions["n_obs"].sum() == len(teams)
    np.testing.assert_array_equal(regions["low"].iloc[1:], regions["high"].iloc[:-1])


def test_a_boundary_lies_where_the_slope_passes_the_limit():
    values = np.repeat(np.arange(1.0, 11.0), 5)

    def slopes(at):  # a line through zero at 5 with error 1: z = at - 5
        from scipy import stats

        return {"estimate": at - 5.0, "p_value": 2 * stats.norm.sf(np.abs(at - 5.0))}

    found = slope_regions(slopes, values, 0.95)
    assert list(found["sign"]) == ["negative", "not_established", "positive"]
    from scipy import stats

    reach = stats.norm.isf(found["p_limit"].iloc[0] / 2)
    np.testing.assert_allclose(found["high"].iloc[:2], [5 - reach, 5 + reach], atol=1e-6)
    assert 0.05 > found["p_limit"].iloc[0] > 0.005


def test_nothing_is_a_finding_where_the_family_finds_nothing(draw_world):
    frame = draw_world((0.0, 0.5), n_teams=60, seed=5)
    regions = rs.moderate(frame, "y", ["x1", "x2"], cluster="team").johnson_neyman()
    own = regions.query("model == 'joint' and predictor == 'x1'")
    assert list(own["sign"]) == ["not_established"]
    assert own["p_limit"].iloc[0] == 0.0
    assert rs.moderate(frame, "y", ["x1"], form="classes", cluster="team").johnson_neyman().empty


def test_a_moderator_with_negative_values_needs_another_form(draw_world):
    frame = draw_world((0.2, 0.2, 0.2), n_teams=40, seed=2)
    with pytest.raises(DataError, match='form="linear"'):
        rs.moderate(frame, "y", ["x1"], "x2", cluster="team")
    result = rs.moderate(frame, "y", ["x1"], "x2", form="linear", cluster="team")
    assert "x1:x2" in set(result.tidy()["term"])


def test_indirect_paths_equal_products_of_coefficients(teams, wanted):
    result = rs.indirect_effects(teams, "c", [["a"], ["b"]], "span", cluster="unit", n_boot=400)
    table = result.tidy()
    expected = wanted["paths"]
    found = {row.path: row.estimate for row in table[table["kind"] == "path"].itertuples()}
    like_r("indirect paths", found["span > a > c"], expected["a"], rtol=EXACT)
    like_r("indirect paths", found["span > b > c"], expected["b"], rtol=EXACT)
    like_r("indirect paths", found["span > a > b > c"], expected["ab"], rtol=EXACT)
    kinds = table[table["kind"].isin(["total", "direct", "indirect"])].set_index("kind")["estimate"]
    like_r("indirect paths", kinds["total"], expected["total"], rtol=EXACT)
    like_r("indirect paths", kinds["direct"], expected["direct"], rtol=EXACT)
    assert kinds["indirect"] == pytest.approx(kinds["total"] - kinds["direct"])
    stages = table[table["kind"] == "stage"]
    assert list(stages["path"]) == ["stage 1", "stage 2", "stage 1 > stage 2"]
    assert stages["estimate"].sum() == pytest.approx(kinds["indirect"])
    assert (table["conf_low"] <= table["conf_high"]).all()
    again = rs.indirect_effects(teams, "c", [["a"], ["b"]], "span", cluster="unit", n_boot=400)
    pd.testing.assert_frame_equal(again.tidy(), table)


def test_a_true_path_is_found_and_a_false_one_is_not():
    rng = np.random.default_rng(4)
    leader = np.repeat(np.arange(150), 12)
    span = np.exp(rng.normal(3, 0.5, 150))[leader]
    near = -0.6 * np.log(span) + rng.normal(size=leader.size)
    other = rng.normal(size=leader.size)
    vision = 0.5 * near + rng.normal(size=leader.size)
    frame = pd.DataFrame(
        {"leader": leader, "span": span, "near": near, "other": other, "vision": vision}
    )
    frame["y"] = 0.5 * vision + rng.normal(size=leader.size)
    result = rs.indirect_effects(
        frame, "y", [["near", "other"], ["vision"]], "span", cluster="leader", n_boot=1000
    )
    table = result.tidy().set_index("path")
    assert table.loc["span > near > vision > y", "conf_high"] < 0
    wrong = table.loc["span > other > vision > y"]
    assert wrong["conf_low"] < 0 < wrong["conf_high"]
    assert len(result.glance()) == 1
    steps = result.coefficients().set_index(["from", "to"])["estimate"]
    product = steps["span", "near"] * steps["near", "vision"] * steps["vision", "y"]
    assert product == pytest.approx(table.loc["span > near > vision > y", "estimate"])


def test_indirect_effects_refuse_what_they_cannot_use(teams):
    with pytest.raises(ModelError, match="mediators"):
        rs.indirect_effects(teams, "c", [], "span")
    with pytest.raises(ModelError, match="one role"):
        rs.indirect_effects(teams, "c", [["a"], ["a"]], "span")
    with pytest.raises(ModelError, match="draws"):
        rs.indirect_effects(teams, "c", [["a"]], "span", n_boot=10)
    frame = teams.assign(twice=2 * teams["a"])
    with pytest.raises(ModelError, match="follow exactly"):
        rs.indirect_effects(frame, "c", [["a", "twice"]], "span")
    with pytest.raises(DataError, match="positive"):
        rs.indirect_effects(teams.assign(span=0.0), "c", [["a"]], "span")


@pytest.fixture(scope="module")
def shifts():
    return pd.read_csv(REFERENCE / "shifts.csv")


MODEL = {f: [f"x{i}" for i in range(n, n + 4)] for f, n in (("a", 1), ("b", 5), ("c", 9))}


def test_slopes_between_ordinal_factors_equal_lavaan(shifts, wanted):
    from relsurvey.effects.latent_moderation import slopes_and_tests
    from relsurvey.measurement.latent_covariances import latent_covariances

    # R's model holds all loadings equal: the check's own freeing is left aside here
    checked = rs.invariance(shifts, MODEL, group="place")
    slopes, tests = slopes_and_tests(
        latent_covariances(checked, even_if_rejected=True), ("c",), ("a", "b"), checked.groups, 0.95
    )
    expected = wanted["latent"]
    assert list(checked.groups) == expected["groups"]
    like_r("latent slopes", slopes["estimate"], expected["estimate"], rtol=1e-4, atol=1e-6)
    like_r("latent slopes std_error", slopes["std_error"], expected["std_error"], rtol=1e-4)
    statistics = tests["statistic"].tolist()
    like_r(
        "latent slopes Wald",
        statistics,
        [expected["wald_a"], expected["wald_b"], expected["wald_all"]],
        rtol=5e-4,
        atol=1e-3,
    )
    assert tests["df"].tolist() == [2.0, 2.0, 4.0]


def test_latent_moderation_checks_invariance_first(shifts):
    result = rs.latent_moderation(shifts, MODEL, "c", ["a", "b"], "place")
    assert list(result.tidy().columns[:4]) == ["outcome", "predictor", "group", "estimate"]
    assert len(result.tidy()) == 6
    assert list(result.joint_tests()["predictor"]) == ["a", "b", "(all)"]
    assert len(result.glance()) == 1
    with pytest.raises(ModelError, match="no such factor"):
        rs.latent_moderation(shifts, MODEL, "c", ["nobody"], "place")


def test_slopes_of_factors_with_other_loadings_are_not_compared(shifts):
    frame = shifts.copy()
    for place, item in (("north", "x1"), ("south", "x2")):
        turned = frame["place"] == place
        frame.loc[turned, item] = 6 - frame.loc[turned, item]
    model = {"a": ["x1", "x2", "x3"], "c": MODEL["c"]}
    with pytest.raises(ModelError, match="do not measure the same"):
        rs.latent_moderation(frame, model, "c", ["a"], "place")

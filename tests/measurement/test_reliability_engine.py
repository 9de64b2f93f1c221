"""Ordinal and composite reliability, HTMT and random groups against R, and their properties."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.agreement import agreement
from relsurvey.measurement.cfa import cfa
from relsurvey.measurement.fornell_larcker import fornell_larcker
from relsurvey.measurement.htmt import htmt
from relsurvey.measurement.reliability import reliability

REFERENCE = Path(__file__).parent.parent / "reference"
IN_R = json.loads((REFERENCE / "reliability_engine.json").read_text(encoding="utf-8"))
OMEGA = 1e-4  # promised for omegas; lavaan stops a little before the optimum of ordinal models
CLOSE = 2e-6  # what is found: thresholds and weights of lavaan differ in the seventh digit
EXACT = 1e-10
ITEMS = {
    "a": [f"a{at}" for at in range(1, 6)],
    "b": [f"b{at}" for at in range(1, 5)],
    "c": [f"c{at}" for at in range(1, 6)],
    "u": [f"u{at}" for at in range(1, 5)],
    "v": [f"v{at}" for at in range(1, 6)],
    "w": [f"w{at}" for at in range(1, 4)],
}
LIGHT = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def table_of(file: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / file)


TEAMS, ORDINAL = table_of("teams.csv"), table_of("ordinal_scales.csv")


def data_of(scale: str) -> pd.DataFrame:
    return TEAMS if scale in "abc" else ORDINAL


def coefficients(scale: str, **options) -> pd.DataFrame:
    found = reliability(data_of(scale), {scale: ITEMS[scale]}, **options)
    return found.tidy().set_index("coefficient")


@pytest.mark.parametrize("scale", ITEMS)
def test_coefficients_of_numbers_equal_semtools(scale):
    theirs = IN_R["reliability"][scale]["numbers"]
    ours = coefficients(scale, observed_variance=True)
    assert ours.loc["omega_total", "n_obs"] == theirs["n"]
    for name in ("omega_total", "omega_total_observed", "composite_reliability", "ave"):
        like_r(name, ours.loc[name, "estimate"], theirs[name], atol=CLOSE)
    best = ours.loc["maximal_reliability"]
    like_r("maximal_reliability", best["estimate"], theirs["maximal_reliability"], atol=CLOSE)
    for name, error in theirs["std_error"].items():
        like_r(f"std_error of {name}", ours.loc[name, "std_error"], error, rtol=0.0001)


@pytest.mark.parametrize(
    ("scale", "missing"), [*((scale, "listwise") for scale in ITEMS), ("v", "pairwise")]
)
def test_ordinal_coefficients_equal_semtools(scale, missing):
    key = "ordinal_pairwise" if missing == "pairwise" else "ordinal"
    theirs = IN_R["reliability"][scale][key]
    ours = coefficients(scale, ordered=True, observed_variance=True, missing=missing)
    assert ours.loc["omega_categorical", "n_obs"] == theirs["n"]
    for name in (
        "alpha_ordinal",
        "omega_categorical",
        "omega_categorical_observed",
        "composite_reliability",
        "ave",
    ):
        like_r(name, ours.loc[name, "estimate"], theirs[name], atol=CLOSE)
    like_r(
        "alpha_ordinal", ours.loc["alpha_ordinal", "estimate"], theirs["alpha_psych"], atol=CLOSE
    )
    if theirs["maximal_reliability_observed"] is not None:
        like_r(
            "maximal_reliability_observed",
            ours.loc["maximal_reliability_observed", "estimate"],
            theirs["maximal_reliability_observed"],
            atol=OMEGA,
        )
    for name, error in theirs["std_error"].items():
        like_r(
            f"std_error of {name}",
            ours.loc[name, "std_error"],
            error * np.sqrt((theirs["n"] - 1) / theirs["n"]),
            rtol=0.001,
        )


def test_model_implied_variance_is_not_semtools_default_on_purpose():
    ours = coefficients("v", ordered=True, observed_variance=True)["estimate"]
    assert abs(ours["omega_categorical"] - ours["omega_categorical_observed"]) > OMEGA


@pytest.mark.parametrize("kind", ["pearson", "polychoric"])
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    ("case", "names"), [("teams", "abc"), ("turned", "abc"), ("ordinal", "uvw")]
)
def test_htmt_equals_semtools(case, names, version, kind):
    frame = data_of(names[0])
    if case == "turned":
        frame = frame.assign(**{item: 4 - frame[item] for item in ITEMS["c"]})
    found = htmt(
        frame,
        {name: ITEMS[name] for name in names},
        ordered=kind == "polychoric",
        version=version,
    )
    tolerance = EXACT if kind == "pearson" else 1e-5  # where lavCor stops its polychorics
    theirs = IN_R["htmt"][case][kind][version - 1]
    like_r(f"htmt version {version}, {kind}", found.tidy()["estimate"], theirs, atol=tolerance)
    assert found.tidy()["conf_low"].isna().all()
    below = [note for note in found.remarks() if "below zero" in note]
    assert bool(below) or case != "turned"


def test_random_groups_equal_multilevel():
    sizes = TEAMS.groupby("unit")["unit"].transform("size")
    several = TEAMS[sizes > 1]
    scales = {name: ITEMS[name] for name in "abc"}
    found = agreement(several, scales, "unit", 5, n_random=40_000, seed=2)
    for row in found.random_groups().to_dict(orient="records"):
        theirs = IN_R["random_groups"][row["scale"]]
        assert row["within_variance"] == pytest.approx(theirs["within_variance"], abs=EXACT)
        # both draw their own random groups: four standard errors of the difference
        error = theirs["random_sd"] * np.sqrt(2 / theirs["n_random_groups"])
        assert row["random_variance"] == pytest.approx(theirs["random_variance"], abs=4 * error)
        assert row["random_sd"] == pytest.approx(theirs["random_sd"], rel=0.03)
        assert row["statistic"] == pytest.approx(theirs["statistic"], abs=0.2)


def test_random_variance_is_the_variance_of_all():
    found = agreement(TEAMS, {"a": ITEMS["a"]}, "unit", 5, n_random=20_000).random_groups()
    whole = TEAMS[ITEMS["a"]].mean(axis=1).var()
    assert found["random_variance"].iloc[0] == pytest.approx(whole, rel=0.02)


def test_fornell_larcker_holds_correlations_against_ave():
    scales = {name: ITEMS[name] for name in "abc"}
    fit = cfa(TEAMS, scales)
    found = fornell_larcker(fit)
    table = found.tidy()
    implied = fit.loadings().groupby("factor")["std_estimate"].apply(lambda one: (one**2).mean())
    ave = found.average_variances().set_index("construct")["ave"]
    np.testing.assert_allclose(ave[list("abc")], implied[list("abc")], atol=0.02)
    np.testing.assert_allclose(table["correlation"], fit.factor_correlations()["estimate"])
    assert (table["apart"] == (table["correlation"].abs() < table["root_of_smaller_ave"])).all()
    # alone, a factor's AVE is that of its scale
    pair = {"a": ITEMS["a"], "b": ITEMS["b"]}
    together = fornell_larcker(cfa(TEAMS, pair)).average_variances().set_index("construct")["ave"]
    alone = reliability(TEAMS, pair).tidy().set_index(["construct", "coefficient"])["estimate"]
    assert together["b"] == pytest.approx(alone["b", "ave"], abs=0.02)
    assert len(found.glance()) == 1
    assert found.remarks()
    with pytest.raises(ModelError, match="correlations"):
        fornell_larcker(cfa(TEAMS, {"a": ITEMS["a"]}))


def test_pairwise_correlations_equal_pandas():
    frame = ORDINAL[ITEMS["v"]]
    found = htmt(ORDINAL, {"v": ITEMS["v"], "w": ITEMS["w"]}, missing="pairwise")
    np.testing.assert_allclose(
        found.correlations().loc[ITEMS["v"], ITEMS["v"]], frame.corr(), atol=1e-12
    )


# ---- properties ----------------------------------------------------------------------------
@LIGHT
@given(order=st.permutations(ITEMS["v"]), seed=st.integers(0, 1000))
def test_order_of_items_and_rows_does_not_matter(order, seed):
    shuffled = ORDINAL.sample(frac=1.0, random_state=seed)
    ours = reliability(shuffled, {"v": list(order)}, ordered=True).tidy()
    plain = coefficients("v", ordered=True).reset_index()[ours.columns]
    pd.testing.assert_frame_equal(ours, plain, rtol=1e-7)
    model = {"v": list(order), "w": ITEMS["w"]}
    again = htmt(shuffled, model).tidy()["estimate"]
    before = htmt(ORDINAL, {"v": ITEMS["v"], "w": ITEMS["w"]}).tidy()["estimate"]
    np.testing.assert_allclose(again, before, atol=1e-12)


@LIGHT
@given(labels=st.lists(st.integers(-50, 50), min_size=5, max_size=5, unique=True))
def test_names_of_categories_do_not_matter_to_ordinal_coefficients(labels):
    named = dict(zip(range(1, 6), sorted(labels), strict=True))
    changed = ORDINAL[ITEMS["v"]].replace(named)
    ours = reliability(changed, {"v": ITEMS["v"]}, ordered=True).tidy()
    ours = ours.set_index("coefficient")["estimate"]
    plain = coefficients("v", ordered=True)["estimate"]
    ordinal = ["alpha_ordinal", "omega_categorical", "ave", "maximal_reliability"]
    np.testing.assert_allclose(ours[ordinal], plain[ordinal], atol=1e-12)


def test_turning_every_item_changes_nothing():
    turned = 6 - ORDINAL[ITEMS["v"]]
    ours = reliability(turned, {"v": ITEMS["v"]}, ordered=True).tidy().set_index("coefficient")
    plain = coefficients("v", ordered=True)
    np.testing.assert_allclose(ours["estimate"], plain["estimate"], atol=1e-8)


def test_a_duplicated_sample_halves_the_variance():
    scale = {"u": ITEMS["u"]}
    twice = reliability(pd.concat([ORDINAL, ORDINAL]), scale, ordered=True).tidy()
    once = reliability(ORDINAL, scale, ordered=True).tidy()
    np.testing.assert_allclose(twice["estimate"], once["estimate"], atol=1e-8)
    ordinal = once["coefficient"].isin(["alpha_ordinal", "omega_categorical", "ave"])
    ratio = (twice["std_error"] / once["std_error"])[ordinal]
    np.testing.assert_allclose(ratio, np.sqrt(0.5), rtol=1e-6)


def test_answers_of_many_categories_come_close_to_numbers():
    generator = np.random.default_rng(5)
    factor = generator.standard_normal((4000, 1))
    numbers = 0.8 * factor + 0.6 * generator.standard_normal((4000, 4))
    answers = pd.DataFrame(np.clip(np.round(numbers * 1.5), -5, 5), columns=list("wxyz"))
    found = reliability(answers, {"s": list("wxyz")}, ordered=True).tidy()
    found = found.set_index("coefficient")["estimate"]
    assert found["omega_categorical"] == pytest.approx(found["omega_total"], abs=0.005)


# ---- intervals -----------------------------------------------------------------------------
def test_bootstrap_agrees_with_the_delta_method_where_the_model_holds():
    generator = np.random.default_rng(3)
    latent = 0.7 * generator.standard_normal((500, 1)) + 0.71 * generator.standard_normal((500, 4))
    frame = pd.DataFrame(np.searchsorted([-1, 0, 0.9], latent), columns=list("wxyz"))
    scale = {"s": list("wxyz")}
    analytic = reliability(frame, scale, ordered=True).tidy()
    drawn = reliability(frame, scale, ordered=True, n_boot=200).tidy()
    np.testing.assert_array_equal(analytic["estimate"], drawn["estimate"])
    np.testing.assert_allclose(drawn["std_error"], analytic["std_error"], rtol=0.25)
    assert (drawn["conf_low"] < drawn["estimate"]).all()
    assert (drawn["conf_high"] > drawn["estimate"]).all()
    same = reliability(frame, scale, ordered=True, n_boot=200).tidy()
    pd.testing.assert_frame_equal(drawn, same)


def test_clusters_are_drawn_whole():
    members = np.repeat(np.arange(60), 5)
    generator = np.random.default_rng(8)
    shared = generator.standard_normal((60, 4)) + generator.standard_normal((60, 1))
    frame = pd.DataFrame(shared[members], columns=list("wxyz")).assign(g=members)
    scale = {"s": list("wxyz")}
    people = reliability(frame, scale, n_boot=300).tidy()["std_error"]
    clusters = reliability(frame, scale, n_boot=300, cluster="g").tidy()["std_error"]
    # copies of 60 people are 60 people: errors grow by the root of five
    np.testing.assert_allclose(clusters / people, np.sqrt(5), rtol=0.3)
    ratios = [
        htmt(frame, {"p": ["w", "x"], "q": ["y", "z"]}, n_boot=300, cluster=cluster).tidy()
        for cluster in (None, "g")
    ]
    widths = [(one["conf_high"] - one["conf_low"]).iloc[0] for one in ratios]
    assert widths[1] > 1.5 * widths[0]
    frame.loc[:4, "g"] = None
    said = reliability(frame, scale, n_boot=20, cluster="g").remarks()
    assert any("the cluster is missing" in note for note in said)


@pytest.mark.parametrize("ordered", [False, True])
def test_htmt_bounds_enclose_the_estimate_and_repeat(ordered):
    model = {"u": ITEMS["u"], "w": ITEMS["w"]}
    options = {"n_boot": 60, "missing": "pairwise", "ordered": ordered}
    found = htmt(ORDINAL, model, **options).tidy().iloc[0]
    assert found["conf_low"] < found["estimate"] < found["conf_high"]
    again = htmt(ORDINAL, model, **options).tidy().iloc[0]
    assert found["conf_low"] == again["conf_low"]


def test_bootstrap_of_iccs_draws_groups():
    options = {"group": "unit", "points": 5}
    exact = agreement(TEAMS, {"a": ITEMS["a"]}, **options).tidy()
    drawn = agreement(TEAMS, {"a": ITEMS["a"]}, **options, n_boot=500).tidy()
    np.testing.assert_array_equal(exact["estimate"], drawn["estimate"])
    assert (drawn["conf_low"] <= drawn["estimate"]).all()
    assert drawn["conf_low"].iloc[0] != exact["conf_low"].iloc[0]
    pd.testing.assert_frame_equal(drawn.iloc[2:], exact.iloc[2:])


# ---- single items and verdicts -------------------------------------------------------------
def test_single_items_equal_a_scale_of_one_item():
    table = agreement(TEAMS, {"a": ITEMS["a"]}, "unit", 5).by_item().set_index("item")
    for item in ITEMS["a"]:
        alone = agreement(TEAMS, {"s": [item]}, "unit", 5).tidy().set_index("statistic")
        for name, statistic in (
            ("icc1", "icc1"),
            ("rwg", "rwg_j"),
            ("rwg_slight_skew", "rwg_j_slight_skew"),
            ("ad_m", "ad_m"),
        ):
            assert table.loc[item, name] == pytest.approx(
                alone.loc[statistic, "estimate"], abs=EXACT
            )


def teams_of(between: float, within: float, seed: int = 4) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    team = np.repeat(np.arange(60), 8)
    shared = between * generator.standard_normal((60, 1))[team]
    answers = 3 + shared + within * generator.standard_normal((480, 4))
    frame = pd.DataFrame(np.clip(np.round(answers), 1, 5), columns=list("wxyz"))
    return frame.assign(team=team)


@pytest.mark.parametrize(
    ("between", "within", "verdict", "against"),
    [
        (0.9, 0.5, "aggregate", ""),
        (0.0, 0.4, "do_not_aggregate", "groups_differ"),
        (0.6, 1.15, "with_care", "agree_skewed"),
        (1.2, 2.5, "do_not_aggregate", "agree_uniform"),
    ],
)
def test_verdicts_rest_on_several_numbers(between, within, verdict, against):
    frame = teams_of(between, within)
    row = agreement(frame, {"s": list("wxyz")}, "team", 5).verdicts().iloc[0]
    assert row["verdict"] == verdict, row
    assert against in row["against"]


def test_agreement_alone_does_not_allow_aggregation():
    row = agreement(teams_of(0.0, 0.4), {"s": list("wxyz")}, "team", 5).verdicts().iloc[0]
    assert row["agree_uniform"]
    assert row["agree_skewed"]
    assert row["verdict"] == "do_not_aggregate"


def test_a_check_that_cannot_be_made_is_missing():
    row = (
        agreement(teams_of(0.9, 0.5).clip(upper=4), {"s": list("wxyz")}, "team", 4)
        .verdicts()
        .iloc[0]
    )
    assert row["agree_skewed"] is pd.NA
    assert "agree_skewed" not in row["against"]


# ---- misuse --------------------------------------------------------------------------------
def test_omega_without_an_item():
    found = reliability(TEAMS, {"b": ITEMS["b"]}).items()
    for dropped, value in zip(found["item"], found["omega_if_dropped"], strict=True):
        rest = [item for item in ITEMS["b"] if item != dropped]
        alone = reliability(TEAMS, {"s": rest}).tidy().set_index("coefficient")
        assert value == pytest.approx(alone.loc["omega_total", "estimate"], abs=1e-9)


def test_two_and_equal_ordinal_items():
    pair = reliability(TEAMS, {"s": ["a1", "a2"]}, ordered=True, n_boot=20)
    table = pair.tidy().set_index("coefficient")["estimate"]
    assert np.isfinite(table["alpha_ordinal"])
    assert np.isnan(table["omega_categorical"])
    assert any("three items" in note for note in pair.remarks())
    copied = TEAMS.assign(a2=TEAMS["a1"])
    equal = reliability(copied, {"s": ["a1", "a2", "a3"]}, ordered=True)
    assert np.isnan(equal.tidy().set_index("coefficient")["estimate"]["omega_categorical"])
    assert equal.remarks()


def test_numbers_are_not_taken_as_ordinal():
    frame = pd.DataFrame(np.random.default_rng(1).standard_normal((100, 4)), columns=list("wxyz"))
    with pytest.raises(ModelError, match="too many different answers"):
        reliability(frame, {"s": list("wxyz")}, ordered=True)
    with pytest.raises(ModelError, match="too many different answers"):
        htmt(frame, {"p": ["w", "x"], "q": ["y", "z"]}, ordered=True)


@pytest.mark.parametrize(
    ("model", "options", "error"),
    [
        ({"a": ITEMS["a"]}, {}, ModelError),
        ({"a": ITEMS["a"], "b": ITEMS["b"]}, {"version": 3}, ModelError),
        ({"a": ITEMS["a"], "b": ["nowhere", "b1"]}, {}, DataError),
        ({"a": ITEMS["a"], "b": ITEMS["b"]}, {"missing": "fiml"}, DataError),
        ({"a": ITEMS["a"], "b": ITEMS["b"]}, {"n_boot": -1}, DataError),
        ({"a": ITEMS["a"], "b": ITEMS["b"]}, {"cluster": "unit"}, DataError),
        ({"a": ITEMS["a"], "b": ITEMS["b"]}, {"cluster": "none", "n_boot": 9}, DataError),
    ],
)
def test_misuse_of_htmt_raises(model, options, error):
    with pytest.raises(error):
        htmt(TEAMS, model, **options)


def test_a_ratio_that_cannot_be_had_is_told():
    frame = pd.DataFrame(
        {
            "x1": [1, 2, 3, 4, 1, 2, 3, 4],
            "x2": [1, 2, 3, 4, 2, 1, 4, 3],
            "y1": [1, 2, 2, 1, 1, 2, 2, 1],
            "y2": [1, 2, 2, 1, 1, 2, 1, 2],
        }
    )
    found = htmt(frame, {"x": ["x1", "x2"], "y": ["y1", "y2"]}, version=2)
    assert found.tidy()["estimate"].isna().all()
    assert any("cannot be had" in note for note in found.remarks())


def test_htmt_speaks_the_common_vocabulary():
    import relsurvey as rs

    found = rs.htmt(TEAMS, "a =~ a1 + a2 + a3\nb =~ b1 + b2")
    columns = ["construct_a", "construct_b", "estimate", "conf_low", "conf_high"]
    assert list(found.tidy().columns) == columns
    assert len(found.glance()) == 1
    assert found.correlations().shape == (5, 5)
    assert "Heterotrait" in found.summary()

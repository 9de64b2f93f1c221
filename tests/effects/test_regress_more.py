"""Weights, resampled tests, families of tests, and imputed data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.effects.imputation import pool
from relsurvey.effects.regress import regress
from relsurvey.errors import DataError, ModelError
from relsurvey.stats.least_squares import least_squares
from relsurvey.stats.wild_bootstrap import wild_bootstrap

IN_R = json.loads((Path(__file__).parents[1] / "reference" / "resampled.json").read_text())
FEW = (1, 4, 9, 12, 17, 20, 22, 24)
EXACT = 1e-8


@pytest.fixture(scope="module")
def weighted(teams):
    return teams.assign(w=0.5 + (np.arange(1, len(teams) + 1) % 5) / 4)


@pytest.mark.parametrize("kind", list(IN_R["weighted"]["vcov"]))
def test_weights_equal_r(weighted, kind):
    wanted = IN_R["weighted"]
    cluster = "unit" if kind.startswith("CR") else None
    fit = regress(weighted, "c ~ a + b * log_span", cluster=cluster, vcov=kind, weights="w")
    table = fit.tidy()
    order = [0, 1, 2, 3, 4]
    like_r("WLS estimate", table["estimate"].iloc[order], wanted["estimate"], rtol=EXACT)
    # clubSandwich takes another square root of the working covariance for CR2; both are unbiased
    # where it holds
    near = 0.05 if kind == "CR2" else 1e-6
    for column, values in wanted["vcov"][kind].items():
        like_r(f"WLS {kind} {column}", table[column], values, rtol=near)
    row = fit.glance().iloc[0]
    assert row["estimator"] == "wls"
    for column in ("r_squared", "adj_r_squared", "sigma"):
        like_r(f"WLS {column}", row[column], wanted[column], rtol=EXACT)


def test_partial_r_squared_equals_r(teams):
    table = regress(teams, "c ~ a + b * log_span").tidy()
    like_r(
        "partial_r_squared", table["partial_r_squared"][1:], IN_R["partial_r_squared"], rtol=EXACT
    )
    assert np.isnan(table["partial_r_squared"][0])


def test_wild_bootstrap_equals_a_loop_over_all_signs_in_r(teams):
    few = teams[teams["unit"].isin(FEW)]
    fit = regress(few, "c ~ a + log_span", cluster="unit")
    for name, more in {
        "wcr": {},
        "wcr_half": {"null": 0.5},
        "wcu": {"impose_null": False},
    }.items():
        row = fit.wild_bootstrap("a", distribution="rademacher", **more).iloc[0]
        assert row["n_boot"] == 256
        like_r("wild bootstrap t", row["statistic"], IN_R["wild"][name]["statistic"], rtol=EXACT)
        like_r("wild bootstrap p", row["p_value"], IN_R["wild"][name]["p_value"], atol=EXACT)


def test_the_interval_holds_what_the_test_does_not_reject(teams):
    fit = regress(teams, "c ~ a + log_span", cluster="unit")
    row = fit.wild_bootstrap("a", n_boot=1999).iloc[0]
    assert row["distribution"] == "rademacher"
    width = row["conf_high"] - row["conf_low"]
    for end, side in ((row["conf_low"], -1), (row["conf_high"], 1)):
        inside = fit.wild_bootstrap("a", null=end - side * 0.02 * width, n_boot=1999)
        outside = fit.wild_bootstrap("a", null=end + side * 0.02 * width, n_boot=1999)
        assert inside["p_value"].item() > 0.05 >= outside["p_value"].item() - 0.004
    again = fit.wild_bootstrap("a", n_boot=1999).iloc[0]
    pd.testing.assert_series_equal(row, again)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_wild_bootstrap_is_that_of_rows(seed):
    """Replicates from cross-products are those of refitting on rows, whatever the data."""
    generator = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(5), generator.integers(2, 6, 5))
    design = np.column_stack([np.ones(len(clusters)), generator.normal(size=(len(clusters), 2))])
    outcome = generator.normal(size=len(clusters)) + generator.normal(size=5)[clusters]
    found = wild_bootstrap(least_squares(outcome, design), clusters, 1, distribution="rademacher")
    restricted = least_squares(outcome, design[:, [0, 2]]).residuals
    fitted = outcome - restricted

    def t(y):
        fit = least_squares(y, design)
        scores = design * fit.residuals[:, None]
        sums = np.array([scores[clusters == one].sum(axis=0) for one in range(5)])
        bread = fit.inverse_root @ fit.inverse_root.T
        n = len(y)
        scale = 5 / 4 * (n - 1) / (n - 3)
        return fit.coefficients[1] / np.sqrt(scale * (bread @ sums.T @ sums @ bread)[1, 1])

    drawn = []
    for pattern in range(32):
        signs = np.array([1.0 if pattern >> k & 1 else -1.0 for k in range(5)])
        drawn.append(t(fitted + signs[clusters] * restricted))
    expected = np.mean(np.abs(drawn) >= abs(t(outcome)) * (1 - 1e-9))
    assert found.p_value == pytest.approx(expected)


def test_webb_is_taken_below_twelve_clusters(teams):
    few = teams[teams["unit"].isin(FEW)]
    row = regress(few, "c ~ a", cluster="unit").wild_bootstrap("a", n_boot=999).iloc[0]
    assert row["distribution"] == "webb"
    assert row["n_boot"] == 999


def test_families_of_tests(teams):
    fit = regress(teams, "c ~ a * b + log_span", cluster="unit")
    family = ["a", "b", "a:b"]
    p = np.sort(fit.tidy().set_index("term").loc[family, "p_value"])
    holm = np.maximum.accumulate(np.minimum(p * [3, 2, 1], 1))
    assert np.sort(fit.adjusted(family)["p_adjusted"]) == pytest.approx(holm)
    bh = np.minimum.accumulate((p * 3 / [1, 2, 3])[::-1])[::-1]
    assert np.sort(fit.adjusted(family, "bh")["p_adjusted"]) == pytest.approx(np.minimum(bh, 1))
    joint = fit.joint_test(["a"]).iloc[0]
    alone = fit.tidy().set_index("term").loc["a"]
    assert joint["statistic"] == pytest.approx(alone["statistic"] ** 2)
    assert joint["p_value"] == pytest.approx(alone["p_value"])


def test_pooling_equals_mice():
    wanted = IN_R["pooled"]
    found = pool(
        [np.array([value]) for value in wanted["Q"]],
        [np.array([[value]]) for value in wanted["U"]],
        np.array([30.0]),
    )
    like_r("pooled estimate", found.estimate, wanted["estimate"], rtol=EXACT)
    like_r("pooled variance", found.covariance, wanted["total"], rtol=EXACT)
    like_r("pooled df", found.df, wanted["df"], rtol=EXACT)
    like_r(
        "pooled missing_information",
        found.missing_information,
        wanted["missing_information"],
        rtol=EXACT,
    )


def test_imputation_undoes_what_deletion_biases():
    """Values missing by an observed cause: complete cases are biased, imputed ones hardly."""
    generator = np.random.default_rng(3)
    n = 3000
    z = generator.normal(size=n)
    x = 0.7 * z + generator.normal(size=n) * np.sqrt(0.51)
    y = 0.5 * x + generator.normal(size=n)
    gone = generator.random(n) < 1 / (1 + np.exp(0.5 - (y + z)))
    frame = pd.DataFrame({"x": np.where(gone, np.nan, x), "y": y, "z": z})
    fit = regress(frame, "y ~ x", missing="impute", auxiliary=["z"], n_imputations=10)
    row = fit.tidy().set_index("term").loc["x"]
    plain = regress(frame, "y ~ x").tidy().set_index("term").loc["x"]
    assert abs(row["estimate"] - 0.5) < 0.06 < abs(plain["estimate"] - 0.5)
    assert 0 < row["missing_information"] < 0.8
    assert fit.n_dropped == 0
    assert any("imputed 10 times" in note for note in fit.remarks())
    again = regress(frame, "y ~ x", missing="impute", auxiliary=["z"], n_imputations=10)
    pd.testing.assert_frame_equal(fit.tidy(), again.tidy())
    assert fit.joint_test("x")["statistic"].item() == pytest.approx(row["statistic"] ** 2, rel=1e-9)


def test_complete_data_are_pooled_to_themselves(teams):
    plain = regress(teams, "c ~ a", cluster="unit").tidy()
    pooled = regress(teams, "c ~ a", cluster="unit", missing="impute", n_imputations=3).tidy()
    for column in ("estimate", "std_error"):
        np.testing.assert_allclose(pooled[column], plain[column])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": "zero"}, "positive"),
        ({"missing": "drop"}, "Unknown way"),
        ({"missing": "impute", "n_imputations": 1}, "several imputations"),
        ({"missing": "impute", "auxiliary": ["text"]}, "cannot be imputed"),
    ],
)
def test_bad_choices_are_named(teams, change, message):
    frame = teams.assign(zero=0.0, text=None)
    frame.loc[frame.index[:3], "a"] = np.nan
    with pytest.raises((DataError, ModelError), match=message):
        regress(frame, "c ~ a", **change)


def test_what_has_no_clusters_has_no_wild_bootstrap(teams):
    with pytest.raises(ModelError, match="no clusters"):
        regress(teams, "c ~ a").wild_bootstrap("a")
    with pytest.raises(ModelError, match="no such term"):
        regress(teams, "c ~ a", cluster="unit").wild_bootstrap("b")
    with pytest.raises(ModelError, match="Unknown adjustment"):
        regress(teams, "c ~ a").adjusted(method="sidak")

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.errors import ModelError
from relsurvey.stats.confounding import (
    benchmark_bounds,
    critical_strength,
    largest_bias,
    robustness_value,
)
from relsurvey.stats.split_means import split_means


def shared_mood(mood: float, *, n_teams: int = 300, size: int = 12, seed: int = 1) -> pd.DataFrame:
    """Leadership and relations correlate .5 between teams; persons' mood colours both answers."""
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(n_teams), size)
    lead = rng.standard_normal(n_teams)
    other = rng.standard_normal(n_teams)
    bond = 0.5 * lead + np.sqrt(0.75) * rng.standard_normal(n_teams)
    colour = mood * rng.standard_normal(team.size)
    noise = rng.standard_normal((team.size, 3))
    return pd.DataFrame(
        {
            "team": team,
            "x": lead[team] + colour + noise[:, 0],
            "z": other[team] + colour + noise[:, 1],
            "y": bond[team] + colour + noise[:, 2],
        }
    )


def test_the_other_half_is_free_of_what_one_person_adds():
    frame = shared_mood(2.0, n_teams=1500)
    result = rs.split_groups(frame, "y", ["x", "z"], cluster="team", n_boot=400)
    table = result.tidy().set_index(["predictor", "source"])["estimate"]
    # half means of 6: variance 1 + (4 + 1)/6, shared by the same people 4/6
    spread = 1 + 5 / 6
    assert table["x", "other"] == pytest.approx(0.5 / spread, abs=0.06)
    assert table["x", "same"] == pytest.approx((0.5 + 4 / 6) / spread, abs=0.06)
    assert table["z", "other"] == pytest.approx(0.0, abs=0.1)
    assert table["z", "same"] == pytest.approx((4 / 6) / spread, abs=0.06)
    bounds = result.tidy().query("predictor == 'z' and source == 'difference'").iloc[0]
    assert bounds["conf_low"] > 0.2
    assert len(result.glance()) == 1
    assert json.dumps(result.to_dict(), allow_nan=False)


def test_without_a_shared_mood_the_sources_agree():
    result = rs.split_groups(shared_mood(0.0), "y", ["x", "z"], cluster="team", n_boot=400)
    gap = result.tidy().query("source == 'difference'")
    assert (gap["estimate"].abs() < 0.02).all()
    assert (gap["conf_low"] < 0).all()
    assert (gap["conf_high"] > 0).all()


def test_a_ranking_by_the_other_source_drops_what_mood_made():
    frame = shared_mood(2.0)
    call = {"outcome": "y", "predictors": ["x", "z"], "cluster": "team", "n_boot": 300}
    between = rs.rank_effects(frame, level="between", **call).tidy().set_index("predictor")
    split = rs.rank_effects(frame, level="split", **call).tidy().set_index("predictor")
    assert split.loc["x", "share"] > between.loc["x", "share"]
    assert split.loc["z", "estimate"] < 0.02 < between.loc["z", "estimate"]
    again = rs.rank_effects(frame, level="split", **call)
    pd.testing.assert_frame_equal(again.tidy().set_index("predictor"), split)
    assert any("halvings" in note for note in again.notes)


def test_halves_share_nobody_and_leave_nobody_out():
    groups = np.repeat(np.arange(4), [4, 5, 7, 2])
    columns = np.random.default_rng(2).normal(size=(groups.size, 2))
    split = split_means(columns, groups, 20, 3)
    assert split.n_small == 1
    sizes = np.array([4, 5, 7])
    for first, second in split.halves():
        weights = (split.first - second) / (first - second)
        np.testing.assert_allclose(weights[:, 0], weights[:, 1])
        counts = weights[:, 0] * sizes
        np.testing.assert_allclose(counts, np.round(counts), atol=1e-6)
        assert (counts.round() >= 2).all()
        assert (sizes - counts.round() >= 2).all()


def test_small_groups_are_refused_or_named():
    frame = shared_mood(0.0, n_teams=40)
    thin = frame.groupby("team").head(3)
    with pytest.raises(ModelError, match="halved"):
        rs.split_groups(thin, "y", ["x"], cluster="team")
    some = pd.concat([frame[frame["team"] < 30], thin[thin["team"] >= 30]])
    result = rs.split_groups(some, "y", ["x"], cluster="team", n_boot=200)
    assert any("10 groups with fewer" in note for note in result.notes)


def test_published_robustness_values():
    """Cinelli & Hazlett (2020), Table 1: t = 4.18 on 783 degrees of freedom; benchmark female."""
    strength = np.array([4.18 / np.sqrt(783)])
    assert strength[0] ** 2 / (1 + strength[0] ** 2) == pytest.approx(0.022, abs=5e-4)
    assert robustness_value(strength)[0] == pytest.approx(0.139, abs=5e-4)
    critical = critical_strength(783, np.array([783.0]), np.ones(1))
    assert robustness_value(strength - critical)[0] == pytest.approx(0.076, abs=5e-4)
    predictor, outcome = benchmark_bounds(np.array([0.009077]), np.array([0.1090]), 1.0)
    assert predictor[0] == pytest.approx(0.0092, abs=5e-5)
    assert outcome[0] == pytest.approx(0.1246, abs=2e-4)
    bias = largest_bias(np.array([0.0232]), 783, predictor, outcome)
    assert 0.0973 - bias[0] == pytest.approx(0.0752, abs=2e-4)


def test_the_bias_is_that_of_leaving_a_confounder_out():
    rng = np.random.default_rng(5)
    n = 500
    z = rng.standard_normal(n)
    x = 0.4 * z + rng.standard_normal(n)
    y = 0.5 * x + 0.6 * z + rng.standard_normal(n)

    def fit(target, *columns):
        design = np.column_stack([np.ones(n), *columns])
        coefficients, *_ = np.linalg.lstsq(design, target, rcond=None)
        rest = target - design @ coefficients
        sigma2 = rest @ rest / (n - design.shape[1])
        errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * sigma2)
        return coefficients, errors, rest @ rest

    short, errors, rest_short = fit(y, x)
    whole, _, rest_whole = fit(y, x, z)
    with_outcome = 1 - rest_whole / rest_short
    with_predictor = 1 - fit(x, z)[2] / fit(x)[2]
    bias = largest_bias(errors[[1]], n - 2, np.array([with_predictor]), np.array([with_outcome]))
    assert bias[0] == pytest.approx(short[1] - whole[1], rel=1e-8)


def test_a_confounder_of_the_robustness_value_brings_the_effect_to_zero(draw_world):
    frame = draw_world((0.4, 0.2, 0.05), n_teams=80, seed=2)
    result = rs.sensitivity(frame, "y", ["x1", "x2", "x3"])
    row = result.tidy().iloc[0]
    fit = rs.regress(frame, "y ~ x1 + x2 + x3", vcov="iid", standardise=True).tidy()
    error = fit.set_index("term").loc["x1", "std_error"]
    value = np.array([row["robustness_value"]])
    bias = largest_bias(np.array([error]), len(frame) - 4, value, value)
    assert bias[0] == pytest.approx(row["estimate"], rel=1e-6)
    assert row["next_predictor"] == "x2"
    assert 0 < row["robustness_value_next"] < row["robustness_value"]
    last = result.tidy().iloc[2]
    assert last["next_predictor"] == ""
    assert np.isnan(last["robustness_value_next"])


def test_clusters_lower_what_is_needed_for_significance(draw_world):
    frame = draw_world((0.4, 0.2), n_teams=40, icc=0.4, seed=3)
    alone = rs.sensitivity(frame, "y", ["x1", "x2"], vcov="iid").tidy()
    inside = rs.sensitivity(frame, "y", ["x1", "x2"], cluster="team").tidy()
    np.testing.assert_allclose(inside["robustness_value"], alone["robustness_value"])
    column = "robustness_value_significant"
    assert (inside[column] <= alone[column] + 1e-12).all()
    assert (inside[column] <= inside["robustness_value"]).all()
    significant = inside["p_value"] < 0.05
    assert (inside.loc[~significant, column] < 0.02).all()
    benchmarks = rs.sensitivity(frame, "y", ["x1", "x2"], cluster="team").benchmarks()
    assert len(benchmarks) == 6
    moved = benchmarks["estimate"] - benchmarks["adjusted"]
    assert (np.sign(moved) == np.sign(benchmarks["estimate"])).all()


def test_method_variance_is_taken_out_until_it_is_impossible():
    rng = np.random.default_rng(1)
    n = 4000
    method = rng.standard_normal(n)
    true = rng.standard_normal((n, 3))
    true[:, 2] = 0.6 * true[:, 0] + 0.1 * true[:, 1] + rng.standard_normal(n) * 0.79
    frame = pd.DataFrame(
        np.sqrt(0.7) * true + np.sqrt(0.3) * method[:, None], columns=["a", "b", "y"]
    )
    table = rs.sensitivity(frame, "y", ["a", "b"], vcov="iid").method_variance()
    at = table[np.isclose(table["share"], 0.3)].set_index("predictor")["estimate"]
    r = np.corrcoef(true.T)[2, :2] ** 2
    np.testing.assert_allclose(at[["a", "b"]], r, atol=0.03)
    assert table["share"].max() < 0.8
    turns = rs.sensitivity(frame, "y", ["a", "b"], vcov="iid").glance()
    assert not turns.loc[0, "method_share_turns_first"] <= 0.3

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

import relsurvey as rs
from relsurvey.errors import ModelError
from relsurvey.stats.order_support import chance_share

REFERENCE = Path(__file__).parent.parent / "reference"
ITEMS = ["a1", "a2", "a3", "b1", "b2"]
EXACT = 1e-8
FACTORS = {f: [f"x{i}" for i in range(n, n + 4)] for f, n in (("a", 1), ("b", 5), ("c", 9))}


@pytest.fixture(scope="module")
def wanted():
    """R's numbers; see reference/ranking.R."""
    return json.loads((REFERENCE / "ranking.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=["persons", "groups"])
def ranked(request, teams):
    level = {"persons": "observed", "groups": "between"}[request.param]
    return request.param, rs.rank_effects(
        teams, outcome="c", predictors=ITEMS, cluster="unit", level=level, n_boot=300
    )


def test_conditional_and_complete_dominance_equal_r(ranked, wanted):
    name, ranking = ranked
    conditional = ranking.conditional_dominance()
    like_r("conditional dominance", conditional["estimate"], wanted[name]["conditional"],
           rtol=EXACT, atol=1e-12)  # fmt: skip
    complete = np.array(wanted[name]["complete"]).reshape(5, 5)
    for row in ranking.complete_dominance().to_dict(orient="records"):
        a, b = ITEMS.index(row["predictor_a"]), ITEMS.index(row["predictor_b"])
        assert (row["dominance"] == "complete_a") == complete[a, b]
        assert (row["dominance"] == "complete_b") == complete[b, a]


def test_semipartial_r_squared_equals_r(teams, wanted):
    for name, level in (("persons", "observed"), ("groups", "between")):
        ranking = rs.rank_effects(
            teams,
            outcome="c",
            predictors=ITEMS,
            cluster="unit",
            level=level,
            metric="semipartial_r_squared",
            n_boot=200,
        )
        like_r("semipartial R²", ranking.tidy()["estimate"], wanted[name]["semipartial"],
               rtol=EXACT, atol=1e-12)  # fmt: skip


def test_dominance_of_each_kind_follows_from_the_stronger_one(ranked):
    _, ranking = ranked
    table = ranking.complete_dominance()
    assert (table["p_complete_a"] <= table["p_conditional_a"] + 1e-12).all()
    assert (table["p_conditional_a"] <= table["p_general_a"] + 1e-12).all()
    pairs = ranking.pairwise()
    np.testing.assert_allclose(table["p_general_a"], pairs["p_a_above_b"], atol=1e-12)
    means = ranking.conditional_dominance().groupby("predictor", sort=False)["estimate"].mean()
    np.testing.assert_allclose(means, ranking.tidy()["estimate"], rtol=1e-10)


@pytest.fixture(scope="module")
def nested():
    return pd.read_csv(REFERENCE / "cfa_nested.csv")


def test_a_ranking_of_factors_equals_lavaan(nested, wanted):
    ranking = rs.rank_effects(
        nested, outcome="c", predictors=["a", "b"], level="corrected", model=FACTORS, n_boot=20_000
    )
    expected = wanted["factors"]
    like_r("corrected dominance", ranking.tidy()["estimate"], expected["general"], rtol=1e-4)
    drawn = next(iter(ranking.ranked[0].source.batches()))
    cells = np.column_stack([drawn[:, 1, 2], drawn[:, 1, 3], drawn[:, 2, 3]])
    covariance = np.array(expected["covariance"]).reshape(3, 3)
    error = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(cells.std(axis=0), error, rtol=0.02)
    np.testing.assert_allclose(np.corrcoef(cells.T), covariance / np.outer(error, error), atol=0.02)
    assert any("Corrected for measurement error" in note for note in ranking.notes)
    assert ranking.glance().loc[0, "level"] == "corrected"


def test_unequal_reliability_turns_scores_but_not_factors():
    """The stronger predictor is measured worse: scores rank it second, factors first."""
    rng = np.random.default_rng(8)
    n = 4000
    a, b = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], n).T
    y = 0.45 * a + 0.35 * b + 0.6 * rng.standard_normal(n)
    frame = {}
    for name, factor, loading in (("a", a, 0.45), ("b", b, 0.9), ("y", y / y.std(), 0.8)):
        for item in range(1, 5):
            answer = loading * factor + np.sqrt(1 - loading**2) * rng.standard_normal(n)
            frame[f"{name}{item}"] = np.digitize(answer, [-1.5, -0.5, 0.5, 1.5]) + 1
    frame = pd.DataFrame(frame)
    model = {name: [f"{name}{item}" for item in range(1, 5)] for name in ("a", "b", "y")}
    for name, items in model.items():
        frame[name] = frame[items].mean(axis=1)
    scores = rs.rank_effects(frame, outcome="y", predictors=["a", "b"], n_boot=300).tidy()
    factors = rs.rank_effects(
        frame, outcome="y", predictors=["a", "b"], level="corrected", model=model, n_boot=300
    ).tidy()
    assert list(scores["rank"]) == [2, 1]
    assert list(factors["rank"]) == [1, 2]
    truth = np.corrcoef(np.column_stack([a, b, y]).T)
    r, full = truth[2, :2], truth[2, :2] @ np.linalg.solve(truth[:2, :2], truth[2, :2])
    general = [(r[0] ** 2 + full - r[1] ** 2) / 2, (r[1] ** 2 + full - r[0] ** 2) / 2]
    np.testing.assert_allclose(factors["estimate"], general, atol=0.04)
    assert (factors["conf_low"] < general).all()
    assert (factors["conf_high"] > general).all()


def test_a_ranking_between_groups_is_that_of_their_means(draw_world):
    frame = draw_world((0.5, 0.1), n_teams=80, seed=3)
    ranking = rs.rank_effects(
        frame, outcome="y", predictors=["x1", "x2"], cluster="team", level="between", n_boot=300
    )
    means = frame.groupby("team")[["x1", "x2", "y"]].mean()
    alone = rs.rank_effects(means, outcome="y", predictors=["x1", "x2"], n_boot=300)
    np.testing.assert_allclose(ranking.tidy()["estimate"], alone.tidy()["estimate"], rtol=1e-10)
    assert any("ICC2" in note for note in ranking.notes)


def test_bayes_factors_follow_from_support_and_chance(draw_world):
    frame = draw_world((0.5, 0.2, 0.0), n_teams=120, seed=3)
    ranking = rs.rank_effects(
        frame,
        outcome="y",
        predictors=["x1", "x2", "x3"],
        cluster="team",
        order="x1 > x2 > x3",
        n_boot=1000,
    )
    row = ranking.order_support().iloc[0]
    assert row["chance"] == chance_share([1, 1, 1]) == pytest.approx(1 / 6)
    assert row["bayes_factor"] == pytest.approx(row["support"] / row["chance"])
    fit = min(row["support"], 1 - 0.5 / 1000)
    odds = (row["support"] / (1 - fit)) / ((1 / 6) / (5 / 6))
    assert row["bayes_factor_complement"] == pytest.approx(odds)
    assert row["posterior_probability"] == pytest.approx(odds / (1 + odds))
    against = ranking.order_support("x3 > x2 > x1").iloc[0]
    assert against["posterior_probability"] < 0.01


def test_blocks_are_tested(draw_world):
    frame = draw_world((0.4, 0.4, 0.02, 0.02), n_teams=150, seed=6)
    blocks = {"collective": ["x1", "x2"], "individual": ["x3", "x4"]}
    ranking = rs.rank_effects(
        frame,
        outcome="y",
        predictors=["x1", "x2", "x3", "x4"],
        cluster="team",
        blocks=blocks,
        n_boot=1000,
    )
    row = ranking.block_pairs().query("statistic == 'mean'").iloc[0]
    assert row["p_value"] < 0.01
    assert row["verdict"] == "a_above_b"
    assert ranking.pairwise()["p_value"].between(0, 1).all()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"level": "nowhere"}, "observed between split corrected"),
        ({"level": "between", "cluster": None}, "needs the groups"),
        ({"level": "corrected"}, "needs them"),
        ({"model": FACTORS}, "needs them"),
        ({"level": "corrected", "model": {"a": ["x1", "x2"]}}, "no items for b, c"),
        ({"level": "corrected", "model": FACTORS, "controls": ["team"]}, "Controls"),
    ],
)
def test_errors(nested, changes, says):
    call = {"outcome": "c", "predictors": ["a", "b"], "cluster": "team", "n_boot": 200} | changes
    with pytest.raises(ModelError) as caught:
        rs.rank_effects(nested, **call)
    assert says in str(caught.value)


def test_a_ranking_survives_pickling(nested):
    ranking = rs.rank_effects(
        nested, outcome="c", predictors=["a", "b"], level="corrected", model=FACTORS, n_boot=200
    )
    again = pickle.loads(pickle.dumps(ranking))
    pd.testing.assert_frame_equal(again.complete_dominance(), ranking.complete_dominance())

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from relsurvey.effects.rank_effects import rank_effects
from relsurvey.effects.stated_order import stated_order
from relsurvey.effects.verdict import CODES
from relsurvey.errors import DataError, ModelError

# The same sums in another order: only rounding differs.
EXACT = 1e-8
ITEMS = ["a1", "a2", "a3", "b1", "b2", "b3"]


def rank(frame, **changes):
    call = {
        "outcome": "y",
        "predictors": ["x1", "x2", "x3"],
        "cluster": "team",
        "n_boot": 400,
    } | changes
    return rank_effects(frame, **call)


@pytest.fixture(scope="module")
def world(draw_world):
    return draw_world((0.4, 0.2, 0.05), n_teams=60, seed=5)


def test_estimates_equal_r(teams, reference):
    expected = reference["dominance"]
    call = {"outcome": "c", "predictors": ITEMS, "cluster": "unit", "n_boot": 200}
    plain = rank_effects(teams, **call)
    np.testing.assert_allclose(plain.tidy()["estimate"], expected["plain"]["estimate"], rtol=EXACT)
    controlled = rank_effects(teams, controls=["log_span"], **call)
    np.testing.assert_allclose(
        controlled.tidy()["estimate"], expected["controlled"]["estimate"], rtol=EXACT
    )
    fits = controlled.fits().iloc[0]
    for name in ("r_squared", "r_squared_controls"):
        assert fits[name] == pytest.approx(expected["controlled"][name], rel=EXACT)
    weights = rank_effects(teams, metric="relative_weights", **call).tidy()
    np.testing.assert_allclose(weights["estimate"], expected["relative_weights"], rtol=EXACT)
    slopes = rank_effects(
        teams, metric="standardised_coefficient", controls=["log_span"], **call
    ).tidy()
    np.testing.assert_allclose(
        slopes["estimate"], expected["standardised_with_span"], rtol=EXACT, atol=1e-12
    )


def test_columns(world):
    result = rank(world, outcome=["y", "x3"], predictors=["x1", "x2"])
    assert list(result.tidy().columns) == [
        *("outcome", "predictor", "metric", "estimate", "share", "conf_low", "conf_high"),
        *("share_low", "share_high", "rank", "rank_low", "rank_high", "p_rank_1", "p_rank_2"),
    ]
    assert list(result.pairwise().columns[:5]) == [
        *("outcome", "predictor_a", "predictor_b", "p_a_above_b", "difference"),
    ]
    assert len(result.glance()) == 1
    assert list(result.fits()["outcome"]) == ["y", "x3"]
    assert "larg" in result.summary()
    assert json.dumps(result.to_dict(), allow_nan=False)
    assert result.blocks().empty


def test_same_seed_same_numbers_and_outcomes_do_not_touch_each_other(world):
    first = rank(world, seed=7)
    pd.testing.assert_frame_equal(first.tidy(), rank(world, seed=7).tidy())
    both = rank(world.assign(other=world["x1"] ** 2), outcome=["other", "y"], seed=7).tidy()
    own = both[both["outcome"] == "y"].reset_index(drop=True)
    pd.testing.assert_frame_equal(first.tidy(), own)
    assert not np.allclose(first.tidy()["conf_low"], rank(world, seed=8).tidy()["conf_low"])


def test_probabilities_and_ranks_are_coherent(world):
    table = rank(world, n_boot=2000).tidy()
    chances = table[["p_rank_1", "p_rank_2", "p_rank_3"]].to_numpy()
    np.testing.assert_allclose(chances.sum(axis=0), 1.0)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    assert sorted(table["rank"]) == [1, 2, 3]
    assert table["share"].sum() == pytest.approx(1.0)
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()


def test_bootstrap_spread_is_that_of_resampling_rows_of_whole_teams(world):
    result = rank(world, n_boot=4000)
    rng = np.random.default_rng(99)
    members = [rows.to_numpy() for _, rows in world[["x1", "x2", "x3", "y"]].groupby(world["team"])]
    slow = []
    for _ in range(150):
        drawn = np.vstack([members[place] for place in rng.integers(0, 60, 60)])
        frame = pd.DataFrame(drawn, columns=["x1", "x2", "x3", "y"]).assign(
            team=np.arange(len(drawn)) % 60
        )
        slow.append(rank(frame, n_boot=200).tidy()["estimate"])
    fast = result.ranked[0].draws
    np.testing.assert_allclose(fast.std(axis=0), np.std(slow, axis=0), rtol=0.2)
    np.testing.assert_allclose(fast.mean(axis=0), np.mean(slow, axis=0), rtol=0.1)


def test_no_order_of_equal_effects_is_reported(draw_world):
    frame = draw_world((0.14,) * 5, n_teams=150, team_size=13, seed=2)
    predictors = [f"x{i}" for i in range(1, 6)]
    result = rank(
        frame, predictors=predictors, order="x4, x5 > x3 > x1, x2", n_boot=1000, blocks=None
    )
    codes = [verdict.code for verdict in result.verdicts()]
    assert codes == [
        "strongest_not_established",
        *["adjacent_not_established"] * 4,
        "order_not_established",
    ]
    assert list(result.tidy()["rank_low"]) == [1] * 5


def test_the_stated_order_is_recovered_when_it_is_true_and_the_sample_large(draw_world):
    predictors = [f"x{i}" for i in range(1, 6)]
    frame = draw_world((0.05, 0.05, 0.14, 0.24, 0.22), n_teams=1500, team_size=13, seed=2)
    blocks = {"individual": ["x1", "x2"], "collective": ["x3", "x4", "x5"]}
    result = rank(
        frame, predictors=predictors, order="x4, x5 > x3 > x1, x2", blocks=blocks, n_boot=1000
    )
    support = result.order_support().iloc[0]
    assert support["verdict"] == "supported"
    assert support["support"] > 0.95
    assert support["chance"] == pytest.approx(1 / 30)
    codes = {verdict.code for verdict in result.verdicts()}
    assert {"order_supported", "block_established"} <= codes
    reverse = result.order_support("x1, x2 > x3 > x4, x5").iloc[0]
    assert reverse["verdict"] == "contradicted"
    assert reverse["support"] == 0


def test_blocks_add_up_and_the_larger_has_the_advantage_in_sums_only(draw_world):
    frame = draw_world((0.14,) * 5, n_teams=400, seed=4)
    predictors = [f"x{i}" for i in range(1, 6)]
    blocks = {"pair": ["x1", "x2"], "triple": ["x3", "x4", "x5"]}
    result = rank(frame, predictors=predictors, blocks=blocks, n_boot=1000)
    table = result.blocks().set_index("block")
    assert table["sum"].sum() == pytest.approx(result.tidy()["estimate"].sum())
    np.testing.assert_allclose(table["mean"], table["sum"] / table["n_predictors"])
    pairs = result.block_pairs().set_index("statistic")
    assert pairs.loc["sum", "verdict"] == "not_judged"
    assert pairs.loc["sum", "conf_high"] < 0
    assert pairs.loc["mean", "verdict"] == "not_established"
    assert "block_not_established" in {verdict.code for verdict in result.verdicts()}


def test_negative_effects_rank_by_size(world):
    turned = world.assign(x1=-world["x1"])
    call = {"metric": "standardised_coefficient", "n_boot": 1000}
    plain, result = rank(world, **call).tidy(), rank(turned, **call)
    table = result.tidy()
    assert table["estimate"].iloc[0] == pytest.approx(-plain["estimate"].iloc[0])
    assert list(table["rank"]) == list(plain["rank"])
    np.testing.assert_allclose(table["share"], plain["share"])
    pairs, expected = result.pairwise(), rank(world, **call).pairwise()
    pd.testing.assert_frame_equal(pairs, expected)


def test_strongest_is_never_said_against_an_interval(draw_world):
    for seed in range(30):
        frame = draw_world((0.3, 0.15, 0.1), n_teams=40, seed=seed)
        result = rank(frame)
        first = result.verdicts()[0]
        pairs = result.pairwise()
        if first.code == "strongest_established":
            name = first.values["predictor"]
            own = pairs[(pairs["predictor_a"] == name) | (pairs["predictor_b"] == name)]
            assert ((own["conf_low"] > 0) | (own["conf_high"] < 0)).all()
            assert ((own["joint_low"] > 0) | (own["joint_high"] < 0)).all()
        else:
            assert len(first.values["candidates"]) > 1


def test_every_verdict_is_a_sentence(world):
    result = rank(
        world,
        order="x1 > x2 > x3",
        blocks={"one": ["x1"], "rest": ["x2", "x3"]},
        outcome=["y"],
    )
    for verdict in result.verdicts():
        assert verdict.code in CODES
        assert verdict.outcome == "y"
        assert verdict.english().endswith(".")
        assert "{" not in verdict.english()


def test_missing_rows_controls_and_persons(world):
    frame = world.assign(sector=np.where(world["team"] < 3, "rare", "common"))
    frame.loc[:4, "x2"] = np.nan
    result = rank(frame, controls=["sector"])
    assert result.fits().loc[0, "n_dropped"] == 5
    assert any("5 of" in note for note in result.notes)
    persons = rank(world, cluster=None)
    assert "n_clusters" not in persons.glance()
    assert any("independent" in note for note in persons.notes)
    few = rank(world[world["team"] < 8])
    assert any("Only 8 clusters" in note for note in few.notes)


def test_draws_without_variation_are_left_out_and_counted(world):
    frame = world[world["team"] < 12].copy()
    frame["x3"] = (frame["team"] == 4) * frame["x3"]
    drawn = np.random.default_rng(1).integers(0, 12, size=(400, 12))
    with_team_4 = int((drawn == 4).any(axis=1).sum())
    for metric in ("general_dominance", "relative_weights", "standardised_coefficient"):
        result = rank(frame, metric=metric)
        assert result.fits().loc[0, "n_draws"] == with_team_4
        assert any("left out" in note for note in result.notes)
        assert np.isfinite(result.tidy()["conf_low"]).all()


def test_a_control_group_that_is_not_drawn_is_passed_over(world):
    frame = world[world["team"] < 12].assign(rare=lambda data: (data["team"] == 4).map(str))
    result = rank(frame, controls=["rare"])
    assert result.fits().loc[0, "n_draws"] == 400
    draws = result.ranked[0].draws
    assert (draws >= -1e-12).all()
    assert (draws.sum(axis=1) < 1).all()


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"metric": "beta"}, ModelError, "general_dominance"),
        ({"predictors": ["x1"]}, ModelError, "two predictors"),
        ({"predictors": ["x1", "x9"]}, DataError, "perhaps 'x"),
        ({"predictors": ["x1", "x1"]}, ModelError, "one role"),
        ({"predictors": ["x1", "copy"]}, ModelError, "follow exactly"),
        ({"predictors": ["x1", "one"]}, ModelError, "same value"),
        ({"predictors": ["x1", "word"]}, DataError, "not numeric"),
        ({"controls": ["copy"]}, ModelError, "follow exactly"),
        ({"cluster": "one"}, ModelError, "more than one cluster"),
        ({"n_boot": 50}, ModelError, "at least 200"),
        ({"confidence": 2}, ModelError, "between 0 and 1"),
        ({"outcome": []}, ModelError, "no outcome"),
        ({"outcome": [0]}, ModelError, "named by text"),
        ({"outcome": "one"}, ModelError, "same value"),
        ({"order": "x1"}, ModelError, "two tiers"),
        ({"order": "x1 > x9"}, ModelError, "among the predictors"),
        ({"order": "x1, x2 > x1"}, ModelError, "more than once"),
        ({"blocks": {"all": ["x1", "x2"]}}, ModelError, "two or more sets"),
        ({"blocks": {"p": ["x1"], "q": ["x9"]}}, ModelError, "two or more sets"),
        ({"blocks": {"p": ["x1"], "q": ["x1"]}}, ModelError, "two or more sets"),
    ],
)
def test_errors(world, changes, error, says):
    frame = world.assign(copy=2 * world["x1"] + 3, one=1, word="w")
    with pytest.raises(error) as caught:
        rank(frame, **changes)
    assert says in str(caught.value)


def test_an_order_is_read_from_text_or_lists():
    names = ["a", "b", "c", "d"]
    from_text = stated_order("c, d > a", names)
    assert from_text == stated_order([["c", "d"], "a"], names)
    assert str(from_text) == "c, d > a"
    assert from_text.positions(names) == ((2, 3), (0,))


def test_order_support_needs_an_order(world):
    with pytest.raises(ModelError, match="No order"):
        rank(world).order_support()


def test_too_few_rows(world):
    with pytest.raises(ModelError, match="Too few rows"):
        rank(world.head(5))


@pytest.mark.parametrize("seed", [-1, 1.5, "1"])
def test_a_seed_that_starts_nothing_is_refused(seed):
    frame = pd.DataFrame({"y": [1.0, 2, 4, 3], "a": [1.0, 2, 3, 5], "b": [2.0, 1, 4, 4]})
    with pytest.raises(ModelError, match="seed"):
        rank_effects(frame, outcome="y", predictors=["a", "b"], n_boot=200, seed=seed)


def test_columns_named_by_numbers_are_refused_in_words():
    frame = pd.DataFrame({1: [1.0, 2, 4], 2: [1.0, 2, 3]})
    with pytest.raises(ModelError, match="named by text"):
        rank_effects(frame, outcome=1, predictors=[2], n_boot=200)

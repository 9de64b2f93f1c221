from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import relsurvey as rs
from relsurvey.effects.power_tables import needed_table, wilson
from relsurvey.errors import ModelError, StudyError
from relsurvey.simulation.library import load_population
from relsurvey.simulation.planned_draw import Plan, score_source


@pytest.fixture(scope="module")
def source():
    return score_source(load_population("article"), rs.load_instrument("relations"), "full")


@pytest.fixture(scope="module")
def small():
    return rs.power(leaders=[30, 120], n_draws=40, n_boot=100, seed=5)


def test_any_number_of_workers_gives_the_same_answer(small):
    seen = []
    again = rs.power(
        leaders=[30, 120],
        n_draws=40,
        n_boot=100,
        seed=5,
        workers=2,
        progress=lambda done, total: seen.append((done, total)),
    )
    pd.testing.assert_frame_equal(again.tidy(), small.tidy())
    pd.testing.assert_frame_equal(again.ranking(), small.ranking())
    assert seen[-1] == (80, 80)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_planned_draw_scores_like_the_whole_way(source):
    """Means, spread and correlations of planned scores are those of simulate and score."""
    drawn = [source.draw(Plan(110), np.random.default_rng(seed)) for seed in range(12)]
    planned = pd.DataFrame(np.vstack([one.scores for one in drawn]), columns=source.constructs)
    instrument = rs.load_instrument("relations")
    frames = []
    for seed in range(12):
        answers = rs.simulate(seed=seed).answers
        items = list(instrument.form("full").items)
        answers[items] = answers[items].where(answers[items] <= 5)  # don't know, refused
        frames.append(rs.score(answers, instrument=instrument).frame[list(source.constructs)])
    whole = pd.concat(frames)
    np.testing.assert_allclose(planned.mean(), whole.mean(), atol=0.06)
    np.testing.assert_allclose(planned.std(), whole.std(), rtol=0.04)
    np.testing.assert_allclose(planned.corr(), whole.corr(), atol=0.04)
    np.testing.assert_allclose(planned.isna().mean(), whole.isna().mean(), atol=0.01)


def test_the_plan_is_kept(source):
    draws = [source.draw(Plan(200, 12.0, 0.6), np.random.default_rng(seed)) for seed in range(10)]
    assert all(np.unique(one.leader).size >= 195 for one in draws)
    invited = np.mean([one.invited for one in draws])
    assert invited / 200 == pytest.approx(12.0, rel=0.05)
    answered = np.mean([len(one.scores) for one in draws])
    assert answered / invited == pytest.approx(0.6, abs=0.02)


def test_more_leaders_find_more(small):
    table = small.tidy()
    assert list(table.columns) == [
        *("leaders", "employees_per_leader", "response_rate", "n_obs", "outcome", "kind"),
        *("predictor", "truth", "estimate", "std_dev", "power", "power_low", "power_high", "width"),
    ]
    wide = table.pivot_table(
        index=["outcome", "kind", "predictor"], columns="leaders", values=["width", "std_dev"]
    )
    assert (wide["width"][30] > wide["width"][120]).all()
    assert (wide["std_dev"][30] > wide["std_dev"][120]).all()
    assert len(small.glance()) == 1
    assert json.dumps(small.to_dict(), allow_nan=False)
    ranking = small.ranking()
    first = ranking[ranking["finding"] == "first_right"].groupby("leaders")["share"].mean()
    assert first[120] > 0.4
    assert ranking["share"].between(0, 1).all()


def test_interval_widths_are_those_that_cover(small):
    """The mean width of a share's interval is about 2 × 1.96 times its spread over surveys."""
    own = small.tidy().query("kind == 'share' and leaders == 120")
    ratio = own["width"] / (2 * 1.96 * own["std_dev"])
    assert ratio.mean() == pytest.approx(1.0, abs=0.2)


def test_without_an_effect_power_is_the_level():
    found = rs.power("no_moderation", leaders=60, n_draws=300, n_boot=0, seed=2).tidy()
    own = found[found["kind"] == "interaction"]
    assert (own["truth"].abs() < 1e-12).all()
    # ten tests of one level: their mean has less noise than each
    assert own["power"].mean() == pytest.approx(0.05, abs=0.02)
    assert np.isnan(found.query("kind == 'share'")["width"]).all()


def test_nothing_is_first_where_all_are_equal():
    found = rs.power("equal", leaders=60, n_draws=60, n_boot=100, seed=2).ranking()
    assert "first_right" not in set(found["finding"])
    wrong = found[found["finding"] == "first_wrong"]
    assert (wrong["share"] <= 0.06).all()


def test_mixed_models_have_power_too():
    found = rs.power(leaders=60, estimator="mixed", n_draws=20, n_boot=0).tidy()
    main = found[found["kind"] == "main"].set_index(["outcome", "predictor"])["power"]
    assert main["within_group_relations", "task_coordination"] > 0.8


def test_leaders_needed_lie_between_the_sizes():
    terms = pd.DataFrame(
        {
            "outcome": "y",
            "kind": ["main"] * 3 + ["interaction"] * 3,
            "predictor": "x",
            "leaders": [50, 100, 200] * 2,
            "power": [0.5, 0.7, 0.9, 0.1, 0.2, 0.3],
        }
    )
    found = needed_table(terms, 0.8).set_index("kind")["leaders"]
    assert found["main"] == 150
    assert np.isnan(found["interaction"])
    assert needed_table(terms, 0.4).set_index("kind")["leaders"]["main"] == 50


def test_bounds_are_wilsons():
    z = stats.norm.isf(0.025)
    n, p = 50, 0.3
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    np.testing.assert_allclose(wilson(15, 50), (centre - reach, centre + reach))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"leaders": 1}, "leaders"),
        ({"leaders": []}, "leaders"),
        ({"employees_per_leader": 0.5}, "employees_per_leader"),
        ({"response_rate": 1.5}, "response_rate"),
        ({"estimator": "magic"}, "ols_cr2 mixed"),
        ({"n_draws": 1}, "n_draws"),
        ({"n_boot": 5}, "n_boot"),
        ({"workers": 0}, "workers"),
        ({"outcome": "profit"}, "within_group_relations"),
        ({"predictors": []}, "predictors"),
    ],
)
def test_errors(changes, says):
    with pytest.raises(ModelError) as caught:
        rs.power(**({"leaders": 30, "n_draws": 10} | changes))
    assert says in str(caught.value)


def test_an_unknown_population_is_named():
    with pytest.raises(StudyError):
        rs.power("atlantis", leaders=30)


def test_a_survey_too_small_for_the_model_finds_nothing():
    found = rs.power(leaders=3, employees_per_leader=4, n_draws=10, n_boot=0).tidy()
    tested = found[found["kind"] != "share"]
    assert (tested["power"] <= 0.5).all()

"""truth.json against computations of its own, from the population's numbers and by other routes."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations
from math import factorial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relsurvey.instrument.instrument import Instrument
from relsurvey.simulation.population import Population
from relsurvey.simulation.simulate import simulate
from relsurvey.simulation.simulation import Simulation

WORLDS = ("article", "equal", "individual_first", "one_factor", "no_moderation")
World = Callable[..., Population]
Truth = dict[str, Any]


@pytest.fixture(scope="module", params=WORLDS)
def truth(request: pytest.FixtureRequest, relations: Instrument) -> Truth:
    return simulate(request.param, n_employees=300, instrument=relations).truth


def r_squared(correlation: dict[str, dict[str, float]], x: tuple[str, ...], y: str) -> float:
    if not x:
        return 0.0
    among = np.array([[correlation[a][b] for b in x] for a in x])
    with_y = np.array([correlation[a][y] for a in x])
    return float(with_y @ np.linalg.inv(among) @ with_y)


def test_general_dominance_is_the_mean_gain_over_all_orders(truth: Truth) -> None:
    """The other definition: enter predictors in every order, average each one's gain in R²."""
    for outcome, values in truth["outcomes"].items():
        model = values["models"]["dimensions"]
        names = tuple(model["coefficients"])
        gain = dict.fromkeys(names, 0.0)
        known: dict[frozenset[str], float] = {}
        for order in permutations(names):
            before = 0.0
            for place, name in enumerate(order):
                entered = frozenset(order[: place + 1])
                if entered not in known:
                    known[entered] = r_squared(truth["correlations"], tuple(entered), outcome)
                gain[name] += known[entered] - before
                before = known[entered]
        expected = {name: total / factorial(len(names)) for name, total in gain.items()}
        assert model["general_dominance"] == pytest.approx(expected)
        assert sum(expected.values()) == pytest.approx(model["r2"])
        assert sum(model["share"].values()) == pytest.approx(1)
        for name in names:
            assert model["share"][name] == pytest.approx(expected[name] / model["r2"])


def test_coefficients_are_least_squares_on_the_correlations(truth: Truth) -> None:
    correlation = truth["correlations"]
    for outcome, values in truth["outcomes"].items():
        for model in values["models"].values():
            names = tuple(model["coefficients"])
            among = np.array([[correlation[a][b] for b in names] for a in names])
            found = np.array(list(model["coefficients"].values()))
            with_outcome = [correlation[name][outcome] for name in names]
            assert among @ found == pytest.approx(with_outcome)
            assert model["r2"] == pytest.approx(r_squared(correlation, names, outcome))


@pytest.mark.parametrize("world", [name for name in WORLDS if name != "one_factor"])
def test_coefficients_are_the_effects_where_span_does_not_move_the_dimensions(
    relations: Instrument, world: str
) -> None:
    truth = simulate(world, n_employees=50, instrument=relations).truth
    for values in truth["outcomes"].values():
        for model in values["models"].values():
            for name, coefficient in model["coefficients"].items():
                assert coefficient == pytest.approx(values["effects"][name], abs=1e-9)


def test_variances_add_up_to_one(truth: Truth) -> None:
    for name, values in truth["outcomes"].items():
        between = values["variance_between_explained"] + values["variance_between_residual"]
        within = values["variance_within_explained"] + values["variance_within_residual"]
        assert between == pytest.approx(truth["constructs"][name]["icc1"])
        assert between + within == pytest.approx(1)
        explained = values["variance_between_explained"] + values["variance_within_explained"]
        assert values["r2"] == pytest.approx(explained)


def test_item_variances_add_up_to_one(truth: Truth) -> None:
    for item in truth["items"].values():
        total = item["loading"] ** 2 + truth["method_loading"] ** 2 + item["residual_variance"]
        assert total == pytest.approx(1)
        assert item["thresholds"] == sorted(item["thresholds"])
        assert sum(item["category_shares"]) == pytest.approx(1)
        assert item["codes"] == [1, 2, 3, 4, 5]


ORDERS = {
    "article": [
        {"task_coordination"},
        {"shared_vision"},
        {"social_interaction"},
        {"individual_consideration", "skill_development"},
    ],
    "individual_first": [
        {"individual_consideration"},
        {"skill_development"},
        {"social_interaction"},
        {"task_coordination", "shared_vision"},
    ],
}


def test_worlds_differ_in_the_order_that_their_names_say(truth: Truth) -> None:
    world = truth["population"]["id"]
    model = truth["outcomes"]["within_group_relations"]["models"]["dimensions"]
    found = [set(tier) for tier in model["order"]]
    if world in ("equal", "one_factor"):
        assert len(found) == 1
        assert list(model["share"].values()) == pytest.approx([0.2] * 5)
    else:
        assert found == ORDERS.get(world, ORDERS["article"])


def test_the_article_s_tiers_hold_for_both_outcomes(relations: Instrument) -> None:
    truth = simulate("article", n_employees=50, instrument=relations).truth
    for values in truth["outcomes"].values():
        share = values["models"]["dimensions"]["share"]
        first = min(share["task_coordination"], share["shared_vision"])
        last = max(share["individual_consideration"], share["skill_development"])
        assert first > share["social_interaction"] > last


def test_without_moderation_span_changes_nothing(relations: Instrument) -> None:
    truth = simulate("no_moderation", n_employees=50, instrument=relations).truth
    for values in truth["outcomes"].values():
        assert set(values["moderation_per_sd_log_span"].values()) == {0}
        assert set(values["moderation_alone_per_sd_log_span"].values()) == {0}
    assert {c["direct_effect_of_log_span"] for c in truth["constructs"].values()} == {0}


def test_moderation_alone_by_hand(article: Population, relations: Instrument) -> None:
    """Where span does not move x, the product's coefficient alone is the correlated sum of all."""
    truth = simulate(article, n_employees=50, instrument=relations).truth
    for values in truth["outcomes"].values():
        joint = values["moderation_per_sd_log_span"]
        for name in article.constructs.dimensions:
            expected = sum(joint[d] * truth["correlations"][name][d] for d in joint)
            assert values["moderation_alone_per_sd_log_span"][name] == pytest.approx(expected)


def test_no_effects_at_all_have_no_shares(world: World, relations: Instrument) -> None:
    nothing = "".join(
        f'[[{key}]]\noutcome = "within_group_relations"\nbasis = "assumed"\nsource = "test"\n'
        "values = {}\n"
        for key in ("effects", "moderation")
    )
    truth = simulate(world(nothing), n_employees=50, instrument=relations).truth
    model = truth["outcomes"]["within_group_relations"]["models"]["dimensions"]
    assert model["r2"] == 0
    assert set(model["share"].values()) == {None}


def test_counts_are_those_of_the_frames(relations: Instrument) -> None:
    town = simulate("article", n_employees=1500, instrument=relations, seed=4)
    counts = town.truth["counts"]
    assert counts["employees"] == town.roster["headcount"].sum() == 1500
    assert counts["respondents"] == len(town.answers) == len(town.latent)
    assert counts["units"] == len(town.roster)
    assert counts["units_with_answers"] == town.answers["unit"].nunique()
    assert counts["leaders"] == town.roster["leader"].nunique()
    assert counts["departments"] == town.roster["department"].nunique()
    assert counts["sectors"] == town.roster["sector"].nunique()
    span = town.answers["unit"].map(town.roster.set_index("unit")["span_of_control"])
    assert town.truth["log_span_of_respondents"]["mean"] == pytest.approx(np.log(span).mean())


def test_the_truth_is_plain_json_and_says_where_it_comes_from(
    article: Population, relations: Instrument, tmp_path: Path
) -> None:
    town: Simulation = simulate(article, n_employees=60, instrument=relations, form="short", seed=9)
    town.write(tmp_path)
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8")) == town.truth
    assert town.truth["seed"] == 9
    assert town.truth["n_employees"] == 60
    assert town.truth["instrument"] == {
        "id": "relations",
        "version": relations.version,
        "form": "short",
    }
    assert set(town.truth["versions"]) == {"python", "numpy", "relsurvey"}
    assert town.truth["population"]["id"] == "article"
    assert {row["basis"] for row in town.truth["parameters"]} == {"sourced", "derived", "assumed"}

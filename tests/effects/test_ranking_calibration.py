"""How often the words are wrong, in worlds where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from relsurvey.effects.rank_effects import rank_effects

FIVE = "x4, x5 > x3 > x1, x2"


def wrong_claims(draw_world, slopes, order, *, n_draws, first_seed=0, **options):
    """Return the share of samples with any false pair, a false top, a supported order."""
    predictors = [f"x{place + 1}" for place in range(len(slopes))]
    truth = dict(zip(predictors, slopes, strict=True))
    world = {key: options[key] for key in ("n_teams", "team_size") if key in options}
    metric = options.get("metric", "general_dominance")
    claims = []
    for seed in range(first_seed, first_seed + n_draws):
        result = rank_effects(
            draw_world(slopes, seed=seed, **world),
            outcome="y",
            predictors=predictors,
            cluster="team",
            metric=metric,
            order=order,
            n_boot=1000,
            seed=seed,
        )
        pairs = result.pairwise()
        gap = pairs["predictor_a"].map(truth) - pairs["predictor_b"].map(truth)
        said = pairs["verdict"].map({"a_above_b": 1, "b_above_a": -1, "not_established": 0})
        false_pair = bool(((said != 0) & (np.sign(gap) != said)).any())
        top = result.verdicts()[0]
        best = [name for name, slope in truth.items() if slope == max(slopes)]
        false_top = top.code == "strongest_established" and (
            len(best) > 1 or top.values["predictor"] not in best
        )
        verdict = result.order_support()["verdict"].iloc[0]
        claims.append((false_pair, false_top, verdict == "supported", verdict == "suggested"))
    return np.mean(claims, axis=0)


def test_equal_effects_are_seldom_ordered(draw_world):
    # 40 samples: at a true rate of 3 % more than 5 false rankings have a chance of about 0.1 %.
    false_pair, false_top, supported, suggested = wrong_claims(
        draw_world, (0.14,) * 5, FIVE, n_draws=40, n_teams=40
    )
    assert false_pair <= 5 / 40
    assert false_top == supported == suggested == 0


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["general_dominance", "standardised_coefficient"])
@pytest.mark.parametrize(("n_teams", "team_size"), [(20, 12), (60, 12), (150, 13)])
def test_established_is_false_in_less_than_one_of_twenty(draw_world, n_teams, team_size, metric):
    false_pair, false_top, supported, suggested = wrong_claims(
        draw_world,
        (0.14,) * 5,
        FIVE,
        n_draws=600,
        n_teams=n_teams,
        team_size=team_size,
        metric=metric,
    )
    assert false_pair < 0.05
    assert false_top < 0.01
    assert supported == suggested == 0


@pytest.mark.slow
def test_two_equal_effects_at_the_top_are_seldom_told_apart(draw_world):
    # The hardest case for the words: everything else is clear, and only one stated pair is false.
    false_pair, false_top, supported, suggested = wrong_claims(
        draw_world, (0.3, 0.3, 0.05), "x1 > x2 > x3", n_draws=600, n_teams=150, team_size=13
    )
    assert false_pair < 0.05
    assert false_top < 0.05
    assert supported < 0.05
    assert suggested < 0.25

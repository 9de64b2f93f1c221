from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.errors import StudyError
from relsurvey.simulation.latent_model import latent_model
from relsurvey.simulation.library import load_population
from relsurvey.simulation.numbers import Numbers
from relsurvey.simulation.population import CorrelationRule, EffectRule, Population

World = Callable[..., Population]
ARTICLE = load_population("article")
D = ARTICLE.constructs.dimensions
Y = ARTICLE.constructs.outcomes


def rule(value: float, among: tuple[str, ...]) -> CorrelationRule:
    return CorrelationRule(value=value, basis="assumed", source="test", among=among)


def numbers(values: dict[str, float]) -> Numbers:
    return Numbers.model_validate({"basis": "assumed", "source": "test", "values": values})


def effect(outcome: str, values: dict[str, float]) -> EffectRule:
    return EffectRule(outcome=outcome, basis="assumed", source="test", values=tuple(values.items()))


def test_the_smallest_model_by_hand(small_population: Population) -> None:
    model = latent_model(small_population)
    # care has variance .2 + .8; trust = (.5 - .1 z) care + u + e
    assert model.between.tolist() == [[0.2]]
    assert model.within.tolist() == [[pytest.approx(0.8)]]
    explained = 0.5**2 + 0.1**2
    assert model.r2[0] == pytest.approx(explained)
    assert model.residual_between[0, 0] == pytest.approx(0.15 - 0.2 * explained)
    assert model.residual_within[0, 0] == pytest.approx(0.85 - 0.8 * explained)
    assert model.correlations == pytest.approx(np.array([[1, 0.5], [0.5, 1]]))


def test_later_rules_override_and_unnamed_pairs_do_not_correlate(article: Population) -> None:
    model = latent_model(article)
    found = {
        (a, b): model.correlations[i, j]
        for i, a in enumerate(model.names)
        for j, b in enumerate(model.names)
    }
    assert found["individual_consideration", "skill_development"] == 0.75
    assert found["individual_consideration", "shared_vision"] == 0.70
    assert found["mental_closeness", "skill_development"] == 0.60
    assert found["mental_closeness", "shared_vision"] == 0.50
    assert found["marker", "shared_vision"] == 0
    assert found["within_group_relations", "cross_group_relations"] == 0.50


def refused(population: Population) -> StudyError | None:
    try:
        latent_model(population)
    except StudyError as error:
        return error
    return None


def assert_adds_up(population: Population) -> None:
    model = latent_model(population)
    q = len(model.exogenous)
    outcome = model.systematic_between + model.residual_between
    outcome_within = model.systematic_within + model.residual_within
    exogenous = model.between + np.outer(model.span_slopes, model.span_slopes) + model.within
    assert exogenous == pytest.approx(model.correlations[:q, :q], abs=1e-12)
    assert outcome + outcome_within == pytest.approx(model.correlations[q:, q:], abs=1e-12)
    assert np.diag(outcome) == pytest.approx(model.icc1[q:], abs=1e-12)
    assert np.diag(model.correlations) == pytest.approx(np.ones(q + len(model.outcomes)))
    for part in (
        model.between,
        model.within,
        model.residual_between,
        model.residual_within,
        model.correlations,
    ):
        assert part == pytest.approx(part.T)
        assert np.linalg.eigvalsh(part)[0] > -1e-9


@settings(max_examples=60, deadline=None)
@given(
    among=st.floats(-0.3, 1.0),
    block=st.floats(-0.5, 1.0),
    icc=st.floats(0.0, 0.6),
    outcome_icc=st.floats(0.0, 0.6),
    effects=st.lists(st.floats(-0.4, 0.4), min_size=5, max_size=5),
    moderation=st.lists(st.floats(-0.2, 0.2), min_size=5, max_size=5),
    slope=st.floats(-0.8, 0.8),
)
def test_any_population_adds_up_or_is_refused_with_a_reason(
    among: float,
    block: float,
    icc: float,
    outcome_icc: float,
    effects: list[float],
    moderation: list[float],
    slope: float,
) -> None:
    levels = dict.fromkeys(ARTICLE.constructs.exogenous, icc) | dict.fromkeys(Y, outcome_icc)
    population = replace(
        ARTICLE,
        correlations=(rule(among, ("dimensions",)), rule(block, ("collective",))),
        group_correlations=(),
        icc1=numbers(levels),
        effects=(effect(Y[0], dict(zip(D, effects, strict=True))),),
        moderation=(effect(Y[1], dict(zip(D, moderation, strict=True))),),
        span_effects=numbers({D[0]: slope, "physical_presence": -slope}),
    )
    refusal = refused(population)
    if refusal is None:
        assert_adds_up(population)
    else:
        assert "population 'article', key" in refusal.where
        assert "eigenvalue" in refusal.got
        assert refusal.hint


@pytest.mark.parametrize("name", ["article", "equal", "individual_first", "one_factor"])
def test_shipped_worlds_add_up(name: str) -> None:
    assert_adds_up(load_population(name))


def test_impossible_correlations_name_the_constructs(article: Population) -> None:
    wrong = (
        rule(0.9, ("individual_consideration", "skill_development")),
        rule(0.9, ("individual_consideration", "shared_vision")),
        rule(-0.9, ("skill_development", "shared_vision")),
    )
    with pytest.raises(StudyError, match="cannot hold together") as caught:
        latent_model(replace(article, correlations=wrong))
    assert "key correlations" in caught.value.where
    for name in ("individual_consideration", "skill_development", "shared_vision"):
        assert name in caught.value.got


@pytest.mark.parametrize(
    ("change", "key", "hint"),
    [
        ({"effects": (effect(Y[0], {D[0]: 1.2}),)}, "effects", "Lower the effects"),
        (
            {"span_effects": numbers({"marker": 1.0})},
            "icc1 / span_effects",
            "Raise icc1",
        ),
        ({"icc1": numbers(dict.fromkeys(ARTICLE.constructs.all, 0.0))}, "icc1", "Raise icc1"),
    ],
)
def test_impossible_variances_name_the_key(
    article: Population, change: dict[str, object], key: str, hint: str
) -> None:
    with pytest.raises(StudyError, match="cannot hold together") as caught:
        latent_model(replace(article, **change))  # type: ignore[arg-type]
    assert key in caught.value.where
    assert hint in caught.value.hint


def test_moderation_by_a_span_that_does_not_vary_is_refused(world: World) -> None:
    ten = '{value = 10, basis = "assumed", source = "test"}'
    with pytest.raises(StudyError, match="does not vary") as caught:
        world(f"[municipality]\nspan_low = {ten}\nspan_high = {ten}\n")
    assert "10 employees" in caught.value.got

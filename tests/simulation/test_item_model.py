from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from relsurvey.errors import InstrumentError, StudyError
from relsurvey.instrument.instrument import Instrument
from relsurvey.simulation.item_model import item_model
from relsurvey.simulation.numbers import Numbers, Quantity
from relsurvey.simulation.population import Population


def test_items_pages_and_reverse_keys_are_the_form_s(
    small_population: Population, small_instrument: Instrument
) -> None:
    items = item_model(small_population, small_instrument, "full")
    assert items.items == ("c1", "c2", "c3", "t1", "t2")
    assert items.constructs == ("care", "care", "care", "trust", "trust")
    assert items.page.tolist() == [0, 0, 0, 1, 1]
    assert items.reverse.tolist() == [False, True, False, False, False]
    assert items.points.tolist() == [7, 7, 7, 4, 4]
    assert np.isinf(items.thresholds[3:, 3:]).all()
    assert np.isfinite(items.thresholds[:3]).all()
    assert (np.diff(items.thresholds[:3], axis=1) > 0).all()


def test_an_item_has_the_same_parameters_in_every_form(
    article: Population, relations: Instrument
) -> None:
    full, short = (item_model(article, relations, form) for form in ("full", "short"))
    for place, item in enumerate(short.items):
        there = full.items.index(item)
        assert short.loadings[place] == full.loadings[there]
        assert short.thresholds[place].tolist() == full.thresholds[there].tolist()


def test_loadings_spread_over_the_stated_range(article: Population, relations: Instrument) -> None:
    items = item_model(article, relations, "full")
    assert items.loadings.min() >= 0.70
    assert items.loadings.max() <= 0.85
    assert np.ptp(items.loadings) > 0.10
    total = items.loadings**2 + items.method_loading**2 + items.noise**2
    assert total == pytest.approx(np.ones(55))


def test_the_profile_s_thresholds_are_its_normal_quantiles(
    article: Population, relations: Instrument
) -> None:
    items = item_model(article, relations, "full")
    expected = norm.ppf([0.02, 0.15, 0.39, 0.87])
    assert items.plain_thresholds[0] == pytest.approx(expected)


def test_expected_means_are_the_stated_levels(article: Population, relations: Instrument) -> None:
    flat = Quantity(value=0, basis="assumed", source="test")
    measurement = replace(article.measurement, threshold_spread=flat)
    items = item_model(replace(article, measurement=measurement), relations, "full")
    for place, construct in enumerate(items.constructs):
        shares = items.shares(place)
        assert shares.sum() == pytest.approx(1)
        mean = shares @ np.arange(5) / 4 * 100
        assert mean == pytest.approx(article.measurement.mean_100.as_dict()[construct])


def test_items_differ_in_level_around_their_construct(
    article: Population, relations: Instrument
) -> None:
    items = item_model(article, relations, "full")
    for construct in article.constructs.all:
        rows = [row for row, name in enumerate(items.constructs) if name == construct]
        first = items.thresholds[rows, 0]
        assert 0 < np.ptp(first) <= 2 * 0.25
        shift = items.thresholds[rows] - items.plain_thresholds[rows]
        assert shift == pytest.approx(np.repeat(shift[:, :1], 4, axis=1))


def test_the_profile_serves_other_numbers_of_categories(
    small_population: Population, small_instrument: Instrument
) -> None:
    # A symmetric profile stays symmetric, and quarters fall on or between its thresholds.
    items = item_model(small_population, small_instrument, "full")
    seven, four = items.plain_thresholds[0], items.plain_thresholds[3, :3]
    assert seven == pytest.approx(-seven[::-1])
    assert four == pytest.approx(-four[::-1])
    assert four[1] == pytest.approx(0, abs=1e-12)
    profile = norm.ppf([0.1, 0.3, 0.7, 0.9])
    assert four[0] == pytest.approx(profile[0] + (profile[1] - profile[0]) * 0.25)


def test_a_profile_of_two_categories_can_be_widened(
    small_population: Population, small_instrument: Instrument
) -> None:
    profile = Numbers.model_validate(
        {"basis": "assumed", "source": "test", "values": {"no": 0.5, "yes": 0.5}}
    )
    measurement = replace(small_population.measurement, category_profile=profile)
    items = item_model(replace(small_population, measurement=measurement), small_instrument, "full")
    assert items.plain_thresholds[0] == pytest.approx(norm.ppf(np.arange(1, 7) / 7))


def test_what_the_population_lacks_is_named(
    small_population: Population, article: Population, relations: Instrument
) -> None:
    with pytest.raises(StudyError, match="does not hold") as caught:
        item_model(small_population, relations, "full")
    assert "task_coordination" in caught.value.got
    assert "population 'small'" in caught.value.where
    assert "README" in caught.value.hint


def test_a_form_for_leaders_or_no_form_is_refused(
    small_population: Population, small_instrument: Instrument
) -> None:
    with pytest.raises(StudyError, match="Only employees") as caught:
        item_model(small_population, small_instrument, "boss")
    assert caught.value.expected == "full or brief"
    with pytest.raises(InstrumentError, match="no such form"):
        item_model(small_population, small_instrument, "fuld")

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from relsurvey.simulation.numbers import Quantity
from relsurvey.simulation.population import Population
from relsurvey.simulation.roster_draw import draw_roster
from relsurvey.simulation.span import span_model

World = Callable[..., Population]


def test_moments_equal_those_of_a_large_roster(article: Population) -> None:
    span = span_model(article)
    roster = draw_roster(article, span, 3_000_000, np.random.default_rng(5))
    of_employee = np.repeat(roster.span[roster.leader], roster.headcount)
    rate = np.repeat(roster.response_rate, roster.headcount)
    z = span.standardised(of_employee)
    # 130,000 leaders, weighted: the errors of these means are about .003, .004, .01, .03
    assert np.average(z, weights=rate) == pytest.approx(0, abs=0.012)
    assert np.average(z**2, weights=rate) == pytest.approx(1, abs=0.016)
    assert np.average(z**3, weights=rate) == pytest.approx(span.skewness, abs=0.05)
    assert np.average(z**4, weights=rate) == pytest.approx(span.kurtosis, abs=0.12)


def test_sector_means_are_the_sourced_ones_up_to_clipping(article: Population) -> None:
    span = span_model(article)
    stated = article.municipality.span_mean.as_dict()
    assert set(span.leader_mean) == set(stated)
    for sector, mean in stated.items():
        assert span.leader_mean[sector] == pytest.approx(mean, rel=0.01)


def test_one_possible_span_has_no_spread(small_population: Population) -> None:
    ten = Quantity(value=10, basis="assumed", source="test")
    town = replace(small_population.municipality, span_low=ten, span_high=ten)
    span = span_model(replace(small_population, municipality=town))
    assert span.employee_sd == 0
    assert span.leader_mean == {"town": 10.0, "land": 10.0}
    assert span.standardised(np.array([10, 10])).tolist() == [0.0, 0.0]


def test_employees_meet_large_spans_more_often(small_population: Population) -> None:
    # Two spans, 3 and 4, equally likely among leaders: 4 of 7 employees stand under a span of 4.
    town = replace(
        small_population.municipality,
        span_low=Quantity(value=3, basis="assumed", source="test"),
        span_high=Quantity(value=4, basis="assumed", source="test"),
        span_sd_log=Quantity(value=1e-9, basis="assumed", source="test"),
    )
    exact = replace(
        town,
        span_mean=town.span_mean.model_validate(
            {"basis": "assumed", "source": "test", "values": {"town": 3.5, "land": 3.5}}
        ),
    )
    span = span_model(replace(small_population, municipality=exact))
    expected = (3 * np.log(3) + 4 * np.log(4)) / 7
    assert span.leader_mean["town"] == pytest.approx(3.5)
    assert span.employee_mean == pytest.approx(expected)

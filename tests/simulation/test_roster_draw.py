from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.simulation.library import load_population
from relsurvey.simulation.population import Population
from relsurvey.simulation.roster_draw import RosterDraw, draw_roster, numbered
from relsurvey.simulation.span import span_model

ARTICLE = load_population("article")


def drawn(population: Population, n: int, seed: int = 1) -> RosterDraw:
    return draw_roster(population, span_model(population), n, np.random.default_rng(seed))


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 3000), seed=st.integers(0, 2**32))
def test_every_employee_has_a_unit_and_a_leader(n: int, seed: int) -> None:
    roster = drawn(ARTICLE, n, seed)
    assert roster.headcount.sum() == n
    assert roster.span.sum() == n
    assert (roster.headcount >= 1).all()
    of_leader = np.bincount(roster.leader, weights=roster.headcount)
    assert of_leader.tolist() == roster.span.tolist()
    units = np.bincount(roster.leader)
    assert set(units.tolist()) <= {1, 2}
    assert (roster.span[units == 2] >= 36).all()
    leaders = np.bincount(roster.department)
    assert (leaders >= 1).all()
    assert (leaders <= 8).all()
    assert (np.diff(roster.department) >= 0).all()
    for department in range(roster.n_departments):
        assert len(set(roster.sector[roster.department == department].tolist())) == 1
    assert (roster.response_rate >= 0.45).all()
    assert (roster.response_rate <= 1).all()


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 3000))
def test_sectors_get_their_share(n: int) -> None:
    roster = drawn(ARTICLE, n)
    found = np.bincount(roster.sector, weights=roster.span, minlength=5)
    shares = np.array(list(ARTICLE.municipality.sector_share.as_dict().values()))
    assert (np.abs(found - shares * n) < 1).all()


def test_spans_follow_the_sector(article: Population) -> None:
    roster = drawn(article, 1_000_000)
    for place, sector in enumerate(roster.sectors):
        span = roster.span[roster.sector == place].astype(float)
        stated = article.municipality.span_mean.as_dict()[sector]
        assert span.mean() == pytest.approx(stated, rel=0.02)
        assert np.log(span).std() == pytest.approx(0.5, abs=0.02)
        assert span.max() <= 100 + 4
        # log-normal: the median is the mean times exp(-s²/2)
        assert np.median(span) == pytest.approx(stated * np.exp(-0.125), rel=0.04)


def test_unit_response_rates_follow_the_sector(article: Population) -> None:
    roster = drawn(article, 1_000_000)
    for place, sector in enumerate(roster.sectors):
        rate = roster.response_rate[roster.sector[roster.leader] == place]
        stated = article.answering.response_rate.as_dict()[sector]
        assert rate.mean() == pytest.approx(stated, abs=0.006)
        assert rate.std() == pytest.approx(0.12, abs=0.006)


def test_about_half_of_the_large_teams_are_two_units(article: Population) -> None:
    roster = drawn(article, 1_000_000)
    units = np.bincount(roster.leader)[roster.span >= 36]
    assert (units == 2).mean() == pytest.approx(0.5, abs=0.02)


def test_the_frame_is_what_a_municipality_keeps(article: Population) -> None:
    frame = drawn(article, 500).frame()
    assert list(frame.columns) == [
        "unit",
        "leader",
        "department",
        "sector",
        "span_of_control",
        "headcount",
    ]
    assert frame["unit"].is_unique
    assert frame["headcount"].sum() == 500
    assert frame.groupby("leader")["span_of_control"].nunique().max() == 1
    sums = frame.groupby("leader")["headcount"].sum()
    assert (sums == frame.groupby("leader")["span_of_control"].first()).all()
    assert (frame.groupby("leader")["department"].nunique() == 1).all()


def test_ids_sort_as_numbers_do() -> None:
    assert numbered("u", 2) == ["u001", "u002"]
    ids = numbered("u", 1200)
    assert ids[0] == "u0001"
    assert ids == sorted(ids)

"""Unit means: as agreement() knows them where groups are equal, closer to the truth where not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from relsurvey.cards.estimates import estimate, holm
from relsurvey.disclosure.unit_tree import UnitTree
from relsurvey.measurement.agreement import agreement


def flat(n_units):
    return UnitTree.of({"top": None, **{f"u{at}": "top" for at in range(n_units)}})


def test_reliability_is_icc2_where_units_are_equal():
    generator = np.random.default_rng(4)
    unit = np.repeat(np.arange(1, 41), 9)
    values = 60 + generator.normal(0, 8, 41)[unit] + generator.normal(0, 15, unit.size)
    values = np.clip(values, 0, 100)
    found = estimate(flat(40), unit, values)
    frame = pd.DataFrame({"x": values, "unit": unit})
    table = agreement(frame, {"x": ["x"]}, group="unit", points=101, low=0).tidy()
    icc2 = table.loc[table["statistic"] == "icc2", "estimate"].iloc[0]
    assert found.reliability[1:] == pytest.approx(icc2, rel=1e-9)
    means = np.array([values[unit == at].mean() for at in range(1, 41)])
    assert found.mean[1:] == pytest.approx(means)
    assert found.estimate[1:] == pytest.approx(icc2 * means + (1 - icc2) * values.mean())
    assert np.isnan(found.reliability[0])


def test_shrunk_means_are_closer_and_their_intervals_hold():
    generator = np.random.default_rng(9)
    above = {"top": None, **{f"d{at}": "top" for at in range(12)}}
    above |= {f"u{at}": f"d{at % 12}" for at in range(240)}
    tree = UnitTree.of(above)
    raw, shrunk, inside = [], [], []
    for _ in range(20):
        truth = np.full(len(tree), 55.0)
        for at in range(1, len(tree)):
            truth[at] = truth[tree.parent[at]] + generator.normal(0, 5)
        lowest = np.flatnonzero(tree.depth == 2)
        unit = np.repeat(lowest, 1 + generator.poisson(6, lowest.size))
        found = estimate(tree, unit, truth[unit] + generator.normal(0, 16, unit.size))
        low, high = found.interval()
        raw.append(np.mean((found.mean - truth)[lowest] ** 2))
        shrunk.append(np.mean((found.estimate - truth)[lowest] ** 2))
        inside.append(np.mean((low <= truth)[lowest] & (truth <= high)[lowest]))
    assert np.mean(shrunk) < 0.6 * np.mean(raw)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)


def test_without_differences_every_unit_is_like_the_whole():
    unit = np.repeat([1, 2, 3], 4)
    values = np.tile([40.0, 50.0, 60.0, 70.0], 3)
    found = estimate(flat(3), unit, values)
    assert found.estimate[1:] == pytest.approx(55.0)
    assert found.reliability[1:] == pytest.approx(0.0)


def test_what_hidden_units_say_does_not_show_in_the_estimates_of_others():
    unit = np.repeat(np.arange(1, 8), [9, 12, 8, 15, 10, 3, 7])
    values = np.random.default_rng(2).normal(60, 15, unit.size)
    shown = np.array([True] * 6 + [False] * 2)
    before = estimate(flat(7), unit, values, shown)
    moved = values.copy()
    moved[unit == 6] += 14.0
    moved[unit == 7] -= 6.0  # their sum stays
    after = estimate(flat(7), unit, moved, shown)
    every = [estimate(flat(7), unit, one).reliability[1] for one in (values, moved)]
    for name in ("estimate", "std_error", "reliability", "within"):
        one, other = getattr(before, name)[1:6], getattr(after, name)[1:6]
        if name != "std_error":  # the mean above has an error that everybody's spread tells
            assert one == pytest.approx(other, abs=1e-9), name
    assert abs(every[0] - every[1]) > 0.01


def test_a_variance_from_some_units_is_that_of_all_on_average():
    generator = np.random.default_rng(5)
    sizes = generator.integers(4, 20, 30)
    unit = np.repeat(np.arange(1, 31), sizes)
    some = np.arange(31) % 3 != 1
    found = []
    for _ in range(300):
        values = 50 + generator.normal(0, 6, 31)[unit] + generator.normal(0, 12, unit.size)
        weight = estimate(flat(30), unit, values, some).reliability[2]
        found.append(weight / (1 - weight) * 144 / sizes[1] if weight < 1 else np.nan)
    assert np.mean(found) == pytest.approx(36, rel=0.08)


def test_two_units_are_not_shrunk():
    unit = np.repeat([1, 2], 10)
    values = np.tile(np.linspace(20, 80, 10), 2) + np.repeat([0.0, 9.0], 10)
    found = estimate(flat(2), unit, values)
    assert found.estimate[1:] == pytest.approx(found.mean[1:])
    assert np.isnan(found.reliability[1:]).all()
    assert (found.std_error[1:] > 0).all()
    hidden_top = estimate(flat(2), unit, values, np.array([False, True, True]))
    assert (hidden_top.std_error[1:] > 0).all()


def test_holm_is_that_of_statsmodels():
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    p = np.random.default_rng(1).uniform(size=30) ** 3
    given = np.append(p, np.nan)
    assert holm(given)[:-1] == pytest.approx(multitest.multipletests(p, method="holm")[1])
    assert np.isnan(holm(given)[-1])

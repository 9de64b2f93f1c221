from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relsurvey.stats.joint_intervals import (
    joint_differences,
    joint_intervals,
    joint_size_differences,
)
from relsurvey.stats.order_support import chance_share, order_share
from relsurvey.stats.ranks import rank_shares, ranks, share_above

VALUES = st.lists(st.floats(-5, 5), min_size=1, max_size=7)


@given(VALUES)
def test_ranks_are_a_permutation(values):
    found = ranks(np.array(values))
    assert sorted(found) == list(range(1, len(values) + 1))
    assert values[int(np.argmin(found))] == max(values)


def test_shares_of_ranks():
    draws = np.array([[3.0, 2.0, 1.0], [3.0, 1.0, 2.0], [1.0, 2.0, 3.0], [9.0, 5.0, 1.0]])
    np.testing.assert_allclose(
        rank_shares(draws), [[0.75, 0, 0.25], [0, 0.75, 0.25], [0.25, 0.25, 0.5]]
    )
    assert share_above(draws[:, 0], draws[:, 1]) == 0.75
    assert share_above(np.zeros(3), np.zeros(3)) == 0.5


@pytest.mark.parametrize("sizes", [(2, 1, 2), (1, 1, 1), (3, 2), (1, 4)])
def test_chance_counts_the_orders(sizes):
    k = sum(sizes)
    tiers, start = [], 0
    for size in sizes:
        tiers.append(tuple(range(start, start + size)))
        start += size
    every_order = np.array(list(permutations(range(k))), dtype=float)
    assert order_share(every_order, tiers) == pytest.approx(chance_share(sizes))


def test_support_over_all_orders_of_tiers_sums_to_one():
    draws = np.random.default_rng(0).standard_normal((500, 4))
    single = [order_share(draws, [(place,) for place in order]) for order in permutations(range(4))]
    assert sum(single) == pytest.approx(1.0)
    splits = [
        order_share(draws, [top, tuple(set(range(4)) - set(top))])
        for top in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    ]
    assert sum(splits) == pytest.approx(1.0)


def test_joint_intervals_of_independent_normals_cover_together():
    rng = np.random.default_rng(4)
    covered = []
    for _ in range(400):
        centre = rng.standard_normal(4)
        draws = centre + rng.standard_normal((1000, 4))
        found = joint_intervals(centre, draws, 0.9, n_units=10_000)
        covered.append(((found.low < 0) & (found.high > 0)).all())
    assert np.mean(covered) == pytest.approx(0.9, abs=0.05)


def test_one_quantity_gets_the_t_interval():
    draws = np.random.default_rng(1).standard_normal((200_000, 1))
    found = joint_intervals(np.zeros(1), draws, 0.95, n_units=11)
    # t with 10 degrees of freedom at .975, and sqrt(11/10) for the spread
    assert found.high[0] == pytest.approx(2.228139 * np.sqrt(1.1), rel=0.01)
    still = joint_intervals(np.ones(2), np.ones((100, 2)), 0.95, n_units=11)
    np.testing.assert_array_equal(still.low, still.high)


@given(
    st.tuples(*[st.floats(-3, 3)] * 2),
    st.tuples(*[st.floats(0.01, 2)] * 2),
    st.integers(0, 1000),
)
def test_size_differences_span_all_values_in_the_box(values, spread, seed):
    rng = np.random.default_rng(seed)
    centre = np.array(values)
    draws = centre + np.array(spread) * rng.standard_normal((300, 2))
    found = joint_size_differences(centre, draws, 0.9, n_units=50)
    gap = float(abs(centre[0]) - abs(centre[1]))
    assert found.low[0] - 1e-12 <= gap <= found.high[0] + 1e-12
    turned = joint_size_differences(-centre, -draws, 0.9, n_units=50)
    np.testing.assert_allclose([found.low[0], found.high[0]], [turned.low[0], turned.high[0]])
    first = joint_size_differences(centre[::-1], draws[:, ::-1], 0.9, n_units=50)
    np.testing.assert_allclose([found.low[0], found.high[0]], [-first.high[0], -first.low[0]])


def test_large_positive_values_compare_as_plain_differences():
    rng = np.random.default_rng(2)
    centre = np.array([50.0, 49.0, 52.0])
    draws = centre + rng.standard_normal((2000, 3))
    sizes = joint_size_differences(centre, draws, 0.95, n_units=100)
    plain = joint_differences(centre, draws, 0.95, n_units=100)
    np.testing.assert_allclose(sizes.low, plain.low, atol=0.5)
    np.testing.assert_allclose(sizes.high, plain.high, atol=0.5)

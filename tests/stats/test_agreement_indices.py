"""Agreement indices by hand, their bounds, the nulls, and group sums without loops."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from relsurvey.stats.agreement_indices import ad_m, ad_md, awg, r_star_wg_j, rwg_j
from relsurvey.stats.grouped import group_rows
from relsurvey.stats.mean_interval import mean_interval
from relsurvey.stats.null_distributions import (
    FIVE_POINT_PROPORTIONS,
    NULLS,
    PUBLISHED_VARIANCES,
    null_variance,
)

answers = arrays(np.float64, (30, 3), elements=st.integers(1, 5).map(float))
codes = arrays(np.int64, 30, elements=st.integers(0, 9))


def test_one_group_by_hand():
    group = group_rows(np.array([[2.0, 3.0], [4.0, 3.0], [3.0, 3.0]]), np.array([5, 5, 5]))
    # variances 1 and 0, mean .5, against 2: ratio .25
    assert rwg_j(group, 2.0)[0] == pytest.approx(2 * 0.75 / (2 * 0.75 + 0.25))
    assert r_star_wg_j(group, 2.0)[0] == pytest.approx(0.75)
    assert ad_m(group)[0] == pytest.approx((2 / 3 + 0) / 2)
    # largest variance with mean 3 on 1-5 is 4 * 3/2 = 6: 1 - 2 / 6 and 1
    assert awg(group, 1, 5)[0] == pytest.approx((2 / 3 + 1) / 2)
    single = group_rows(np.array([[2.0], [4.0], [3.0]]), np.zeros(3, dtype=np.int64))
    assert rwg_j(single, 2.0)[0] == pytest.approx(0.5)


def test_awg_at_the_ends_of_the_scale():
    values = np.array([[5.0, 5.0], [5.0, 5.0], [5.0, 4.0], [1.0, 5.0], [1.0, 5.0], [1.0, 4.5]])
    found = awg(group_rows(values, np.array([0, 0, 0, 1, 1, 1])), 1, 5)
    # all at the top: 1; one of three below the top by one point: the mean is too extreme
    assert found[0] == 1.0
    assert found[1] == 1.0


def test_groups_of_one_have_no_agreement():
    group = group_rows(np.array([[2.0, 3.0], [4.0, 3.0], [3.0, 3.0]]), np.array([1, 1, 2]))
    for index in (rwg_j(group, 2.0), r_star_wg_j(group, 2.0), ad_m(group), ad_md(group)):
        assert np.isfinite(index[0])
        assert np.isnan(index[1])
    assert np.isnan(awg(group, 1, 5)[1])


@settings(max_examples=60, deadline=None)
@given(answers, codes, st.sampled_from(NULLS))
def test_bounds(values, groups, null):
    grouped = group_rows(values, groups)
    several = grouped.sizes > 1
    index = rwg_j(grouped, null_variance(5, null))[several]
    assert ((index >= 0) & (index <= 1)).all()
    star = r_star_wg_j(grouped, 2.0)[several]
    assert (star <= 1).all()
    assert (ad_md(grouped)[several] <= ad_m(grouped)[several] + 1e-12).all()
    assert (awg(grouped, 1, 5)[several & np.isfinite(awg(grouped, 1, 5))] >= -1 - 1e-12).all()


@settings(max_examples=40, deadline=None)
@given(answers, codes, st.permutations(range(30)), st.permutations(range(3)))
def test_order_and_turning_the_scale_change_nothing(values, groups, rows, columns):
    first = group_rows(values, groups)
    again = group_rows(6.0 - values[rows][:, columns], groups[rows])
    for index in (lambda g: rwg_j(g, 2.0), ad_m, ad_md, lambda g: awg(g, 1, 5)):
        np.testing.assert_allclose(index(first), index(again), atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(answers, codes)
def test_group_statistics_equal_pandas(values, groups):
    grouped = group_rows(values, groups)
    by = pd.DataFrame(values).groupby(groups)
    np.testing.assert_allclose(grouped.means, by.mean(), atol=1e-12)
    np.testing.assert_allclose(grouped.variances, by.var(), atol=1e-12)
    np.testing.assert_allclose(grouped.medians, by.median(), atol=1e-12)
    np.testing.assert_array_equal(grouped.sizes, by.size())


def test_null_variances():
    assert null_variance(5, "uniform") == 2.0
    assert null_variance(7, "uniform") == 4.0
    # the table's own variances for five answers, to the two decimals it prints
    for null, printed in (("slight_skew", 1.34), ("moderate_skew", 0.90), ("heavy_skew", 0.44)):
        assert sum(FIVE_POINT_PROPORTIONS[null]) == pytest.approx(1.0)
        assert null_variance(5, null) == pytest.approx(printed, abs=0.005)
        assert np.isnan(null_variance(4, null))
        assert null_variance(7, null) == PUBLISHED_VARIANCES[null][7]
    for points in range(5, 12):
        shrinking = [null_variance(points, null) for null in NULLS]
        assert shrinking == sorted(shrinking, reverse=True)


def test_mean_interval_is_students():
    mean, low, high = mean_interval(np.array([1.0, 2.0, 3.0, np.nan]))
    assert mean == 2.0
    assert high - mean == pytest.approx(mean - low)
    assert high - mean == pytest.approx(4.302652729911275 / np.sqrt(3))
    assert np.isnan(mean_interval(np.array([np.nan]))).all()
    assert np.isnan(mean_interval(np.array([1.0, np.nan]))[1])


def test_hundreds_of_groups_take_milliseconds():
    generator = np.random.default_rng(0)
    values = generator.integers(1, 6, (10_000, 5)).astype(float)
    groups = generator.integers(0, 834, 10_000)
    start = time.perf_counter()
    grouped = group_rows(values, groups)
    rwg_j(grouped, 2.0)
    awg(grouped, 1, 5)
    ad_m(grouped)
    assert time.perf_counter() - start < 1.0  # about 5 ms; generous for a busy machine

"""Cronbach's alpha by hand, its properties, and pairwise covariances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from relsurvey.errors import DataError
from relsurvey.stats.alpha import alpha_if_dropped, cronbach_alpha, item_rest_correlations
from relsurvey.stats.pairwise_cov import pairwise_cov

answers = arrays(np.float64, (25, 4), elements=st.integers(1, 5).map(float)).filter(
    lambda values: (
        values.std(axis=0).min() > 0 and values.sum(axis=1).var() > 0.2 * values.var(axis=0).sum()
    )
)


def alpha_of(values):
    return cronbach_alpha(np.cov(values.T), len(values))


def test_by_hand():
    # two items, variances 2 and 3, covariance 1: 2 (1 - 5/7) = 4/7
    found = cronbach_alpha(np.array([[2.0, 1.0], [1.0, 3.0]]), 100)
    assert found.estimate == pytest.approx(4 / 7)
    # r of two items is also the item-rest correlation
    np.testing.assert_allclose(
        item_rest_correlations(np.array([[2.0, 1.0], [1.0, 3.0]])), 1 / np.sqrt(6)
    )
    # parallel items with r = .5: Spearman-Brown gives 3 * .5 / (1 + 2 * .5)
    parallel = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    assert cronbach_alpha(parallel, 50).estimate == pytest.approx(0.75)
    np.testing.assert_allclose(alpha_if_dropped(parallel), 2 / 3)


@settings(max_examples=50, deadline=None)
@given(answers, st.permutations(range(4)), st.floats(0.1, 50.0), st.floats(-20.0, 20.0))
def test_order_and_common_linear_recoding_change_nothing(values, order, factor, shift):
    first = alpha_of(values)
    for other in (values[:, order], values[::-1], factor * values + shift):
        again = alpha_of(other)
        assert again.estimate == pytest.approx(first.estimate, abs=1e-9)
        assert again.std_error == pytest.approx(first.std_error, abs=1e-9)
        assert again.conf_low == pytest.approx(first.conf_low, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(answers)
def test_interval_holds_the_estimate(values):
    found = alpha_of(values)
    assert found.estimate <= 1.0
    assert found.conf_low < found.estimate < found.conf_high or found.estimate == 1.0


@settings(max_examples=50, deadline=None)
@given(answers)
def test_items_against_the_rest_are_plain_correlations(values):
    rests = values.sum(axis=1, keepdims=True) - values
    for item, found in enumerate(item_rest_correlations(np.cov(values.T))):
        if rests[:, item].std() > 0:
            expected = np.corrcoef(values[:, item], rests[:, item])[0, 1]
            assert found == pytest.approx(expected, abs=1e-9)
        else:
            assert np.isnan(found)


def test_feldt_covers_as_often_as_it_says():
    generator = np.random.default_rng(11)
    truth = 4 * 0.5 / (1 + 3 * 0.5)  # four parallel items with r = .5
    draws = generator.standard_normal((2000, 60, 1)) + generator.standard_normal((2000, 60, 4))
    bounds = [alpha_of(values) for values in draws]
    covered = np.mean([found.conf_low <= truth <= found.conf_high for found in bounds])
    assert covered == pytest.approx(0.95, abs=0.015)
    error = np.std([found.estimate for found in bounds])
    assert np.mean([found.std_error for found in bounds]) == pytest.approx(error, rel=0.05)


@pytest.mark.parametrize(
    ("cov", "n_obs"),
    [(np.eye(1), 10), (np.eye(3), 1), (np.array([[1.0, -1.0], [-1.0, 1.0]]), 10)],
)
def test_what_has_no_alpha(cov, n_obs):
    with pytest.raises(DataError):
        cronbach_alpha(cov, n_obs)


def test_pairwise_covariances_equal_pandas():
    generator = np.random.default_rng(4)
    values = generator.standard_normal((40, 5)) + 100.0
    values[generator.random(values.shape) < 0.3] = np.nan
    cov, pairs = pairwise_cov(values)
    frame = pd.DataFrame(values)
    np.testing.assert_allclose(cov, frame.cov(min_periods=2), atol=1e-11)
    here = frame.notna().astype(int)
    np.testing.assert_array_equal(pairs, here.T @ here)
    alone, _ = pairwise_cov(np.array([[1.0, np.nan], [np.nan, 2.0], [3.0, 1.0]]))
    assert np.isnan(alone[0, 1])
    assert alone[0, 0] == 2.0

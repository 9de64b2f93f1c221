"""The likelihood of rows with gaps against row-by-row formulas and numeric derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import multivariate_normal

from relsurvey.errors import DataError, ModelError
from relsurvey.stats.fiml import fit_fiml
from relsurvey.stats.fiml_information import moment_information, moment_scores, row_meat
from relsurvey.stats.incomplete import completed, group_patterns, saturated_moments
from relsurvey.stats.linear_model import FACTOR, INTERCEPT, LOADING, RESIDUAL, LinearModel

Array = NDArray[np.float64]


def rows_with_gaps(seed: int, n: int = 80, p: int = 4, share: float = 0.3) -> Array:
    generator = np.random.default_rng(seed)
    mixed = np.eye(p) + 0.3 * generator.standard_normal((p, p))
    rows = generator.standard_normal((n, p)) @ mixed + 2.0
    rows[generator.random((n, p)) < share] = np.nan
    return rows


def some_moments(p: int = 4) -> tuple[Array, Array]:
    return 3.0 * np.eye(p) + 0.5, np.full(p, 1.5)


def unpacked(values: Array, p: int) -> tuple[Array, Array]:
    at = np.tril_indices(p)
    covariance = np.zeros((p, p))
    covariance[at] = values[: len(at[0])]
    covariance.T[at] = values[: len(at[0])]
    return covariance, values[len(at[0]) :]


def value(rows: Array, values: Array) -> float:
    at = completed(group_patterns(rows), *unpacked(values, rows.shape[1]))
    assert at is not None
    return 0.5 * at.deviance


def test_deviance_is_the_sum_over_rows_of_what_is_seen() -> None:
    rows = rows_with_gaps(1)
    covariance, mean = some_moments()
    expected = 0.0
    for row in rows:
        seen = np.isfinite(row)
        if seen.any():
            part = multivariate_normal(mean[seen], covariance[np.ix_(seen, seen)])
            expected += -2.0 * part.logpdf(row[seen])
    found = completed(group_patterns(rows), covariance, mean)
    assert found is not None
    assert found.deviance == pytest.approx(expected, rel=1e-12)


def test_information_and_scores_are_the_derivatives() -> None:
    rows = rows_with_gaps(2)
    covariance, mean = some_moments()
    at = np.concatenate([covariance[np.tril_indices(4)], mean])
    steps = 1e-4 * np.eye(len(at))
    second = np.array(
        [
            [
                value(rows, at + a + b)
                - value(rows, at + a - b)
                - value(rows, at - a + b)
                + value(rows, at - a - b)
                for b in steps
            ]
            for a in steps
        ]
    ) / (4.0 * 1e-8)
    first = np.array([value(rows, at + a) - value(rows, at - a) for a in steps]) / 2e-4
    data = group_patterns(rows)
    filled = completed(data, covariance, mean)
    assert filled is not None
    # finite differences of values of size 500 are good to about 1e-5
    np.testing.assert_allclose(moment_information(data, filled), second, atol=5e-5)
    scores = np.concatenate([part for _, part in moment_scores(data, filled)])
    np.testing.assert_allclose(scores.sum(axis=0), -first, atol=1e-6)
    np.testing.assert_allclose(row_meat(data, filled), scores.T @ scores, rtol=1e-12)


def test_without_gaps_the_saturated_moments_are_mean_and_covariance() -> None:
    rows = rows_with_gaps(3, share=0.0)
    found = saturated_moments(group_patterns(rows))
    np.testing.assert_allclose(found.mean, rows.mean(axis=0), atol=1e-9)
    np.testing.assert_allclose(found.covariance, np.cov(rows.T, ddof=0), atol=1e-8)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.05, 0.4))  # beyond, some have no maximum
def test_the_saturated_moments_are_stationary_and_follow_the_scale(seed: int, share: float) -> None:
    rows = rows_with_gaps(seed, share=share)
    data = group_patterns(rows)
    found = saturated_moments(data)
    assert found.converged
    at = completed(data, found.covariance, found.mean)
    assert at is not None
    scale = np.sqrt(np.diag(found.covariance))
    slope = np.outer(scale, scale) * (at.pulled.T @ at.pulled - at.inverse_sum())
    assert np.max(np.abs(slope)) < 1e-4 * len(rows)
    factor, shift = np.array([0.01, 1.0, 3.0, 100.0]), np.array([5.0, -3.0, 0.0, 1e3])
    moved = saturated_moments(group_patterns(rows * factor + shift))
    np.testing.assert_allclose(moved.mean, found.mean * factor + shift, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(
        moved.covariance / np.outer(scale * factor, scale * factor),
        found.covariance / np.outer(scale, scale),
        atol=1e-6,
    )


def one_factor(p: int = 4) -> LinearModel:
    item, zero = np.arange(p), np.zeros(p, dtype=np.int64)
    kind = [LOADING] * p + [RESIDUAL] * p + [FACTOR] + [INTERCEPT] * p
    row = np.concatenate([item, item, [0], item])
    column = np.concatenate([zero, item, [0], zero])
    free = np.concatenate([[-1], np.arange(3 * p)])
    return LinearModel(p, 1, np.array(kind), row, column, free, np.ones(3 * p + 1))


def one_factor_rows(n: int = 300, share: float = 0.2) -> Array:
    generator = np.random.default_rng(5)
    rows = generator.standard_normal((n, 1)) + 0.8 * generator.standard_normal((n, 4))
    rows[generator.random(rows.shape) < share] = np.nan
    return rows


def test_two_equal_halves_halve_the_variance_and_groups_add_up() -> None:
    rows = one_factor_rows()
    once = fit_fiml([one_factor()], [rows])
    twice = fit_fiml([one_factor()], [np.concatenate([rows, rows])])
    groups = fit_fiml([one_factor(), one_factor()], [rows, rows])
    for other in (twice, groups):
        np.testing.assert_allclose(other.theta, once.theta, atol=1e-6)
        np.testing.assert_allclose(other.covariance_naive, once.covariance_naive / 2, rtol=1e-5)
        np.testing.assert_allclose(other.covariance_robust, once.covariance_robust / 2, rtol=1e-5)
        assert other.chi2 == pytest.approx(2.0 * once.chi2, rel=1e-8)
    for name in ("complete_factor_null", "complete_factor_normal_null"):
        found = getattr(groups.tests, name)
        assert found == pytest.approx(getattr(once.tests, name), rel=1e-6)
    # fourteen more moments and no more parameters: as many degrees of freedom more
    assert groups.df == once.df + 14
    assert twice.tests.scaling_factor == pytest.approx(once.tests.scaling_factor, rel=1e-6)


def test_rows_each_in_a_cluster_of_their_own_are_rows() -> None:
    rows = one_factor_rows()
    n = len(rows)
    plain = fit_fiml([one_factor()], [rows])
    alone = fit_fiml([one_factor()], [rows], clusters=[np.arange(n)])
    used = alone.n_obs[0]
    np.testing.assert_allclose(
        alone.covariance_robust, plain.covariance_robust * used / (used - 1), rtol=1e-9
    )


def test_empty_rows_are_left_out_and_counted_and_the_order_does_not_matter() -> None:
    rows = one_factor_rows()
    empty = np.concatenate([rows, np.full((7, 4), np.nan)])
    found = fit_fiml([one_factor()], [empty])
    again = fit_fiml([one_factor()], [rows[::-1]])
    assert found.n_empty == again.n_empty + 7
    np.testing.assert_allclose(found.theta, again.theta, atol=1e-7)


def test_items_that_copy_each_other_have_no_moments() -> None:
    rows = one_factor_rows()
    rows[:, 3] = 2.0 * rows[:, 2]
    with pytest.raises(ModelError, match="singular"):
        fit_fiml([one_factor()], [rows])


def test_an_item_without_values_or_spread_is_named() -> None:
    rows = one_factor_rows()
    rows[:, 2] = np.nan
    with pytest.raises(DataError, match="no values"):
        fit_fiml([one_factor()], [rows])
    rows[:, 2] = 4.0
    with pytest.raises(DataError, match="does not vary"):
        fit_fiml([one_factor()], [rows])

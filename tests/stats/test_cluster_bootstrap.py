from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.stats.cluster_bootstrap import cross_products, partial_out, resample


def draw(seed=0, n=50, n_clusters=7):
    rng = np.random.default_rng(seed)
    clusters = np.r_[np.arange(n_clusters), rng.integers(0, n_clusters, n - n_clusters)]
    return np.column_stack([np.ones(n), rng.standard_normal((n, 3))]), clusters


def test_cross_products_add_up_to_the_whole():
    columns, clusters = draw()
    products = cross_products(columns, clusters)
    assert products.n_clusters == 7
    np.testing.assert_allclose(products.total(), columns.T @ columns)


def test_a_replicate_is_whole_clusters_drawn_with_replacement():
    columns, clusters = draw()
    products = cross_products(columns, clusters)
    # The first column counts rows: a replicate's count is a sum of as many cluster sizes.
    whole = np.concatenate(list(resample(products, 300, seed=1)))
    drawn = np.random.default_rng(1).integers(0, 7, size=(300, 7))
    for replicate in (0, 150, 299):
        rows = np.concatenate([columns[clusters == code] for code in drawn[replicate]])
        np.testing.assert_allclose(whole[replicate], rows.T @ rows)


def test_seed_decides_and_the_batch_does_not():
    products = cross_products(*draw())
    first = np.concatenate(list(resample(products, 101, seed=5, batch=101)))
    second = np.concatenate(list(resample(products, 101, seed=5, batch=7)))
    np.testing.assert_allclose(first, second)
    other = np.concatenate(list(resample(products, 101, seed=6)))
    assert not np.allclose(first, other)


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_what_is_left_after_the_first_columns_is_what_regression_leaves(seed):
    columns, _ = draw(seed)
    first, rest = columns[:, :2], columns[:, 2:]
    residuals = rest - first @ np.linalg.lstsq(first, rest, rcond=None)[0]
    found = partial_out((columns.T @ columns)[None], 2)[0]
    np.testing.assert_allclose(found, residuals.T @ residuals, atol=1e-9)


def test_a_column_that_follows_from_others_is_passed_over():
    columns, _ = draw()
    again = np.column_stack([columns[:, :2], columns[:, 1], columns[:, 2:]])
    np.testing.assert_allclose(
        partial_out((again.T @ again)[None], 3), partial_out((columns.T @ columns)[None], 2)
    )

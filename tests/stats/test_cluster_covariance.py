from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.errors import ModelError
from relsurvey.stats.cluster_covariance import (
    CLUSTER_KINDS,
    cluster_covariance,
    satterthwaite_df,
)
from relsurvey.stats.heteroskedastic_covariance import heteroskedastic_covariance
from relsurvey.stats.least_squares import least_squares
from relsurvey.stats.wald_test import hotelling_test, wald_test

SEEDS = st.integers(0, 10_000)


def draw(seed, n=60, n_clusters=9):
    rng = np.random.default_rng(seed)
    clusters = np.r_[np.arange(n_clusters), rng.integers(0, n_clusters, n - n_clusters)]
    effects = rng.standard_normal((n_clusters, 2))
    design = np.column_stack([np.ones(n), effects[clusters, 0], rng.standard_normal(n)])
    return rng.standard_normal(n) + effects[clusters, 1], design, clusters


def by_definition(outcome, design, clusters, kind):
    """CR covariance and degrees of freedom with the n by n matrices of the papers."""
    n, p = design.shape
    bread = np.linalg.inv(design.T @ design)
    hat = design @ bread @ design.T
    residuals = outcome - hat @ outcome
    groups = [np.flatnonzero(clusters == code) for code in np.unique(clusters)]
    meat, shares = np.zeros((p, p)), []
    for rows in groups:
        values, vectors = np.linalg.eigh(np.eye(rows.size) - hat[np.ix_(rows, rows)])
        power = {"CR2": -0.5, "CR3": -1.0}.get(kind, 0.0)
        adjust = (vectors * values**power) @ vectors.T if power else np.eye(rows.size)
        score = design[rows].T @ adjust @ residuals[rows]
        meat += np.outer(score, score)
        shares.append((np.eye(n) - hat)[:, rows] @ adjust @ design[rows] @ bread)
    g = len(groups)
    scale = {"CR1": g / (g - 1), "CR1S": g * (n - 1) / ((g - 1) * (n - p))}.get(kind, 1.0)
    df = []
    for column in range(p):
        found = np.column_stack([share[:, column] for share in shares])
        gram = found.T @ found
        df.append(np.trace(gram) ** 2 / (gram**2).sum())
    return scale * bread @ meat @ bread, np.array(df)


@pytest.mark.parametrize("n_more", [0, 15], ids=["fewer columns", "more columns than rows"])
@pytest.mark.parametrize("kind", CLUSTER_KINDS)
@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_small_matrices_give_what_the_definition_gives(kind, n_more, seed):
    """With fewer columns than a cluster has rows, and with more columns than any cluster."""
    outcome, design, clusters = draw(seed, n_clusters=24 if n_more else 9)
    more = np.random.default_rng(seed).standard_normal((outcome.size, n_more))
    design = np.column_stack([design, more])
    p = design.shape[1]
    assert (np.bincount(clusters).max() < p) == bool(n_more)
    found = cluster_covariance(least_squares(outcome, design), clusters, kind)
    covariance, df = by_definition(outcome, design, clusters, kind)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(satterthwaite_df(found, np.eye(p)), df, rtol=1e-7)


@pytest.mark.parametrize(("kind", "same"), [("CR0", "HC0"), ("CR2", "HC2"), ("CR3", "HC3")])
@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_clusters_of_one_are_independent_rows(kind, same, seed):
    outcome, design, _ = draw(seed)
    fit = least_squares(outcome, design)
    found = cluster_covariance(fit, np.arange(outcome.size), kind)
    np.testing.assert_allclose(found.covariance, heteroskedastic_covariance(fit, same), rtol=1e-8)


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_order_of_rows_and_codes_does_not_matter(seed):
    outcome, design, clusters = draw(seed)
    mixed = np.random.default_rng(seed).permutation(outcome.size)
    renamed = np.random.default_rng(seed + 1).permutation(9)[clusters]
    first = cluster_covariance(least_squares(outcome, design), clusters, "CR2")
    fit = least_squares(outcome[mixed], design[mixed])
    second = cluster_covariance(fit, renamed[mixed], "CR2")
    np.testing.assert_allclose(first.covariance, second.covariance, rtol=1e-8)
    contrasts = np.array([[0.0, 1.0, 1.0]])
    np.testing.assert_allclose(
        satterthwaite_df(first, contrasts), satterthwaite_df(second, contrasts), rtol=1e-8
    )


@pytest.mark.parametrize("kind", ["CR2", "CR3"])
def test_a_cluster_that_is_fitted_exactly_adds_nothing(kind):
    outcome, design, clusters = draw(2)
    with_own_mean = np.column_stack([design, clusters == 4]).astype(float)
    with_own_mean[clusters == 4, 2] = 0.0
    found = cluster_covariance(least_squares(outcome, with_own_mean), clusters, kind)
    rest = clusters != 4
    codes = np.unique(clusters[rest], return_inverse=True)[1]
    without = cluster_covariance(least_squares(outcome[rest], design[rest]), codes, kind)
    np.testing.assert_allclose(found.covariance[:3, :3], without.covariance, rtol=1e-8)


def test_cr2_is_unbiased_when_errors_are_independent():
    _, design, clusters = draw(5)
    rng = np.random.default_rng(0)
    found = np.mean(
        [
            cluster_covariance(
                least_squares(rng.standard_normal(60), design), clusters, "CR2"
            ).covariance
            for _ in range(3000)
        ],
        axis=0,
    )
    np.testing.assert_allclose(np.diag(found), np.diag(np.linalg.inv(design.T @ design)), rtol=0.05)


def test_one_cluster_is_refused():
    outcome, design, _ = draw(1)
    with pytest.raises(ModelError, match="more than one cluster"):
        cluster_covariance(least_squares(outcome, design), np.zeros(60, dtype=int), "CR2")


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_joint_test_of_one_contrast_is_the_t_test(seed):
    outcome, design, clusters = draw(seed)
    fit = least_squares(outcome, design)
    found = cluster_covariance(fit, clusters, "CR2")
    contrast = np.array([[0.0, 1.0, -0.5]])
    test = hotelling_test(fit.coefficients, found, contrast)
    value = float((contrast @ fit.coefficients)[0])
    variance = float((contrast @ found.covariance @ contrast.T)[0, 0])
    assert test.statistic == pytest.approx(value**2 / variance)
    assert test.df_denominator == pytest.approx(satterthwaite_df(found, contrast)[0])


@given(seed=SEEDS, scale=st.floats(0.1, 10))
@settings(max_examples=20, deadline=None)
def test_joint_tests_do_not_depend_on_how_contrasts_are_written(seed, scale):
    outcome, design, clusters = draw(seed)
    fit = least_squares(outcome, design)
    found = cluster_covariance(fit, clusters, "CR2")
    contrasts = np.eye(3)[1:]
    mixed = np.array([[scale, 1.0], [0.0, 2.0]]) @ contrasts
    first, second = (hotelling_test(fit.coefficients, found, rows) for rows in (contrasts, mixed))
    assert first.statistic == pytest.approx(second.statistic, rel=1e-6)
    assert first.df_denominator == pytest.approx(second.df_denominator, rel=1e-6)
    plain = wald_test(fit.coefficients, found.covariance, contrasts, 50.0)
    assert plain.statistic >= first.statistic

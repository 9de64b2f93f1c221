"""One-factor solutions, covariances of ordinal answers, and resampled rows by themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.errors import ModelError
from relsurvey.stats.categorical_reliability import (
    answer_covariances,
    answer_model,
    categorical_reliability,
    padded,
    with_own_variances,
)
from relsurvey.stats.htmt import htmt_ratios
from relsurvey.stats.icc_anova import anova_icc
from relsurvey.stats.icc_bootstrap import icc_replicates
from relsurvey.stats.omega import omega_total
from relsurvey.stats.one_factor import (
    one_factor_dwls,
    one_factor_ml,
    one_factor_ml_covariance,
)
from relsurvey.stats.ordinal_data import OrdinalData
from relsurvey.stats.ordinal_scale import as_categories, closed_up
from relsurvey.stats.resampled_rows import resampled_rows


def sample(seed: int, k: int = 5, n: int = 200) -> np.ndarray:
    generator = np.random.default_rng(seed)
    factor = generator.standard_normal((n, 1))
    return factor + generator.standard_normal((n, k)) * np.linspace(0.6, 1.8, k)


def discrepancy(theta: np.ndarray, cov: np.ndarray) -> float:
    k = len(cov)
    implied = np.outer(theta[:k], theta[:k]) + np.diag(theta[k:])
    return float(np.linalg.slogdet(implied)[1] + np.trace(np.linalg.solve(implied, cov)))


def test_a_batch_is_each_matrix_by_itself_and_lies_at_the_optimum():
    covariances = np.array([np.cov(sample(seed).T, ddof=0) for seed in range(6)])
    batch = one_factor_ml(covariances)
    assert batch.proper.all()
    for at, cov in enumerate(covariances):
        alone = one_factor_ml(cov[None])
        np.testing.assert_allclose(batch.loadings[at], alone.loadings[0], atol=1e-9)
        theta = np.concatenate([batch.loadings[at], batch.residuals[at]])
        for step in 1e-5 * np.eye(10):
            slope = discrepancy(theta + step, cov) - discrepancy(theta - step, cov)
            assert slope / 2e-5 == pytest.approx(0.0, abs=1e-8)


def test_errors_are_the_curvature_where_the_model_holds():
    theta = np.array([0.9, 0.7, 0.6, 0.8, 0.5, 0.6, 0.9, 0.4])
    cov = np.outer(theta[:4], theta[:4]) + np.diag(theta[4:])
    steps = 1e-4 * np.eye(8)
    curvature = np.array(
        [
            [
                discrepancy(theta + a + b, cov)
                - discrepancy(theta + a - b, cov)
                - discrepancy(theta - a + b, cov)
                + discrepancy(theta - a - b, cov)
                for a in steps
            ]
            for b in steps
        ]
    ) / (4 * 1e-8)
    found = one_factor_ml_covariance(theta[:4], theta[4:], 200)
    np.testing.assert_allclose(found, 2 / 200 * np.linalg.inv(curvature), rtol=1e-4, atol=1e-8)


@given(
    loadings=st.lists(st.floats(0.2, 0.95), min_size=3, max_size=7),
    seed=st.integers(0, 1000),
)
@settings(max_examples=25, deadline=None)
def test_exact_correlations_give_their_loadings_whatever_the_weights(loadings, seed):
    truth = np.array(loadings)
    correlations = np.outer(truth, truth)
    np.fill_diagonal(correlations, 1.0)
    weights = np.random.default_rng(seed).uniform(0.5, 5.0, correlations.shape)
    found = one_factor_dwls(correlations[None], (weights + weights.T)[None])
    assert found.converged.all()
    np.testing.assert_allclose(found.loadings[0], truth, atol=1e-6)


def test_a_heywood_case_is_not_proper():
    heywood = np.array([[1.0, 0.9, 0.6], [0.9, 1.0, 0.3], [0.6, 0.3, 1.0]])
    assert not one_factor_ml(heywood[None]).proper[0]
    assert not one_factor_dwls(heywood[None], np.ones((1, 3, 3))).proper[0]


def test_answer_covariances_are_those_of_drawn_answers():
    loadings = np.array([0.8, 0.6, 0.7])
    thresholds = (np.array([-0.5, 0.4]), np.array([0.2]), np.array([-1.0, 0.0, 1.2]))
    cuts = padded(thresholds)
    generator = np.random.default_rng(2)
    n = 400_000
    latent = loadings * generator.standard_normal((n, 1))
    latent = latent + np.sqrt(1 - loadings**2) * generator.standard_normal((n, 3))
    answers = (latent[:, :, None] > cuts).sum(axis=2)
    found = answer_model(cuts, loadings).total.covariances
    np.testing.assert_allclose(found, np.cov(answers.T), atol=0.006)


def test_derivatives_of_categorical_reliability():
    loadings = np.array([0.8, 0.6, 0.7, 0.5])
    cuts = padded(tuple(np.array([-0.8, 0.1, 0.9]) + shift for shift in (0, 0.2, -0.3, 0.1)))
    for best in (False, True):
        found = categorical_reliability(answer_model(cuts, loadings), best=best)
        for at in np.ndindex(cuts.shape):
            moved = [cuts.copy(), cuts.copy()]
            moved[0][at] += 1e-5
            moved[1][at] -= 1e-5
            up, down = (
                categorical_reliability(answer_model(one, loadings), best=best).estimate
                for one in moved
            )
            assert found.by_threshold[at] == pytest.approx((up - down) / 2e-5, abs=1e-8)
        for item in range(4):
            step = 1e-5 * np.eye(4)[item]
            up, down = (
                categorical_reliability(answer_model(cuts, one), best=best).estimate
                for one in (loadings + step, loadings - step)
            )
            assert found.by_loading[item] == pytest.approx((up - down) / 2e-5, abs=1e-8)


def test_two_categories_by_hand():
    cuts = np.zeros((2, 1))
    rho = 0.5
    shared = answer_covariances(cuts, np.full((2, 2), rho))
    assert shared.covariances[0, 1] == pytest.approx(np.arcsin(rho) / (2 * np.pi), abs=1e-12)
    own = with_own_variances(cuts, shared)
    np.testing.assert_allclose(np.diag(own.covariances), 0.25, atol=1e-12)


def test_categories_nobody_uses_are_closed_up():
    data = as_categories(np.array([[1, 5.0], [2, 7], [9, 7], [np.nan, 11]]))
    assert data.points.tolist() == [3, 3]
    assert data.codes[:, 0].tolist() == [0, 1, 2, -1]
    drawn = closed_up(data, np.array([0, 2, 2, 3]))
    assert drawn.points.tolist() == [2, 3]
    assert drawn.codes.tolist() == [[0, 0], [1, 1], [1, 1], [-1, 2]]
    whole = closed_up(data, np.arange(4))
    assert isinstance(whole, OrdinalData)
    np.testing.assert_array_equal(whole.codes, data.codes)


def test_whole_clusters_are_drawn():
    clusters = np.array([2, 0, 0, 1, 2, 2, 0])
    for rows in resampled_rows(7, 50, 3, clusters):
        counts = np.bincount(rows, minlength=7)
        for group in range(3):
            assert len(set(counts[clusters == group])) == 1
    first, again = (list(resampled_rows(7, 3, 3, clusters)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_icc_replicates_are_iccs_of_the_groups_drawn():
    generator = np.random.default_rng(6)
    codes = np.repeat(np.arange(12), generator.integers(1, 6, 12))
    scores = generator.standard_normal(len(codes)) + generator.standard_normal(12)[codes]
    icc1, icc2 = icc_replicates(scores, codes, 5, seed=4)
    weights = np.random.default_rng(4).multinomial(12, np.full(12, 1 / 12), size=5)
    for at, counts in enumerate(weights):
        groups = np.repeat(np.arange(12), counts)
        rows = [np.flatnonzero(codes == group) for group in groups]
        drawn = np.concatenate(rows)
        fresh = np.repeat(np.arange(12), [len(one) for one in rows])
        exact = anova_icc(scores[drawn], fresh)
        assert icc1[at] == pytest.approx(exact.icc1, abs=1e-12)
        assert icc2[at] == pytest.approx(exact.icc2, abs=1e-12)


def test_htmt_by_hand():
    correlations = np.array(
        [[1, 0.5, -0.2, 0.3], [0.5, 1, 0.1, 0.4], [-0.2, 0.1, 1, 0.8], [0.3, 0.4, 0.8, 1]]
    )
    membership = np.array([[True, False], [True, False], [False, True], [False, True]])
    plain = htmt_ratios(correlations[None], membership)[0, 0, 1]
    assert plain == pytest.approx(0.25 / np.sqrt(0.5 * 0.8))
    second = htmt_ratios(correlations[None], membership, version=2)[0, 0, 1]
    assert second == pytest.approx((0.2 * 0.3 * 0.1 * 0.4) ** 0.25 / np.sqrt(0.5 * 0.8))
    correlations[0, 2] = correlations[2, 0] = 0.0
    assert np.isnan(htmt_ratios(correlations[None], membership, version=2)[0, 0, 1])


def test_a_singular_matrix_has_no_omega():
    with pytest.raises(ModelError, match="singular"):
        omega_total(np.ones((3, 3)), 100)

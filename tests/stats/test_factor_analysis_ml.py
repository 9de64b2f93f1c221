"""Maximum-likelihood factor models: derivatives, known truth, improper and impossible cases."""

from __future__ import annotations

import numpy as np
import pytest

from relsurvey.errors import ModelError
from relsurvey.stats.linear_model import FACTOR, LOADING, PATH, RESIDUAL, LinearModel, implied
from relsurvey.stats.maximum_likelihood import fit_likelihood
from relsurvey.stats.normal_theory import Moments, moment_slopes
from relsurvey.stats.omega import omega_total
from relsurvey.stats.rank_two_slopes import cell_slopes, expected_information, slopes_at
from relsurvey.stats.standardised_solution import residual_variances, standardised_solution

HOMES = [0, 0, 0, 1, 1, 1, 1]
TWO = np.eye(2, dtype=bool)[HOMES]
LOADINGS = np.where(TWO, np.array([[0.8, 0.7, 0.6, 0.5, 0.9, 0.7, 0.6]]).T, 0.0)
FACTORS = np.array([[1.0, 0.4], [0.4, 1.0]])
RESIDUALS = 1.0 - np.einsum("ij,jk,ik->i", LOADINGS, FACTORS, LOADINGS)
TRUTH = LOADINGS @ FACTORS @ LOADINGS.T + np.diag(RESIDUALS)


def factor_model(homes, markers=None, path=False, residuals=True):
    """Cells of a simple structure: loadings, residuals, factors; marker loadings fixed at 1."""
    cells = []
    for item, factor in enumerate(homes):
        cells.append((LOADING, item, factor, markers is None or item not in markers, 1.0))
    if residuals:
        cells += [(RESIDUAL, item, item, True, 0.5) for item in range(len(homes))]
    m = max(homes) + 1
    cells += [(FACTOR, factor, factor, markers is not None, 1.0) for factor in range(m)]
    if path:
        cells.append((PATH, 1, 0, True, 0.2))
    else:
        cells += [(FACTOR, b, a, True, 0.2) for a in range(m) for b in range(a + 1, m)]
    matrix, row, column, free, value = (np.array(part) for part in zip(*cells, strict=True))
    index = np.where(free, np.cumsum(free) - 1, -1)
    start = np.where(free & (matrix == LOADING), 0.7, value)
    return LinearModel(len(homes), m, matrix, row, column, index, start)


MODELS = [factor_model(HOMES), factor_model(HOMES, (0, 3)), factor_model(HOMES, (2, 4))]


def sample(covariance, n=500):
    return Moments(n, np.zeros(len(covariance)), covariance)


def fit(model, covariance, n=500):
    return fit_likelihood([model], [sample(covariance, n)], model.start())


@pytest.mark.parametrize("model", [*MODELS, factor_model(HOMES, (0, 3), path=True)])
def test_slopes_equal_differences(model):
    theta = np.random.default_rng(1).uniform(0.3, 1.2, model.n_parameters)
    at, step = implied(model, theta), 1e-6
    full = moment_slopes(model, at).covariance
    rows, columns = np.indices(TRUTH.shape).reshape(2, -1)
    quick = slopes_at(cell_slopes(model, at), rows, columns).T.reshape(full.shape)
    for parameter in range(model.n_parameters):
        move = np.zeros_like(theta)
        move[parameter] = step
        slope = implied(model, theta + move).covariance - implied(model, theta - move).covariance
        np.testing.assert_allclose(full[parameter], slope / (2 * step), atol=1e-8)
        np.testing.assert_allclose(quick[parameter], slope / (2 * step), atol=1e-8)
    inverse = np.linalg.inv(at.covariance)
    by_hand = 0.5 * np.einsum("kab,bc,lcd,da->kl", full, inverse, full, inverse)
    np.testing.assert_allclose(expected_information(model, at), by_hand, atol=1e-10)


@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("markers", [None, (0, 3), (2, 4)])
@pytest.mark.parametrize("path", [False, True])
def test_standardised_slopes_equal_differences(markers, path, unit):
    model = factor_model(HOMES, markers, path, residuals=not unit)
    theta = np.random.default_rng(2).uniform(0.3, 0.6, model.n_parameters)
    step = 1e-6

    def at(point):
        here = implied(model, point)
        left = residual_variances(model, here, np.ones(model.n_observed, dtype=bool))
        return standardised_solution(model, point, here, left if unit else None)

    found = at(theta)
    for parameter in range(model.n_parameters):
        move = np.zeros_like(theta)
        move[parameter] = step
        up, down = at(theta + move), at(theta - move)
        np.testing.assert_allclose(
            found.slopes[:, parameter], (up.estimate - down.estimate) / (2 * step), atol=1e-8
        )
        np.testing.assert_allclose(
            found.unique_slopes[:, parameter], (up.unique - down.unique) / (2 * step), atol=1e-8
        )


@pytest.mark.parametrize("model", MODELS)
def test_a_model_that_holds_exactly_is_found_exactly(model):
    scale = np.array([1.0, 1.3, 0.9, 1.1, 1.0, 0.8, 1.2])
    found = fit(model, TRUTH * np.outer(scale, scale))
    assert found.discrepancy * 500 == pytest.approx(0.0, abs=1e-9)
    standard = standardised_solution(model, found.theta, found.at[0])
    estimate = standard.estimate
    loadings = estimate[model.matrix == LOADING]
    np.testing.assert_allclose(np.abs(loadings), LOADINGS.sum(1), atol=1e-7)
    np.testing.assert_allclose(standard.unique, RESIDUALS, atol=1e-7)
    assert abs(estimate[-1]) == pytest.approx(0.4, abs=1e-7)


def test_errors_are_those_of_repeated_samples():
    generator = np.random.default_rng(8)
    root = np.linalg.cholesky(TRUTH)
    n, model = 400, MODELS[1]
    estimates, standard, plain_errors, own_errors, chi2 = [], [], [], [], []
    for _ in range(300):
        values = generator.standard_normal((n, 7)) @ root.T
        found = fit(model, np.cov(values.T, ddof=0), n)
        covariance = np.linalg.inv(found.information) / n
        rows = standardised_solution(model, found.theta, found.at[0])
        estimates.append(found.theta)
        plain_errors.append(np.sqrt(np.diag(covariance)))
        standard.append(rows.estimate[:7])
        own_errors.append(np.sqrt(np.diag(rows.slopes @ covariance @ rows.slopes.T))[:7])
        chi2.append(n * found.discrepancy)
    # the standard deviation of 300 draws is itself known to about 4 %
    np.testing.assert_allclose(np.std(estimates, axis=0), np.mean(plain_errors, axis=0), rtol=0.17)
    np.testing.assert_allclose(np.std(standard, axis=0), np.mean(own_errors, axis=0), rtol=0.17)
    assert np.mean(chi2) == pytest.approx(13, rel=0.08)


def test_a_start_changes_the_way_and_not_the_end():
    generator = np.random.default_rng(3)
    values = generator.standard_normal((200, 7)) @ np.linalg.cholesky(TRUTH).T
    cov, model = np.cov(values.T, ddof=0), MODELS[1]
    plain = fit(model, cov, 200)
    for factor in (0.5, 1.5, 3.0):
        found = fit_likelihood([model], [sample(cov, 200)], factor * model.start())
        np.testing.assert_allclose(found.theta, plain.theta, atol=1e-7)


def test_two_groups_with_the_same_moments_are_one_with_twice_the_rows():
    one = fit(MODELS[1], TRUTH, 300)
    two = fit_likelihood([MODELS[1]] * 2, [sample(TRUTH, 100), sample(TRUTH, 200)], one.theta)
    np.testing.assert_allclose(two.theta, one.theta, atol=1e-9)
    np.testing.assert_allclose(two.information, one.information, atol=1e-9)


def test_impossible_models_are_refused():
    apart = np.kron(np.eye(2), np.array([[1.0, 0.5], [0.5, 1.0]]))
    with pytest.raises(ModelError, match=r"not identified|did not converge"):
        fit(factor_model([0, 0, 1, 1]), apart, 100)


def test_omega_by_hand_and_its_error_in_repeated_samples():
    loadings = np.array([0.9, 0.7, 0.6, 0.8])
    cov = np.outer(loadings, loadings)
    np.fill_diagonal(cov, 1.0)
    expected = 3.0**2 / (3.0**2 + 4 - np.sum(loadings**2))
    assert omega_total(cov, 300).estimate == pytest.approx(expected, abs=1e-9)
    generator = np.random.default_rng(9)
    draws = [
        omega_total(np.cov(values.T, ddof=0), 300)
        for values in generator.standard_normal((300, 300, 4)) @ np.linalg.cholesky(cov).T
    ]
    covered = np.mean([found.conf_low <= expected <= found.conf_high for found in draws])
    assert covered == pytest.approx(0.95, abs=0.03)
    assert np.std([found.estimate for found in draws]) == pytest.approx(
        np.mean([found.std_error for found in draws]), rel=0.12
    )


def test_omega_refuses_what_it_cannot_know():
    with pytest.raises(ModelError, match="three items"):
        omega_total(np.array([[1.0, 0.5], [0.5, 1.0]]), 100)
    heywood = np.array([[1.0, 0.9, 0.6], [0.9, 1.0, 0.3], [0.6, 0.3, 1.0]])
    with pytest.raises(ModelError, match="improper"):
        omega_total(heywood, 100)

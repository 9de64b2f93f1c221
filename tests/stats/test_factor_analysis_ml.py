"""Maximum-likelihood factor models: derivatives, known truth, improper and impossible cases."""

from __future__ import annotations

import numpy as np
import pytest

from relsurvey.errors import ModelError
from relsurvey.stats.cfa_ml import fit_ml
from relsurvey.stats.cfa_standardized import standardized_errors, standardized_solution
from relsurvey.stats.factor_model import FactorModel
from relsurvey.stats.omega import omega_total

TWO = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 1], [0, 1]], dtype=bool)
LOADINGS = np.where(TWO, np.array([[0.8, 0.7, 0.6, 0.5, 0.9, 0.7, 0.6]]).T, 0.0)
FACTORS = np.array([[1.0, 0.4], [0.4, 1.0]])
RESIDUALS = 1.0 - np.einsum("ij,jk,ik->i", LOADINGS, FACTORS, LOADINGS)
TRUTH = LOADINGS @ FACTORS @ LOADINGS.T + np.diag(RESIDUALS)
MODELS = [FactorModel(TWO), FactorModel(TWO, np.array([0, 3])), FactorModel(TWO, np.array([2, 4]))]


@pytest.mark.parametrize("model", MODELS)
def test_derivatives_equal_differences(model):
    theta = np.random.default_rng(1).uniform(0.3, 1.2, model.n_parameters)
    step = 1e-6
    for at, derivative in enumerate(model.derivatives(theta)):
        move = np.zeros_like(theta)
        move[at] = step
        slope = (model.implied(theta + move) - model.implied(theta - move)) / (2 * step)
        np.testing.assert_allclose(derivative, slope, atol=1e-8)


@pytest.mark.parametrize("model", MODELS)
def test_a_model_that_holds_exactly_is_found_exactly(model):
    scale = np.array([1.0, 2.0, 0.5, 10.0, 1.0, 3.0, 0.1])
    fit = fit_ml(TRUTH * np.outer(scale, scale), 500, model)
    assert fit.chi2 == pytest.approx(0.0, abs=1e-10)
    loadings, factors, residuals = standardized_solution(fit)
    np.testing.assert_allclose(loadings, LOADINGS, atol=1e-8)
    np.testing.assert_allclose(factors, FACTORS, atol=1e-8)
    np.testing.assert_allclose(residuals, RESIDUALS, atol=1e-8)
    assert fit.model.df == 28 - 15


def test_errors_are_those_of_repeated_samples():
    generator = np.random.default_rng(8)
    root = np.linalg.cholesky(TRUTH)
    n, model = 400, MODELS[1]
    estimates, standard, plain_errors, own_errors, chi2 = [], [], [], [], []
    for _ in range(300):
        values = generator.standard_normal((n, 7)) @ root.T
        fit = fit_ml(np.cov(values.T, ddof=0), n, model)
        estimates.append(fit.theta)
        plain_errors.append(np.sqrt(np.diag(fit.theta_cov)))
        standard.append(standardized_solution(fit)[0][TWO])
        own_errors.append(standardized_errors(fit)[0][TWO])
        chi2.append(fit.chi2)
    # the standard deviation of 300 draws is itself known to about 4 %
    np.testing.assert_allclose(np.std(estimates, axis=0), np.mean(plain_errors, axis=0), rtol=0.17)
    np.testing.assert_allclose(np.std(standard, axis=0), np.mean(own_errors, axis=0), rtol=0.17)
    assert np.mean(chi2) == pytest.approx(model.df, rel=0.08)


def test_a_start_changes_the_way_and_not_the_end():
    generator = np.random.default_rng(3)
    values = generator.standard_normal((200, 7)) @ np.linalg.cholesky(TRUTH).T
    cov = np.cov(values.T, ddof=0)
    plain = fit_ml(cov, 200, MODELS[0])
    for start in (
        (LOADINGS, FACTORS, RESIDUALS),
        (2 * LOADINGS, 0.3 * FACTORS, RESIDUALS),
        (LOADINGS * np.nan, FACTORS, RESIDUALS),
        (LOADINGS, -FACTORS, RESIDUALS),
    ):
        np.testing.assert_allclose(fit_ml(cov, 200, MODELS[0], start).theta, plain.theta, atol=1e-8)


def test_first_loading_sets_the_sign():
    turned = np.diag([-1.0, 1, 1, 1, 1, 1, 1])
    loadings, factors, _ = MODELS[0].matrices(fit_ml(turned @ TRUTH @ turned, 100, MODELS[0]).theta)
    assert loadings[0, 0] > 0
    assert loadings[1, 0] < 0
    assert factors[0, 1] == pytest.approx(-0.4)


def test_impossible_models_are_refused():
    with pytest.raises(ModelError, match="more parameters"):
        fit_ml(np.array([[1.0, 0.5], [0.5, 1.0]]), 100, FactorModel(np.ones((2, 1), dtype=bool)))
    with pytest.raises(ModelError, match="singular"):
        fit_ml(np.ones((4, 4)), 100, FactorModel(np.ones((4, 1), dtype=bool)))
    with pytest.raises(ModelError, match="singular"):
        fit_ml(np.diag([1.0, 1.0, 0.0]), 100, FactorModel(np.ones((3, 1), dtype=bool)))
    pairs = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=bool)
    apart = np.kron(np.eye(2), np.array([[1.0, 0.5], [0.5, 1.0]]))
    with pytest.raises(ModelError, match=r"not identified|did not converge"):
        fit_ml(apart, 100, FactorModel(pairs))
    unrelated = TRUTH.copy()
    unrelated[0, 1:] = unrelated[1:, 0] = 0.0
    with pytest.raises(ModelError, match="scale of its factor"):
        fit_ml(unrelated, 100, MODELS[1])


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

"""Fit indices on numbers worked out by hand; lavaan's stand in the tests of `cfa`."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from relsurvey.stats import fit_indices


def test_comparative_indices():
    assert fit_indices.cfi(60.0, 40, 540.0, 60) == pytest.approx(1 - 20 / 480)
    assert fit_indices.tli(60.0, 40, 540.0, 60) == pytest.approx((9.0 - 1.5) / (9.0 - 1.0))
    assert fit_indices.cfi(30.0, 40, 540.0, 60) == 1.0
    assert fit_indices.tli(30.0, 40, 540.0, 60) > 1.0
    assert fit_indices.cfi(5.0, 10, 8.0, 15) == 1.0
    assert fit_indices.tli(0.0, 0, 100.0, 3) == 1.0
    assert math.isnan(fit_indices.tli(5.0, 10, 15.0, 15))


def test_rmsea_and_its_bounds():
    assert fit_indices.rmsea(60.0, 40, 200) == pytest.approx(math.sqrt(20 / (40 * 200)))
    assert fit_indices.rmsea(30.0, 40, 200) == 0.0
    assert fit_indices.rmsea(0.0, 0, 200) == 0.0
    assert fit_indices.rmsea_interval(0.0, 0, 200) == (0.0, 0.0)
    low, high = fit_indices.rmsea_interval(60.0, 40, 200)
    for bound, probability in ((low, 0.95), (high, 0.05)):
        noncentrality = bound**2 * 40 * 200
        assert stats.ncx2.cdf(60.0, 40, noncentrality) == pytest.approx(probability, abs=1e-9)
    assert fit_indices.rmsea_interval(20.0, 40, 200) == (0.0, 0.0)
    assert fit_indices.rmsea_interval(45.0, 40, 200)[0] == 0.0
    wide = fit_indices.rmsea_interval(60.0, 40, 200, confidence=0.99)
    assert wide[0] < low < high < wide[1]


def test_srmr_counts_the_lower_triangle():
    observed = np.array([[4.0, 1.0], [1.0, 1.0]])
    implied = np.array([[4.0, 0.4], [0.4, 1.0]])
    assert fit_indices.srmr(observed, implied) == pytest.approx(math.sqrt(0.3**2 / 3))


def test_likelihoods_are_those_of_the_normal_distribution():
    generator = np.random.default_rng(0)
    values = generator.standard_normal((50, 3)) @ np.array([[1, 0.5, 0], [0, 1, 0.3], [0, 0, 1]])
    cov = np.cov(values.T, ddof=0)
    direct = stats.multivariate_normal(values.mean(axis=0), cov).logpdf(values).sum()
    loglik = fit_indices.log_likelihood(cov, 0.0, 50)
    assert loglik == pytest.approx(direct)
    assert fit_indices.log_likelihood(cov, 0.2, 50) == pytest.approx(direct - 0.1 * 50)
    assert fit_indices.aic(loglik, 6) == pytest.approx(-2 * direct + 12)
    assert fit_indices.bic(loglik, 6, 50) == pytest.approx(-2 * direct + 6 * math.log(50))
    chi2, df = fit_indices.independence_chi2(cov, 50)
    apart = stats.multivariate_normal(values.mean(axis=0), np.diag(np.diag(cov)))
    assert chi2 == pytest.approx(2 * (direct - apart.logpdf(values).sum()))
    assert df == 3

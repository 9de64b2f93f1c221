from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.errors import ModelError
from relsurvey.stats.heteroskedastic_covariance import heteroskedastic_covariance
from relsurvey.stats.least_squares import dependent_columns, least_squares


def draw(seed, n=40, p=3):
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(n), rng.standard_normal((n, p - 1)) * [3.0, 0.2][: p - 1]])
    return rng.standard_normal(n), design


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_normal_equations_hold(seed):
    outcome, design = draw(seed)
    fit = least_squares(outcome, design)
    np.testing.assert_allclose(design.T @ fit.residuals, 0.0, atol=1e-10)
    np.testing.assert_allclose(design @ fit.coefficients + fit.residuals, outcome)
    np.testing.assert_allclose(fit.basis.T @ fit.basis, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(
        fit.inverse_root @ fit.inverse_root.T, np.linalg.inv(design.T @ design)
    )
    assert fit.r_squared == pytest.approx(
        np.corrcoef(outcome, design @ fit.coefficients)[0, 1] ** 2
    )


def test_worked_example():
    # y = 1, 2, 4 on x = 0, 1, 2: slope 1.5, intercept 5/6, residuals 1/6, -1/3, 1/6.
    fit = least_squares(np.array([1.0, 2.0, 4.0]), np.array([[1.0, 0], [1, 1], [1, 2]]))
    np.testing.assert_allclose(fit.coefficients, [5 / 6, 1.5])
    np.testing.assert_allclose(fit.residuals, [1 / 6, -1 / 3, 1 / 6])
    assert fit.sigma2 == pytest.approx(1 / 6)
    assert fit.r_squared == pytest.approx(1 - (1 / 6) / (14 / 3))
    np.testing.assert_allclose(
        heteroskedastic_covariance(fit, "iid"), np.array([[5 / 6, -0.5], [-0.5, 0.5]]) / 6
    )


def test_dependent_columns_are_found():
    _, design = draw(1)
    more = np.column_stack([design, design[:, 1] - 2 * design[:, 0], np.zeros(40), design[:, 2]])
    assert dependent_columns(design) == ()
    assert dependent_columns(more) == (3, 4, 5)
    with pytest.raises(ModelError, match="dependent"):
        least_squares(draw(1)[0], more)


@pytest.mark.parametrize(("apart", "dependent"), [(1e-2, ()), (1e-5, ()), (1e-9, (3,))])
def test_nearly_dependent_columns_are_told_from_dependent_ones(apart, dependent):
    """On both sides of where cross-products still know the answer, and of the tolerance."""
    _, design = draw(1)
    noise = np.random.default_rng(2).standard_normal(len(design))
    near = design[:, 1] + apart * noise
    assert dependent_columns(np.column_stack([design, near])) == dependent


def test_more_columns_than_rows_is_refused():
    with pytest.raises(ModelError, match="Too few rows"):
        least_squares(np.ones(3), np.eye(3))


def test_a_row_of_its_own_adds_nothing():
    outcome, design = draw(3, n=20)
    alone = np.column_stack([design, np.arange(20) == 7]).astype(float)
    for kind in ("HC2", "HC3"):
        found = heteroskedastic_covariance(least_squares(outcome, alone), kind)
        rest = np.arange(20) != 7
        without = heteroskedastic_covariance(least_squares(outcome[rest], design[rest]), kind)
        np.testing.assert_allclose(found[:3, :3], without)

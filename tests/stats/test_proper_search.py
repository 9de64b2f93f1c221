"""The search among proper covariances, where the optimum is known."""

from __future__ import annotations

import numpy as np

from relsurvey.stats.linear_model import FACTOR, RESIDUAL, LinearModel
from relsurvey.stats.proper_search import factor_blocks, minimise_proper

PLACES = np.array([[0, 0], [1, 0], [1, 1]])


def _model() -> LinearModel:
    """Two factors with free covariances, parameters 0 to 2, and one residual variance, 3."""
    matrix = np.array([FACTOR, FACTOR, FACTOR, RESIDUAL])
    row, column = np.array([0, 1, 1, 0]), np.array([0, 0, 1, 0])
    return LinearModel(1, 2, matrix, row, column, np.arange(4), np.ones(4))


def _distance(goal: np.ndarray):
    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        off = theta - goal
        return 50.0 * float(off @ off), 100.0 * off

    return objective


def test_an_optimum_inside_is_found_with_its_covariance() -> None:
    goal = np.array([2.0, 0.5, 1.0, 0.3])
    blocks = factor_blocks([_model()])
    bounded = np.array([False, False, False, True])
    found, covariance, held = minimise_proper(_distance(goal), np.ones(4), bounded, blocks)
    assert found.converged
    assert not held.any()
    np.testing.assert_allclose(found.theta, goal, atol=1e-5)
    np.testing.assert_allclose(covariance, np.eye(4) / 100.0, atol=1e-5)


def test_an_optimum_outside_leads_to_the_nearest_proper_point() -> None:
    """By hand: of [[1, 2], [2, 1]], eigenvalues 3 and −1; off-diagonals count once here."""
    goal = np.array([1.0, 2.0, 1.0, -0.4])
    blocks = factor_blocks([_model()])
    bounded = np.array([False, False, False, True])
    found, covariance, held = minimise_proper(_distance(goal), np.ones(4), bounded, blocks)
    assert held.tolist() == [False, False, False, True]
    assert found.theta[3] == 0.0
    assert covariance[3].tolist() == [0.0] * 4
    a, b, c = found.theta[:3]
    # on the edge b² = ac, with a = c = b by symmetry: (a − 1)² · 2 + (a − 2)² is least at 4/3
    np.testing.assert_allclose([a, b, c], 4.0 / 3.0, atol=1e-4)


def test_models_whose_block_is_not_free_have_none() -> None:
    model = _model()
    fixed = LinearModel(
        1, 2, model.matrix, model.row, model.column, np.array([0, -1, 1, 2]), np.ones(4)
    )
    assert factor_blocks([fixed]) is None

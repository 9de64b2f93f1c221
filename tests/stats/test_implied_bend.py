"""Second derivatives of implied moments against a complex step, which is exact to rounding."""

from __future__ import annotations

import numpy as np

from relsurvey.stats.implied_bend import bend
from relsurvey.stats.linear_model import (
    FACTOR,
    INTERCEPT,
    LOADING,
    MEAN,
    PATH,
    RESIDUAL,
    LinearModel,
    implied,
)
from relsurvey.stats.normal_theory import pull_back


def _model(generator: np.random.Generator) -> LinearModel:
    """Every kind of cell, crossed loadings, paths, one equality and one fixed cell."""
    cells = []
    for item in range(7):
        cells += [(LOADING, item, item % 4), (LOADING, item, (item + 1) % 4)]
        cells += [(RESIDUAL, item, item), (INTERCEPT, item, 0)]
    cells += [(RESIDUAL, 2, 0), (RESIDUAL, 5, 4)]
    cells += [(MEAN, factor, 0) for factor in range(4)]
    cells += [(FACTOR, a, b) for a in range(4) for b in range(a + 1)]
    cells += [(PATH, 1, 0), (PATH, 2, 1), (PATH, 3, 0), (PATH, 3, 2)]
    places = np.array(cells)
    number = np.arange(len(places))
    number[4], number[9] = number[0], -1
    number = np.unique(number, return_inverse=True)[1].ravel() - 1
    value = generator.standard_normal(len(places))
    return LinearModel(7, 4, places[:, 0], places[:, 1], places[:, 2], number, value)


def test_bend_is_what_a_complex_step_gives() -> None:
    generator = np.random.default_rng(4)
    model = _model(generator)
    theta = generator.standard_normal(model.n_parameters)
    spread = generator.standard_normal((7, 7))
    spread, level = spread + spread.T, generator.standard_normal(7)
    expected = np.empty((len(theta), len(theta)))
    for place in range(len(theta)):
        moved = theta.astype(complex)
        moved[place] += 1e-30j
        slope = pull_back(model, implied(model, moved), spread, level)
        expected[place] = slope.imag / 1e-30
    found = bend(model, implied(model, theta), spread, level)
    np.testing.assert_allclose(found, expected, atol=1e-11)

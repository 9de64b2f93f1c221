"""The survey that the measurement benchmarks share: 45 five-point items, 10 factors, teams."""

from __future__ import annotations

import numpy as np
import pandas as pd

SIZES = (5, 5, 5, 5, 5, 4, 4, 4, 4, 4)  # five dimensions, three forms of proximity, two outcomes
CUTS = np.array([-2.0, -1.3, -0.5, 0.8])  # skewed: most answers lie in the upper categories
TEAM_SIZE = 12
SHARED = 0.16  # of the factors' variance lies between teams, and a tenth of that of item residuals


def factor_model() -> dict[str, list[str]]:
    """Items of each factor."""
    return {
        f"f{factor}": [f"f{factor}_{item}" for item in range(size)]
        for factor, size in enumerate(SIZES)
    }


def draw_survey(n: int, *, missing: float = 0.0, seed: int = 1) -> pd.DataFrame:
    """Draw answers, a column ``unit`` of teams and a column ``part`` of three groups."""
    generator = np.random.default_rng(seed)
    teams = max(round(n / TEAM_SIZE), 2)
    unit = np.sort(generator.integers(0, teams, n))
    correlations = np.full((len(SIZES), len(SIZES)), 0.6)
    np.fill_diagonal(correlations, 1.0)
    root = np.linalg.cholesky(correlations)
    between = generator.standard_normal((teams, len(SIZES))) @ root.T
    within = generator.standard_normal((n, len(SIZES))) @ root.T
    factors = np.sqrt(SHARED) * between[unit] + np.sqrt(1.0 - SHARED) * within
    columns: dict[str, np.ndarray] = {}
    for factor, items in enumerate(factor_model().values()):
        for number, item in enumerate(items):
            loading = 0.7 + 0.075 * (number % 3)
            own = generator.standard_normal(n) * np.sqrt(0.9)
            own += generator.standard_normal(teams)[unit] * np.sqrt(0.1)
            response = loading * factors[:, factor] + np.sqrt(1.0 - loading**2) * own
            columns[item] = 1.0 + np.searchsorted(CUTS + 0.1 * (number - 2), response)
    frame = pd.DataFrame(columns)
    if missing:
        frame = frame.mask(generator.random(frame.shape) < missing)
    return frame.assign(unit=unit, part=generator.integers(0, 3, n))

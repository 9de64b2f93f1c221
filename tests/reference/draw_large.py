"""Draw large.csv: 10,000 people, three factors of three seven-point items, skewed, one reversed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def draw() -> pd.DataFrame:
    """Draw answers in 400 teams; the second item of each factor runs the other way."""
    generator = np.random.default_rng(77)
    unit = np.repeat(np.arange(1, 401), 25)
    between = np.array([[1.0, 0.9, 0.4], [0.9, 1.0, 0.4], [0.4, 0.4, 1.0]])
    factors = generator.multivariate_normal(np.zeros(3), between, 10_000, method="cholesky")
    factors += 0.4 * generator.standard_normal((400, 3))[unit - 1]
    loading = np.tile([0.8, -0.7, 0.6], 3)
    latent = np.repeat(factors, 3, axis=1) * loading + 0.7 * generator.standard_normal((10_000, 9))
    answers = 1 + np.searchsorted([-2.2, -1.6, -1.0, -0.4, 0.3, 1.1], latent)
    return pd.DataFrame(answers, columns=[f"z{n}" for n in range(1, 10)]).assign(unit=unit)


if __name__ == "__main__":
    draw().to_csv(Path(__file__).with_name("large.csv"), index=False)

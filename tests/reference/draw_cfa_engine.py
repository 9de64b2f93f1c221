"""Draw the data sets on which the factor models are held against R: writes cfa_*.csv."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent


def answers(latent: np.ndarray, cuts: list[list[float]], first: int = 1) -> np.ndarray:
    """Cut continuous columns into categories, with thresholds of their own."""
    columns = [np.searchsorted(own, latent[:, at]) for at, own in enumerate(cuts)]
    return np.column_stack(columns) + first


def measured(
    generator: np.random.Generator, factors: np.ndarray, homes: list[int], loadings: np.ndarray
) -> np.ndarray:
    """Items of variance 1 that each measure one factor."""
    noise = generator.standard_normal((len(factors), len(homes)))
    return factors[:, homes] * loadings + noise * np.sqrt(1.0 - loadings**2)


def correlated(generator: np.random.Generator, n: int, correlation: np.ndarray) -> np.ndarray:
    """Normal factors."""
    return generator.standard_normal((n, len(correlation))) @ np.linalg.cholesky(correlation).T


def nested() -> pd.DataFrame:
    """300 in 24 uneven teams and two groups; five skewed points; two residuals correlate."""
    generator = np.random.default_rng(101)
    n = 300
    team = generator.integers(0, 24, n)
    between = correlated(generator, 24, np.full((3, 3), 0.3) + 0.7 * np.eye(3))[team]
    factors = 0.45 * between + 0.9 * correlated(
        generator, n, np.array([[1.0, 0.5, 0.3], [0.5, 1.0, 0.4], [0.3, 0.4, 1.0]])
    )
    loadings = generator.uniform(0.5, 0.85, 12)
    latent = measured(generator, factors, [0] * 4 + [1] * 4 + [2] * 4, loadings)
    shared = generator.standard_normal(n)
    latent[:, 0] += 0.5 * shared
    latent[:, 1] += 0.5 * shared
    values = answers(latent, [[-1.9, -1.2, -0.5, 0.6]] * 6 + [[-0.8, 0.1, 0.9, 1.7]] * 6)
    frame = pd.DataFrame(values, columns=[f"x{item}" for item in range(1, 13)])
    frame["team"] = team
    frame["part"] = np.where(generator.random(n) < 0.4, "day", "night")
    return frame


def yes_no() -> pd.DataFrame:
    """600 with eight dichotomous items."""
    generator = np.random.default_rng(202)
    factors = correlated(generator, 600, np.array([[1.0, 0.4], [0.4, 1.0]]))
    latent = measured(generator, factors, [0] * 4 + [1] * 4, generator.uniform(0.5, 0.8, 8))
    cuts = [[float(cut)] for cut in generator.uniform(-0.9, 0.9, 8)]
    return pd.DataFrame(answers(latent, cuts, 0), columns=[f"x{item}" for item in range(1, 9)])


def uneven() -> pd.DataFrame:
    """200 with items of two to seven points, some hardly used."""
    generator = np.random.default_rng(303)
    factors = correlated(generator, 200, np.array([[1.0, 0.6], [0.6, 1.0]]))
    latent = measured(generator, factors, [0] * 4 + [1] * 4, generator.uniform(0.6, 0.9, 8))
    cuts = [
        [0.2],
        [-1.0, 0.8],
        [-1.8, -0.7, 0.5],
        [-1.9, -1.0, -0.2, 0.9],
        [-2.0, -1.3, -0.6, 0.1, 0.9],
        [-2.0, -1.4, -0.8, -0.2, 0.5, 1.3],
        [0.6, 1.2, 1.7, 2.1],
        [-0.3, 0.4, 1.1],
    ]
    return pd.DataFrame(answers(latent, cuts), columns=[f"x{item}" for item in range(1, 9)])


def few() -> pd.DataFrame:
    """150 with six items of seven points, 6 % of the answers missing."""
    generator = np.random.default_rng(404)
    factors = correlated(generator, 150, np.array([[1.0, 0.5], [0.5, 1.0]]))
    latent = measured(generator, factors, [0] * 3 + [1] * 3, generator.uniform(0.55, 0.85, 6))
    values = answers(latent, [[-1.3, -0.8, -0.4, 0.1, 0.6, 1.1]] * 6).astype(float)
    values[generator.random(values.shape) < 0.06] = np.nan
    frame = pd.DataFrame(values, columns=[f"x{item}" for item in range(1, 7)])
    return frame.astype("Int64")


def layered() -> pd.DataFrame:
    """500 with four factors under a common one, and an outcome; four points."""
    generator = np.random.default_rng(505)
    general = generator.standard_normal(500)
    own = generator.standard_normal((500, 4))
    factors = general[:, None] * np.array([0.8, 0.7, 0.75, 0.6])
    factors = factors + own * np.sqrt(1.0 - np.array([0.8, 0.7, 0.75, 0.6]) ** 2)
    homes = [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    latent = measured(generator, factors, homes, generator.uniform(0.6, 0.85, 12))
    values = answers(latent, [[-1.3, -0.4, 0.9]] * 12)
    return pd.DataFrame(values, columns=[f"x{item}" for item in range(1, 13)])


def main() -> None:
    """Write all of them."""
    for name, frame in (
        ("nested", nested()),
        ("yes_no", yes_no()),
        ("uneven", uneven()),
        ("few", few()),
        ("layered", layered()),
    ):
        frame.to_csv(HERE / f"cfa_{name}.csv", index=False)


if __name__ == "__main__":
    main()

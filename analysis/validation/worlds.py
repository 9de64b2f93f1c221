"""Conditions of the validation study, and answers drawn in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

FACTORS = ("x1", "x2", "y")
ITEMS = 4
SLOPE = 0.3
EVEN_CUTS = (-1.6, -0.6, 0.3, 1.2)
SKEWED_CUTS = (-2.3, -1.7, -1.1, -0.2)


@dataclass(frozen=True)
class Condition:
    """One condition: x1 has a slope of .3 on y, x2 none; z belongs to clusters and has none.

    ``sizes`` is the range of cluster sizes, drawn evenly; ``correlation`` that of x1 and x2;
    ``slope_sd`` the standard deviation of x1's slope over clusters; ``missing`` the share of items
    without an answer.
    """

    name: str
    clusters: int
    sizes: tuple[int, int]
    icc: float
    skewed: bool = False
    missing: float = 0.0
    slope_sd: float = 0.0
    correlation: float = 0.0
    loading: float = 0.75

    def draw(self, rng: np.random.Generator) -> pd.DataFrame:
        """Return items ``x1_1 … y_4``, scores ``x1 x2 y``, ``z`` and ``cluster``."""
        low, high = self.sizes
        sizes = rng.integers(low, high + 1, self.clusters)
        cluster = np.repeat(np.arange(self.clusters), sizes)
        n = cluster.size
        root = np.linalg.cholesky([[1.0, self.correlation], [self.correlation, 1.0]])
        between = (rng.standard_normal((self.clusters, 2)) @ root.T)[cluster]
        x = np.sqrt(self.icc) * between
        x += np.sqrt(1 - self.icc) * (rng.standard_normal((n, 2)) @ root.T)
        z = rng.standard_normal(self.clusters)[cluster]
        slope = SLOPE + self.slope_sd * rng.standard_normal(self.clusters)[cluster]
        left = 1.0 - SLOPE**2 - self.slope_sd**2
        y = slope * x[:, 0]
        y += np.sqrt(left * self.icc) * rng.standard_normal(self.clusters)[cluster]
        y += np.sqrt(left * (1 - self.icc)) * rng.standard_normal(n)
        frame: dict[str, np.ndarray] = {}
        cuts = SKEWED_CUTS if self.skewed else EVEN_CUTS
        for name, factor in zip(FACTORS, (x[:, 0], x[:, 1], y), strict=True):
            noise = rng.standard_normal((n, ITEMS)) * np.sqrt(1 - self.loading**2)
            answers = np.digitize(self.loading * factor[:, None] + noise, cuts) + 1.0
            answers[rng.random((n, ITEMS)) < self.missing] = np.nan
            for item in range(ITEMS):
                frame[f"{name}_{item + 1}"] = answers[:, item]
        table = pd.DataFrame(frame)
        for name in FACTORS:
            own = table[[f"{name}_{item + 1}" for item in range(ITEMS)]]
            table[name] = own.mean(axis=1).where(own.notna().sum(axis=1) * 2 >= ITEMS)
        table["z"], table["cluster"] = z, cluster
        return table


CONDITIONS = (
    Condition("10 clusters of 10", 10, (10, 10), 0.1),
    Condition("20 clusters of 15", 20, (15, 15), 0.1),
    Condition("20 clusters of 5 to 30", 20, (5, 30), 0.2),
    Condition("50 clusters of 5", 50, (5, 5), 0.1),
    Condition("50 clusters of 15, no ICC", 50, (15, 15), 0.0),
    Condition("50 clusters of 5 to 30", 50, (5, 30), 0.2),
    Condition("50 clusters of 15, slopes vary", 50, (15, 15), 0.1, slope_sd=0.2),
    Condition("100 clusters of 10", 100, (10, 10), 0.1),
    Condition("100 clusters of 10, skewed", 100, (10, 10), 0.1, skewed=True),
    Condition("100 clusters of 10, 15 % missing", 100, (10, 10), 0.1, missing=0.15),
    Condition("100 clusters of 10, predictors .7", 100, (10, 10), 0.1, correlation=0.7),
    Condition("200 clusters of 5 to 20", 200, (5, 20), 0.1),
)


@dataclass(frozen=True)
class RankingWorld:
    """Five (or three) predictors correlated .7, measured with reliability .88; effects as given.

    ``slopes`` None draws them anew for every sample, evenly between 0 and .3.
    """

    name: str
    clusters: int
    slopes: tuple[float, ...] | None
    order: str

    def draw(self, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
        """Return scores ``x1 … y`` with ``cluster``, and the effects."""
        slopes = rng.uniform(0.0, 0.3, 5) if self.slopes is None else np.array(self.slopes)
        k, icc, reliability = slopes.size, 0.15, 0.88
        corr = np.full((k, k), 0.7) + 0.3 * np.eye(k)
        root = np.linalg.cholesky(corr)
        cluster = np.repeat(np.arange(self.clusters), np.maximum(3, rng.poisson(12, self.clusters)))
        n = cluster.size
        x = np.sqrt(icc) * (rng.standard_normal((self.clusters, k)) @ root.T)[cluster]
        x += np.sqrt(1 - icc) * (rng.standard_normal((n, k)) @ root.T)
        noise = np.sqrt(icc) * rng.standard_normal(self.clusters)[cluster]
        noise += np.sqrt(1 - icc) * rng.standard_normal(n)
        explained = float(slopes @ corr @ slopes)
        y = x @ slopes + np.sqrt(max(1 - explained, 0.2)) * noise
        scores = np.sqrt(reliability) * np.column_stack([x, y])
        scores += np.sqrt(1 - reliability) * rng.standard_normal(scores.shape)
        frame = pd.DataFrame(scores, columns=[*(f"x{at + 1}" for at in range(k)), "y"])
        return frame.assign(cluster=cluster), slopes


FIVE = "x4, x5 > x3 > x1, x2"
RANKINGS = (
    RankingWorld("all equal", 20, (0.14,) * 5, FIVE),
    RankingWorld("all equal", 60, (0.14,) * 5, FIVE),
    RankingWorld("all equal", 150, (0.14,) * 5, FIVE),
    RankingWorld("two equal at the top", 150, (0.3, 0.3, 0.05), "x1 > x2 > x3"),
    RankingWorld("the article's order", 150, (0.05, 0.05, 0.14, 0.24, 0.22), FIVE),
    RankingWorld("effects drawn at random", 60, None, FIVE),
    RankingWorld("effects drawn at random", 150, None, FIVE),
)

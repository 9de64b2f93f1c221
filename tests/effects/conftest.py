from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

REFERENCE = Path(__file__).parent.parent / "reference"
Draw = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def reference() -> dict:
    """R's numbers; see reference/effects.R."""
    return json.loads((REFERENCE / "effects.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def teams() -> pd.DataFrame:
    """The small data set with the scale means that effects.R builds."""
    frame = pd.read_csv(REFERENCE / "teams.csv")
    for scale, n_items in (("a", 5), ("b", 4), ("c", 5)):
        items = [f"{scale}{item}" for item in range(1, n_items + 1)]
        frame[scale] = frame[items].mean(axis=1)
    frame["log_span"] = np.log(frame["span"]) - np.log(frame["span"]).mean()
    return frame


@pytest.fixture(scope="session")
def draw_world() -> Draw:
    """Return a function that draws employees in teams whose true effects are known."""

    def draw(
        slopes: tuple[float, ...],
        *,
        n_teams: int,
        team_size: float = 12,
        correlation: float = 0.7,
        icc: float = 0.15,
        reliability: float = 0.88,
        seed: int = 1,
    ) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        beta = np.asarray(slopes)
        k = beta.size
        corr = np.full((k, k), correlation) + np.eye(k) * (1 - correlation)
        lower = np.linalg.cholesky(corr)
        team = np.repeat(np.arange(n_teams), np.maximum(3, rng.poisson(team_size, n_teams)))
        n = team.size
        between = (rng.standard_normal((n_teams, k)) @ lower.T)[team]
        true = np.sqrt(icc) * between
        true += np.sqrt(1 - icc) * (rng.standard_normal((n, k)) @ lower.T)
        noise = np.sqrt(icc) * rng.standard_normal(n_teams)[team]
        noise += np.sqrt(1 - icc) * rng.standard_normal(n)
        outcome = true @ beta + np.sqrt(1 - beta @ corr @ beta) * noise
        scores = np.column_stack([true, outcome])
        scores = np.sqrt(reliability) * scores
        scores += np.sqrt(1 - reliability) * rng.standard_normal((n, k + 1))
        frame = pd.DataFrame(scores, columns=[*(f"x{i + 1}" for i in range(k)), "y"])
        frame["team"] = team
        frame["span_of_control"] = np.exp(rng.normal(3.1, 0.5, n_teams)).round().clip(4, 90)[team]
        return frame

    return draw

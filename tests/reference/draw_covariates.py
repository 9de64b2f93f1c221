"""Draw covariates.csv: three factors, predictors of two kinds, outcomes with and without gaps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def draw() -> pd.DataFrame:
    """Draw 400 people in 40 teams; items as numbers, as four categories and with gaps."""
    generator = np.random.default_rng(51)
    n = 400
    unit = np.repeat(np.arange(1, 41), 10)
    team = generator.standard_normal(40)[unit - 1]
    age = generator.standard_normal(n)
    part_time = (generator.random(n) < 0.4).astype(float)
    h = generator.standard_normal(n) + 0.3 * team
    f = 0.4 * age - 0.3 * part_time + 0.3 * h + 0.3 * team + 0.8 * generator.standard_normal(n)
    g = 0.5 * f + 0.2 * age + 0.7 * generator.standard_normal(n)
    frame = pd.DataFrame({"unit": unit, "age": age.round(3), "part_time": part_time})
    for name, factor in (("a", f), ("b", g), ("c", h)):
        for number, loading in enumerate((1.0, 0.8, 0.9), start=1):
            value = loading * factor + 0.7 * generator.standard_normal(n)
            frame[f"{name}{number}"] = value.round(3)
            frame[f"o{name}{number}"] = np.searchsorted([-1.0, 0.0, 0.8], value) + 1
    frame["y"] = (0.4 * f + 0.3 * g + 0.2 * age + generator.standard_normal(n)).round(3)
    for name in ("a1", "b2", "c3", "y"):
        kept = ~np.isin(np.arange(n), generator.choice(n, 40, replace=False))
        frame[f"{name}_gap"] = frame[name].where(kept)
    frame["age_gap"] = frame["age"].where(~np.isin(np.arange(n), generator.choice(n, 15)))
    return frame


if __name__ == "__main__":
    draw().to_csv(Path(__file__).with_name("covariates.csv"), index=False)

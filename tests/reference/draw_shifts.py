"""Draw answers of three groups in which some items differ: written once, read by R and tests.

Run in this folder: python draw_shifts.py   (writes shifts.csv, shifts_missing.csv)
"""

from __future__ import annotations

import numpy as np
import pandas as pd

FACTORS = ("a", "b", "c")
ITEMS = [f"x{number}" for number in range(1, 13)]
CUTS = np.array([-1.7, -0.9, -0.1, 0.9])


def shifts() -> pd.DataFrame:
    """Four items of each factor; x3 loads less in north, x7 is easier and x10 harder in south."""
    rng = np.random.default_rng(20261127)
    group = np.repeat(["east", "north", "south"], [300, 280, 320])
    n = len(group)
    team = np.concatenate(
        [np.arange(300) // 10, 30 + np.arange(280) // 10, 58 + np.arange(320) // 10]
    )
    between = np.array([[1.0, 0.5, 0.3], [0.5, 1.0, 0.4], [0.3, 0.4, 1.0]])
    factor = rng.multivariate_normal(np.zeros(3), between, n)
    factor += 0.35 * rng.normal(size=(team.max() + 1, 3))[team]
    factor[:, 0] += np.where(group == "north", 0.3, 0.0)
    factor[:, 1] *= np.where(group == "south", 1.25, 1.0)
    loading = np.tile([0.8, 0.7, 0.75, 0.65], 3)
    latent = np.repeat(factor, 4, axis=1) * loading
    latent[:, 2] -= np.where(group == "north", 0.5, 0.0) * factor[:, 0]
    latent[:, 6] += np.where(group == "south", 0.7, 0.0)
    latent[:, 9] -= np.where(group == "south", 0.6, 0.0)
    latent += np.sqrt(1.0 - loading**2) * rng.normal(size=(n, 12))
    answers = 1 + (latent[:, :, None] > CUTS).sum(axis=2)
    return pd.DataFrame(answers, columns=ITEMS).assign(team=team + 1, place=group)


def with_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out a tenth of the answers to four items."""
    rng = np.random.default_rng(7)
    gaps = frame.astype({item: "Int64" for item in ITEMS})
    for item in ("x2", "x5", "x8", "x11"):
        gaps.loc[rng.random(len(frame)) < 0.1, item] = pd.NA
    return gaps


if __name__ == "__main__":
    drawn = shifts()
    drawn.to_csv("shifts.csv", index=False, lineterminator="\n")
    with_gaps(drawn).to_csv("shifts_missing.csv", index=False, lineterminator="\n")

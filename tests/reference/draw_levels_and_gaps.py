"""Draw two small data sets: answers with many gaps (`gaps.csv`), answers in teams (`levels.csv`).

In both the teams differ and the items are continuous on unequal scales. Gaps depend on the first
item (missing at random); three rows hold nothing. In `levels.csv` the items have two factors
within and one between the teams, and one item's residual varies between teams.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
SCALES = np.array([1.0, 2.5, 0.4, 10.0, 1.0, 3.0, 0.7, 1.5, 1.0])


def gaps() -> pd.DataFrame:
    """Return 220 rows in 20 teams: nine items, two factors, one stray loading, skewed errors."""
    generator = np.random.default_rng(20261)
    unit = np.repeat(np.arange(1, 21), 11)
    team = generator.standard_normal((20, 2)) * 0.4
    own = generator.standard_normal((220, 2)) @ np.array([[1.0, 0.5], [0.0, 0.85]])
    factors = team[unit - 1] + own
    loadings = np.zeros((9, 2))
    loadings[:5, 0] = [0.8, 0.7, 0.6, 0.75, 0.5]
    loadings[5:, 1] = [0.8, 0.7, 0.6, 0.65]
    loadings[4, 1] = 0.4
    error = (generator.exponential(1.0, (220, 9)) - 1.0) * 0.6
    values = (factors @ loadings.T + error + 3.0) * SCALES
    chance = 1.0 / (1.0 + np.exp(1.6 - 0.8 * factors[:, :1]))
    missing = generator.random((220, 9)) < chance
    missing[:, 0] = False
    missing[[17, 90, 203]] = True
    frame = pd.DataFrame(values.round(4), columns=[f"y{i}" for i in range(1, 10)]).mask(missing)
    return pd.concat([pd.Series(unit, name="unit"), frame], axis=1)


def levels() -> pd.DataFrame:
    """Return 70 teams of 3 to 14: eight items, two factors within and one between."""
    generator = np.random.default_rng(20262)
    sizes = generator.integers(3, 15, 70)
    unit = np.repeat(np.arange(1, 71), sizes)
    within = generator.standard_normal((len(unit), 2)) @ np.array([[1.0, 0.4], [0.0, 0.9]])
    loadings = np.zeros((8, 2))
    loadings[:4, 0] = [0.8, 0.7, 0.6, 0.75]
    loadings[4:, 1] = [0.7, 0.8, 0.6, 0.5]
    strength = np.array([0.6, 0.5, 0.5, 0.4, 0.4, 0.5, 0.6, 0.3])
    climate = generator.standard_normal((70, 1)) * strength
    climate += 0.25 * generator.standard_normal((70, 8))
    error = generator.standard_normal((len(unit), 8)) * 0.6
    values = (within @ loadings.T + error + climate[unit - 1] + 3.0) * SCALES[:8]
    frame = pd.DataFrame(values.round(4), columns=[f"y{i}" for i in range(1, 9)])
    return pd.concat([pd.Series(unit, name="unit"), frame], axis=1)


def main() -> None:
    """Write the two files beside this script."""
    gaps().to_csv(HERE / "gaps.csv", index=False)
    levels().to_csv(HERE / "levels.csv", index=False)


if __name__ == "__main__":
    main()

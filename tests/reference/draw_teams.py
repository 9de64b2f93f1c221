"""Draw the small data set that R's reference numbers are made on: employees in uneven teams.

Three scales (a: 5 items 1-5, b: 4 items 1-5, c: 5 items 0-4), one team-level number (span), all
answers ordinal and skewed, team effects in every scale. `teams_missing.csv` is the same with holes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
SIZES = (3, 4, 5, 5, 6, 7, 8, 9, 9, 10, 11, 12, 12, 13, 14, 15, 16, 17, 18, 19, 21, 24, 27, 31)


def draw() -> pd.DataFrame:
    """Return one row per employee."""
    generator = np.random.default_rng(20260322)
    unit = np.repeat(np.arange(1, len(SIZES) + 1), SIZES)
    n = unit.size
    span = np.round(np.exp(generator.normal(3.1, 0.5, len(SIZES)))).clip(4, 90)
    factor_corr = np.array([[1.0, 0.6, -0.3], [0.6, 1.0, -0.2], [-0.3, -0.2, 1.0]])
    lower = np.linalg.cholesky(factor_corr)
    between = generator.standard_normal((len(SIZES), 3)) @ lower.T * np.sqrt(0.15)
    within = generator.standard_normal((n, 3)) @ lower.T * np.sqrt(0.85)
    factors = between[unit - 1] + within
    frame = pd.DataFrame({"unit": unit, "span": span[unit - 1].astype(int)})
    for column, (name, n_items, lowest) in enumerate((("a", 5, 1), ("b", 4, 1), ("c", 5, 0))):
        for item in range(1, n_items + 1):
            loading = 0.55 + 0.06 * item
            latent = loading * factors[:, column] + np.sqrt(
                1 - loading**2
            ) * generator.standard_normal(n)
            thresholds = np.array([-1.7, -0.9, -0.1, 1.0]) + 0.1 * (item - 3)
            frame[f"{name}{item}"] = np.searchsorted(thresholds, latent) + lowest
    return frame


def main() -> None:
    """Write the two files beside this script."""
    frame = draw()
    frame.to_csv(HERE / "teams.csv", index=False)
    holes = np.random.default_rng(7).random(frame.iloc[:, 2:].shape) < 0.06
    items = frame.iloc[:, 2:].astype("Int64").mask(holes)
    pd.concat([frame[["unit", "span"]], items], axis=1).to_csv(
        HERE / "teams_missing.csv", index=False
    )


if __name__ == "__main__":
    main()

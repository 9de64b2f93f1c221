"""Draw mixed.csv: persons in leaders in departments, for the mixed models' references."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def main() -> None:
    """Write the file beside this script."""
    generator = np.random.default_rng(2026)
    rows = []
    leader = 0
    for department in range(14):
        of_department = generator.normal(0, 0.35)
        for _ in range(int(generator.integers(2, 7))):
            leader += 1
            size = int(generator.integers(1, 26))
            span = int(generator.integers(6, 60))
            level, slope = generator.normal(0, 0.4), generator.normal(0, 0.2)
            x = generator.normal(0, 0.5) + generator.normal(0, 0.9, size)
            z = generator.normal(0, 0.4) + 0.5 * x + generator.normal(0, 0.8, size)
            y = (
                of_department
                + level
                + (0.4 + slope - 0.1 * np.log(span / 20)) * x
                + 0.2 * z
                + generator.normal(0, 0.9, size)
            )
            flat = 0.3 * x + generator.normal(0, 1.0, size)
            answers = np.clip(np.round(3.6 + 0.8 * y), 1, 5)
            for one in range(size):
                rows.append((department + 1, leader, span, x[one], z[one], y[one], flat[one]))
                rows[-1] += (answers[one],)
    columns = ["department", "leader", "span", "x", "z", "y", "flat", "answer"]
    frame = pd.DataFrame(rows, columns=columns)
    # small groups around the boundary: what is drawn has hardly any variance between leaders
    frame["flat"] -= frame.groupby("leader")["flat"].transform("mean") * 0.9
    frame.round(6).to_csv(Path(__file__).with_name("mixed.csv"), index=False)


if __name__ == "__main__":
    main()

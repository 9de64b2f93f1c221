"""Draw ordinal_scales.csv: three short ordinal scales of 3, 5 and 7 categories, skewed, with holes.

Run in this folder: python draw_ordinal_scales.py
"""

import csv
import random
from statistics import NormalDist

SCALES = {
    "u": ((0.8, 0.7, 0.6, 0.5), (0.25, 0.6)),
    "v": ((0.75, 0.7, 0.65, 0.8, 0.4), (0.05, 0.15, 0.45, 0.8)),
    "w": ((0.9, 0.6, 0.7), (0.08, 0.2, 0.35, 0.55, 0.7, 0.85)),
}
GENERAL = 0.5  # what the factors share
TEAMS, LARGEST = 40, 12
MISSING = 0.06


def draw(seed: int) -> list[list[object]]:
    generator = random.Random(seed)
    cuts = {
        name: [NormalDist().inv_cdf(share) for share in below]
        for name, (_, below) in SCALES.items()
    }
    rows: list[list[object]] = []
    for team in range(1, TEAMS + 1):
        team_part = generator.gauss(0, 1)
        for _ in range(generator.randint(4, LARGEST)):
            general = generator.gauss(0, 1)
            row: list[object] = [team]
            for name, (loadings, _) in SCALES.items():
                own = generator.gauss(0, 1)
                factor = GENERAL * general + 0.35 * team_part
                factor += (1 - GENERAL**2 - 0.35**2) ** 0.5 * own
                nearby = generator.gauss(0, 1)  # the first two items share more than the factor
                for item, loading in enumerate(loadings):
                    extra = 0.35 if item < 2 and len(loadings) > 3 else 0.0
                    rest = (1 - loading**2 - extra**2) ** 0.5
                    latent = loading * factor + extra * nearby + rest * generator.gauss(0, 1)
                    answer = 1 + sum(latent > cut for cut in cuts[name])
                    row.append("" if generator.random() < MISSING * (name == "v") else answer)
            rows.append(row)
    return rows


def main() -> None:
    names = [
        f"{name}{at + 1}" for name, (loadings, _) in SCALES.items() for at in range(len(loadings))
    ]
    with open("ordinal_scales.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["team", *names])
        writer.writerows(draw(20261))


if __name__ == "__main__":
    main()

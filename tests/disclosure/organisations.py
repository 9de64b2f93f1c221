"""Random organisations to attack: trees of any shape, several waves, cuts, missing answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from relsurvey.disclosure.protect import Wave
from relsurvey.disclosure.unit_tree import UnitTree


def organisation(
    generator: np.random.Generator,
    *,
    n_units: int = 12,
    levels: int = 3,
    size: float = 8.0,
    constructs: int = 1,
    categories: int = 3,
    waves: int = 1,
    linked: bool = False,
    mean: float = 3.5,
) -> tuple[UnitTree, list[Wave]]:
    """Draw a tree and people's answers on five points, some of them missing."""
    above: dict[str, str | None] = {"top": None}
    depth = {"top": 0}
    for number in range(1, n_units):
        possible = [name for name in above if depth[name] < levels]
        parent = possible[generator.integers(len(possible))]
        above[f"u{number}"], depth[f"u{number}"] = parent, depth[parent] + 1
    tree = UnitTree.of(above)
    lowest = np.flatnonzero([not below for below in tree.children()])
    unit = np.repeat(lowest, generator.poisson(size, lowest.size))
    n = unit.size
    jobs = generator.choice([str(one) for one in range(categories)], n).astype(object)
    drawn = []
    for wave in range(waves):
        values, answers, codes, items = {}, {}, {}, {}
        for number in range(constructs):
            name = f"c{number}"
            base = generator.normal(mean, 0.9, n)[:, None] + generator.normal(0, 0.6, (n, 3))
            given = (np.clip(np.round(base), 1, 5) - 1) * 25.0
            given[generator.random(given.shape) < 0.07] = np.nan
            enough = np.isfinite(given).sum(axis=1) >= 2
            values[name] = np.full(n, np.nan)
            values[name][enough] = np.nanmean(given[enough], axis=1)
            answers[name], codes[name] = given, np.arange(5) * 25.0
            items[name] = tuple(f"{name}i{one}" for one in range(3))
        here = generator.random(n) < 0.9
        drawn.append(
            Wave(
                name=str(2024 + wave),
                unit=unit[here],
                values={name: one[here] for name, one in values.items()},
                answers={name: one[here] for name, one in answers.items()},
                codes=codes,
                items=items,
                cuts={"job": jobs[here]},
                person=np.arange(n)[here].astype(object) if linked else None,
            )
        )
    return tree, drawn


def published(cells: pd.DataFrame, plain: int | None = None) -> pd.DataFrame:
    """Publish what may be shown; with ``plain`` by the rule "hide under so many" alone."""
    shown = cells["reason"] == "" if plain is None else cells["n"] >= plain
    table = cells.drop(columns=["total", "reason"])
    table["score"] = (cells["total"] / cells["n"].where(cells["n"] > 0)).round().where(shown)
    table.loc[cells["measure"] == "answers", "score"] = np.nan
    table["n"] = cells["n"].where(shown)
    table["status"] = np.where(shown, "shown", "hidden")
    return table

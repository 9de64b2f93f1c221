"""Geomin and partial target rotation against GPArotation (reference/rotation.R)."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.errors import ModelError
from relsurvey.measurement.exploratory import efa
from relsurvey.stats.oblique_rotation import geomin

REFERENCE = Path(__file__).parent.parent / "reference"
TARGET = {
    "a": [f"a{n}" for n in range(1, 6)],
    "b": [f"b{n}" for n in range(1, 5)],
    "c": [f"c{n}" for n in range(1, 6)],
}
ITEMS = [item for items in TARGET.values() for item in items]


@pytest.fixture(scope="module")
def in_r() -> dict[str, Any]:
    return json.loads((REFERENCE / "rotation.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def teams() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "teams.csv")


def matched(ours: np.ndarray, theirs: np.ndarray) -> tuple[list[int], np.ndarray]:
    """Order and signs of our factors that come nearest to theirs."""
    best = min(
        permutations(range(ours.shape[1])),
        key=lambda order: float(np.sum((np.abs(ours[:, list(order)]) - np.abs(theirs)) ** 2)),
    )
    order = list(best)
    return order, np.sign((ours[:, order] * theirs).sum(axis=0))


@pytest.mark.parametrize("rotation", ["geomin", "target"])
def test_loadings_and_factor_correlations_are_gparotations(
    teams: pd.DataFrame, in_r: dict[str, Any], rotation: str
) -> None:
    target = TARGET if rotation == "target" else None
    fit = efa(teams, ITEMS, 3, rotation=rotation, target=target)
    ours = fit.tidy().iloc[:, 1:4].to_numpy()
    theirs, phi = np.array(in_r[rotation]["loadings"]), np.array(in_r[rotation]["phi"])
    order, sign = matched(ours, theirs)
    like_r("EFA rotated loading", ours[:, order] * sign, theirs, atol=0.0001)
    found = np.eye(3)
    first, second = np.triu_indices(3, 1)
    found[first, second] = found[second, first] = fit.factor_correlations()["estimate"]
    found = found[np.ix_(order, order)] * np.outer(sign, sign)
    like_r("EFA factor correlation", found, phi, atol=0.0001)


def test_factors_of_a_target_bear_its_names_and_order(teams: pd.DataFrame) -> None:
    turned = {name: TARGET[name] for name in "cab"}
    table = efa(teams, ITEMS, 3, rotation="target", target=turned).tidy()
    assert list(table.columns) == ["item", "c", "a", "b", "uniqueness"]
    for name, items in TARGET.items():
        own = table.set_index("item").loc[items, name]
        assert (own > 0.4).all()


def test_other_minima_of_geomin_are_named() -> None:
    """Items that load on everything have more than one simple description."""
    loadings = np.random.default_rng(0).uniform(-0.8, 0.8, (8, 3))
    found = geomin(loadings)
    assert len(found.minima) > 1
    assert list(found.minima) == sorted(found.minima)
    rows = np.random.default_rng(1).standard_normal((2000, 3)) @ loadings.T
    rows += 0.5 * np.random.default_rng(2).standard_normal((2000, 8))
    items = [f"x{n}" for n in range(8)]
    fit = efa(pd.DataFrame(rows, columns=items), items, 3, rotation="geomin")
    assert any("minima" in note for note in fit.notes)


def test_misuse_is_said(teams: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="Unknown rotation"):
        efa(teams, ITEMS, 3, rotation="quartimax")
    with pytest.raises(ModelError, match="target"):
        efa(teams, ITEMS, 3, rotation="target")
    with pytest.raises(ModelError, match="target"):
        efa(teams, ITEMS, 2, rotation="target", target=TARGET)

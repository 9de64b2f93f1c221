"""The small data sets and R's numbers on them (made by tests/reference/measurement.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

REFERENCE = Path(__file__).parent.parent / "reference"


@pytest.fixture(scope="session")
def teams() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "teams.csv")


@pytest.fixture(scope="session")
def teams_missing() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "teams_missing.csv")


@pytest.fixture(scope="session")
def in_r() -> dict[str, Any]:
    return json.loads((REFERENCE / "measurement.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def scales() -> dict[str, list[str]]:
    return {
        "a": [f"a{item}" for item in range(1, 6)],
        "b": [f"b{item}" for item in range(1, 5)],
        "c": [f"c{item}" for item in range(1, 6)],
    }

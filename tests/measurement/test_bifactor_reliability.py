"""Reliability of a scale of several parts, against semTools (reference/bifactor.R)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.measurement.reliability import reliability

REFERENCE = Path(__file__).parent.parent / "reference"
PARTS = {part: [f"x{3 * at + n}" for n in (1, 2, 3)] for at, part in enumerate("abcd")}


@pytest.mark.parametrize(("kind", "ordered"), [("ml", False), ("wlsmv", True)])
def test_bifactor_coefficients_are_semtools(kind: str, ordered: bool) -> None:
    wanted = json.loads((REFERENCE / "bifactor.json").read_text(encoding="utf-8"))[kind]
    frame = pd.read_csv(REFERENCE / "cfa_layered.csv")
    table = reliability(frame, {"whole": PARTS}, ordered=ordered).tidy()
    found = table.set_index(["construct", "coefficient"])
    whole = found.loc["whole", "estimate"]
    like_r("omega_hierarchical", whole["omega_hierarchical"], wanted["rel"]["general"], atol=0.0001)
    like_r("omega_total_bifactor", whole["omega_total_bifactor"], wanted["total"], atol=0.0001)
    like_r("ecv", whole["ecv"], wanted["ecv"], atol=0.0001)
    for part in PARTS:
        own = found.loc[(part, "omega_hierarchical_subscale"), "estimate"]
        like_r("omega_hierarchical_subscale", own, wanted["rel"][part], atol=0.0001)
    # beside them stand the coefficients of the twelve items taken as one scale
    plain = reliability(frame, {"whole": [f"x{n}" for n in range(1, 13)]}, ordered=ordered).tidy()
    pd.testing.assert_frame_equal(table.iloc[: len(plain)], plain)


@pytest.mark.slow
def test_errors_are_the_spread_over_samples() -> None:
    found, errors = [], []
    for seed in range(60):
        generator = np.random.default_rng(seed)
        general = generator.standard_normal((400, 1))
        own = np.repeat(generator.standard_normal((400, 4)), 3, axis=1)
        rows = 0.7 * general + 0.5 * own + 0.6 * generator.standard_normal((400, 12))
        frame = pd.DataFrame(rows, columns=[f"x{n}" for n in range(1, 13)])
        table = reliability(frame, {"whole": PARTS}).tidy().tail(7)
        found.append(table["estimate"].to_numpy())
        errors.append(table["std_error"].to_numpy())
    # 60 draws know a spread to about 9 %
    np.testing.assert_allclose(np.std(found, axis=0), np.mean(errors, axis=0), rtol=0.3)
    general, own, rest = (12 * 0.7) ** 2, 4 * (3 * 0.5) ** 2, 12 * 0.36
    truth = general / (general + own + rest)
    assert np.mean(found, axis=0)[0] == pytest.approx(truth, abs=0.01)


def test_trouble_is_a_note_and_no_number() -> None:
    """One factor alone: what is left for the parts is nothing, and the model is improper."""
    generator = np.random.default_rng(1)
    rows = generator.standard_normal((150, 1)) + generator.standard_normal((150, 12))
    frame = pd.DataFrame(rows, columns=[f"x{n}" for n in range(1, 13)])
    result = reliability(frame, {"whole": PARTS})
    table = result.tidy().set_index("coefficient")
    assert np.isnan(table.loc["omega_hierarchical", "estimate"])
    assert any("no bifactor coefficients" in note for note in result.notes)
    assert np.isfinite(table.loc["alpha", "estimate"])
    pairs = {"one": ["x1", "x2"], "other": ["x3", "x4"]}
    few = reliability(frame, {"whole": pairs})
    assert np.isnan(few.tidy().set_index("coefficient").loc["omega_hierarchical", "estimate"])
    assert any("no bifactor coefficients" in note for note in few.notes)

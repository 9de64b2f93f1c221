"""Marker-adjusted correlations against R, and against a truth we planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from relsurvey.errors import DataError
from relsurvey.measurement.marker import marker_correlations

EXACT = 1e-10


@pytest.fixture(scope="module")
def scored(teams_missing, scales):
    return pd.DataFrame(
        {name: teams_missing[items].mean(axis=1, skipna=False) for name, items in scales.items()}
    )


def test_both_coefficients_equal_r(scored, in_r):
    found = marker_correlations(scored, ["a"], ["c"], "b")
    theirs = in_r["marker"]
    assert found.glance()["n_obs"].iloc[0] == theirs["n"]
    for (_, row), expected in zip(
        found.tidy().iterrows(), (theirs["correlation"], theirs["partial"]), strict=True
    ):
        for column, value in expected.items():
            assert row[column] == pytest.approx(value, abs=EXACT), column
    left_out = len(scored) - theirs["n"]
    assert any(f"{left_out} of {len(scored)}" in note for note in found.remarks())


def test_shared_way_of_answering_is_taken_out():
    generator = np.random.default_rng(2)
    method, first, second, third = generator.standard_normal((4, 20_000))
    frame = pd.DataFrame(
        {"x": first + method, "y": second + method, "method": method + 0.01 * third}
    )
    table = marker_correlations(frame, ["x"], ["y"], "method").tidy().set_index("coefficient")
    assert table.loc["correlation", "estimate"] == pytest.approx(0.5, abs=0.03)
    assert table.loc["partial_correlation", "estimate"] == pytest.approx(0.0, abs=0.03)


def test_every_pair_in_order_and_names_kept(scored):
    frame = scored.rename(columns={"a": "leder: nærvær", "b": 7, "c": "out come"}).assign(
        more=lambda table: np.arange(len(table)) % 7
    )
    before = frame.copy()
    found = marker_correlations(frame, ["leder: nærvær", 7], ["out come"], "more")
    assert list(found.tidy()["predictor"]) == ["leder: nærvær", "leder: nærvær", "7", "7"]
    assert list(found.tidy()["coefficient"].unique()) == ["correlation", "partial_correlation"]
    assert len(found.glance()) == 1
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("change", "arguments"),
    [
        ({}, (["a"], ["a"], "b")),
        ({}, (["a"], [], "b")),
        ({}, ("a", ["c"], "b")),
        ({}, (["a"], ["c"], "nowhere")),
        ({"b": 1.0}, (["a"], ["c"], "b")),
        ({"b": "x"}, (["a"], ["c"], "b")),
        ({"b": np.nan}, (["a"], ["c"], "b")),
    ],
)
def test_misuse_raises(scored, change, arguments):
    with pytest.raises(DataError):
        marker_correlations(scored.assign(**change), *arguments)
    with pytest.raises(DataError):
        marker_correlations(scored.assign(b=scored["a"] + scored["c"]), ["a"], ["c"], "b")

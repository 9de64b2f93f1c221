"""Measurement invariance against lavaan and semTools, and what it does with awkward groups."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.cfa import cfa
from relsurvey.measurement.invariance import invariance

REFERENCE = Path(__file__).parent.parent / "reference"
IN_R = json.loads((REFERENCE / "invariance.json").read_text(encoding="utf-8"))
MODEL = {"a": ["x1", "x2", "x3", "x4"], "b": ["x5", "x6", "x7", "x8"]}
MODEL["c"] = ["x9", "x10", "x11", "x12"]
# lavaan's optimiser stops at a gradient of about 1e-6
COLUMNS = {
    "n_parameters": ("npar", 0.0),
    "df": ("df", 0.0),
    "chi2": ("chisq", 1e-3),
    "chi2_scaled": ("chisq.scaled", 1e-3),
    "cfi": ("cfi", 1e-4),
    "rmsea": ("rmsea", 1e-4),
    "cfi_scaled": ("cfi.scaled", 1e-4),
    "tli_scaled": ("tli.scaled", 1e-4),
    "rmsea_scaled": ("rmsea.scaled", 1e-4),
    "rmsea_conf_low_scaled": ("rmsea.ci.lower.scaled", 1e-4),
    "rmsea_conf_high_scaled": ("rmsea.ci.upper.scaled", 1e-4),
    "srmr": ("srmr", 1e-4),
}


@pytest.fixture(scope="module")
def nested():
    return pd.read_csv(REFERENCE / "cfa_nested.csv")


@pytest.fixture(scope="module")
def found(nested):
    three = nested.copy()
    for item in ("x1", "x2"):
        three[item] = np.searchsorted([4, 5], nested[item], side="right")
    return {
        name: invariance(frame, MODEL, group="part", estimator=name.split("_")[0])
        for name, frame in (
            ("wlsmv", nested),
            ("wlsmv_three", three),
            ("ml", nested),
            ("mlr", nested),
        )
    }


@pytest.mark.parametrize("name", ["wlsmv", "wlsmv_three", "ml", "mlr"])
def test_levels_equal_r(name, found):
    ours, theirs = found[name].tidy(), pd.DataFrame(IN_R[name]["fit"])
    for column, (in_r, tolerance) in COLUMNS.items():
        if in_r in theirs:
            relative = tolerance if column.startswith("chi2") else 0.0
            like_r(
                f"invariance {column}",
                ours[column],
                theirs[in_r].astype(float),
                rtol=relative,
                atol=0.0 if relative else tolerance,
            )


@pytest.mark.parametrize("name", ["wlsmv", "wlsmv_three", "ml", "mlr"])
def test_difference_tests_equal_r(name, found):
    ours, theirs = found[name].tidy().iloc[1:], IN_R[name]
    like_r(
        "invariance df_diff",
        ours["df_diff"],
        np.array(theirs["df_diff"][1:], dtype=float),
        rtol=1e-7,
    )
    like_r(
        "invariance chi2_diff",
        ours["chi2_diff"],
        np.array(theirs["chi2_diff"][1:], dtype=float),
        rtol=0.001,
    )
    like_r(
        "invariance p_value_diff",
        ours["p_value_diff"],
        np.array(theirs["p"][1:], dtype=float),
        atol=0.001,
    )


def test_levels_and_deltas_are_named(found):
    table = found["wlsmv"].tidy()
    assert list(table["level"]) == [
        "configural",
        "thresholds",
        "loadings",
        "intercepts",
        "residuals",
    ]
    np.testing.assert_allclose(table["delta_cfi"][1:], np.diff(table["cfi_scaled"]))
    assert list(found["ml"].tidy()["level"]) == ["configural", "metric", "scalar", "strict"]
    assert found["ml"].glance()["last_level_not_rejected"].iloc[0] == "strict"
    assert any("three answers (x1, x2)" in note for note in found["wlsmv_three"].notes)


def test_configural_is_the_model_of_each_group(found, nested):
    apart = cfa(nested, MODEL, estimator="wlsmv", group="part").glance().iloc[0]
    first = found["wlsmv"].tidy().iloc[0]
    for column in ("chi2", "df", "chi2_scaled", "cfi_scaled", "rmsea_scaled", "srmr"):
        assert first[column] == pytest.approx(apart[column], rel=1e-6), column


def test_a_shifted_item_is_found(nested):
    frame = nested.copy()
    day = frame["part"] == "day"
    frame.loc[day, "x6"] = np.maximum(frame.loc[day, "x6"] - 1, 1)
    for estimator, level in (("wlsmv", "intercepts"), ("ml", "scalar")):
        table = invariance(frame, MODEL, group="part", estimator=estimator).tidy()
        assert table.set_index("level").loc[level, "p_value_diff"] < 1e-3


def test_an_answer_that_a_group_never_gives_is_merged_and_told(nested):
    frame = nested.copy()
    frame.loc[frame["part"].eq("day") & frame["x1"].eq(1), "x1"] = 2
    result = invariance(frame, MODEL, group="part")
    told = "x1: group day never answers 1; 1+2 are taken as one answer in all groups."
    assert told in result.notes
    merged = nested.assign(x1=nested["x1"].clip(lower=2))
    np.testing.assert_allclose(
        result.tidy()["chi2"], invariance(merged, MODEL, group="part").tidy()["chi2"], rtol=1e-8
    )


def test_clusters_change_the_tests_and_not_the_estimates(nested, found):
    table = invariance(nested, MODEL, group="part", cluster="team").tidy()
    np.testing.assert_allclose(table["chi2"], found["wlsmv"].tidy()["chi2"], rtol=1e-8)
    assert (abs(table["chi2_scaled"] / found["wlsmv"].tidy()["chi2_scaled"] - 1.0) > 1e-3).all()


def test_groups_that_cannot_be(nested):
    with pytest.raises(DataError):
        invariance(nested.assign(part="day"), MODEL, group="part")
    with pytest.raises(DataError):
        invariance(nested, MODEL, group="nowhere")
    with pytest.raises(ModelError):
        invariance(nested, MODEL, group="part", estimator="uls")

"""Modification indices against lavaan: gaps, groups, equal parameters, structural models."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.measurement.cfa import cfa

REFERENCE = Path(__file__).parent.parent / "reference"
INDICES = json.loads((REFERENCE / "modification.json").read_text(encoding="utf-8"))["indices"]
THREE = {
    "a": ["x1", "x2", "x3", "x4"],
    "b": ["x5", "x6", "x7", "x8"],
    "c": ["x9", "x10", "x11", "x12"],
}
LAYERS = "a =~ x1 + x2 + x3\nb =~ x4 + x5 + x6\nc =~ x7 + x8 + x9\nd =~ x10 + x11 + x12\n"
PATH = LAYERS + "c ~ a\nd ~ a + b"
EQUAL = "a =~ l*x1 + l*x2 + l*x3 + x4\nb =~ NA*x5 + m*x6 + m*x7 + x8\nb ~~ 1*b"
GAPS = {"f": [f"y{item}" for item in range(1, 6)], "g": [f"y{item}" for item in range(6, 10)]}
FIML = {"missing": "fiml"}
ORDINAL = {"estimator": "wlsmv"}
METRIC = {"group": "part", "group_equal": ["loadings"]}
SCALAR = {"group": "part", "group_equal": ["loadings", "intercepts"]}
CASES = {
    "fiml_two": ("gaps", GAPS, FIML),
    "fiml_one": ("gaps", {"f": GAPS["f"] + GAPS["g"]}, FIML),
    "fiml_mlr_cluster": ("gaps", GAPS, {**FIML, "estimator": "mlr", "cluster": "unit"}),
    "fiml_group": ("holed", THREE, {**FIML, "group": "part"}),
    "fiml_scalar": ("holed", THREE, {**FIML, **SCALAR}),
    "mlr_cluster": ("nested", THREE, {"estimator": "mlr", "cluster": "team"}),
    "ml_metric": ("nested", THREE, METRIC),
    "ml_scalar": ("nested", THREE, SCALAR),
    "ml_equal": ("uneven", EQUAL, {}),
    "ml_path": ("layered", PATH, {}),
    "ml_second": ("layered", LAYERS + "g =~ a + b + c + d", {}),
    "wlsmv_path": ("layered", PATH, ORDINAL),
    "wlsmv_equal": ("uneven", EQUAL, ORDINAL),
    "wlsmv_pairwise": (
        "few",
        {"a": ["x1", "x2", "x3"], "b": ["x4", "x5", "x6"]},
        {**ORDINAL, "missing": "pairwise"},
    ),
    "wlsmv_group": ("nested", THREE, {**ORDINAL, "group": "part"}),
}


def draw(name: str) -> pd.DataFrame:
    if name == "gaps":
        return pd.read_csv(REFERENCE / "gaps.csv")
    frame = pd.read_csv(REFERENCE / f"cfa_{'nested' if name == 'holed' else name}.csv")
    row = np.arange(1, len(frame) + 1)
    for item in range(1, 13) if name == "holed" else ():
        gone = (row**2 + 3 * row * item + 5 * item) % 23 == 0
        frame[f"x{item}"] = frame[f"x{item}"].mask(gone)
    return frame


def by_place(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by what they free, whichever side of a covariance stands first."""
    turned = (table["op"] == "~~") & (table["lhs"] > table["rhs"])
    lhs, rhs = table["lhs"].where(~turned, table["rhs"]), table["rhs"].where(~turned, table["lhs"])
    group = table["group"] if "group" in table else pd.Series("", index=table.index)
    return table.set_index([lhs + " " + table["op"] + " " + rhs, group])[["mi", "epc"]].sort_index()


@pytest.mark.parametrize("name", CASES)
def test_indices_and_expected_changes_are_lavaans(name):
    data, model, options = CASES[name]
    theirs = pd.DataFrame(INDICES[name]["mi"])
    theirs = theirs[theirs["op"] != "~*~"]  # lavaan's scaling factors are no parameters here
    if "group" in options:
        theirs["group"] = theirs["group"].map(dict(enumerate(INDICES[name]["groups"], start=1)))
    else:
        theirs = theirs.drop(columns="group", errors="ignore")
    found = cfa(draw(data), model, **options).modification_indices()
    assert found["mi"].is_monotonic_decreasing
    ours, theirs = by_place(found), by_place(theirs)
    assert list(ours.index) == list(theirs.index)
    # lavaan's estimates are about 1e-6 from the optimum; scores near zero feel that most
    like_r("modification index", ours["mi"], theirs["mi"], rtol=0.001, atol=0.0001)
    like_r("expected change", ours["epc"], theirs["epc"], rtol=0.001, atol=1e-05)

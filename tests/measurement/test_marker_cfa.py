"""The CFA marker technique, against lavaan's five models (reference/marker_cfa.R)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from relsurvey.errors import ModelError
from relsurvey.measurement.marker_cfa import marker_cfa

REFERENCE = Path(__file__).parent.parent / "reference"
A, B, C = (
    [f"{name}{n}" for n in range(1, size + 1)] for name, size in (("a", 5), ("b", 4), ("c", 5))
)


@pytest.fixture(scope="module")
def teams() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "teams.csv")


def test_the_five_models_are_lavaans(teams: pd.DataFrame) -> None:
    wanted = json.loads((REFERENCE / "marker_cfa.json").read_text(encoding="utf-8"))
    found = marker_cfa(teams, {"a": A, "b": B}, C)
    table = found.tidy().set_index("model")
    assert found.chosen == "method_c"
    wanted["method_r"] = wanted["method_r_c"]
    for name, row in table.iterrows():
        assert row["chi2"] == pytest.approx(wanted[name]["chi2"], abs=1e-4)
        assert row["df"] == wanted[name]["df"]
    assert table.loc["method_c", "chi2_diff"] == pytest.approx(
        wanted["baseline"]["chi2"] - wanted["method_c"]["chi2"], abs=2e-4
    )
    pair = found.correlations().iloc[0]
    assert pair["baseline"] == pytest.approx(wanted["correlation"]["baseline"], abs=1e-5)
    assert pair["estimate"] == pytest.approx(wanted["correlation"]["method_c"], abs=1e-5)
    loads = found.fits["method_u"].tidy()
    own = loads[(loads["lhs"] == "marker") & loads["rhs"].isin([*A, *B])].set_index("rhs")
    for item, value in wanted["method_loadings"].items():
        assert own.loc[item, "estimate"] == pytest.approx(value, abs=1e-4)


def test_reliability_is_split_by_hand(teams: pd.DataFrame) -> None:
    found = marker_cfa(teams, {"a": A, "b": B}, C)
    table = found.fits["method_c"].tidy().set_index(["lhs", "op", "rhs"])["estimate"]
    own = sum(table["a", "=~", item] for item in A) ** 2
    method = sum(table["marker", "=~", item] for item in A) ** 2
    error = sum(table[item, "~~", item] for item in A)
    row = found.reliability().set_index("construct").loc["a"]
    assert row["method"] == pytest.approx(method / (own + method + error))
    assert row["total"] == pytest.approx(row["substantive"] + row["method"])


def test_a_shared_way_of_answering_is_found_and_taken_out() -> None:
    generator = np.random.default_rng(6)
    style = generator.standard_normal((800, 1))
    factors = generator.multivariate_normal([0, 0, 0], [[1, 0.3, 0], [0.3, 1, 0], [0, 0, 1]], 800)
    rows = np.repeat(factors, 4, axis=1) * 0.7 + 0.4 * style
    rows += 0.5 * generator.standard_normal((800, 12))
    names = [f"{name}{n}" for name in "abm" for n in range(4)]
    frame = pd.DataFrame(rows, columns=names)
    found = marker_cfa(frame, {"a": names[:4], "b": names[4:8]}, names[8:])
    glance = found.glance().iloc[0]
    assert glance["p_value_method"] < 0.001
    # only the part of the style that reaches the marker's factor is taken out: not all of .49
    pair = found.correlations().iloc[0]
    assert 0.3 < pair["estimate"] < pair["baseline"] < 0.55


def test_misuse_is_said(teams: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="two factors"):
        marker_cfa(teams, {"a": A}, C)
    with pytest.raises(ModelError, match="marker items"):
        marker_cfa(teams, {"a": A, "b": B}, C[:2])
    with pytest.raises(ModelError, match="estimator"):
        marker_cfa(teams, {"a": A, "b": B}, C, estimator="wlsmv")

"""Partial invariance, factor means and score tests against R (reference/invariance_partial.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.invariance import Invariance, invariance

REFERENCE = Path(__file__).parent.parent / "reference"
MODEL = {f: [f"x{4 * at + n}" for n in range(1, 5)] for at, f in enumerate("abc")}
OPTIONS: dict[str, dict[str, Any]] = {
    "wlsmv": {},
    "ml": {"estimator": "ml"},
    "mlr": {"estimator": "mlr"},
    "cluster": {"estimator": "mlr", "cluster": "team"},
}
INDICES = {
    "cfi": "cfi",
    "rmsea": "rmsea",
    "srmr": "srmr",
    "cfi_scaled": "cfi.scaled",
    "tli_scaled": "tli.scaled",
    "rmsea_scaled": "rmsea.scaled",
    "rmsea_conf_low_scaled": "rmsea.ci.lower.scaled",
    "rmsea_conf_high_scaled": "rmsea.ci.upper.scaled",
    "cfi_robust": "cfi.robust",
    "rmsea_robust": "rmsea.robust",
}


@pytest.fixture(scope="module")
def in_r() -> dict[str, Any]:
    return json.loads((REFERENCE / "invariance_partial.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def draw() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "shifts.csv")


@pytest.fixture(scope="module")
def climbed(draw: pd.DataFrame) -> dict[str, Invariance]:
    """Each estimator's search, by tests alone, which is what R's models follow."""
    return {
        kind: invariance(draw, MODEL, group="place", partial=True, rule="test", **options)
        for kind, options in OPTIONS.items()
    }


@pytest.mark.parametrize("kind", list(OPTIONS))
def test_levels_and_their_differences_are_lavaans(
    climbed: dict[str, Invariance], in_r: dict[str, Any], kind: str
) -> None:
    table, wanted = climbed[kind].tidy(), in_r[kind]
    assert len(table) == len(wanted["fit"])
    for ours, theirs in zip(table.to_dict(orient="records"), wanted["fit"], strict=True):
        assert ours["df"] == theirs["df"]
        like_r("invariance chi2", ours["chi2"], theirs["chisq"], rtol=0.001)
        if "chisq.scaled" in theirs:
            like_r(
                "invariance chi2_scaled", ours["chi2_scaled"], theirs["chisq.scaled"], rtol=0.001
            )
        for name, other in INDICES.items():
            if name in ours and theirs.get(other) is not None:
                like_r(f"invariance {name}", ours[name], theirs[other], atol=0.0001)
    for ours, theirs in zip(table.to_dict("records")[1:], wanted["diff"], strict=True):
        assert ours["df_diff"] == theirs["df"]
        like_r("invariance chi2_diff", ours["chi2_diff"], theirs["chi2"], rtol=0.001)
        like_r("invariance p_value_diff", ours["p_value_diff"], theirs["p"], rtol=0.002, atol=1e-06)


@pytest.mark.parametrize("kind", list(OPTIONS))
def test_the_items_that_were_drawn_to_differ_are_freed(
    climbed: dict[str, Invariance], kind: str
) -> None:
    """draw_shifts.py: x3 loads less in north, x7 is easier and x10 harder in south."""
    freed = climbed[kind].freed()
    assert list(dict.fromkeys(freed["item"])) == ["x3", "x7", "x10"]
    largest = freed.loc[freed.groupby("item")["estimate"].apply(lambda e: e.abs().idxmax())]
    found = {row["item"]: (row["group"], np.sign(row["estimate"])) for _, row in largest.iterrows()}
    assert found == {"x3": ("north", -1.0), "x7": ("south", 1.0), "x10": ("south", -1.0)}
    holds = climbed[kind].comparable().set_index("what")["holds"]
    assert dict(holds[["associations", "means", "scores"]]) == dict.fromkeys(
        ("associations", "means", "scores"), "partly"
    )


def test_score_tests_of_plain_likelihood_are_lavaans(
    climbed: dict[str, Invariance], in_r: dict[str, Any]
) -> None:
    freed = climbed["ml"].freed().drop_duplicates("item").set_index("item")
    for item, name in (("x3", "score_metric"), ("x7", "score_scalar")):
        theirs = next(row for row in in_r[name] if row["item"] == item)
        assert freed.loc[item, "score_df"] == theirs["df"]
        assert freed.loc[item, "score_statistic"] == pytest.approx(theirs["x2"], rel=1e-3)
        assert theirs["x2"] == max(row["x2"] for row in in_r[name])


@pytest.mark.parametrize("kind", ["ml", "mlr", "cluster"])
def test_factor_means_are_lavaans(
    draw: pd.DataFrame, climbed: dict[str, Invariance], in_r: dict[str, Any], kind: str
) -> None:
    theirs = pd.DataFrame(in_r[f"{kind}_means"])
    theirs["group"] = theirs["group"].map({2: "north", 3: "south"})
    both = (
        climbed[kind]
        .factor_means()
        .merge(
            theirs, left_on=["factor", "group"], right_on=["lhs", "group"], validate="one_to_one"
        )
    )
    assert len(both) == 6
    like_r("invariance estimate", both["estimate"], both["est"], atol=0.0001)
    like_r("invariance std_error", both["std_error"], both["se"], rtol=0.001)
    like_r("invariance p_value", both["p_value"], both["pvalue"], atol=0.0001)
    like_r("invariance conf_low", both["conf_low"], both["ci.lower"], atol=0.0005)
    other = climbed[kind].factor_means(reference="north").set_index(["factor", "group"])
    own = climbed[kind].factor_means().set_index(["factor", "group"])
    turned = other.loc[("a", "east"), "estimate"]
    assert turned == pytest.approx(-own.loc[("a", "north"), "estimate"])
    with pytest.raises(DataError, match="no such group"):
        climbed[kind].factor_means(reference="west")


def test_rows_with_gaps(in_r: dict[str, Any]) -> None:
    gaps = pd.read_csv(REFERENCE / "shifts_missing.csv")
    pairwise = invariance(gaps, MODEL, group="place", missing="pairwise").tidy()
    for ours, theirs in zip(pairwise.to_dict("records"), in_r["pairwise"]["fit"], strict=False):
        like_r("invariance chi2_scaled", ours["chi2_scaled"], theirs["chisq.scaled"], rtol=0.001)
        like_r("invariance rmsea_scaled", ours["rmsea_scaled"], theirs["rmsea.scaled"], atol=0.0001)
    full = invariance(gaps, MODEL, group="place", estimator="mlr", missing="fiml").tidy()
    for ours, theirs in zip(full.to_dict("records"), in_r["fiml"]["fit"][:2], strict=False):
        like_r("invariance chi2", ours["chi2"], theirs["chisq"], rtol=0.001)
        like_r("invariance chi2_scaled", ours["chi2_scaled"], theirs["chisq.scaled"], rtol=0.001)


def test_where_nothing_is_equal_the_search_ends_and_nothing_may_be_compared(
    draw: pd.DataFrame,
) -> None:
    """Three of four items of a factor shift, each its own way: no two anchors are left."""
    turned = draw.copy()
    south = turned["place"] == "south"
    for item, shift in (("x1", 1), ("x2", -1), ("x4", 2)):
        turned.loc[south, item] = (turned.loc[south, item] + shift).clip(1, 5)
    found = invariance(turned, MODEL, group="place", estimator="mlr", partial=True)
    holds = found.comparable().set_index("what")["holds"]
    assert holds["means"] in ("no", "untested")
    assert found.factor_means().empty
    assert any("rejected with all" in note or "converge" in note for note in found.notes)


def test_an_ordered_column_says_which_group_is_first(draw: pd.DataFrame) -> None:
    order = ["south", "east", "north"]
    place = pd.Categorical(draw["place"], categories=order, ordered=True)
    found = invariance(draw.assign(place=place), MODEL, group="place", estimator="ml")
    assert list(found.groups) == order
    plain = invariance(draw, MODEL, group="place", estimator="ml")
    np.testing.assert_allclose(found.tidy()["chi2"], plain.tidy()["chi2"], rtol=1e-6)


def test_misuse_is_said(draw: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="estimator"):
        invariance(draw, MODEL, group="place", estimator="uls")
    with pytest.raises(ModelError):
        invariance(draw, MODEL, group="place", missing="fiml")
    with pytest.raises(ModelError):
        invariance(draw, MODEL, group="place", rule="taste")

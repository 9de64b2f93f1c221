from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.effects.specification_curve import Variant
from relsurvey.errors import ModelError

PREDICTORS = ["x1", "x2", "x3"]


@pytest.fixture(scope="module")
def world(draw_world):
    frame = draw_world((0.45, 0.2, 0.0), n_teams=80, seed=4)
    frame["sector"] = np.where(frame["team"] % 2 == 0, "a", "b")
    return frame


@pytest.fixture(scope="module")
def curve(world):
    return rs.specification_curve(
        [Variant({"careless": "in"}, world), Variant({"careless": "out"}, world.iloc[50:])],
        "y",
        PREDICTORS,
        cluster="team",
        controls={"none": [], "sector": ["sector"]},
        moderator="span_of_control",
    )


def test_every_combination_stands_once(curve):
    table = curve.tidy()
    main = table[table["kind"] == "main"]
    assert main["specification"].nunique() == 2 * 2 * 4
    assert table[table["kind"] == "by_moderator"]["specification"].nunique() == 2 * 2 * 3 * 2
    keys = ["kind", "careless", "controls", "level", "estimator", "form", "predictor"]
    assert not table.duplicated(keys).any()
    assert curve.choices == ("careless", "controls", "level", "estimator", "form")
    assert curve.failures().empty
    assert len(curve.glance()) == 1
    assert json.dumps(curve.to_dict(), allow_nan=False)


def test_a_specification_is_what_the_other_functions_give(curve, world):
    def own(**chosen):
        rows = curve.tidy()
        for name, value in {"careless": "in", "controls": "sector", **chosen}.items():
            rows = rows[rows[name] == value]
        return rows.reset_index(drop=True)

    formula = "y ~ x1 + x2 + x3 + C(sector)"
    frame = world.copy()
    for name in ["y", *PREDICTORS]:
        frame[name] = (frame[name] - frame[name].mean()) / frame[name].std()
    ols = rs.regress(frame, formula, cluster="team").tidy().set_index("term").loc[PREDICTORS]
    found = own(kind="main", level="persons", estimator="ols_cr2")
    for name in ("estimate", "std_error", "p_value", "conf_low"):
        np.testing.assert_allclose(found[name], ols[name], rtol=1e-8)
    mixed = rs.mixed_model(frame, formula, group="team").tidy().set_index("term").loc[PREDICTORS]
    found = own(kind="main", level="persons", estimator="mixed")
    for name in ("estimate", "std_error", "p_value"):
        np.testing.assert_allclose(found[name], mixed[name], rtol=1e-5)
    means = world.groupby("team").agg(
        {**dict.fromkeys(["y", *PREDICTORS], "mean"), "sector": "first"}
    )
    between = rs.regress(means, formula, standardise=True).tidy().set_index("term")
    found = own(kind="main", level="between", estimator="ols_cr2")
    np.testing.assert_allclose(found["p_value"], between.loc[PREDICTORS, "p_value"], rtol=1e-8)
    slopes = rs.moderate(
        world, "y", PREDICTORS, form="linear", controls=["sector"], cluster="team"
    ).simple_slopes()
    slopes = slopes[slopes["model"] == "joint"].set_index(["predictor", "at"])["estimate"]
    found = own(kind="by_moderator", form="linear", estimator="ols_cr2")
    wanted = [slopes[name, "p90"] - slopes[name, "p10"] for name in PREDICTORS]
    np.testing.assert_allclose(found["estimate"], wanted, atol=1e-10)


def test_counts_say_what_the_table_holds(curve):
    counts = curve.counts().set_index(["kind", "predictor"])
    assert counts.loc[("main", "x1"), "share_first"] > 0.9
    assert counts.loc[("main", "x1"), "share_significant"] == 1.0
    assert counts.loc[("main", "x3"), "share_significant"] < 0.5
    firsts = counts.loc["main", "share_first"].sum()
    assert firsts == pytest.approx(1.0)
    assert counts.loc["by_moderator", "share_first"].isna().all()


def test_what_cannot_be_computed_is_named(world):
    frame = world.assign(x3=world["team"] % 7)  # belongs to teams: nothing within them
    curve = rs.specification_curve(frame, "y", PREDICTORS, cluster="team")
    assert list(curve.failures()["level"]) == ["within"]
    assert "x3" in curve.failures()["reason"].iloc[0]
    assert set(curve.tidy()["level"]) == {"persons", "between"}


def test_errors(world):
    with pytest.raises(ModelError, match="Unknown choice"):
        rs.specification_curve(world, "y", PREDICTORS, cluster="team", levels=["heaven"])
    variants = [Variant({"a": "1"}, world), Variant({}, world)]
    with pytest.raises(ModelError, match="same choices"):
        rs.specification_curve(variants, "y", PREDICTORS, cluster="team")
    with pytest.raises(ModelError, match="No specification"):
        rs.specification_curve(
            pd.DataFrame({"team": [1, 1], "y": [1.0, 2.0], "x1": [1.0, 2.0]}),
            "y",
            ["x1"],
            cluster="team",
        )

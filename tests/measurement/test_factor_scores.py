"""Factor scores against lavaan (tests/reference/factor_scores.R), by hand, and their errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa import cfa
from relsurvey.stats.modal_scores import ProbitItems, modal_scores

REFERENCE = Path(__file__).parent.parent / "reference"
SCORES = json.loads((REFERENCE / "factor_scores.json").read_text(encoding="utf-8"))["scores"]
THREE = {
    "a": ["x1", "x2", "x3", "x4"],
    "b": ["x5", "x6", "x7", "x8"],
    "c": ["x9", "x10", "x11", "x12"],
}
LAYERS = "a =~ x1 + x2 + x3\nb =~ x4 + x5 + x6\nc =~ x7 + x8 + x9\nd =~ x10 + x11 + x12\n"
SECOND = LAYERS + "g =~ a + b + c + d"
GENERAL = "g =~ " + " + ".join(f"x{item}" for item in range(1, 13)) + "\n"
BIFACTOR = (
    GENERAL + LAYERS + "g ~~ 0*a + 0*b + 0*c + 0*d\na ~~ 0*b + 0*c + 0*d\nb ~~ 0*c + 0*d\nc ~~ 0*d"
)
PATH = LAYERS + "c ~ a + b\nd ~ a + b"
ORDINAL = {"estimator": "wlsmv"}
SCALAR = {"group": "part", "group_equal": ["loadings", "intercepts"]}
CASES = {
    "ml": ("nested", THREE, {}),
    "mlr_listwise": ("holed", THREE, {"estimator": "mlr"}),
    "ml_second": ("layered", SECOND, {}),
    "ml_bifactor": ("layered", BIFACTOR, {}),
    "ml_path": ("layered", PATH, {}),
    "ml_group": ("nested", THREE, SCALAR),
    "fiml": ("holed", THREE, {"missing": "fiml"}),
    "fiml_group": ("holed", THREE, {"missing": "fiml", "group": "part"}),
    "wlsmv": ("nested", THREE, ORDINAL),
    "wlsmv_yes_no": ("yes_no", {"a": ["x1", "x2", "x3", "x4"], "b": THREE["b"]}, ORDINAL),
    "wlsmv_pairwise": (
        "few",
        {"a": ["x1", "x2", "x3"], "b": ["x4", "x5", "x6"]},
        {**ORDINAL, "missing": "pairwise"},
    ),
    "wlsmv_group": ("nested", THREE, {**ORDINAL, "group": "part"}),
    "wlsmv_night": ("night", THREE, ORDINAL),
    "wlsmv_second": ("layered", SECOND, ORDINAL),
    "wlsmv_path": ("layered", PATH, ORDINAL),
}


def draw(name: str) -> pd.DataFrame:
    if name == "holed":
        frame = draw("nested")
        row = np.arange(1, len(frame) + 1)
        for item in range(1, 13):
            gone = (row**2 + 3 * row * item + 5 * item) % 23 == 0
            frame[f"x{item}"] = frame[f"x{item}"].mask(gone)
        return frame
    if name == "night":
        frame = draw("nested")
        return frame[frame["part"] == "night"]
    return pd.read_csv(REFERENCE / f"cfa_{name}.csv")


@pytest.mark.parametrize("name", CASES)
def test_scores_and_errors_are_lavaans(name):
    data, model, options = CASES[name]
    frame = draw(data)
    scores = cfa(frame, model, **options).factor_scores(std_error=True)
    assert scores.index.equals(frame.index)
    for group, theirs in enumerate(SCORES[name]):
        factors, errors = theirs["factors"], [f"{name}_std_error" for name in theirs["factors"]]
        own = scores.iloc[np.array(theirs["row"]) - 1]
        if "mode" in theirs:
            # lavaan stops its search for a mode at a relative gain of 1e-8; R's optimiser taken
            # further from there, on the same function, ends where ours does
            like_r("factor score", own[factors], theirs["mode"], atol=1e-05)
            if not (name == "wlsmv_group" and group == 1):
                like_r("factor score", own[factors], theirs["score"], atol=0.0002)
        else:
            like_r("factor score", own[factors], theirs["score"], atol=0.0001)
        expected = np.broadcast_to(theirs["error"], own[errors].shape)
        like_r("factor score std_error", own[errors], expected, atol=1e-05)


def test_a_second_group_of_ordinal_answers_has_its_own_loadings():
    # lavaan 0.6-14 takes those of the first group; fitted alone, the group has our scores
    together = cfa(draw("nested"), THREE, **ORDINAL, group="part").factor_scores()
    alone = cfa(draw("night"), THREE, **ORDINAL).factor_scores()
    np.testing.assert_allclose(together.loc[alone.index], alone, atol=1e-6)
    theirs = SCORES["wlsmv_group"][1]
    own = together.iloc[np.array(theirs["row"]) - 1]
    assert np.abs(own[theirs["factors"]].to_numpy() - theirs["score"]).max() > 0.1


def test_rows_left_out_have_no_score_and_the_index_stays():
    frame = draw("holed").set_axis([f"r{at}" for at in range(300)], axis=0)
    scores = cfa(frame, THREE).factor_scores()
    complete = frame[[f"x{item}" for item in range(1, 13)]].notna().all(axis=1)
    pd.testing.assert_series_equal(scores["a"].notna(), complete, check_names=False)
    assert list(scores.columns) == ["a", "b", "c"]


def test_reliability_is_the_variance_of_the_scores_over_that_of_the_factor():
    # with complete rows: Var(E(η|y)) / Var(η), and the sample's scores vary just so in a
    # saturated model
    fit = cfa(draw("nested"), {"a": ["x1", "x2", "x3"]})
    variance = fit.tidy().query("op == '~~' and lhs == 'a'")["estimate"].iloc[0]
    found = fit.score_reliability().iloc[0]
    assert found["reliability"] == pytest.approx(
        fit.factor_scores()["a"].var(ddof=0) / variance, abs=1e-6
    )
    assert found["determinacy"] == pytest.approx(found["reliability"] ** 0.5)


def test_modes_of_one_item_are_found_by_a_grid():
    items = ProbitItems(
        np.array([[0.8]]), np.array([0.36]), (np.array([-0.5, 0.7]),), np.zeros(1), np.eye(1)
    )
    grid = np.linspace(-3.0, 3.0, 600_001)
    from scipy.special import ndtr

    inside = ndtr((0.7 - 0.8 * grid) / 0.6) - ndtr((-0.5 - 0.8 * grid) / 0.6)
    best = grid[np.argmax(np.log(inside) - 0.5 * grid**2)]
    found = modal_scores(items, np.array([[1], [-1]], dtype=np.int16))
    assert found.score[0, 0] == pytest.approx(best, abs=1e-5)
    assert (found.score[1, 0], found.std_error[1, 0]) == (0.0, 1.0)  # no answer: the prior


def test_extreme_answers_have_finite_scores_and_improper_items_none():
    cuts = (np.array([6.0]),) * 3
    items = ProbitItems(np.full((3, 1), 0.99), np.full(3, 0.02), cuts, np.zeros(1), np.eye(1))
    found = modal_scores(items, np.array([[1, 1, 1], [0, 0, 0]], dtype=np.int16))
    assert np.isfinite(found.score).all()
    assert found.score[0, 0] > 4.0
    wrong = ProbitItems(items.loadings, np.array([0.5, -0.1, 0.5]), cuts, np.zeros(1), np.eye(1))
    with pytest.raises(ModelError, match="item number 2"):
        modal_scores(wrong, np.zeros((1, 3), dtype=np.int16))

"""Exploratory factor analysis and parallel analysis against psych, factanal and GPArotation."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.exploratory import efa
from relsurvey.measurement.parallel_analysis import parallel_analysis

REFERENCE = Path(__file__).parent.parent / "reference"
IN_R = json.loads((REFERENCE / "dimensionality.json").read_text(encoding="utf-8"))
TEAMS = pd.read_csv(REFERENCE / "teams.csv")
ORDINAL = pd.read_csv(REFERENCE / "ordinal_scales.csv")
NUMBERS = [f"{scale}{at}" for scale, n in (("a", 5), ("b", 4), ("c", 5)) for at in range(1, n + 1)]
CATEGORIES = ["u1", "u2", "u3", "u4", "w1", "w2", "w3"]
CASES = [("pearson", 1), ("pearson", 2), ("pearson", 3), ("polychoric", 1), ("polychoric", 2)]
# psych stops its least squares at a relative change of 1e-8 or so; factanal goes to the optimum
TOLERANCE = {"minres": 5e-4, "ml": 2e-5}


def aligned(loadings, wanted):
    """Columns in the order and sign that come closest to those wanted, and how they were moved."""
    m = wanted.shape[1]
    best = None
    for order in permutations(range(m)):
        moved = loadings[:, order]
        sign = np.where((moved * wanted).sum(axis=0) < 0, -1.0, 1.0)
        off = np.abs(moved * sign - wanted).max()
        if best is None or off < best[0]:
            best = (off, list(order), sign)
    return best


def fitted(kind, m, method, rotation):
    if kind == "pearson":
        return efa(TEAMS, NUMBERS, m, method=method, rotation=rotation)
    return efa(ORDINAL, CATEGORIES, m, ordered=True, method=method, rotation=rotation)


@pytest.mark.parametrize("method", ["minres", "ml"])
@pytest.mark.parametrize(("kind", "m"), CASES)
def test_extraction_equals_r(kind, m, method):
    theirs = IN_R[kind][m - 1][method]
    found = fitted(kind, m, method, "none")
    table = found.tidy()
    loadings = table[[f"factor_{at + 1}" for at in range(m)]].to_numpy()
    assert aligned(loadings, np.array(theirs["loadings"]))[0] < TOLERANCE[method]
    like_r("EFA uniqueness", table["uniqueness"], theirs["uniqueness"], atol=TOLERANCE[method])
    glance = found.glance().iloc[0]
    if method == "minres":
        like_r("EFA rmsr", glance["rmsr"], theirs["rmsr"], atol=1e-06)
    else:
        assert glance["df"] == theirs["df"]
    if method == "ml" and kind == "pearson":
        like_r("EFA chi2", glance["chi2"], theirs["chi2"], rtol=1e-06)
        like_r("EFA p_value", glance["p_value"], theirs["p"], rtol=0.0001)
        low, high = theirs["rmsea"]["lower"], theirs["rmsea"]["upper"]
        # psych stops its search at a slightly larger discrepancy
        like_r("EFA rmsea_conf_low", glance["rmsea_conf_low"], low, atol=1e-05)
        like_r("EFA rmsea_conf_high", glance["rmsea_conf_high"], high, atol=1e-05)
        # on purpose not psych's, which divides by N in one place and by N - 1 in the other
        assert glance["rmsea"] == pytest.approx(
            np.sqrt((glance["chi2"] / glance["df"] - 1) / (glance["n_obs"] - 1)), abs=1e-12
        )
        assert 1e-5 < glance["rmsea"] - theirs["rmsea"]["RMSEA"] < 1e-3
        per_df, per_df_null = theirs["chi2"] / theirs["df"], theirs["null_chi2"] / 91
        assert glance["tli"] == pytest.approx(1 - (per_df - 1) / (per_df_null - 1), abs=1e-6)


@pytest.mark.parametrize("method", ["minres", "ml"])
@pytest.mark.parametrize(("kind", "m"), [case for case in CASES if case[1] > 1])
def test_oblimin_equals_gparotation(kind, m, method):
    theirs = IN_R[kind][m - 1][method]["rotated"]
    found = fitted(kind, m, method, "oblimin")
    loadings = found.tidy()[[f"factor_{at + 1}" for at in range(m)]].to_numpy()
    off, order, sign = aligned(loadings, np.array(theirs["loadings"]))
    assert off < TOLERANCE[method]
    between = np.eye(m)
    rows, columns = np.triu_indices(m, 1)
    between[rows, columns] = between[columns, rows] = found.factor_correlations()["estimate"]
    moved = between[np.ix_(order, order)] * np.outer(sign, sign)
    np.testing.assert_allclose(moved, theirs["phi"], atol=TOLERANCE[method])


def test_rotation_keeps_what_is_reproduced():
    plain, turned = (fitted("pearson", 3, "ml", rotation) for rotation in ("none", "oblimin"))
    names = ["factor_1", "factor_2", "factor_3"]
    first, second = (found.tidy()[names].to_numpy() for found in (plain, turned))
    between = np.eye(3)
    rows, columns = np.triu_indices(3, 1)
    between[rows, columns] = between[columns, rows] = turned.factor_correlations()["estimate"]
    np.testing.assert_allclose(second @ between @ second.T, first @ first.T, atol=1e-9)
    homes = [str(name)[0] for name in turned.tidy()["item"]]
    strongest = np.abs(second).argmax(axis=1)
    assert len({(home, int(at)) for home, at in zip(homes, strongest, strict=True)}) == 3


def test_a_known_pattern_is_found():
    generator = np.random.default_rng(11)
    factors = generator.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], size=20_000)
    truth = np.array([[0.8, 0], [0.7, 0], [0.6, 0], [0, 0.8], [0, 0.7], [0, 0.5]])
    unique = 1 - np.einsum("ij,jk,ik->i", truth, np.array([[1, 0.4], [0.4, 1]]), truth)
    values = factors @ truth.T + generator.standard_normal((20_000, 6)) * np.sqrt(unique)
    frame = pd.DataFrame(np.searchsorted([-1.2, -0.3, 0.4, 1.3], values), columns=list("uvwxyz"))
    found = efa(frame, list("uvwxyz"), 2, ordered=True)
    loadings = found.tidy()[["factor_1", "factor_2"]].to_numpy()
    assert aligned(loadings, truth)[0] < 0.03
    assert found.factor_correlations()["estimate"].iloc[0] == pytest.approx(0.4, abs=0.03)
    # items in another order: the same factors
    again = efa(frame, list("zyxwvu"), 2, ordered=True).tidy().set_index("item")
    np.testing.assert_allclose(
        again.loc[list("uvwxyz"), ["factor_1", "factor_2"]], loadings, atol=1e-5
    )
    assert (
        parallel_analysis(frame.head(600), list("uvwxyz"), ordered=True, n_random=20)
        .glance()["n_factors"]
        .iloc[0]
        == 2
    )


def test_parallel_analysis_equals_psych():
    found = parallel_analysis(TEAMS, NUMBERS, n_random=400)
    table = found.tidy()
    np.testing.assert_allclose(table["eigenvalue"], IN_R["parallel"]["eigenvalue"], atol=1e-10)
    # both shuffle at random, psych with replacement: means over 400 draws with an sd below .06
    np.testing.assert_allclose(table["random_mean"], IN_R["parallel"]["random_mean"], atol=0.015)
    assert found.n_factors == IN_R["parallel"]["n_factors"] == table["retained"].sum()
    pd.testing.assert_frame_equal(table, parallel_analysis(TEAMS, NUMBERS, n_random=400).tidy())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_unrelated_items_have_no_factor(seed):
    values = np.random.default_rng(seed).standard_normal((300, 6))
    frame = pd.DataFrame(values, columns=list("uvwxyz"))
    assert parallel_analysis(frame, list("uvwxyz"), n_random=60, quantile=0.99).n_factors == 0


@pytest.mark.parametrize(
    ("change", "options", "error"),
    [
        ({}, {"n_factors": 0}, ModelError),
        ({}, {"n_factors": 4}, ModelError),
        ({}, {"n_factors": 1, "method": "pca"}, ModelError),
        ({}, {"n_factors": 1, "rotation": "varimax"}, ModelError),
        ({"a2": 3}, {"n_factors": 1}, DataError),
        ({"a2": "x"}, {"n_factors": 1}, DataError),
        ({"a2": np.nan}, {"n_factors": 1}, DataError),
    ],
)
def test_misuse_of_efa_raises(change, options, error):
    with pytest.raises(error):
        efa(TEAMS.assign(**change), NUMBERS[:5], **options)


def test_copied_items_and_wrong_options_are_told():
    copied = TEAMS.assign(a2=TEAMS["a1"])
    with pytest.raises(ModelError, match="positive definite"):
        efa(copied, NUMBERS, 2)
    with pytest.raises(DataError, match="quantile"):
        parallel_analysis(TEAMS, NUMBERS, quantile=95)
    with pytest.raises(DataError, match="Three items"):
        parallel_analysis(TEAMS, NUMBERS[:2])


def test_an_improper_solution_is_named():
    generator = np.random.default_rng(0)
    first, noise, other = generator.standard_normal((3, 100))
    frame = pd.DataFrame({"x": first, "y": first + 0.1 * noise, "z": 0.3 * first + other})
    assert any("Improper" in note for note in efa(frame, ["x", "y", "z"], 1).remarks())


def test_results_speak_the_common_vocabulary():
    found = efa(TEAMS, NUMBERS, 2)
    assert list(found.tidy().columns) == ["item", "factor_1", "factor_2", "uniqueness"]
    assert len(found.glance()) == 1
    assert "Exploratory" in found.summary()
    shown = parallel_analysis(TEAMS, NUMBERS, n_random=5)
    assert len(shown.glance()) == 1
    assert shown.to_dict()["tidy"][0]["component"] == 1

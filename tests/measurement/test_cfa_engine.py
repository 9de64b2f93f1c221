"""Factor models of ordinal, clustered, grouped and structural kinds against lavaan 0.6-14."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.measurement.cfa import cfa

REFERENCE = Path(__file__).parent.parent / "reference"
RESULTS = json.loads((REFERENCE / "cfa_engine.json").read_text(encoding="utf-8"))
ROBUST = json.loads((REFERENCE / "cfa_robust.json").read_text(encoding="utf-8"))
RESULTS["fits"] |= ROBUST["fits"]
# lavaan's optimiser stops at a gradient of about 1e-6: what differs beyond is its distance from the
# optimum, which the errors and statistics inherit.
ESTIMATE = 1e-4
RELATIVE = 1e-3
INDEX = 1e-4
PLAIN = {
    "n_parameters": "npar",
    "chi2": "chisq",
    "df": "df",
    "chi2_null": "baseline.chisq",
    "df_null": "baseline.df",
    "chi2_scaled": "chisq.scaled",
    "chi2_null_scaled": "baseline.chisq.scaled",
    "scaling_factor": "chisq.scaling.factor",
    "loglik": "logl",
    "aic": "aic",
    "bic": "bic",
}
INDICES = {"srmr": "srmr", "p_value_scaled": "pvalue.scaled"} | {
    name + ending: theirs + ending.replace("_", ".")
    for ending in ("", "_scaled", "_robust")
    for name, theirs in (
        ("cfi", "cfi"),
        ("tli", "tli"),
        ("rmsea", "rmsea"),
        ("rmsea_conf_low", "rmsea.ci.lower"),
        ("rmsea_conf_high", "rmsea.ci.upper"),
    )
}
EQUAL = {
    "ml_group_metric": ["loadings"],
    "mlr_group_scalar": ["loadings", "intercepts"],
    "ml_group_strict_std": ["loadings", "intercepts", "residuals"],
}
# Ours by definition: robust CFI and TLI of several groups (see below).
OURS = {"wlsmv_group": {"cfi_robust", "tli_robust"}}
STD_LV = {"wlsmv_crossed_std", "ml_path"} | {name for name in RESULTS["fits"] if "_std" in name}


def options_of(name):
    options = {"estimator": name.split("_")[0], "std_lv": name in STD_LV}
    if "cluster" in name:
        options["cluster"] = "unit" if name == "ml_fiml_cluster" else "team"
    if "half" in name:
        options["group"] = "half"
    if "fiml" in name:
        options["missing"] = "fiml"
    if "group" in name:
        options |= {"group": "part", "group_equal": EQUAL.get(name, [])}
    if "pairwise" in name:
        options["missing"] = "pairwise"
    return options


@pytest.fixture(scope="module")
def fits():
    frames = {
        name: pd.read_csv(REFERENCE / f"cfa_{name}.csv")
        for name in {result["data"] for result in RESULTS["fits"].values()} - {"gaps", "holed"}
    }
    frames["gaps"] = pd.read_csv(REFERENCE / "gaps.csv")
    frames["nested"]["half"] = np.where(frames["nested"]["team"] < 10, "one", "two")
    frames["holed"] = frames["nested"].copy()
    row = np.arange(1, len(frames["holed"]) + 1)
    for item in range(1, 13):
        gone = (row**2 + 3 * row * item + 5 * item) % 23 == 0
        frames["holed"][f"x{item}"] = frames["holed"][f"x{item}"].mask(gone)
    return {
        name: cfa(frames[result["data"]], result["model"], **options_of(name))
        for name, result in RESULTS["fits"].items()
    }


def turned(table):
    """Index that does not depend on which side of a covariance stands first."""
    return [
        (" ".join(sorted((lhs, rhs))), op, str(group))
        for lhs, op, rhs, group in zip(
            table["lhs"], table["op"], table["rhs"], table["group"], strict=True
        )
    ]


def side_by_side(fit, result):
    ours = fit.tidy()
    theirs = pd.DataFrame(result["estimates"])
    standard = pd.DataFrame(result["standardized"])
    theirs["est.std"], theirs["se.std"] = standard["est.std"], standard["se"]
    if "groups" in result:
        names = dict(enumerate(result["groups"], start=1))
        theirs["group"] = theirs["group"].map(names)
    else:
        ours["group"], theirs["group"] = "", ""
    ours.index, theirs.index = turned(ours), turned(theirs)
    if (ours["op"] == "|").any():  # lavaan lists intercepts and means that are fixed at 0
        theirs = theirs[theirs["op"] != "~1"]
    assert set(ours.index) == set(theirs.index)
    return ours, theirs.loc[ours.index]


@pytest.mark.parametrize("name", RESULTS["fits"])
def test_fit_equals_lavaan(name, fits):
    ours, theirs = fits[name].glance().iloc[0], RESULTS["fits"][name]["fit"]
    compared = 0
    for column, in_lavaan in PLAIN.items():
        if theirs.get(in_lavaan) is not None and column not in OURS.get(name, ()):
            like_r(column, ours[column], theirs[in_lavaan], rtol=RELATIVE)
            compared += 1
    for column, in_lavaan in INDICES.items():
        if theirs.get(in_lavaan) is not None and column not in OURS.get(name, ()):
            like_r(column, ours[column], theirs[in_lavaan], atol=INDEX)
            compared += 1
    assert compared >= 10
    assert ours["converged"]


@pytest.mark.parametrize("name", RESULTS["fits"])
def test_parameters_equal_lavaan(name, fits):
    ours, theirs = side_by_side(fits[name], RESULTS["fits"][name])
    for column, in_lavaan in (("estimate", "est"), ("std_estimate", "est.std")):
        like_r(column, ours[column], theirs[in_lavaan].astype(float), rtol=2e-6, atol=ESTIMATE)
    for column, in_lavaan in (("std_error", "se"), ("std_estimate_error", "se.std")):
        like_r(column, ours[column], theirs[in_lavaan].astype(float), rtol=RELATIVE, atol=1e-07)
    for column, in_lavaan in (("conf_low", "ci.lower"), ("conf_high", "ci.upper")):
        like_r(column, ours[column], theirs[in_lavaan].astype(float), rtol=0.001, atol=0.0003)
    tested = ours["std_error"] > 0
    like_r("p_value", ours["p_value"][tested], theirs["pvalue"][tested].astype(float), atol=0.001)


@pytest.mark.parametrize("name", [name for name, fit in RESULTS["fits"].items() if "mi" in fit])
def test_modification_indices_equal_lavaan(name, fits):
    theirs = pd.DataFrame(RESULTS["fits"][name]["mi"])
    ours = fits[name].modification_indices().head(len(theirs))
    assert ours["rhs"].tolist() == theirs["rhs"].tolist()
    like_r("modification index", ours["mi"], theirs["mi"], rtol=0.002)
    like_r("expected change", ours["epc"], theirs["epc"], rtol=0.002)


def test_robust_cfi_of_groups_weighs_the_null_model_like_the_model(fits):
    ours = fits["wlsmv_group"].glance().iloc[0]
    theirs = RESULTS["fits"]["wlsmv_group"]["fit"]
    one = fits["wlsmv_nested"].glance().iloc[0]
    assert ours["rmsea_robust"] == pytest.approx(theirs["rmsea.robust"], abs=INDEX)
    assert ours["cfi_robust"] > theirs["cfi.robust"]  # a null trace that is too large lowers CFI
    assert ours["cfi_robust"] == pytest.approx(one["cfi_robust"], abs=0.02)


def test_ml_with_clusters_has_the_errors_of_mlr_and_a_test_of_its_own(fits):
    plain, robust = fits["ml_cluster"], fits["mlr_cluster"]
    pd.testing.assert_frame_equal(plain.tidy(), robust.tidy())
    ours, theirs = plain.glance().iloc[0], robust.glance().iloc[0]
    assert ours["chi2_null_scaled"] == theirs["chi2_null_scaled"]
    assert ours["chi2_scaled"] == pytest.approx(theirs["chi2_scaled"], rel=0.03)
    assert abs(ours["chi2_scaled"] - theirs["chi2_scaled"]) > 0.5


def test_a_cluster_in_two_groups_makes_them_dependent():
    # every row stands once in either group: what is the same in both has no more information
    # than one group, which only clusters across groups can tell
    frame = pd.read_csv(REFERENCE / "cfa_nested.csv")
    twice = pd.concat([frame.assign(copy="one"), frame.assign(copy="two")], ignore_index=True)
    model = {"a": ["x1", "x2", "x3", "x4"], "b": ["x5", "x6", "x7", "x8"]}
    equal = ["loadings", "intercepts", "residuals", "factor_variances", "factor_covariances"]
    alone = cfa(frame, model, cluster="team").tidy()
    both = cfa(twice, model, cluster="team", group="copy", group_equal=[*equal, "means"]).tidy()
    both = both[both["group"] == "one"].reset_index(drop=True)
    np.testing.assert_allclose(both["std_error"], alone["std_error"], rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("name", RESULTS["polychorics"])
def test_polychorics_and_thresholds_equal_lavaan(name):
    frame = pd.read_csv(REFERENCE / f"cfa_{name}.csv").filter(regex="^x").dropna().astype(int)
    fit = cfa(frame, {"f": list(frame.columns)}, estimator="ulsmv")
    theirs = RESULTS["polychorics"][name]
    like_r("polychoric", fit.correlations(), theirs["correlations"], atol=1e-05)
    thresholds = fit.tidy().query("op == '|'")["estimate"]
    like_r("thresholds", thresholds, theirs["thresholds"], atol=1e-05)

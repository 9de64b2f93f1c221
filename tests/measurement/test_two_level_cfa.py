"""Two-level factor models against lavaan (tests/reference/two_level.R) and known truths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.two_level_cfa import two_level_cfa
from relsurvey.measurement.two_level_fit import TwoLevelFit

REFERENCE = Path(__file__).parent.parent / "reference"
Y = [f"y{i}" for i in range(1, 9)]
A = [f"a{i}" for i in range(1, 6)]
TWO = {"f": Y[:4], "g": Y[4:]}
CASES: dict[str, tuple[str, Any, Any]] = {
    "levels": ("levels", TWO, {"h": Y}),
    "levels_misfit": ("levels", {"w": Y}, {"h": Y}),
    "teams": ("teams", {"w": A}, "b =~ a1 + a2 + a3 + a4 + a5\na4 ~~ 0*a4\na5 ~~ 0*a5"),
}
INDICES = {
    "chi2": "chisq",
    "chi2_null": "baseline.chisq",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea_conf_low": "rmsea.ci.lower",
    "rmsea_conf_high": "rmsea.ci.upper",
    "srmr_within": "srmr_within",
    "srmr_between": "srmr_between",
    "srmr": "srmr",
    "loglik": "logl",
    "aic": "aic",
    "bic": "bic",
    "scaling_factor": "chisq.scaling.factor",
    "chi2_scaled": "chisq.scaled",
    "p_value_scaled": "pvalue.scaled",
    "chi2_null_scaled": "baseline.chisq.scaled",
    "cfi_scaled": "cfi.scaled",
    "tli_scaled": "tli.scaled",
    "rmsea_scaled": "rmsea.scaled",
    "cfi_robust": "cfi.robust",
    "tli_robust": "tli.robust",
    "rmsea_robust": "rmsea.robust",
}


@pytest.fixture(scope="module")
def lavaan() -> dict[str, Any]:
    return json.loads((REFERENCE / "two_level.json").read_text(encoding="utf-8"))


def fitted(case: str, estimator: str) -> TwoLevelFit:
    name, within, between = CASES[case]
    frame = pd.read_csv(REFERENCE / f"{name}.csv")
    return two_level_cfa(frame, within, between, "unit", estimator=estimator)


@pytest.mark.parametrize("estimator", ["ml", "mlr"])
@pytest.mark.parametrize("case", list(CASES))
def test_two_level_numbers_are_lavaans(lavaan: dict[str, Any], case: str, estimator: str) -> None:
    fit, wanted = fitted(case, estimator), lavaan[case][estimator]
    ours = fit.tidy().assign(place=lambda t: t["level"].map({"within": 1, "between": 2}))
    ours = ours.set_index(["lhs", "op", "rhs", "place"])
    theirs = pd.DataFrame(wanted["estimates"])
    theirs["std"] = wanted["standardized"]["est.std"]
    theirs["std_se"] = wanted["standardized"]["se"]
    theirs = theirs.rename(columns={"level": "place"})
    free = theirs[theirs["se"] > 0.0].set_index(["lhs", "op", "rhs", "place"])
    assert len(free) == fit.glance()["n_parameters"].item()
    both = ours.join(free, how="inner")
    assert len(both) == len(free)
    # lavaan's optimiser stops near the optimum: 1e-3 of a standard error is what it leaves
    assert np.max(np.abs(both["estimate"] - both["est"]) / both["se"]) < 1e-3
    np.testing.assert_allclose(both["std_error"], both["se"], rtol=1e-3)
    measured = both[both.index.get_level_values("op") != "~1"]
    np.testing.assert_allclose(measured["std_estimate"], measured["std"], atol=5e-4)
    np.testing.assert_allclose(measured["std_estimate_error"], measured["std_se"], atol=1e-4)
    row = fit.glance().iloc[0]
    assert row["loglik"] == pytest.approx(wanted["fit"]["logl"], abs=1e-6)
    # run on to a gain of 1e-8 per step, lavaan's saturated moments are ours
    assert row["loglik"] + 0.5 * row["chi2"] == pytest.approx(wanted["saturated"]["logl"], abs=2e-3)
    # lavaan itself stops at 1e-4 per step, which moves what rests on the saturated moments: little
    # inside, more where the covariances between 24 teams are only semi-definite
    rough = case == "teams"
    for name, other in INDICES.items():
        if wanted["fit"].get(other) is not None and name in row:
            expected = wanted["fit"][other]
            relative, absolute = (2.5e-2, 2e-2) if rough else (1e-3, 5e-4)
            assert row[name] == pytest.approx(expected, rel=relative, abs=absolute), name
    np.testing.assert_allclose(fit.icc()["icc1"], wanted["icc"], atol=1e-3)


@pytest.mark.parametrize("case", list(CASES))
def test_chi_square_from_the_saturated_moments_run_to_the_end(
    lavaan: dict[str, Any], case: str
) -> None:
    wanted = lavaan[case]["ml"]
    expected = 2.0 * (wanted["saturated"]["logl"] - wanted["fit"]["logl"])
    found = fitted(case, "ml").glance()["chi2"].item()
    assert found == pytest.approx(expected, rel=1e-3)


def test_the_order_of_rows_and_items_does_not_matter() -> None:
    frame = pd.read_csv(REFERENCE / "levels.csv")
    mixed = frame.sample(frac=1.0, random_state=3)
    mixed["unit"] = "team " + mixed["unit"].astype(str)
    first = two_level_cfa(frame, TWO, {"h": Y}, "unit").tidy()
    second = two_level_cfa(mixed, TWO, {"h": [Y[0], *Y[:0:-1]]}, "unit").tidy()
    key = ["lhs", "op", "rhs", "level"]
    both = first.merge(second, on=key, suffixes=("", "_again"))
    assert len(both) == len(first)
    np.testing.assert_allclose(both["estimate"], both["estimate_again"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(both["std_error"], both["std_error_again"], rtol=1e-4)


def test_standardised_numbers_do_not_depend_on_what_is_fixed() -> None:
    frame = pd.read_csv(REFERENCE / "levels.csv")
    first = two_level_cfa(frame, TWO, {"h": Y}, "unit")
    second = two_level_cfa(frame, TWO, {"h": Y}, "unit", std_lv=True)
    for column in ("std_estimate", "std_estimate_error"):
        np.testing.assert_allclose(first.tidy()[column], second.tidy()[column], atol=1e-6)
    assert second.glance()["chi2"].item() == pytest.approx(first.glance()["chi2"].item(), rel=1e-8)


def test_omega_by_hand() -> None:
    fit = fitted("levels", "ml")
    table = fit.tidy().set_index(["level", "op", "lhs", "rhs"])["estimate"]
    loadings = table["between"]["=~"]["h"].sum()
    errors = sum(table["between"]["~~"][item][item] for item in Y)
    true = loadings**2 * table["between"]["~~"]["h"]["h"]
    found = fit.reliability().set_index(["construct", "coefficient"])["estimate"]
    assert found["h"]["omega_between"] == pytest.approx(true / (true + errors))
    assert found["h"]["omega_cluster_mean"] < found["h"]["omega_between"]
    assert set(fit.factor_correlations()["level"]) == {"within"}
    assert set(fit.residuals()["level"]) == {"within", "between"}


@pytest.mark.slow
def test_the_truth_is_found_again() -> None:
    loadings, estimates = np.array([1.0, 0.8, 0.9, 0.7]), []
    for seed in range(40):
        generator = np.random.default_rng(seed)
        unit = np.repeat(np.arange(120), generator.integers(5, 16, 120))
        own = generator.standard_normal((len(unit), 1)) * loadings
        shared = 0.6 * generator.standard_normal((120, 1)) * loadings
        shared += 0.2 * generator.standard_normal((120, 4))
        rows = own + shared[unit] + 0.7 * generator.standard_normal((len(unit), 4))
        items = [f"x{i}" for i in range(4)]
        frame = pd.DataFrame(rows, columns=items).assign(unit=unit)
        fit = two_level_cfa(frame, {"w": items}, {"b": items}, "unit")
        table = fit.tidy()
        estimates.append(table.loc[table["op"] == "=~", "estimate"].to_numpy())
    expected = np.tile(loadings, 2)
    np.testing.assert_allclose(np.mean(estimates, axis=0), expected, atol=0.04)


def test_what_cannot_be_fitted_is_said() -> None:
    frame = pd.read_csv(REFERENCE / "levels.csv")
    with pytest.raises(ModelError, match="different items"):
        two_level_cfa(frame, TWO, {"h": Y[:6]}, "unit")
    with pytest.raises(ModelError, match="no such estimator"):
        two_level_cfa(frame, TWO, {"h": Y}, "unit", estimator="wlsmv")
    flat = frame.assign(y3=frame.groupby("unit")["y3"].transform("mean"))
    with pytest.raises(DataError, match="within clusters"):
        two_level_cfa(flat, TWO, {"h": Y}, "unit")
    with pytest.raises(ModelError, match="singular"):
        two_level_cfa(frame.assign(y2=frame["y1"] * 3.0), TWO, {"h": Y}, "unit")
    teams = pd.read_csv(REFERENCE / "teams.csv")
    with pytest.raises(ModelError, match="maximum"):
        two_level_cfa(teams, {"w": A}, {"b": A}, "unit")


def test_rows_left_out_and_few_clusters_are_noted() -> None:
    frame = pd.read_csv(REFERENCE / "levels.csv")
    frame.loc[[3, 5], "y2"] = np.nan
    fit = two_level_cfa(frame, TWO, {"h": Y}, "unit")
    assert any("2 of" in note for note in fit.notes)
    assert fit.glance()["n_obs"].item() == len(frame) - 2
    few = two_level_cfa(frame[frame["unit"] <= 40], TWO, {"h": Y}, "unit")
    assert any("fewer clusters than parameters" in note for note in few.notes)

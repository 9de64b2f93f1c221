"""Two-level factor models against lavaan (tests/reference/two_level.R) and known truths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.two_level_cfa import two_level_cfa
from relsurvey.measurement.two_level_fit import TwoLevelFit

REFERENCE = Path(__file__).parent.parent / "reference"
Y = [f"y{i}" for i in range(1, 9)]
A = [f"a{i}" for i in range(1, 6)]
TWO = {"f": Y[:4], "g": Y[4:]}
SHARED = "f =~ a*y1 + b*y2 + c*y3 + d*y4\ng =~ e*y5 + h*y6 + i*y7 + j*y8"
CASES: dict[str, tuple[str, Any, Any]] = {
    "levels": ("levels", TWO, {"h": Y}),
    "levels_misfit": ("levels", {"w": Y}, {"h": Y}),
    "only_within": ("levels", TWO, "saturated"),
    "only_between": ("levels", "saturated", {"h": Y}),
    "equal_loadings": ("levels", SHARED, SHARED),
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
    assert len(free) - (6 if case == "equal_loadings" else 0) == fit.glance()["n_parameters"].item()
    both = ours.join(free, how="inner")
    assert len(both) == len(free)
    # lavaan's optimiser stops near the optimum: 1e-3 of a standard error is what it leaves
    assert np.max(np.abs(both["estimate"] - both["est"]) / both["se"]) < 1e-3
    like_r("two-level std_error", both["std_error"], both["se"], rtol=0.001)
    measured = both[both.index.get_level_values("op") != "~1"]
    like_r("two-level std_estimate", measured["std_estimate"], measured["std"], atol=0.0005)
    like_r(
        "two-level std_estimate_error",
        measured["std_estimate_error"],
        measured["std_se"],
        atol=0.0001,
    )
    row = fit.glance().iloc[0]
    like_r("two-level loglik", row["loglik"], wanted["fit"]["logl"], atol=1e-06)
    # run on to a gain of 1e-8 per step, lavaan's saturated moments are ours
    like_r(
        "two-level saturated loglik",
        row["loglik"] + 0.5 * row["chi2"],
        wanted["saturated"]["logl"],
        atol=0.002,
    )
    # lavaan itself stops at 1e-4 per step, which moves what rests on the saturated moments: little
    # inside, more where the covariances between 24 teams are only semi-definite
    rough = case == "teams"
    for name, other in INDICES.items():
        if wanted["fit"].get(other) is not None and name in row:
            expected = wanted["fit"][other]
            relative, absolute = (2.5e-2, 2e-2) if rough else (1e-3, 5e-4)
            like_r(f"two-level {name}", row[name], expected, rtol=relative, atol=absolute)
    like_r("two-level icc1", fit.icc()["icc1"], wanted["icc"], atol=0.001)


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
    with pytest.raises(ModelError, match="saturated"):
        two_level_cfa(frame, "saturated", "saturated", "unit")


def test_reliability_of_both_kinds_of_construct_is_semtools(lavaan: dict[str, Any]) -> None:
    wanted = lavaan["omegas"]
    frame = pd.read_csv(REFERENCE / "levels.csv")
    table = two_level_cfa(frame, TWO, TWO, "unit").reliability()
    found = table.set_index(["construct", "coefficient"])
    for place, factor in enumerate("fg"):
        for rows, kind, names in (
            ("config_rows", "config", {"omega_W": "omega_within", "omega_2L": "omega_two_level"}),
            (
                "shared_rows",
                "shared",
                {"omega_B": "omega_cluster_mean", "IRR": "interrater_reliability"},
            ),
        ):
            for name, value in zip(wanted[rows], wanted[kind][factor], strict=True):
                like_r(
                    f"two-level {name}",
                    found.loc[(factor, names[name]), "estimate"],
                    value,
                    atol=0.0001,
                )
        between = wanted["latent"]["unit"][place]
        like_r(
            "two-level omega_between",
            found.loc[(factor, "omega_between"), "estimate"],
            between,
            atol=0.0001,
        )
    assert (table["conf_low"] < table["estimate"]).all()


def test_errors_of_omega_are_the_spread_over_samples() -> None:
    """The delta method against what drawing anew gives, for a truth that is known."""
    generator = np.random.default_rng(8)
    found, errors = [], []
    for _ in range(60):
        unit = np.repeat(np.arange(100), 10)
        own = generator.standard_normal((1000, 1))
        shared = 0.7 * generator.standard_normal((100, 1)) + 0.2 * generator.standard_normal(
            (100, 4)
        )
        rows = own + shared[unit] + 0.8 * generator.standard_normal((1000, 4))
        items = [f"x{i}" for i in range(4)]
        frame = pd.DataFrame(rows, columns=items).assign(unit=unit)
        table = two_level_cfa(frame, {"f": items}, {"f": items}, "unit").reliability()
        found.append(table["estimate"].to_numpy())
        errors.append(table["std_error"].to_numpy())
    # 60 draws know a spread to about 9 %
    np.testing.assert_allclose(np.std(found, axis=0), np.mean(errors, axis=0), rtol=0.3)
    truth = {"omega_within": 16.0 / (16.0 + 4 * 0.64), "omega_between": 7.84 / (7.84 + 0.16)}
    means = dict(zip(table["coefficient"], np.mean(found, axis=0), strict=True))
    for name, value in truth.items():
        assert means[name] == pytest.approx(value, abs=0.02)


def test_residual_variances_that_would_run_below_zero_are_held_there() -> None:
    teams = pd.read_csv(REFERENCE / "teams.csv")
    fit = two_level_cfa(teams, {"w": A}, {"b": A}, "unit")
    table = fit.tidy()
    residuals = table[(table["op"] == "~~") & table["lhs"].isin(A) & (table["level"] == "between")]
    held = residuals[residuals["std_error"] == 0.0]
    assert len(held)
    assert (residuals["estimate"] >= 0.0).all()
    assert (held["estimate"] == 0.0).all()
    assert any("held at zero" in note and str(held["lhs"].iloc[0]) in note for note in fit.notes)
    # the same as fixing them by hand, but for the parameters counted
    fixed = "b =~ a1 + a2 + a3 + a4 + a5\n" + "\n".join(f"{i} ~~ 0*{i}" for i in held["lhs"])
    by_hand = two_level_cfa(teams, {"w": A}, fixed, "unit")
    assert fit.glance()["loglik"].item() == pytest.approx(by_hand.glance()["loglik"].item())
    both = table.merge(by_hand.tidy(), on=["lhs", "op", "rhs", "level"], suffixes=("", "_hand"))
    np.testing.assert_allclose(both["estimate"], both["estimate_hand"], atol=1e-5)
    np.testing.assert_allclose(both["std_error"], both["std_error_hand"], atol=1e-5)


def test_more_items_than_clusters() -> None:
    generator = np.random.default_rng(5)
    items = [f"x{i}" for i in range(24)]
    unit = np.repeat(np.arange(20), generator.integers(8, 17, 20))
    factors = (
        generator.standard_normal((len(unit), 3)) + 0.6 * generator.standard_normal((20, 3))[unit]
    )
    rows = np.repeat(factors, 8, axis=1) + 0.8 * generator.standard_normal((len(unit), 24))
    model = {f"f{k}": items[8 * k : 8 * k + 8] for k in range(3)}
    frame = pd.DataFrame(rows, columns=items).assign(unit=unit)
    fit = two_level_cfa(frame, model, model, "unit")
    loadings = fit.tidy().query("op == '=~' and level == 'within'")["estimate"]
    np.testing.assert_allclose(loadings, 1.0, atol=0.25)
    assert np.isfinite(fit.glance()["loglik"].item())
    assert any("20 clusters for 24 items" in note for note in fit.notes)


def test_rows_left_out_and_few_clusters_are_noted() -> None:
    frame = pd.read_csv(REFERENCE / "levels.csv")
    frame.loc[[3, 5], "y2"] = np.nan
    fit = two_level_cfa(frame, TWO, {"h": Y}, "unit")
    assert any("2 of" in note for note in fit.notes)
    assert fit.glance()["n_obs"].item() == len(frame) - 2
    few = two_level_cfa(frame[frame["unit"] <= 40], TWO, {"h": Y}, "unit")
    assert any("fewer clusters than parameters" in note for note in few.notes)


def test_more_factors_between_than_clusters_tell_apart() -> None:
    """Twelve clusters and four factors that are one between."""
    generator = np.random.default_rng(11)
    unit = np.repeat(np.arange(12), 20)
    shared = generator.standard_normal((12, 1))[unit]
    factors = generator.standard_normal((240, 4)) + 0.7 * shared
    rows = np.repeat(factors, 4, axis=1) + 0.7 * generator.standard_normal((240, 16))
    items = [f"x{i}" for i in range(16)]
    model = {f"f{k}": items[4 * k : 4 * k + 4] for k in range(4)}
    frame = pd.DataFrame(rows, columns=items).assign(unit=unit)
    fit = two_level_cfa(frame, model, model, "unit")
    assert any("edge of what is possible: some" in n or "improper" in n for n in fit.notes)
    # one factor between is a special case of four: it cannot fit better
    one = two_level_cfa(frame, model, {"g": items}, "unit")
    assert fit.glance()["loglik"].item() >= one.glance()["loglik"].item() - 1e-6
    loadings = fit.tidy().query("op == '=~' and level == 'within'")["estimate"]
    np.testing.assert_allclose(loadings, 1.0, atol=0.25)

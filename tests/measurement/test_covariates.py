"""Observed predictors and outcomes, and mixed items, against lavaan (reference/covariates.R)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.cfa import cfa
from relsurvey.measurement.cfa_fit import CfaFit
from relsurvey.measurement.invariance import invariance
from relsurvey.measurement.two_level_cfa import two_level_cfa
from relsurvey.stats.conditional_moments import conditional_moments
from relsurvey.stats.ordinal_data import OrdinalData
from relsurvey.stats.ordinal_fit import ordinal_moments

REFERENCE = Path(__file__).parent.parent / "reference"
A, B = "f =~ a1 + a2 + a3\n", "g =~ b1 + b2 + b3\n"
MODELS = {
    "paths": A + B + "f ~ age + part_time\ng ~ f + age",
    "outcome": A + B + "y ~ f + g + age",
    "beside": A + "h =~ c1 + c2 + c3\nf ~ h + age",
    "direct": A + B + "f + g ~ age + part_time\nb1 ~ part_time",
}
KINDS: dict[str, dict[str, Any]] = {
    "ml": {},
    "mlr_cluster": {"estimator": "mlr", "cluster": "unit"},
    "fiml": {"estimator": "mlr", "missing": "fiml"},
    "wlsmv": {"estimator": "wlsmv"},
    "mixed": {"estimator": "wlsmv"},
    "ulsmv": {"estimator": "ulsmv"},
}
RELATIVE = {
    "chi2": "chisq",
    "chi2_null": "baseline.chisq",
    "chi2_scaled": "chisq.scaled",
    "chi2_null_scaled": "baseline.chisq.scaled",
    "scaling_factor": "chisq.scaling.factor",
    "loglik": "logl",
    "aic": "aic",
    "bic": "bic",
    "df": "df",
    "df_null": "baseline.df",
}
ABSOLUTE = {
    "p_value": "pvalue",
    "p_value_scaled": "pvalue.scaled",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea_conf_low": "rmsea.ci.lower",
    "rmsea_conf_high": "rmsea.ci.upper",
    "srmr": "srmr",
    "cfi_scaled": "cfi.scaled",
    "tli_scaled": "tli.scaled",
    "rmsea_scaled": "rmsea.scaled",
    "cfi_robust": "cfi.robust",
    "tli_robust": "tli.robust",
    "rmsea_robust": "rmsea.robust",
}


@pytest.fixture(scope="module")
def lavaan() -> dict[str, Any]:
    return json.loads((REFERENCE / "covariates.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "covariates.csv")


def fitted(frame: pd.DataFrame, model: str, kind: str) -> CfaFit:
    text, options = MODELS[model], dict(KINDS[kind])
    if kind == "fiml":
        frame = frame.assign(**{n: frame[f"{n}_gap"] for n in ("a1", "b2", "c3", "y", "age")})
    if kind in ("wlsmv", "mixed", "ulsmv"):
        text = re.sub(r"([abc][123])", r"o\1", text)
    if kind == "mixed":
        names = [f"o{factor}{number}" for factor in "ac" for number in (1, 2, 3)]
        options["ordered"] = [name for name in names if name in text]
    return cfa(frame, text, **options)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("model", list(MODELS))
def test_numbers_are_lavaans(
    frame: pd.DataFrame, lavaan: dict[str, Any], model: str, kind: str
) -> None:
    fit, wanted = fitted(frame, model, kind), lavaan[model][kind]
    rows = pd.DataFrame(wanted["rows"])
    both = fit.tidy().merge(rows, on=["lhs", "op", "rhs"], how="right", validate="one_to_one")
    like_r("estimate", both["estimate"], both["est"], atol=0.0001)
    like_r("std_estimate", both["std_estimate"], both["std"], atol=0.0001)
    free = both[both["se"] > 0.0]
    like_r("std_error", free["std_error"], free["se"], rtol=0.001)
    like_r("p_value", free["p_value"], free["pvalue"], atol=0.0001)
    like_r("std_estimate_error", both["std_estimate_error"], both["std_se"], atol=0.0001)
    row = fit.glance().iloc[0]
    assert row["n_parameters"] == wanted["fit"]["npar"]
    compared = 0
    for names, tolerance in ((RELATIVE, {"rtol": 1e-3}), (ABSOLUTE, {"atol": 1e-4})):
        for ours, theirs in names.items():
            if wanted["fit"].get(theirs) is not None:
                like_r(ours, row[ours], wanted["fit"][theirs], **tolerance)
                compared += 1
    assert compared >= 14


def test_moments_without_predictors_are_those_of_the_quick_way(frame: pd.DataFrame) -> None:
    items = [f"o{factor}{number}" for factor in "abc" for number in (1, 2, 3)]
    codes = frame[items].to_numpy() - 1
    codes[::7, 2] = -1  # gaps: each pair takes the rows that have both
    none = np.full(codes.shape, np.nan)
    unit = frame["unit"].to_numpy()
    found = conditional_moments(codes, none, [4] * 9, np.zeros((len(codes), 0)), unit)
    quick = ordinal_moments(OrdinalData(codes.astype(np.int16), np.full(9, 4)), unit)
    np.testing.assert_allclose(found.vector(), quick.estimates.correlations, atol=1e-9)
    np.testing.assert_allclose(found.gamma, quick.gamma, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(np.diag(found.location_gamma), quick.threshold_variances, rtol=1e-6)


def test_clusters_of_twins_give_back_the_errors_of_one_of_each(frame: pd.DataFrame) -> None:
    model = re.sub(r"([abc][123])", r"o\1", MODELS["paths"])
    one = cfa(frame, model, estimator="wlsmv").tidy().iloc[:-3]  # without the predictors' own
    twins = pd.concat([frame, frame]).assign(person=list(range(len(frame))) * 2)
    both = cfa(twins, model, estimator="wlsmv", cluster="person").tidy().iloc[:-3]
    np.testing.assert_allclose(both["estimate"], one["estimate"], atol=1e-6)
    n = len(frame)  # clusters enlarge by G/(G−1); rows are divided by N − 1
    scale = np.sqrt(n / (n - 1) * 2 * (n - 1) / (2 * n - 1))
    np.testing.assert_allclose(both["std_error"], one["std_error"] * scale, rtol=1e-5)


def test_the_effect_of_a_predictor_is_found_again() -> None:
    generator = np.random.default_rng(3)
    x = generator.standard_normal(4000)
    f = 0.5 * x + np.sqrt(0.75) * generator.standard_normal(4000)
    noise = 0.75 * generator.standard_normal((4000, 3))
    answers = np.searchsorted([-0.8, 0.4], f[:, None] + noise)
    frame = pd.DataFrame(answers, columns=["i1", "i2", "i3"]).assign(x=x)
    row = cfa(frame, "f =~ i1 + i2 + i3\nf ~ x", estimator="wlsmv").tidy().set_index("op").loc["~"]
    assert row["std_estimate"] == pytest.approx(0.5, abs=4 * row["std_estimate_error"])
    assert row["std_estimate_error"] < 0.02


def test_rows_without_a_predictor_are_left_out_and_counted(frame: pd.DataFrame) -> None:
    fit = fitted(frame, "paths", "fiml")
    assert fit.glance()["n_obs"].item() == frame["age_gap"].notna().sum()
    assert any("left out" in note for note in fit.notes)


def test_what_cannot_be_fitted_is_said(frame: pd.DataFrame) -> None:
    ordinal = "f =~ oa1 + oa2 + oa3"
    with pytest.raises(ModelError, match="cannot predict"):
        cfa(frame, ordinal + "\ny ~ oa1", estimator="wlsmv")
    with pytest.raises(ModelError, match="as numbers"):
        cfa(frame, A, ordered=["a1"])
    with pytest.raises(ModelError, match="list of items"):
        cfa(frame, ordinal, estimator="wlsmv", ordered=["nothing"])
    with pytest.raises(DataError, match="lack"):
        cfa(frame, A + "f ~ nowhere")
    with pytest.raises(ModelError, match="regressions"):
        invariance(frame, A + "f ~ age", group="part_time", estimator="ml")
    with pytest.raises(ModelError, match="regressions"):
        two_level_cfa(frame, A + "f ~ age", A, "unit")
    fit = cfa(frame, ordinal + "\nf ~ age", estimator="wlsmv")
    with pytest.raises(ModelError, match="modification"):
        fit.modification_indices()
    with pytest.raises(ModelError, match="factor scores"):
        fit.factor_scores()

"""Factor models of rows with gaps against lavaan (tests/reference/fiml.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.measurement.cfa_data import cfa_data
from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.fiml_solution import fiml_solution
from relsurvey.measurement.model_text import read_terms
from relsurvey.measurement.parameter_table import parameter_table

REFERENCE = Path(__file__).parent.parent / "reference"
ABC = {
    "a": [f"a{i}" for i in range(1, 6)],
    "b": [f"b{i}" for i in range(1, 5)],
    "c": [f"c{i}" for i in range(1, 6)],
}
FG = {"f": [f"y{i}" for i in range(1, 6)], "g": [f"y{i}" for i in range(6, 10)]}
CASES = {
    "teams": ("teams_missing", ABC),
    "teams_misfit": ("teams_missing", {"g": [item for items in ABC.values() for item in items]}),
    "gaps": ("gaps", FG),
    "gaps_misfit": ("gaps", {"f": [item for items in FG.values() for item in items]}),
}
INDICES = {
    "chi2": "chisq",
    "df": "df",
    "p_value": "pvalue",
    "chi2_null": "baseline.chisq",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea_conf_low": "rmsea.ci.lower",
    "rmsea_conf_high": "rmsea.ci.upper",
    "srmr": "srmr",
    "loglik": "logl",
    "aic": "aic",
    "bic": "bic",
    "chi2_scaled": "chisq.scaled",
    "p_value_scaled": "pvalue.scaled",
    "scaling_factor": "chisq.scaling.factor",
    "chi2_null_scaled": "baseline.chisq.scaled",
    "cfi_scaled": "cfi.scaled",
    "tli_scaled": "tli.scaled",
    "rmsea_scaled": "rmsea.scaled",
    "cfi_robust": "cfi.robust",
    "tli_robust": "tli.robust",
    "rmsea_robust": "rmsea.robust",
    "rmsea_conf_low_robust": "rmsea.ci.lower.robust",
    "rmsea_conf_high_robust": "rmsea.ci.upper.robust",
}


@pytest.fixture(scope="module")
def lavaan() -> dict[str, Any]:
    return json.loads((REFERENCE / "fiml.json").read_text(encoding="utf-8"))


def solve(case: str, kind: str) -> tuple[Solution, pd.DataFrame]:
    name, model = CASES[case]
    frame = pd.read_csv(REFERENCE / f"{name}.csv")
    table = parameter_table(read_terms(model), means=True)
    cluster = "unit" if kind == "mlr_cluster" else None
    data = cfa_data(frame, table.items, group=None, cluster=cluster, complete=False)
    return fiml_solution(table, data, robust=kind != "ml"), frame


@pytest.mark.parametrize("kind", ["ml", "mlr", "mlr_cluster"])
@pytest.mark.parametrize("case", list(CASES))
def test_estimates_errors_and_fit_are_lavaans(lavaan: dict[str, Any], case: str, kind: str) -> None:
    solution, _ = solve(case, kind)
    wanted = lavaan[case][kind]
    table = pd.DataFrame(wanted["estimates"]).set_index(["lhs", "op", "rhs"])
    errors = np.sqrt(np.diag(solution.covariance))
    for row in solution.table.rows:
        if row.index >= 0:
            there = table.loc[(row.lhs, row.op, row.rhs)]
            # lavaan's optimiser stops within about 1e-5 standard errors of the optimum
            error = float(there["se"])
            assert abs(solution.theta[row.index] - float(there["est"])) < 2e-4 * error, row
            like_r("FIML std_error", errors[row.index], error, rtol=0.0001)
    for ours, theirs in INDICES.items():
        if wanted["fit"].get(theirs) is not None and ours in solution.measures:
            expected = float(wanted["fit"][theirs])
            like_r(f"FIML {ours}", solution.measures[ours], expected, rtol=1e-05, atol=1e-06)
    assert solution.n_obs == (int(wanted["fit"]["ntotal"]),)


@pytest.mark.parametrize("case", list(CASES))
def test_the_saturated_moments_are_lavaans(lavaan: dict[str, Any], case: str) -> None:
    solution, _ = solve(case, "ml")
    expected = np.array(lavaan[case]["ml"]["saturated"]["covariance"])
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    like_r("FIML saturated moments", solution.observed[0] / scale, expected / scale, atol=1e-08)


def test_complete_rows_give_the_estimates_of_plain_maximum_likelihood() -> None:
    from relsurvey.measurement.continuous_solution import continuous_solution

    frame = pd.read_csv(REFERENCE / "teams.csv")
    table = parameter_table(read_terms(ABC), means=True)
    data = cfa_data(frame, table.items, group=None, cluster=None, complete=True)
    with_gaps = fiml_solution(table, data, robust=True)
    plain = continuous_solution(table, data, means=True, robust=True)
    np.testing.assert_allclose(with_gaps.theta, plain.theta, atol=1e-6)
    np.testing.assert_allclose(with_gaps.covariance, plain.covariance, rtol=1e-4, atol=1e-9)
    for name in ("chi2", "chi2_scaled", "cfi", "rmsea", "srmr"):
        assert with_gaps.measures[name] == pytest.approx(plain.measures[name], rel=1e-6), name

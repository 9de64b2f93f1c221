"""Ten thousand rows of seven-point items, one in three reversed, against lavaan (large.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.measurement.cfa import cfa

REFERENCE = Path(__file__).parent.parent / "reference"
MODEL = {name: [f"z{3 * at + n}" for n in (1, 2, 3)] for at, name in enumerate("abc")}
KINDS: dict[str, dict[str, Any]] = {
    "wlsmv": {"estimator": "wlsmv"},
    "ml": {},
    "mlr_cluster": {"estimator": "mlr", "cluster": "unit"},
}
RELATIVE = {"chi2": "chisq", "chi2_scaled": "chisq.scaled", "aic": "aic", "bic": "bic"}
ABSOLUTE = {
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea_conf_low": "rmsea.ci.lower",
    "rmsea_conf_high": "rmsea.ci.upper",
    "srmr": "srmr",
    "cfi_scaled": "cfi.scaled",
    "rmsea_scaled": "rmsea.scaled",
    "rmsea_conf_low_scaled": "rmsea.ci.lower.scaled",
    "cfi_robust": "cfi.robust",
    "rmsea_robust": "rmsea.robust",
    "rmsea_conf_high_robust": "rmsea.ci.upper.robust",
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_numbers_are_lavaans(kind: str) -> None:
    wanted = json.loads((REFERENCE / "large.json").read_text(encoding="utf-8"))[kind]
    fit = cfa(pd.read_csv(REFERENCE / "large.csv"), MODEL, **KINDS[kind])
    rows = pd.DataFrame(wanted["rows"])
    both = fit.tidy().merge(rows, on=["lhs", "op", "rhs"], how="right", validate="one_to_one")
    like_r("estimate", both["estimate"], both["est"], atol=0.0001)
    like_r("std_estimate", both["std_estimate"], both["std"], atol=0.0001)
    like_r("std_estimate_error", both["std_estimate_error"], both["std_se"], atol=0.0001)
    free = both[both["se"] > 0.0]
    like_r("std_error", free["std_error"], free["se"], rtol=0.001)
    row = fit.glance().iloc[0]
    for names, tolerance in ((RELATIVE, {"rtol": 1e-3}), (ABSOLUTE, {"atol": 1e-4})):
        for ours, theirs in names.items():
            if wanted["fit"].get(theirs) is not None and ours in row:
                like_r(ours, row[ours], wanted["fit"][theirs], **tolerance)

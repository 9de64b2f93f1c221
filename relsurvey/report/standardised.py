"""Coefficients in standard deviations, with bounds on the same scale."""

from __future__ import annotations

import numpy as np
import pandas as pd

from relsurvey.effects.regress import Regression

BOUNDS = ("conf_low", "conf_high")


def standardised(regression: Regression) -> pd.DataFrame:
    """Return ``term estimate conf_low conf_high p_value`` of a regression in standard deviations.

    The intercept and other terms without a standardised coefficient are left out. Bounds are
    multiplied with what turns the estimate into the standardised one; for a regression that was
    run on z-scores nothing changes.
    """
    table = regression.tidy()
    table = table[table["std_estimate"].notna()]
    estimate = table["estimate"].to_numpy(dtype=np.float64)
    target = table["std_estimate"].to_numpy(dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(estimate == 0.0, 1.0, target / estimate)
    scaled = table[["term", "p_value"]].assign(estimate=target)
    for bound in BOUNDS:
        scaled[bound] = table[bound].to_numpy(dtype=np.float64) * factor
    return scaled[["term", "estimate", *BOUNDS, "p_value"]].reset_index(drop=True)

"""Tests of contrasts in a linear mixed model, by the chosen degrees of freedom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from relsurvey.stats.kenward_roger import kenward_roger, kenward_roger_test
from relsurvey.stats.mixed_fit import MixedFit
from relsurvey.stats.satterthwaite import satterthwaite, satterthwaite_test
from relsurvey.stats.wald_test import WaldTest

FloatArray = NDArray[np.float64]
DF_KINDS = ("satterthwaite", "kenward_roger", "none")


@dataclass(frozen=True, slots=True, eq=False)
class MixedInference:
    """A mixed model's coefficients with the means to test them.

    Attributes
    ----------
    fit : MixedFit
    df_kind : {"satterthwaite", "kenward_roger", "none"}
    confidence : float
    """

    fit: MixedFit
    df_kind: str
    confidence: float

    def contrasts(self, matrix: FloatArray) -> dict[str, FloatArray]:
        """Return the columns ``estimate … conf_high`` for every row (q, p) of contrasts."""
        estimate = matrix @ self.fit.coefficients
        covariance, df = self.fit.covariance, np.full(len(matrix), np.inf)
        if self.df_kind == "satterthwaite":
            df = satterthwaite(self.fit, matrix)
        elif self.df_kind == "kenward_roger":
            adjustment = kenward_roger(self.fit)
            covariance = adjustment.covariance
            df = np.array([kenward_roger_test(adjustment, row[None])[1] for row in matrix])
        std_error = np.sqrt(np.einsum("ka,ab,kb->k", matrix, covariance, matrix).clip(0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic = estimate / std_error
        reach = stats.t.isf((1.0 - self.confidence) / 2.0, df) * std_error
        return {
            "estimate": estimate,
            "std_error": std_error,
            "statistic": statistic,
            "df": df,
            "p_value": 2.0 * stats.t.sf(np.abs(statistic), df),
            "conf_low": estimate - reach,
            "conf_high": estimate + reach,
        }

    def coefficients(self) -> dict[str, FloatArray]:
        """Return the same columns for the p coefficients themselves."""
        return self.contrasts(np.eye(self.fit.coefficients.size))

    def joint_test(self, matrix: FloatArray) -> WaldTest:
        """Test that all contrasts (q, p) are zero together."""
        if self.df_kind == "satterthwaite":
            return satterthwaite_test(self.fit, matrix)
        covariance, factor, df = self.fit.covariance, 1.0, np.inf
        if self.df_kind == "kenward_roger":
            adjustment = kenward_roger(self.fit)
            covariance = adjustment.covariance
            factor, df = kenward_roger_test(adjustment, matrix)
        values = matrix @ self.fit.coefficients
        spread = matrix @ covariance @ matrix.T
        statistic = factor * float(values @ np.linalg.solve(spread, values)) / len(matrix)
        if np.isinf(df):
            p_value = float(stats.chi2.sf(statistic * len(matrix), len(matrix)))
        else:
            p_value = float(stats.f.sf(statistic, len(matrix), df))
        return WaldTest(statistic, float(len(matrix)), float(df), p_value)

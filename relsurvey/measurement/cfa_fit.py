"""The result of a confirmatory factor analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.cfa_tables import (
    factor_correlation_frame,
    item_correlations,
    residual_frame,
)
from relsurvey.measurement.modification import modification_frame
from relsurvey.results import Result


@dataclass(frozen=True, slots=True, eq=False)
class CfaFit(Result):
    """A fitted confirmatory factor model.

    Attributes
    ----------
    parameters, fit : DataFrame
        What `tidy` and `glance` return.
    solution : Solution
        The fit as arrays.
    groups : tuple of str
        Names of the groups; one empty name without groups.
    model : dict
        Items of each factor.
    notes : tuple of str
        Rows left out, improper solutions, factors of two items, what the estimator assumes.
    """

    title: ClassVar[str] = "Confirmatory factor analysis"
    parameters: pd.DataFrame
    fit: pd.DataFrame
    solution: Solution
    groups: tuple[str, ...]
    model: dict[str, list[str]]
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per parameter: ``lhs op rhs`` with lavaan's operators, plain and standardised.

        A loading fixed at 1 has standard error 0 and no test; its standardised estimate has an
        error of its own. With ordinal items thresholds are rows ``item | t1``, and residual
        variances follow from the loadings. ``group`` is there when there are groups.
        """
        return self.parameters.drop(columns=["std_conf_low", "std_conf_high"])

    def glance(self) -> pd.DataFrame:
        """One row: rows, parameters, chi-square, fit indices, log-likelihood, AIC, BIC.

        ``_scaled`` columns belong to the scaled test, ``_robust`` ones estimate what normal (or,
        for ordinal items, unlimited) data would give.
        """
        return self.fit.copy()

    def loadings(self) -> pd.DataFrame:
        """One row per loading: ``factor item`` and the standardised estimate with its bounds."""
        rows = self.parameters[self.parameters["op"] == "=~"]
        names = {"lhs": "factor", "rhs": "item"}
        wanted = ["factor", "item", "estimate", "std_error", "std_estimate"]
        wanted += ["std_estimate_error", "std_conf_low", "std_conf_high"]
        if "group" in rows:
            wanted.insert(2, "group")
        table: pd.DataFrame = rows.rename(columns=names)[wanted].reset_index(drop=True)
        return table

    def factor_correlations(self) -> pd.DataFrame:
        """One row per pair of factors: ``factor_a factor_b estimate std_error`` and bounds.

        Pairs whose covariance is a parameter of the model; for outcomes it is that of their
        disturbances.
        """
        return factor_correlation_frame(self.parameters, self.solution.table.factors)

    def correlations(self) -> pd.DataFrame:
        """Pearson, or for ordinal estimators polychoric, correlations in the rows analysed."""
        return item_correlations(self.solution, self.groups)

    def residuals(self) -> pd.DataFrame:
        """One row per pair of items: ``lhs rhs observed implied residual`` as correlations."""
        return residual_frame(self.solution, self.groups)

    def modification_indices(self) -> pd.DataFrame:
        """Return ``lhs op rhs mi epc``: what freeing one parameter would gain, largest first.

        Indices find what fits these rows; a change made because of them needs a reason in the
        wording of the items, and new respondents.
        """
        return modification_frame(self.solution, self.groups)

"""The result of a confirmatory factor analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from relsurvey.results import Result


@dataclass(frozen=True, slots=True, eq=False)
class CfaFit(Result):
    """A fitted confirmatory factor model.

    Attributes
    ----------
    parameters, fit, factor_table, observed : DataFrame
        What `tidy`, `glance`, `factor_correlations` and `correlations` return.
    model : dict
        Items of each factor.
    notes : tuple of str
        Rows left out, improper solutions, factors of two items, what the estimator assumes.
    """

    title: ClassVar[str] = "Confirmatory factor analysis"
    parameters: pd.DataFrame
    fit: pd.DataFrame
    factor_table: pd.DataFrame
    observed: pd.DataFrame
    model: dict[str, list[str]]
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per parameter: ``lhs op rhs`` with lavaan's operators, plain and standardised.

        A loading fixed at 1 has standard error 0 and no test; its standardised estimate has an
        error of its own.
        """
        return self.parameters.drop(columns=["std_conf_low", "std_conf_high"])

    def glance(self) -> pd.DataFrame:
        """One row: rows, parameters, chi-square, fit indices, log-likelihood, AIC, BIC."""
        return self.fit.copy()

    def loadings(self) -> pd.DataFrame:
        """One row per loading: ``factor item`` and the standardised estimate with its bounds."""
        rows = self.parameters[self.parameters["op"] == "=~"]
        names = {"lhs": "factor", "rhs": "item"}
        wanted = ["factor", "item", "estimate", "std_error", "std_estimate"]
        wanted += ["std_estimate_error", "std_conf_low", "std_conf_high"]
        table: pd.DataFrame = rows.rename(columns=names)[wanted].reset_index(drop=True)
        return table

    def factor_correlations(self) -> pd.DataFrame:
        """One row per pair of factors: ``factor_a factor_b estimate std_error`` and bounds."""
        return self.factor_table.copy()

    def correlations(self) -> pd.DataFrame:
        """Pearson correlations of the items in the rows analysed."""
        return self.observed.copy()

"""The result of a two-level factor analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.cfa_tables import factor_correlation_frame, residual_frame
from relsurvey.results import Result

LEVELS = ("within", "between")


@dataclass(frozen=True, slots=True, eq=False)
class TwoLevelFit(Result):
    """Factor models fitted at once within and between clusters.

    Attributes
    ----------
    parameters, fit, icc_table, omega_table : DataFrame
        What `tidy`, `glance`, `icc` and `reliability` return.
    within, between : Solution
        The fit of each level as arrays; ``observed`` holds the level's saturated covariances.
    notes : tuple of str
        Rows left out, improper solutions, too few clusters, what the estimator assumes.
    """

    title: ClassVar[str] = "Two-level confirmatory factor analysis"
    parameters: pd.DataFrame
    fit: pd.DataFrame
    icc_table: pd.DataFrame
    omega_table: pd.DataFrame
    within: Solution
    between: Solution
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per parameter: ``lhs op rhs level``, plain and standardised within its level."""
        return self.parameters.drop(columns=["std_conf_low", "std_conf_high"])

    def glance(self) -> pd.DataFrame:
        """One row: rows, clusters, chi-square, fit indices, SRMR of each level, AIC, BIC."""
        return self.fit.copy()

    def icc(self) -> pd.DataFrame:
        """One row per item: ``item icc1`` and its variances within and between, without a model."""
        return self.icc_table.copy()

    def reliability(self) -> pd.DataFrame:
        """One row per factor and coefficient: ``construct level coefficient estimate``.

        ``omega_within`` of deviations from the cluster mean, ``omega_between`` of the cluster means
        of endlessly large clusters, ``omega_cluster_mean`` of those that were observed.
        """
        return self.omega_table.copy()

    def factor_correlations(self) -> pd.DataFrame:
        """One row per pair of factors of a level, with bounds from the delta method."""
        frames = []
        for level, solution in zip(LEVELS, (self.within, self.between), strict=True):
            own = self.parameters[self.parameters["level"] == level]
            table = factor_correlation_frame(own, solution.table.factors)
            table.insert(2, "level", level)
            frames.append(table)
        return pd.concat(frames, ignore_index=True)

    def residuals(self) -> pd.DataFrame:
        """One row per pair of items and level: saturated and implied correlation, difference."""
        frames = []
        for level, solution in zip(LEVELS, (self.within, self.between), strict=True):
            table = residual_frame(solution, ("",))
            table.insert(2, "level", level)
            frames.append(table)
        return pd.concat(frames, ignore_index=True)

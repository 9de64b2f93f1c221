"""The result of a two-level factor analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.cfa_tables import factor_correlation_frame, residual_frame
from relsurvey.measurement.two_level_omega import level_omegas
from relsurvey.results import Result

LEVELS = ("within", "between")


@dataclass(frozen=True, slots=True, eq=False)
class TwoLevelFit(Result):
    """Factor models fitted at once within and between clusters.

    Attributes
    ----------
    parameters, fit, icc_table : DataFrame
        What `tidy`, `glance` and `icc` return.
    within, between : Solution
        The fit of each level as arrays; ``observed`` holds the level's saturated covariances.
    cluster_size : float
        Harmonic mean of the cluster sizes.
    confidence : float
        Coverage of the intervals.
    notes : tuple of str
        Rows left out, improper solutions, too few clusters, what the estimator assumes.
    """

    title: ClassVar[str] = "Two-level confirmatory factor analysis"
    parameters: pd.DataFrame
    fit: pd.DataFrame
    icc_table: pd.DataFrame
    within: Solution
    between: Solution
    cluster_size: float
    confidence: float
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
        """One row per factor and coefficient.

        ``construct level coefficient estimate std_error conf_low conf_high``; ``omega_within`` of
        deviations from the cluster mean, ``omega_between`` of the means of endlessly large
        clusters, ``omega_cluster_mean`` of those that were observed (for a construct that persons
        share, such as the conduct of their leader), ``interrater_reliability`` of the same against
        sampling of persons alone, ``omega_two_level`` of persons' raw scores.
        """
        return level_omegas(self.within, self.between, self.cluster_size, self.confidence)

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

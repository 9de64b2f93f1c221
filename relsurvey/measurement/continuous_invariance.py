"""Models of invariance for answers taken as numbers: configural, metric, scalar, strict."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa_data import CfaData
from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.continuous_release import continuous_releases
from relsurvey.measurement.continuous_solution import continuous_solution
from relsurvey.measurement.fiml_solution import fiml_solution
from relsurvey.measurement.invariance_ladder import Difference, LevelFit
from relsurvey.measurement.model_text import Term
from relsurvey.measurement.parameter_table import Parameter, parameter_table
from relsurvey.measurement.release_parameters import OWN, renumbered, split
from relsurvey.stats.maximum_likelihood import fit_likelihood
from relsurvey.stats.normal_theory import Moments
from relsurvey.stats.robust_likelihood import robust_likelihood
from relsurvey.stats.score_tests import ScoreTest

Array = NDArray[np.float64]
EQUAL = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}
LEVELS = tuple(EQUAL)


@dataclass(frozen=True, slots=True, eq=False)
class ContinuousLevel(LevelFit):
    """A level with its maximum-likelihood solution."""

    solution: Solution


@dataclass(frozen=True, slots=True, eq=False)
class ContinuousLadder:
    """Models of continuous answers of several groups, scaled by the first group's factors.

    Attributes
    ----------
    terms : tuple of Term
        The model.
    data : CfaData
        Rows of each group.
    robust, fiml : bool
        Whether errors and tests are robust, and whether rows with gaps count.
    """

    terms: tuple[Term, ...]
    data: CfaData
    robust: bool
    fiml: bool
    levels: tuple[str, ...] = LEVELS
    mean_levels: tuple[str, ...] = ("scalar", "strict")

    @property
    def ending(self) -> str:
        """Indices that changes are taken of."""
        return "_robust" if self.robust or self.fiml else ""

    def fit(self, level: str, freed: Mapping[str, str]) -> ContinuousLevel:
        """Fit a level with some items free."""
        table = parameter_table(
            self.terms,
            std_lv=True,
            means=True,
            n_groups=len(self.data.labels),
            equal=EQUAL[level],
        )
        if freed:
            rows = [_split(row, level, freed, table.items) for row in table.rows]
            table = renumbered(table, rows)
        if self.fiml:
            solution = fiml_solution(table, self.data, robust=self.robust)
        else:
            solution = continuous_solution(table, self.data, means=True, robust=self.robust)
        return ContinuousLevel(
            level=level,
            freed=freed,
            table=table,
            thresholds=(),
            threshold_items=(),
            theta=solution.theta,
            covariance=solution.covariance,
            measures=solution.measures,
            df=int(solution.measures["df"]),
            n_parameters=table.n_free,
            solution=solution,
        )

    def difference(self, freer: ContinuousLevel, held: ContinuousLevel) -> Difference | None:
        """Chi-square difference, scaled by Satorra and Bentler (2001) where it is robust.

        Where their factor is not positive, that of Satorra, A., & Bentler, P. M. (2010).
        Psychometrika, 75, 243-248, which takes the freer model at the estimates of the other one.
        """
        df = held.df - freer.df
        if df <= 0:
            return None
        chi2 = held.measures["chi2"] - freer.measures["chi2"]
        method, factor = "chi2", 1.0
        if "scaling_factor" in held.measures:
            method = "satorra_bentler_2001"
            spent = held.df * held.measures["scaling_factor"]
            own = freer.df * freer.measures["scaling_factor"] if freer.df else 0.0
            factor = (spent - own) / df
            if factor <= 0.0:
                method = "satorra_bentler_2010"
                factor = (spent - freer.df * self.factor_at(freer, held)) / df
        if not factor > 0.0:
            return Difference(math.nan, df, math.nan, "none")
        statistic = chi2 / factor
        return Difference(statistic, df, float(chdtrc(df, max(statistic, 0.0))), method)

    def factor_at(self, freer: ContinuousLevel, held: ContinuousLevel) -> float:
        """Scaling factor of the freer model at the parameters that imply what ``held`` implies.

        They are found by fitting the freer model to the moments that ``held`` implies, which it
        reaches whatever the two are identified by. NaN for rows with gaps.
        """
        if self.fiml:
            return math.nan
        pairs = zip(held.solution.at, held.solution.n_obs, strict=True)
        samples = [Moments(n, at.mean, at.covariance) for at, n in pairs]
        models = freer.solution.models
        try:
            there = fit_likelihood(models, samples, freer.theta)
        except ModelError:
            return math.nan
        found = robust_likelihood(
            models, there.at, self.data.values, self.data.clusters, means=True
        )
        return (found.trace_saturated - found.trace) / freer.df

    def releases(self, at: ContinuousLevel, items: Sequence[str]) -> dict[str, ScoreTest]:
        """Score tests, robust where the errors are, of what the level holds equal."""
        return continuous_releases(
            at.solution, self.data, at.level, items, robust=self.robust, fiml=self.fiml
        )


def _split(
    row: Parameter, level: str, freed: Mapping[str, str], items: tuple[str, ...]
) -> Parameter:
    """Free a loading, intercept or residual variance of an item that was freed before or here."""
    if row.group == 0 or row.index < 0 or row.lhs not in freed or row.lhs not in items:
        return split(row, freed)
    intercept = row.op == "~1" and freed[row.lhs] != "strict"
    residual = row.op == "~~" and row.lhs == row.rhs
    own = (intercept and "intercepts" in EQUAL[level]) or (residual and "residuals" in EQUAL[level])
    return replace(row, index=OWN) if own else row

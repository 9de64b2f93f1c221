"""The result of a confirmatory factor analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from relsurvey.measurement.cfa_data import CfaData
from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.cfa_tables import (
    factor_correlation_frame,
    item_correlations,
    residual_frame,
)
from relsurvey.measurement.factor_scores import factor_score_frame, score_reliability_frame
from relsurvey.measurement.modification import modification_frame
from relsurvey.measurement.second_opinion import SecondOpinion, second_opinion
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
    data : CfaData
        The rows it was fitted to, for scores.
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
    data: CfaData
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
        return modification_frame(self.solution, self.data, self.groups)

    def factor_scores(self, *, std_error: bool = False) -> pd.DataFrame:
        """Return each respondent's place on each factor: index of the frame given, factors columns.

        Regression scores for maximum likelihood, from the answers that are there; empirical Bayes
        modal scores for ordinal estimators. Rows left out of the fit are NaN. With ``std_error``
        columns ``<factor>_std_error`` follow, the standard deviation of the factor given the
        answers. R: ``lavaan::lavPredict(fit, method = "regression")``, or ``method = "EBM"``.

        Scores are shrunk towards the mean and vary less than the factors; relations among them are
        not those among the factors, which the model itself estimates without that error.

        Parameters
        ----------
        std_error : bool
            Whether errors are wanted.

        Raises
        ------
        ModelError
            When the solution is improper, so that scores cannot be computed.
        """
        return factor_score_frame(self.solution, self.data, std_error=std_error)

    def score_reliability(self) -> pd.DataFrame:
        """One row per factor (and group): ``factor reliability determinacy n_obs``.

        Reliability of the factor scores is 1 − mean squared error / factor variance, over the rows
        analysed; determinacy is its root, the correlation of scores and factor (for ordinal items
        from the curvature at the mode, thus approximate). Grice, J. W. (2001). Psychological
        Methods, 6, 430-450: scores of a determinacy below .9 should not stand for persons.
        """
        return score_reliability_frame(self.solution, self.data, self.groups)

    def second_opinion(self) -> SecondOpinion:
        """Fit the same model with semopy; ``tidy()`` sets both estimates side by side.

        Only for maximum likelihood on complete rows of one group without equal parameters. Takes
        some seconds, most of them for importing semopy.

        Raises
        ------
        ModelError
            When the fit is of another kind, or semopy is not there or fails.
        """
        return second_opinion(self.solution, self.data, str(self.fit["estimator"].iloc[0]))

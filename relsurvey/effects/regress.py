"""Linear regression with standard errors that know which answers belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.formula import Design, build_design
from relsurvey.effects.inference import (
    Inference,
    check_confidence,
    cluster_notes,
    infer,
    resolve_vcov,
)
from relsurvey.results import TERM_COLUMNS, Result

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Regression(Result):
    """A fitted regression.

    Attributes
    ----------
    formula : str
    terms : tuple of str
        Names of the p coefficients: ``Intercept``, ``x``, ``x:z``.
    coefficients : DataFrame
        One row per term, the columns of ``tidy()``.
    covariance : array (p, p)
        Of the coefficients, of the kind ``vcov``.
    vcov : str
    n_obs, n_dropped : int
        Complete rows, and rows left out because a value is missing.
    n_clusters : int or None
    r_squared, adj_r_squared, sigma : float
    df_residual : int
    confidence : float
    notes : tuple of str
    """

    title: ClassVar[str] = "Linear regression"
    formula: str
    terms: tuple[str, ...]
    coefficients: pd.DataFrame
    covariance: FloatArray
    vcov: str
    n_obs: int
    n_dropped: int
    n_clusters: int | None
    r_squared: float
    adj_r_squared: float
    sigma: float
    df_residual: int
    confidence: float
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return ``term estimate std_error statistic df p_value conf_low conf_high std_estimate``.

        ``std_estimate`` is the coefficient times the standard deviation of its column in the
        design over that of the outcome (for a product term: of the product); NaN for constants.
        """
        return self.coefficients.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``n_obs n_dropped n_clusters r_squared adj_r_squared sigma …``."""
        row: dict[str, object] = {"n_obs": self.n_obs, "n_dropped": self.n_dropped}
        if self.n_clusters is not None:
            row["n_clusters"] = self.n_clusters
        row |= {
            "estimator": "ols",
            "vcov": self.vcov,
            "r_squared": self.r_squared,
            "adj_r_squared": self.adj_r_squared,
            "sigma": self.sigma,
            "df_residual": self.df_residual,
            "confidence": self.confidence,
        }
        return pd.DataFrame([row])


def regress(
    frame: pd.DataFrame,
    formula: str,
    *,
    cluster: str | None = None,
    vcov: str | None = None,
    standardise: bool = False,
    confidence: float = 0.95,
) -> Regression:
    """Regress an outcome on the terms of a formula.

    Parameters
    ----------
    frame : DataFrame
        One row per person. Rows with a missing value in a column that the formula or ``cluster``
        uses are left out, counted in ``n_dropped`` and named in ``notes``.
    formula : str
        ``"y ~ x * z + C(sector)"``; columns with odd names stand in backticks.
    cluster : str, optional
        Column that says which rows belong together (leader, unit).
    vcov : str, optional
        Kind of standard errors: ``iid HC0 HC1 HC2 HC3`` for independent rows, ``CR0 CR1 CR1S CR2
        CR3`` for clusters. Without a choice CR2 where ``cluster`` is given and HC3 otherwise: the
        kinds that keep their level best in small samples.
    standardise : bool
        Turn the outcome and every numeric predictor into z-scores first (products are then made
        of z-scores, which is how an interaction is standardised; Friedrich 1982).
    confidence : float
        Of the intervals.

    Returns
    -------
    Regression
        With clusters, t-tests and intervals have Bell-McCaffrey (Satterthwaite) degrees of
        freedom per coefficient; otherwise ``n - p``.

    Raises
    ------
    DataError
        Unknown or non-numeric columns, no complete rows.
    ModelError
        A formula that cannot be evaluated, a constant outcome, dependent terms, one cluster only,
        too few rows, an unknown ``vcov``.

    Notes
    -----
    The same in R: ``coef_test(lm(formula), vcov = "CR2", cluster = unit)`` (clubSandwich), and
    ``coeftest(lm(formula), vcovHC(fit, "HC3"))`` (sandwich, lmtest).
    """
    kind = resolve_vcov(vcov, cluster)
    check_confidence(confidence)
    design = build_design(frame, formula, cluster=cluster, standardise=standardise)
    result = infer(
        design.outcome,
        design.columns,
        design.terms,
        clusters=design.cases.clusters,
        kind=kind,
        confidence=confidence,
    )
    return _regression(formula, design, result)


def _regression(formula: str, design: Design, result: Inference) -> Regression:
    table = pd.DataFrame({"term": design.terms, **result.coefficients()})[list(TERM_COLUMNS)]
    spread = design.columns.std(axis=0, ddof=1)
    scaled = result.fit.coefficients * spread / design.outcome.std(ddof=1)
    table["std_estimate"] = np.where(spread > 0, scaled, np.nan)
    cases, smallest = design.cases, float(table["df"].min())
    return Regression(
        formula=formula,
        terms=design.terms,
        coefficients=table,
        covariance=result.covariance,
        vcov=result.kind,
        n_obs=cases.n_obs,
        n_dropped=cases.n_dropped,
        n_clusters=cases.n_clusters,
        r_squared=result.fit.r_squared,
        adj_r_squared=result.fit.adj_r_squared,
        sigma=float(np.sqrt(result.fit.sigma2)),
        df_residual=result.fit.df_residual,
        confidence=result.confidence,
        notes=(*cases.notes, *cluster_notes(cases.n_clusters, smallest)),
    )

"""Linear regression with standard errors that know which answers belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from relsurvey.effects.formula import Design, build_design, read_formula
from relsurvey.effects.imputation import imputed_frames, pool
from relsurvey.effects.inference import (
    Inference,
    check_confidence,
    cluster_notes,
    infer,
    resolve_vcov,
)
from relsurvey.effects.regression import Regression
from relsurvey.errors import DataError, ModelError
from relsurvey.results import TERM_COLUMNS

__all__ = ["Regression", "regress"]

FloatArray = NDArray[np.float64]
MISSING = ("complete", "impute")


def regress(
    frame: pd.DataFrame,
    formula: str,
    *,
    cluster: str | None = None,
    vcov: str | None = None,
    weights: str | None = None,
    standardise: bool = False,
    missing: str = "complete",
    auxiliary: Sequence[str] = (),
    n_imputations: int = 20,
    seed: int = 1,
    confidence: float = 0.95,
) -> Regression:
    """Regress an outcome on the terms of a formula.

    Parameters
    ----------
    frame : DataFrame
        One row per person.
    formula : str
        ``"y ~ x * z + C(sector)"``; columns with odd names stand in backticks.
    cluster : str, optional
        Column that says which rows belong together (leader, unit).
    vcov : str, optional
        Kind of standard errors: ``iid HC0 HC1 HC2 HC3`` for independent rows, ``CR0 CR1 CR1S CR2
        CR3`` for clusters. Without a choice CR2 where ``cluster`` is given and HC3 otherwise: the
        kinds that keep their level best in small samples.
    weights : str, optional
        Column of positive weights: a row counts as if its error had a variance of one over its
        weight.
    standardise : bool
        Turn the outcome and every numeric predictor into z-scores first (products are then made
        of z-scores, which is how an interaction is standardised; Friedrich 1982).
    missing : {"complete", "impute"}
        Rows with a missing value in a column that is used are left out, counted in ``n_dropped``
        and named in ``notes``; or their numeric values are imputed several times by chained
        equations, and the results pooled by Rubin's rules. Rows without a cluster or weight are
        left out in any case.
    auxiliary : sequence of str
        Columns that help to impute without being in the model.
    n_imputations, seed : int
        Of the imputation.
    confidence : float
        Of the intervals.

    Returns
    -------
    Regression
        With clusters, t-tests and intervals have Bell-McCaffrey (Satterthwaite) degrees of
        freedom per coefficient; otherwise ``n - p``. On imputed data those of Barnard & Rubin.

    Raises
    ------
    DataError
        Unknown or non-numeric columns, no complete rows, weights that are not positive.
    ModelError
        A formula that cannot be evaluated, a constant outcome, dependent terms, one cluster only,
        too few rows, an unknown ``vcov``.

    Notes
    -----
    The same in R: ``coef_test(lm(formula), vcov = "CR2", cluster = unit)`` (clubSandwich; with
    weights ``vcovCR(…, inverse_var = TRUE)``, whose CR2 takes another matrix root and differs by a
    percent or so), and ``coeftest(lm(formula), vcovHC(fit, "HC3"))``
    (sandwich, lmtest).
    """
    kind = resolve_vcov(vcov, cluster)
    check_confidence(confidence)
    if missing not in MISSING:
        raise ModelError(
            "Unknown way with missing values.", got=repr(missing), expected=" ".join(MISSING)
        )

    def one(data: pd.DataFrame) -> Regression:
        also = (weights,) if weights is not None else ()
        design = build_design(data, formula, cluster=cluster, standardise=standardise, also=also)
        return _complete(formula, design, kind, weights, confidence)

    if missing == "complete":
        return one(frame)
    needed = [name for name in (cluster, weights) if name is not None]
    there = frame[frame[needed].notna().all(axis=1)] if needed else frame
    copies = imputed_frames(
        there,
        read_formula(formula).columns,
        auxiliary=auxiliary,
        cluster=cluster,
        n_imputations=n_imputations,
        seed=seed,
    )
    return _pooled([one(copy) for copy in copies], len(frame) - len(there))


def _complete(
    formula: str, design: Design, kind: str, weights: str | None, confidence: float
) -> Regression:
    outcome, columns = design.outcome, design.columns
    if weights is not None:
        root = _root_weights(design, weights)
        outcome, columns = outcome * root, columns * root[:, None]
    result = infer(
        outcome,
        columns,
        design.terms,
        clusters=design.cases.clusters,
        kind=kind,
        confidence=confidence,
    )
    if weights is not None:
        result = _weighted_r_squared(result, design, root)
    return _regression(formula, design, result, weights is not None)


def _root_weights(design: Design, weights: str) -> FloatArray:
    values = design.cases.frame[weights]
    if not pd.api.types.is_numeric_dtype(values.dtype) or not (values > 0).all():
        raise DataError(
            "Weights are positive numbers.",
            where=f"column {weights}",
            got=str(values.min()),
            expected="numbers above 0",
            hint="Leave out rows that are to count for nothing.",
        )
    return np.asarray(np.sqrt(values.to_numpy(dtype=np.float64)))


def _weighted_r_squared(result: Inference, design: Design, root: FloatArray) -> Inference:
    """R-squared around the weighted mean, as R's ``summary(lm(…, weights = w))`` has it."""
    fit, weight = result.fit, root**2
    middle = float(weight @ design.outcome / weight.sum())
    total = float(weight @ (design.outcome - middle) ** 2)
    r_squared = 1.0 - fit.sigma2 * fit.df_residual / total
    adjusted = 1.0 - (1.0 - r_squared) * (len(root) - 1) / fit.df_residual
    return replace(result, fit=replace(fit, r_squared=r_squared, adj_r_squared=adjusted))


def _regression(formula: str, design: Design, result: Inference, weighted: bool) -> Regression:
    table = pd.DataFrame({"term": design.terms, **result.coefficients()})[list(TERM_COLUMNS)]
    fit = result.fit
    spread = design.columns.std(axis=0, ddof=1)
    scaled = fit.coefficients * spread / design.outcome.std(ddof=1)
    table["std_estimate"] = np.where(spread > 0, scaled, np.nan)
    squares = fit.coefficients**2 / (fit.sigma2 * (fit.inverse_root**2).sum(axis=1))
    partial = squares / (squares + fit.df_residual)
    table["partial_r_squared"] = np.where(spread > 0, partial, np.nan)
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
        r_squared=fit.r_squared,
        adj_r_squared=fit.adj_r_squared,
        sigma=float(np.sqrt(fit.sigma2)),
        df_residual=fit.df_residual,
        confidence=result.confidence,
        inference=result,
        clusters=cases.clusters,
        weighted=weighted,
        notes=(*cases.notes, *cluster_notes(cases.n_clusters, smallest)),
    )


def _pooled(fits: list[Regression], n_dropped: int) -> Regression:
    """Pool the fits of imputed data; what has no rule of its own is their mean."""
    first = fits[0]
    if len(fits) < 2:
        raise ModelError(
            "Pooling needs several imputations.",
            where="n_imputations",
            got=str(len(fits)),
            expected="at least 2, better 20",
        )
    complete_df = np.mean([fit.coefficients["df"] for fit in fits], axis=0)
    found = pool(
        [fit.coefficients["estimate"].to_numpy() for fit in fits],
        [fit.covariance for fit in fits],
        complete_df,
    )
    error = np.sqrt(np.diag(found.covariance))
    statistic = found.estimate / error
    reach = stats.t.isf((1.0 - first.confidence) / 2.0, found.df) * error
    table = pd.DataFrame(
        {
            "term": first.terms,
            "estimate": found.estimate,
            "std_error": error,
            "statistic": statistic,
            "df": found.df,
            "p_value": 2.0 * stats.t.sf(np.abs(statistic), found.df),
            "conf_low": found.estimate - reach,
            "conf_high": found.estimate + reach,
            "std_estimate": np.mean([fit.coefficients["std_estimate"] for fit in fits], axis=0),
            "missing_information": found.missing_information,
        }
    )
    notes = [note for note in first.notes if "left out" not in note]
    notes.append(
        f"Missing values were imputed {len(fits)} times and the results pooled; that takes them as "
        "missing at random given the columns used."
    )
    if n_dropped:
        notes.append(f"{n_dropped} rows without a cluster or weight were left out.")
    return replace(
        first,
        coefficients=table,
        covariance=found.covariance,
        n_dropped=n_dropped,
        inference=found,
        notes=tuple(notes),
        r_squared=float(np.mean([fit.r_squared for fit in fits])),
        adj_r_squared=float(np.mean([fit.adj_r_squared for fit in fits])),
        sigma=float(np.mean([fit.sigma for fit in fits])),
    )

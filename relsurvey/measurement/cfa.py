"""Confirmatory factor analysis: do the items measure what they are meant to measure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.answers import answer_matrix, constant_columns, left_out
from relsurvey.measurement.cfa_fit import CfaFit
from relsurvey.measurement.cfa_tables import (
    factor_correlation_table,
    fit_table,
    item_correlations,
    parameter_table,
)
from relsurvey.measurement.model_syntax import Model, read_model
from relsurvey.measurement.semopy_estimates import semopy_estimates
from relsurvey.stats.cfa_ml import MlFit, check_estimable, fit_ml
from relsurvey.stats.cfa_standardized import standardized_solution
from relsurvey.stats.factor_model import FactorModel

FloatArray = NDArray[np.float64]

ASSUMPTION = (
    "Maximum likelihood takes the answers as continuous and the rows as independent: with few "
    "answer categories, skewed answers or respondents in teams, chi-square and the errors are "
    "approximate."
)


def cfa(
    frame: pd.DataFrame,
    model: Model,
    *,
    estimator: str = "ml",
    missing: str = "listwise",
    std_lv: bool = False,
    confidence: float = 0.95,
) -> CfaFit:
    """Fit a confirmatory factor model in which all factors correlate.

    semopy makes the first fit; scoring with the exact gradient then goes on to the optimum, where
    errors and fit indices are computed here.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    model : mapping or str
        Factor to items, ``{"visual": ["x1", "x2", "x3"]}``, or lavaan's ``visual =~ x1 + x2 + x3``
        lines. An item may load on several factors.
    estimator : {"ml"}
        Maximum likelihood with errors from the expected information.
    missing : {"listwise"}
        Rows that lack any item of the model are left out, and counted in the notes.
    std_lv : bool
        Fix the factor variances at 1 instead of each factor's first loading.
    confidence : float
        Coverage of the intervals of parameters; RMSEA's is 90 % by convention.

    Returns
    -------
    CfaFit
        ``tidy()``, ``glance()``, ``loadings()``, ``factoritem_correlations()``, ``correlations()``.

    Raises
    ------
    DataError
        When an item is not a numeric column, does not vary, or no row is complete.
    ModelError
        When the model cannot be read, is not identified, the covariances are singular, or there is
        no maximum of the likelihood.

    Notes
    -----
    R: ``lavaan::cfa(model, data, estimator = "ML", missing = "listwise", std.lv = std_lv)`` with
    ``parameterEstimates``, ``standardizedSolution`` and ``fitMeasures``. lavaan's default optimiser
    stops a little before the optimum, so estimates differ in the sixth digit. Jöreskog, K. G.
    (1969). Psychometrika, 34, 183-202; sources of the indices stand at
    `relsurvey.stats.fit_indices`.
    """
    _check_options(estimator, missing, confidence)
    factors = read_model(model)
    items = list(dict.fromkeys(item for columns in factors.values() for item in columns))
    values = answer_matrix(frame, items, "the model")
    complete = values[np.isfinite(values).all(axis=1)]
    _check_rows(complete, items)
    cov = np.cov(complete.T, ddof=0)
    layout = _layout(factors, items, std_lv)
    fitted = _fit(cov, len(complete), layout)
    return CfaFit(
        parameters=parameter_table(fitted, factors, items, confidence),
        fit=fit_table(fitted, cov, estimator),
        factor_table=factor_correlation_table(fitted, list(factors), confidence),
        observed=item_correlations(cov, items),
        model=factors,
        notes=(
            *left_out("CFA", len(values) - len(complete), len(values)),
            *_improper(fitted, factors, items),
            *_remarks(fitted, factors),
        ),
    )


def _check_options(estimator: str, missing: str, confidence: float) -> None:
    if estimator != "ml":
        raise ModelError("There is no such estimator.", got=repr(estimator), expected="'ml'")
    if missing != "listwise":
        raise ModelError(
            "There is no such rule for missing answers.", got=repr(missing), expected="'listwise'"
        )
    if not 0.0 < confidence < 1.0:
        raise ModelError("The confidence must lie between 0 and 1.", got=repr(confidence))


def _check_rows(complete: FloatArray, items: list[str]) -> None:
    if len(complete) <= len(items):
        raise DataError(
            "There are too few complete rows for the model.",
            got=f"{len(complete)} rows without a missing answer",
            expected=f"more than the {len(items)} items",
        )
    constant = constant_columns(complete, items)
    if constant:
        raise DataError(
            "Items do not vary: everybody gives the same answer.", got=", ".join(constant)
        )


def _layout(factors: dict[str, list[str]], items: list[str], std_lv: bool) -> FactorModel:
    loads = np.array([[item in columns for columns in factors.values()] for item in items])
    firsts = np.array([items.index(columns[0]) for columns in factors.values()])
    return FactorModel(loads, None if std_lv else firsts)


def _fit(cov: FloatArray, n_obs: int, layout: FactorModel) -> MlFit:
    check_estimable(cov, layout)
    start = semopy_estimates(cov, n_obs, layout)
    if start is not None:
        try:
            return fit_ml(cov, n_obs, layout, start)
        except ModelError:
            pass  # semopy may stop where scoring cannot leave; our own first values may still do
    return fit_ml(cov, n_obs, layout)


def _improper(fitted: MlFit, factors: dict[str, list[str]], items: list[str]) -> list[str]:
    names = [str(name) for name in factors]
    _, between, residuals = standardized_solution(fitted)
    negative = [str(item) for item, share in zip(items, residuals, strict=True) if share < 0.0]
    notes = []
    if negative:
        notes.append(
            f"Improper solution: the residual variance of {', '.join(negative)} is below zero (a "
            "Heywood case). Do not interpret it; look for items that are nearly the same, factors "
            "with few items, or too few rows."
        )
    pairs = [
        f"{names[a]} with {names[b]}"
        for a, b in zip(*np.triu_indices(len(names), k=1), strict=True)
        if abs(between[a, b]) > 1.0
    ]
    if pairs:
        notes.append(
            f"Improper solution: the correlation of {', '.join(pairs)} lies beyond 1. The answers "
            "do not tell these factors apart."
        )
    elif np.linalg.eigvalsh(between)[0] < 0.0:
        notes.append("Improper solution: the factor correlations contradict each other.")
    return notes


def _remarks(fitted: MlFit, factors: dict[str, list[str]]) -> list[str]:
    notes = []
    short = [str(name) for name, items in factors.items() if len(items) == 2]
    if short:
        notes.append(
            f"Factors of two items ({', '.join(short)}) are identified only by their correlation "
            "with other factors."
        )
    if fitted.model.df == 0:
        notes.append("The model has no degrees of freedom: its fit cannot be tested.")
    return [*notes, ASSUMPTION]

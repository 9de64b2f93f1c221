"""Tables of a fitted factor model: parameters, fit, factor correlations, item correlations."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from relsurvey.stats import fit_indices
from relsurvey.stats.cfa_ml import MlFit
from relsurvey.stats.cfa_standardized import standardized_errors, standardized_solution

FloatArray = NDArray[np.float64]


def parameter_table(
    fitted: MlFit, factors: dict[str, list[str]], items: list[str], confidence: float
) -> pd.DataFrame:
    """One row per parameter, in lavaan's order: loadings, residual variances, factors."""
    model, names = fitted.model, list(factors)
    estimates = model.matrices(fitted.theta)
    errors = _errors(fitted)
    standard = standardized_solution(fitted)
    standard_errors = standardized_errors(fitted)
    every = range(len(names))
    places: list[tuple[str, str, str, int, tuple[int, ...]]] = [
        (name, "=~", str(item), 0, (items.index(item), column))
        for column, (name, columns) in enumerate(factors.items())
        for item in columns
    ]
    places += [(str(item), "~~", str(item), 2, (row,)) for row, item in enumerate(items)]
    places += [(names[at], "~~", names[at], 1, (at, at)) for at in every]
    places += [(names[a], "~~", names[b], 1, (a, b)) for a in every for b in every if b > a]
    table = pd.DataFrame(
        {
            "lhs": [str(place[0]) for place in places],
            "op": [place[1] for place in places],
            "rhs": [str(place[2]) for place in places],
            "estimate": [float(np.real(estimates[part][at])) for *_, part, at in places],
            "std_error": [float(errors[part][at]) for *_, part, at in places],
        }
    )
    free = table["std_error"] > 0.0
    reach = float(stats.norm.isf((1.0 - confidence) / 2.0))
    table["statistic"] = (table["estimate"] / table["std_error"].where(free)).astype(float)
    table["p_value"] = 2.0 * stats.norm.sf(table["statistic"].abs())
    table["conf_low"] = table["estimate"] - reach * table["std_error"]
    table["conf_high"] = table["estimate"] + reach * table["std_error"]
    table["std_estimate"] = [float(standard[part][at]) for *_, part, at in places]
    table["std_estimate_error"] = [float(standard_errors[part][at]) for *_, part, at in places]
    table["std_conf_low"] = table["std_estimate"] - reach * table["std_estimate_error"]
    table["std_conf_high"] = table["std_estimate"] + reach * table["std_estimate_error"]
    return table


def _errors(fitted: MlFit) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return standard errors in the shapes of the model's matrices; 0 for what is fixed."""
    model = fitted.model
    errors = np.sqrt(np.diag(fitted.theta_cov))
    n_loads, p, m = len(model.load_at[0]), model.n_items, model.n_factors
    loadings, between = np.zeros((p, m)), np.zeros((m, m))
    loadings[model.load_at] = errors[:n_loads]
    rows, columns = model.cov_at
    between[rows, columns] = errors[n_loads + p :]
    between[columns, rows] = errors[n_loads + p :]
    return loadings, between, errors[n_loads : n_loads + p]


def fit_table(fitted: MlFit, cov: FloatArray, estimator: str) -> pd.DataFrame:
    """Chi-square, fit indices and information criteria as one row."""
    n, df, chi2 = fitted.n_obs, fitted.model.df, fitted.chi2
    q = fitted.model.n_parameters
    chi2_null, df_null = fit_indices.independence_chi2(cov, n)
    low, high = fit_indices.rmsea_interval(chi2, df, n)
    loglik = fit_indices.log_likelihood(cov, fitted.discrepancy, n)
    row = {
        "n_obs": n,
        "estimator": estimator,
        "n_parameters": q,
        "chi2": chi2,
        "df": df,
        "p_value": float(stats.chi2.sf(chi2, df)) if df > 0 else math.nan,
        "chi2_null": chi2_null,
        "df_null": df_null,
        "cfi": fit_indices.cfi(chi2, df, chi2_null, df_null),
        "tli": fit_indices.tli(chi2, df, chi2_null, df_null),
        "rmsea": fit_indices.rmsea(chi2, df, n),
        "rmsea_conf_low": low,
        "rmsea_conf_high": high,
        "srmr": fit_indices.srmr(cov, fitted.implied),
        "loglik": loglik,
        "aic": fit_indices.aic(loglik, q),
        "bic": fit_indices.bic(loglik, q, n),
        "converged": True,
    }
    return pd.DataFrame([row])


def factor_correlation_table(fitted: MlFit, names: list[str], confidence: float) -> pd.DataFrame:
    """One row per pair of factors, with bounds from the delta method."""
    _, between, _ = standardized_solution(fitted)
    _, errors, _ = standardized_errors(fitted)
    reach = float(stats.norm.isf((1.0 - confidence) / 2.0))
    rows, columns = np.triu_indices(len(names), k=1)
    estimate, error = between[rows, columns], errors[rows, columns]
    return pd.DataFrame(
        {
            "factor_a": [str(names[row]) for row in rows],
            "factor_b": [str(names[column]) for column in columns],
            "estimate": estimate,
            "std_error": error,
            "conf_low": estimate - reach * error,
            "conf_high": estimate + reach * error,
        }
    )


def item_correlations(cov: FloatArray, items: list[str]) -> pd.DataFrame:
    """Pearson correlations of the items."""
    scale = np.sqrt(np.diag(cov))
    names = [str(item) for item in items]
    return pd.DataFrame(cov / np.outer(scale, scale), index=names, columns=names)

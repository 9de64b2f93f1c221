"""Full-information maximum likelihood: every answer that is there counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa_data import CfaData
from relsurvey.measurement.cfa_solution import Rest, Solution
from relsurvey.measurement.continuous_solution import given
from relsurvey.measurement.model_matrices import linear_model
from relsurvey.measurement.parameter_table import ParameterTable
from relsurvey.stats import fit_indices
from relsurvey.stats.fiml import FimlFit, fit_fiml
from relsurvey.stats.fit_measures import RobustParts, TestPair, fit_measures
from relsurvey.stats.moment_tests import mean_scaled

Array = NDArray[np.float64]
Index = NDArray[np.int64]


def fiml_solution(
    table: ParameterTable, data: CfaData, *, robust: bool, curved: bool = True
) -> Solution:
    """Fit by maximum likelihood to rows with gaps.

    Parameters
    ----------
    table : ParameterTable
        The model, with intercepts.
    data : CfaData
        Rows with at least one answer, NaN for none.
    robust : bool
        Sandwich errors and the Yuan–Bentler test, by clusters where the data have them.
    curved : bool
        Which information scales the test: see `relsurvey.stats.robust_likelihood`.

    Raises
    ------
    ModelError
        When the model is not identified or the steps do not converge.

    Notes
    -----
    R: ``lavaan::cfa(model, data, missing = "fiml", estimator = "ML")`` or ``"MLR"``: errors from
    the observed information. Robust indices are those of Zhang and Savalei (2023), as in lavaan.
    """
    models = tuple(
        linear_model(table, group, _first_covariance(rows, given(table)), np.nanmean(rows, axis=0))
        for group, rows in enumerate(data.values)
    )
    start = np.zeros(table.n_free)
    for model in reversed(models):
        own = model.parameter >= 0
        start[model.parameter[own]] = model.value[own]
    fit = fit_fiml(
        models,
        data.values,
        clusters=data.clusters,
        start=start,
        curved=curved,
        given=given(table),
    )
    if not fit.converged:
        raise ModelError(
            "The steps do not lead to a maximum of the likelihood.",
            hint="Items that hardly anybody answered together, or a model that does not fit at "
            "all, make it so.",
        )
    return Solution(
        table=table,
        models=models,
        at=fit.implied,
        theta=fit.theta,
        covariance=fit.covariance_robust if robust else fit.covariance_naive,
        observed=tuple(part.covariance for part in fit.saturated),
        n_obs=fit.n_obs,
        thresholds=(),
        measures=_measures(fit, robust=robust),
        rest=_rest(fit),
        notes=_remarks(fit),
    )


def _first_covariance(rows: Array, complete: Index) -> Array:
    """Variances of all items, and covariances of those that no row lacks."""
    first = np.diag(np.nanvar(rows, axis=0))
    if len(complete):
        own = np.cov(rows[:, complete].T, ddof=0).reshape(len(complete), -1)
        first[np.ix_(complete, complete)] = own
    return first


def _measures(fit: FimlFit, *, robust: bool) -> dict[str, float]:
    total, q, extra = sum(fit.n_obs), len(fit.theta), fit.tests
    chi2 = max(fit.chi2, 0.0) if fit.df > 0 else 0.0
    tests = TestPair(chi2, fit.df, fit.chi2_null, fit.df_null, total, len(fit.n_obs))
    scaled = None
    factors = extra.complete_factor_normal, extra.complete_factor_normal_null
    if robust and fit.df > 0:
        scaled = (
            mean_scaled(chi2, fit.df, extra.scaling_factor * fit.df),
            mean_scaled(fit.chi2_null, fit.df_null, extra.scaling_factor_null * fit.df_null),
        )
        factors = extra.complete_factor, extra.complete_factor_null
    parts = RobustParts(
        extra.complete_chi2, factors[0], extra.complete_chi2_null, factors[1], total
    )
    srmr = 0.0
    for at, part, rows in zip(fit.implied, fit.saturated, fit.n_obs, strict=True):
        own = fit_indices.srmr(part.covariance, at.covariance, part.mean - at.mean)
        srmr += rows / total * own
    return fit_measures(tests, scaled, parts) | {
        "srmr": srmr,
        "loglik": fit.loglik,
        "aic": fit_indices.aic(fit.loglik, q),
        "bic": fit_indices.bic(fit.loglik, q, total),
    }


def _rest(fit: FimlFit) -> tuple[Rest, ...]:
    total, none, nowhere = sum(fit.n_obs), np.zeros(0), np.zeros(0, dtype=np.int64)
    return tuple(
        Rest(n / total, by_covariance / n, by_mean / n, none, none, nowhere, nowhere)
        for n, (by_covariance, by_mean) in zip(fit.n_obs, fit.slopes, strict=True)
    )


def _remarks(fit: FimlFit) -> tuple[str, ...]:
    return (
        f"Every answer counts: {sum(fit.n_patterns)} patterns of missing answers. Estimates are "
        "right if what is missing depends on nothing but the answers that are there.",
    )

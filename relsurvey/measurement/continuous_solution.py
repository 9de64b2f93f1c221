"""Maximum likelihood for answers taken as numbers: ML and MLR."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa_data import CfaData
from relsurvey.measurement.cfa_solution import Rest, Solution
from relsurvey.measurement.model_matrices import linear_model
from relsurvey.measurement.parameter_table import ParameterTable
from relsurvey.stats import fit_indices
from relsurvey.stats.fit_measures import RobustParts, TestPair, fit_measures
from relsurvey.stats.linear_model import Implied
from relsurvey.stats.maximum_likelihood import LikelihoodFit, fit_likelihood
from relsurvey.stats.moment_tests import ScaledTest
from relsurvey.stats.normal_theory import Moments
from relsurvey.stats.robust_likelihood import robust_likelihood

Array = NDArray[np.float64]
Index = NDArray[np.int64]


def continuous_solution(
    table: ParameterTable, data: CfaData, *, means: bool, robust: bool, curved: bool = True
) -> Solution:
    """Fit by maximum likelihood.

    Parameters
    ----------
    table : ParameterTable
        The model, with intercepts if ``means``.
    data : CfaData
        Complete rows.
    means : bool
        Whether means are part of the model.
    robust : bool
        Sandwich errors and the Yuan-Bentler test, by clusters where the data have them.
    curved : bool
        Which information scales the test: see `relsurvey.stats.robust_likelihood`.

    Raises
    ------
    ModelError
        When the model cannot be estimated.
    """
    centre = 0.0 if means else 1.0
    values = tuple(rows - centre * rows.mean(axis=0) for rows in data.values)
    samples = [
        Moments(len(rows), rows.mean(axis=0), np.cov(rows.T, ddof=0).reshape(rows.shape[1], -1))
        for rows in values
    ]
    check_estimable(table, [sample.covariance for sample in samples], means=means)
    models = tuple(
        linear_model(table, group, sample.covariance, sample.mean)
        for group, sample in enumerate(samples)
    )
    start = np.zeros(table.n_free)
    for model in reversed(models):
        own = model.parameter >= 0
        start[model.parameter[own]] = model.value[own]
    fit = fit_likelihood(models, samples, start)
    total = data.n_obs
    tests = _tests(table, fit, samples, means=means)
    scaled: tuple[ScaledTest, ScaledTest] | None = None
    parts: RobustParts | None = None
    covariance = np.linalg.inv(fit.information) / total
    if robust:
        found = robust_likelihood(
            models, fit.at, values, data.clusters, means=means, curved=curved, given=given(table)
        )
        covariance = found.covariance
        null = found.test_of_null(tests.chi2_null, tests.df_null)
        scaled = (found.test(tests.chi2, tests.df), null) if tests.df > 0 else None
        if scaled is not None:
            parts = RobustParts(tests.chi2, scaled[0].factor, tests.chi2_null, null.factor, total)
    measures = fit_measures(tests, scaled, parts)
    measures |= _likelihood(table, fit, samples, means=means)
    return Solution(
        table=table,
        models=models,
        at=fit.at,
        theta=fit.theta,
        covariance=covariance,
        observed=tuple(sample.covariance for sample in samples),
        n_obs=tuple(sample.n for sample in samples),
        thresholds=(),
        measures=measures,
        rest=tuple(_rest(at, sample, total) for at, sample in zip(fit.at, samples, strict=True)),
        notes=(),
    )


def check_estimable(table: ParameterTable, matrices: list[Array], *, means: bool) -> None:
    """Raise `ModelError` when there are too many parameters or a matrix is singular."""
    available = len(matrices) * n_moments(table, means=means)
    if table.n_free > available:
        raise ModelError(
            "The model has more parameters than there are covariances.",
            got=f"{table.n_free} parameters, {available} variances and covariances",
            hint="One factor needs at least three items.",
        )
    for matrix in matrices:
        scale = np.sqrt(np.maximum(np.diag(matrix), 0.0))
        proper = bool(np.isfinite(matrix).all() and scale.min() > 0.0)
        if not proper or np.linalg.eigvalsh(matrix / np.outer(scale, scale))[0] < 1e-10:
            raise ModelError(
                "The covariance matrix of the items is singular.",
                hint="Items that are sums or copies of others, items without variance, or fewer "
                "rows than items make it so.",
            )


def given(table: ParameterTable) -> Index:
    """Places of the items whose moments are those of the rows and no part of the model."""
    return np.array([table.items.index(name) for name in table.exogenous], dtype=np.int64)


def n_moments(table: ParameterTable, *, means: bool) -> int:
    """Variances, covariances and means of one group that a model is about."""

    def count(p: int) -> int:
        return p * (p + 1) // 2 + (p if means else 0)

    return count(len(table.items)) - count(len(table.exogenous))


def _of_given(table: ParameterTable, samples: list[Moments]) -> list[Moments]:
    place = given(table)
    return [Moments(s.n, s.mean[place], s.covariance[np.ix_(place, place)]) for s in samples]


def _tests(
    table: ParameterTable, fit: LikelihoodFit, samples: list[Moments], *, means: bool
) -> TestPair:
    p, x, groups = len(table.items), len(table.exogenous), len(samples)
    total = sum(sample.n for sample in samples)
    df = groups * n_moments(table, means=means) - table.n_free
    chi2_null = sum(fit_indices.independence_chi2(s.covariance, s.n)[0] for s in samples)
    if x > 1:
        outside = _of_given(table, samples)
        chi2_null -= sum(fit_indices.independence_chi2(s.covariance, s.n)[0] for s in outside)
    df_null = groups * (p * (p - 1) // 2 - x * (x - 1) // 2)
    chi2 = max(total * fit.discrepancy, 0.0) if df > 0 else 0.0
    return TestPair(chi2, df, chi2_null, df_null, total, groups)


def _likelihood(
    table: ParameterTable, fit: LikelihoodFit, samples: list[Moments], *, means: bool
) -> dict[str, float]:
    q = table.n_free
    total = sum(sample.n for sample in samples)
    saturated = sum(fit_indices.log_likelihood(s.covariance, 0.0, s.n) for s in samples)
    if table.exogenous:
        outside = _of_given(table, samples)
        saturated -= sum(fit_indices.log_likelihood(s.covariance, 0.0, s.n) for s in outside)
    loglik = saturated - 0.5 * total * fit.discrepancy
    srmr = 0.0
    for at, sample in zip(fit.at, samples, strict=True):
        off = sample.mean - at.mean if means else None
        srmr += sample.n / total * fit_indices.srmr(sample.covariance, at.covariance, off)
    return {
        "srmr": srmr,
        "loglik": loglik,
        "aic": fit_indices.aic(loglik, q),
        "bic": fit_indices.bic(loglik, q, total),
    }


def _rest(at: Implied, sample: Moments, total: int) -> Rest:
    inverse = np.linalg.inv(at.covariance)
    off = sample.mean - at.mean
    spread = sample.covariance + np.outer(off, off)
    residual = inverse @ (spread - at.covariance) @ inverse
    none, nowhere = np.zeros(0), np.zeros(0, dtype=np.int64)
    return Rest(sample.n / total, 0.5 * residual, inverse @ off, none, none, nowhere, nowhere)

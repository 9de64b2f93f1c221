"""Fit measures and intraclass correlations of a two-level factor analysis as tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from relsurvey.measurement.cfa_solution import Solution
from relsurvey.stats import fit_indices
from relsurvey.stats.fit_measures import RobustParts, TestPair, fit_measures
from relsurvey.stats.moment_tests import mean_scaled
from relsurvey.stats.two_level import TwoLevelEstimates


def two_level_measures(
    fit: TwoLevelEstimates, levels: tuple[Solution, Solution], estimator: str
) -> pd.DataFrame:
    """One row: rows, clusters, chi-square, fit indices, SRMR by level, log-likelihood, AIC, BIC."""
    tests = TestPair(max(fit.chi2, 0.0), fit.df, fit.chi2_null, fit.df_null, fit.n_obs, 1)
    scaled, parts = None, None
    if estimator == "mlr" and fit.df > 0:
        factors = fit.scaling_factor, fit.scaling_factor_null
        scaled = (
            mean_scaled(tests.chi2, fit.df, factors[0] * fit.df),
            mean_scaled(tests.chi2_null, fit.df_null, factors[1] * fit.df_null),
        )
        parts = RobustParts(tests.chi2, factors[0], tests.chi2_null, factors[1], fit.n_obs)
    q = len(fit.theta)
    by_level = [_srmr(level) for level in levels]
    row: dict[str, object] = {
        "n_obs": fit.n_obs,
        "n_clusters": fit.n_clusters,
        "estimator": estimator,
        "n_parameters": q,
        **fit_measures(tests, scaled, parts),
        "srmr_within": by_level[0],
        "srmr_between": by_level[1],
        "srmr": sum(by_level),
        "loglik": fit.loglik,
        "aic": fit_indices.aic(fit.loglik, q),
        "bic": fit_indices.bic(fit.loglik, q, fit.n_obs),
        "converged": fit.converged,
    }
    return pd.DataFrame([row])


def _srmr(level: Solution) -> float:
    """Root mean square difference of the level's saturated and implied correlations, as lavaan's.

    Negative eigenvalues of the implied covariances are first set to (nearly) zero.
    """
    values, vectors = np.linalg.eigh(level.at[0].covariance)
    proper = (vectors * np.maximum(values, 1e-6 * values[-1])) @ vectors.T
    matrices = level.observed[0], proper
    both = [matrix / np.sqrt(np.outer(np.diag(matrix), np.diag(matrix))) for matrix in matrices]
    return fit_indices.srmr(both[0], both[1])


def item_iccs(fit: TwoLevelEstimates, items: tuple[str, ...]) -> pd.DataFrame:
    """One row per item: ICC and variances of the saturated model. R: ``lavInspect(fit, "icc")``."""
    within, between = np.diag(fit.saturated.within), np.diag(fit.saturated.between)
    return pd.DataFrame(
        {
            "item": [str(item) for item in items],
            "icc1": between / (within + between),
            "variance_within": within,
            "variance_between": between,
        }
    )

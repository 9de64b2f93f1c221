"""What each method says about one drawn sample."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats
from worlds import FACTORS, ITEMS

import relsurvey as rs
from relsurvey.errors import RelsurveyError
from relsurvey.measurement.latent_covariances import covariance_cells
from relsurvey.stats.cluster_covariance import cluster_covariance
from relsurvey.stats.latent_slopes import slopes_of_covariances
from relsurvey.stats.least_squares import least_squares
from relsurvey.stats.mixed_fit import fit_mixed
from relsurvey.stats.mixed_products import mixed_products
from relsurvey.stats.satterthwaite import satterthwaite
from relsurvey.stats.wild_bootstrap import wild_bootstrap

TERMS = ("x1", "x2", "z", "x1:z")
WILD_DRAWS = 399
Found = tuple[str, str, float, float, float, float]


def judgements(frame: pd.DataFrame, truth: dict[str, float], seed: int) -> Iterator[Found]:
    """Yield ``method term estimate std_error p_zero p_truth`` for every method and term.

    ``p_zero`` tests that the coefficient is zero, ``p_truth`` that it is the true one: an interval
    covers where the second is not below .05. Scores and z are taken as they are (not z-scored), so
    that the truth does not depend on the sample.
    """
    kept = frame.dropna(subset=list(FACTORS))
    x1, x2, y, z = (kept[name].to_numpy() for name in ("x1", "x2", "y", "z"))
    x1, x2 = x1 - x1.mean(), x2 - x2.mean()
    design = np.column_stack([np.ones(len(kept)), x1, x2, z, x1 * z])
    clusters = np.unique(kept["cluster"], return_inverse=True)[1].astype(np.int64)
    fit = least_squares(y, design)
    n_clusters = int(clusters.max()) + 1
    yield from _robust("ols_cr1", fit, clusters, "CR1", truth, n_clusters - 1)
    yield from _robust("ols_cr2", fit, clusters, "CR2", truth, None)
    for at, term in enumerate(TERMS, 1):
        tests = [
            wild_bootstrap(
                fit, clusters, at, null=null, n_boot=WILD_DRAWS, seed=seed, confidence=0.95
            ).p_value
            for null in dict.fromkeys((0.0, truth[term]))
        ]
        yield "wild", term, float(fit.coefficients[at]), np.nan, tests[0], tests[-1]
    ones = np.ones((len(kept), 1))
    for method, random in (
        ("mixed_intercepts", ones),
        ("mixed_slopes", np.hstack([ones, x1[:, None]])),
    ):
        yield from _mixed(method, y, design, random, clusters, truth)


def _robust(method, fit, clusters, kind, truth, df) -> Iterator[Found]:  # noqa: ANN001
    from relsurvey.stats.cluster_covariance import satterthwaite_df

    covariance = cluster_covariance(fit, clusters, kind)
    error = np.sqrt(np.diag(covariance.covariance))
    dfs = satterthwaite_df(covariance, np.eye(5)) if df is None else np.full(5, float(df))
    yield from _tests(method, fit.coefficients, error, dfs, truth)


def _mixed(method, y, design, random, clusters, truth) -> Iterator[Found]:  # noqa: ANN001
    try:
        fit = fit_mixed(mixed_products(y, design, [random], [clusters]))
        df = satterthwaite(fit, np.eye(5))
    except (RelsurveyError, np.linalg.LinAlgError):
        for term in TERMS:
            yield method, term, np.nan, np.nan, np.nan, np.nan
        return
    error = np.sqrt(np.diag(fit.covariance))
    yield from _tests(method, fit.coefficients, error, df, truth)


def _tests(method, values, error, df, truth) -> Iterator[Found]:  # noqa: ANN001
    for at, term in enumerate(TERMS, 1):
        p = [
            float(2 * stats.t.sf(abs(values[at] - null) / error[at], df[at]))
            for null in (0.0, truth[term])
        ]
        yield method, term, float(values[at]), float(error[at]), *p


def latent_judgements(frame: pd.DataFrame, truth: dict[str, float]) -> Iterator[Found]:
    """Yield the same for the slopes between factors of an ordinal model (WLSMV, clusters)."""
    model = {name: [f"{name}_{item + 1}" for item in range(ITEMS)] for name in FACTORS}
    try:
        fit = rs.cfa(
            frame,
            model,
            estimator="wlsmv",
            cluster="cluster",
            missing="pairwise",
            std_lv=True,
        )
        solution = fit.solution
        cells, slopes = covariance_cells(solution.table, solution.theta, list(FACTORS))
        values, jacobian, _ = slopes_of_covariances(cells, slopes, [0, 1], 2)
    except (RelsurveyError, np.linalg.LinAlgError):
        for term in ("x1", "x2"):
            yield "latent", term, np.nan, np.nan, np.nan, np.nan
        return
    error = np.sqrt(np.diag(jacobian @ solution.covariance @ jacobian.T))
    for at, term in enumerate(("x1", "x2")):
        p = [
            float(2 * stats.norm.sf(abs(values[0, at] - null) / error[at]))
            for null in (0.0, truth[term])
        ]
        yield "latent", term, float(values[0, at]), float(error[at]), *p

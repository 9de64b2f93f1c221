"""Where a ranking gets its covariances from: scores, scores of groups, or factors without error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases, complete_cases
from relsurvey.effects.control_columns import control_columns
from relsurvey.effects.model_roles import ModelRoles
from relsurvey.errors import ModelError
from relsurvey.measurement.cfa import cfa
from relsurvey.measurement.latent_covariances import covariance_cells
from relsurvey.stats.cluster_bootstrap import CrossProducts, cross_products, resample
from relsurvey.stats.icc_anova import anova_icc
from relsurvey.stats.least_squares import dependent_columns
from relsurvey.stats.split_means import FEWEST, group_means, split_means

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEVELS = ("observed", "between", "split", "corrected")
SPLITS = 200
BATCH_BYTES = 32_000_000


@dataclass(frozen=True, slots=True, eq=False)
class CovarianceDraws:
    """Cross-products of a constant, c controls, k predictors and an outcome, and draws of them.

    Attributes
    ----------
    outcome : str
    whole : array (m, m)
        m = 1 + c + k + 1, as estimated.
    n_controls : int
    batches : callable
        Begins the draws anew: an iterator of arrays (b, m, m), the same every time.
    n_obs, n_dropped, n_units : int
        Rows used, rows left out, and independent units (clusters, or rows).
    notes : tuple of str
    """

    outcome: str
    whole: FloatArray
    n_controls: int
    batches: Callable[[], Iterator[FloatArray]]
    n_obs: int
    n_dropped: int
    n_units: int
    notes: tuple[str, ...] = ()


def draws_of_scores(
    frame: pd.DataFrame,
    outcome: str,
    roles: ModelRoles,
    cluster: str | None,
    *,
    level: str,
    n_boot: int,
    seed: int,
) -> CovarianceDraws:
    """Draw whole clusters with replacement; but for ``observed`` a cluster is one row of means.

    Raises
    ------
    DataError, ModelError
        Unknown, constant or collinear columns, no complete row, one cluster only, too few rows.
    """
    cases = complete_cases(frame, [outcome, *roles.predictors], roles.controls, cluster)
    names, columns = _columns(cases, outcome, roles)
    clusters = np.arange(cases.n_obs) if cases.clusters is None else cases.clusters
    notes = cases.notes
    if level != "observed":
        notes = (*notes, _reliability_note(cases, [*roles.predictors, outcome]))
    if level == "split":
        products, more = _split_products(names, columns, clusters, seed)
        notes = (*notes, *more)
    else:
        if level == "between":
            columns = group_means(columns, clusters)
            clusters = np.arange(len(columns))
        _check(names, columns)
        products = cross_products(columns, clusters)
    if products.n_clusters < 2:
        raise ModelError(
            "A bootstrap over clusters needs more than one cluster.",
            got=f"{products.n_clusters} cluster",
            expected="at least 2, better 20 or more",
        )
    batch = _batch_size(len(roles.predictors), products.n_clusters)
    return CovarianceDraws(
        outcome=outcome,
        whole=products.total(),
        n_controls=len(names) - len(roles.predictors) - 2,
        batches=partial(resample, products, n_boot, seed, batch),
        n_obs=cases.n_obs,
        n_dropped=cases.n_dropped,
        n_units=products.n_clusters,
        notes=notes,
    )


def draws_of_factors(
    frame: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    roles: ModelRoles,
    cluster: str | None,
    *,
    n_boot: int,
    seed: int,
) -> list[CovarianceDraws]:
    """Fit one ordinal factor model, and draw its factor correlations from their covariance.

    Draws whose correlations are no correlations (a negative eigenvalue) are NaN.

    Raises
    ------
    DataError, ModelError
        As `cfa`; also controls, constructs without items, or an improper solution.
    """
    needed = [*roles.predictors, *roles.outcomes]
    _check_factors(model, needed, roles.controls)
    fit = cfa(
        frame,
        {name: list(model[name]) for name in needed},
        estimator="wlsmv",
        cluster=cluster,
        missing="pairwise",
        std_lv=True,
    )
    solution = fit.solution
    draws = []
    for outcome in roles.outcomes:
        chosen = [*roles.predictors, outcome]
        cells, slopes = covariance_cells(solution.table, solution.theta, chosen)
        left, right = np.tril_indices(len(chosen), -1)
        values, jacobian = cells[0, left, right], slopes[0, left, right]
        if np.linalg.eigvalsh(cells[0])[0] <= 0:
            raise ModelError(
                "The factors' correlations are improper: two factors cannot be told apart.",
                where=outcome,
                hint="Leave out one of the factors that correlate nearly completely.",
            )
        covariance = jacobian @ solution.covariance @ jacobian.T
        n_units = fit.data.n_clusters or fit.data.n_obs
        draws.append(
            CovarianceDraws(
                outcome=outcome,
                whole=_correlations(values[None], len(chosen))[0],
                n_controls=0,
                batches=partial(_parametric, values, covariance, len(chosen), n_boot, seed),
                n_obs=fit.data.n_obs,
                n_dropped=len(frame) - fit.data.n_obs,
                n_units=n_units,
                notes=fit.notes,
            )
        )
    return draws


def _parametric(
    values: FloatArray, covariance: FloatArray, n_factors: int, n_boot: int, seed: int
) -> Iterator[FloatArray]:
    """Draw factor correlations from their estimated covariance."""
    spread, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(spread.clip(0.0))
    generator = np.random.default_rng(seed)
    drawn = values + generator.standard_normal((n_boot, values.size)) @ root.T
    yield _correlations(drawn, n_factors)


def _correlations(values: FloatArray, n_factors: int) -> FloatArray:
    """Return (b, 1 + m, 1 + m): a constant apart, and correlations from their lower cells."""
    found = np.zeros((len(values), 1 + n_factors, 1 + n_factors))
    found[:, np.arange(1 + n_factors), np.arange(1 + n_factors)] = 1.0
    left, right = np.tril_indices(n_factors, -1)
    found[:, 1 + left, 1 + right] = found[:, 1 + right, 1 + left] = values
    improper = np.linalg.eigvalsh(found)[:, 0] <= 0
    found[improper] = np.nan
    return found


def _columns(
    cases: CompleteCases, outcome: str, roles: ModelRoles
) -> tuple[tuple[str, ...], FloatArray]:
    """Return names and columns: a constant, controls, predictors and last the outcome."""
    control_names, control_values = control_columns(cases, roles.controls)
    names = ("Intercept", *control_names, *roles.predictors, outcome)
    scores = cases.standardised([*roles.predictors, outcome])
    centred = control_values - control_values.mean(axis=0)
    return names, np.hstack([np.ones((cases.n_obs, 1)), centred, scores])


def _check(names: Sequence[str], columns: FloatArray) -> None:
    if len(columns) <= len(names):
        raise ModelError(
            "Too few rows for the number of terms.",
            got=f"{len(columns)} rows, {len(names) - 1} terms",
            expected=f"at least {len(names) + 1} rows",
        )
    dependent = [names[place] for place in dependent_columns(columns)]
    if dependent:
        raise ModelError(
            "Some columns follow exactly from the others, so their effects cannot be told apart.",
            where=", ".join(dependent),
            expected="columns of which none follows from the others",
        )


def _split_products(
    names: Sequence[str], columns: FloatArray, clusters: IntArray, seed: int
) -> tuple[CrossProducts, tuple[str, ...]]:
    """Average the cross-products of group means over random halvings.

    Predictors are means of one half of a group, the outcome of the other, controls of both.
    """
    found = split_means(columns, clusters, SPLITS, seed)
    _check(names, found.first)
    halves = []
    for first, second in found.halves():
        halves.append(np.hstack([first[:, :-1], second[:, -1:]]))
    groups = np.arange(len(found.first))
    sums = np.mean([cross_products(rows, groups).sums for rows in halves], axis=0)
    note = (
        f"Split groups: {SPLITS} random halvings, pooled; one half rates the leader, the other "
        "supplies the outcome, so that no answer stands on both sides."
    )
    notes = [note]
    if found.n_small:
        notes.append(f"{found.n_small} groups with fewer than {FEWEST} answers were left out.")
    return CrossProducts(sums=sums, n_columns=columns.shape[1]), tuple(notes)


def _reliability_note(cases: CompleteCases, names: Sequence[str]) -> str:
    assert cases.clusters is not None
    found = [anova_icc(cases.columns([name])[:, 0], cases.clusters).icc2 for name in names]
    return (
        f"Group means, one row each, of {int(cases.clusters.max()) + 1} groups. Their "
        f"reliability (ICC2) lies between {min(found):.2f} and {max(found):.2f}; means of low or "
        "unequal reliability blur a ranking and can turn it."
    )


def _check_factors(
    model: Mapping[str, Sequence[str]], needed: Sequence[str], controls: Sequence[str]
) -> None:
    if controls:
        raise ModelError(
            "Controls cannot be taken out of factors here.",
            where="controls",
            got=", ".join(controls),
            expected="no controls",
            hint='Rank the scores (level="observed") with controls.',
        )
    missing = [name for name in needed if name not in model]
    if missing:
        raise ModelError(
            "A ranking of factors needs the items of every predictor and outcome.",
            where="model",
            got="no items for " + ", ".join(missing),
            expected='a mapping such as {"shared_vision": ["sv1", "sv2", "sv3"], …}',
        )


def _batch_size(n_predictors: int, n_clusters: int) -> int:
    """Return how many replicates fit the memory set aside; it does not change the draws."""
    subsets = 8 * 3 * 2**n_predictors * 9
    return int(np.clip(BATCH_BYTES // max(subsets, 8 * 4 * n_clusters), 1, 1000))

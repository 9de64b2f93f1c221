"""The effects of predictors on one outcome: estimates, and bootstrap draws of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases
from relsurvey.effects.control_columns import control_columns
from relsurvey.errors import ModelError
from relsurvey.stats.cluster_bootstrap import ALIASED, cross_products, partial_out, resample
from relsurvey.stats.dominance import general_dominance
from relsurvey.stats.least_squares import dependent_columns
from relsurvey.stats.relative_weights import relative_weights
from relsurvey.stats.standardised_coefficients import standardised_coefficients

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

METRICS = ("general_dominance", "relative_weights", "standardised_coefficient")
# Below this share of usable replicates the bootstrap says nothing about the data at hand.
FEWEST_USABLE = 0.5
BATCH_BYTES = 32_000_000


@dataclass(frozen=True, slots=True, eq=False)
class RankedOutcome:
    """Estimates (k,) and bootstrap draws (B, k) of the effects of k predictors on one outcome.

    Attributes
    ----------
    outcome, metric : str
    estimates : array (k,)
    draws : array (B, k)
        Replicates in which the predictors could be told apart.
    n_unusable : int
        Replicates left out because predictors were collinear or constant in them.
    n_obs, n_dropped, n_units : int
        Rows used, rows left out, and clusters (or rows) that were resampled.
    r_squared, r_squared_controls : float
        Of the whole model, and of the controls alone.
    """

    outcome: str
    metric: str
    estimates: FloatArray
    draws: FloatArray
    n_unusable: int
    n_obs: int
    n_dropped: int
    n_units: int
    r_squared: float
    r_squared_controls: float

    @property
    def signed(self) -> bool:
        """Whether the metric can be negative, so that its size is not a smooth function of it."""
        return self.metric == "standardised_coefficient"

    @property
    def sizes(self) -> FloatArray:
        """Return the absolute estimates (k,), which ranks go by."""
        return np.abs(self.estimates)

    @property
    def size_draws(self) -> FloatArray:
        """Return the absolute draws (B, k)."""
        return np.abs(self.draws)


def rank_outcome(
    cases: CompleteCases,
    outcome: str,
    predictors: Sequence[str],
    controls: Sequence[str],
    *,
    metric: str,
    n_boot: int,
    seed: int,
) -> RankedOutcome:
    """Estimate the effects and draw them again from resampled clusters.

    Raises
    ------
    ModelError
        Constant or collinear columns, one cluster only, too few rows, or predictors that cannot be
        told apart in most replicates.
    """
    names, columns = _columns(cases, outcome, predictors, controls)
    clusters = np.arange(cases.n_obs) if cases.clusters is None else cases.clusters
    products = cross_products(columns, clusters)
    if products.n_clusters < 2:
        raise ModelError(
            "A bootstrap over clusters needs more than one cluster.",
            got=f"{products.n_clusters} cluster",
            expected="at least 2, better 20 or more",
        )
    n_controls = len(names) - len(predictors) - 2
    whole = products.total()[None]
    draws = [
        _effects(batch, n_controls, metric)
        for batch in resample(
            products, n_boot, seed, _batch_size(len(predictors), products.n_clusters)
        )
    ]
    found = np.vstack(draws)
    usable = np.isfinite(found).all(axis=1)
    if usable.mean() < FEWEST_USABLE:
        raise ModelError(
            "In most bootstrap replicates the predictors cannot be told apart.",
            got=f"{int((~usable).sum())} of {n_boot} replicates",
            expected="more clusters, or fewer predictors",
        )
    r_controls, r_all = _r_squared(whole, n_controls)
    return RankedOutcome(
        outcome=outcome,
        metric=metric,
        estimates=_effects(whole, n_controls, metric)[0],
        draws=found[usable],
        n_unusable=int((~usable).sum()),
        n_obs=cases.n_obs,
        n_dropped=cases.n_dropped,
        n_units=products.n_clusters,
        r_squared=r_all,
        r_squared_controls=r_controls,
    )


def _columns(
    cases: CompleteCases, outcome: str, predictors: Sequence[str], controls: Sequence[str]
) -> tuple[tuple[str, ...], FloatArray]:
    """Return names and columns: a constant, controls, predictors and last the outcome."""
    control_names, control_values = control_columns(cases, controls)
    names = ("Intercept", *control_names, *predictors, outcome)
    if cases.n_obs <= len(names):
        raise ModelError(
            "Too few rows for the number of terms.",
            got=f"{cases.n_obs} rows, {len(names) - 1} terms",
            expected=f"at least {len(names) + 1} rows",
        )
    scores = cases.standardised([*predictors, outcome])
    centred = control_values - control_values.mean(axis=0)
    columns = np.hstack([np.ones((cases.n_obs, 1)), centred, scores])
    dependent = [names[place] for place in dependent_columns(columns)]
    if dependent:
        raise ModelError(
            "Some columns follow exactly from the others, so their effects cannot be told apart.",
            where=", ".join(dependent),
            expected="columns of which none follows from the others",
        )
    return names, columns


def _effects(products: FloatArray, n_controls: int, metric: str) -> FloatArray:
    """Return the metric (b, k) from cross-products (b, m, m).

    Where a predictor or the outcome does not vary, or follows from the controls, what is left of it
    is rounding error: that replicate becomes NaN.
    """
    lengths = np.diagonal(products, axis1=1, axis2=2)[:, 1 + n_controls :]
    totals = np.diagonal(partial_out(products, 1), axis1=1, axis2=2)[:, n_controls:]
    partial = partial_out(products, 1 + n_controls)
    left = np.diagonal(partial, axis1=1, axis2=2)
    varies = np.all(left > ALIASED * lengths, axis=1)
    partial[~varies] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        if metric == "general_dominance":
            return general_dominance(partial, totals[:, -1])
        if metric == "relative_weights":
            return relative_weights(partial, totals[:, -1])
        return standardised_coefficients(partial, totals)


def _r_squared(whole: FloatArray, n_controls: int) -> tuple[float, float]:
    """Return R-squared of the controls and of the whole model."""
    total = partial_out(whole, 1)[0, -1, -1]
    without = partial_out(whole, 1 + n_controls)[0, -1, -1]
    rest = partial_out(whole, whole.shape[1] - 1)[0, -1, -1]
    return float(1.0 - without / total), float(1.0 - rest / total)


def _batch_size(n_predictors: int, n_clusters: int) -> int:
    """Return how many replicates fit the memory set aside; it does not change the draws."""
    subsets = 8 * 3 * 2**n_predictors * 9
    return int(np.clip(BATCH_BYTES // max(subsets, 8 * 4 * n_clusters), 1, 1000))

"""The effects of predictors on one outcome: estimates, and draws of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.effects.covariance_draws import CovarianceDraws
from relsurvey.effects.resampling import usable_draws
from relsurvey.stats.cluster_bootstrap import ALIASED, partial_out
from relsurvey.stats.dominance import general_dominance
from relsurvey.stats.relative_weights import relative_weights
from relsurvey.stats.semipartial import semipartial_r_squared
from relsurvey.stats.standardised_coefficients import standardised_coefficients

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

METRICS = (
    "general_dominance",
    "relative_weights",
    "semipartial_r_squared",
    "standardised_coefficient",
)
SHARES: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "general_dominance": general_dominance,
    "relative_weights": relative_weights,
    "semipartial_r_squared": semipartial_r_squared,
}


@dataclass(frozen=True, slots=True, eq=False)
class RankedOutcome:
    """Estimates (k,) and draws (B, k) of the effects of k predictors on one outcome.

    Attributes
    ----------
    outcome, metric : str
    estimates : array (k,)
    draws : array (B, k)
        Those in which the predictors could be told apart.
    source : CovarianceDraws
        What they were made from.
    r_squared, r_squared_controls : float
        Of the whole model, and of the controls alone.
    notes : tuple of str
    """

    outcome: str
    metric: str
    estimates: FloatArray
    draws: FloatArray
    source: CovarianceDraws
    r_squared: float
    r_squared_controls: float
    notes: tuple[str, ...]

    @property
    def n_units(self) -> int:
        """Independent units: clusters, or rows."""
        return self.source.n_units

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


def rank_outcome(source: CovarianceDraws, metric: str, n_boot: int) -> RankedOutcome:
    """Estimate the effects and draw them again.

    Raises
    ------
    ModelError
        Predictors that cannot be told apart in most draws.
    """
    whole = source.whole[None]
    draws, notes = usable_draws(
        (_effects(batch, source.n_controls, metric) for batch in source.batches()),
        n_boot,
        source.outcome,
    )
    r_controls, r_all = _r_squared(whole, source.n_controls)
    return RankedOutcome(
        outcome=source.outcome,
        metric=metric,
        estimates=_effects(whole, source.n_controls, metric)[0],
        draws=draws,
        source=source,
        r_squared=r_all,
        r_squared_controls=r_controls,
        notes=(*source.notes, *notes),
    )


def partial_batches(source: CovarianceDraws) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield what controls leave of predictors and outcome, and the outcome's whole variance.

    First the estimate, in a batch of one, then the draws; what cannot be used is NaN.
    """
    yield _partial(source.whole[None], source.n_controls)
    for batch in source.batches():
        yield _partial(batch, source.n_controls)


def _effects(products: FloatArray, n_controls: int, metric: str) -> FloatArray:
    """Return the metric (b, k) from cross-products (b, m, m)."""
    partial, variance = _partial(products, n_controls)
    with np.errstate(divide="ignore", invalid="ignore"):
        if metric in SHARES:
            return SHARES[metric](partial, variance)
        totals = np.diagonal(partial_out(products, 1), axis1=1, axis2=2)[:, n_controls:]
        return standardised_coefficients(partial, totals)


def _partial(products: FloatArray, n_controls: int) -> tuple[FloatArray, FloatArray]:
    """Return partial cross-products (b, k+1, k+1) and the outcome's total (b,).

    Where a predictor or the outcome does not vary, or follows from the controls, what is left of it
    is rounding error: that draw becomes NaN.
    """
    lengths = np.diagonal(products, axis1=1, axis2=2)[:, 1 + n_controls :]
    totals = np.diagonal(partial_out(products, 1), axis1=1, axis2=2)[:, n_controls:]
    partial = partial_out(products, 1 + n_controls)
    left = np.diagonal(partial, axis1=1, axis2=2)
    varies = np.all(left > ALIASED * lengths, axis=1)
    partial[~varies] = np.nan
    return partial, totals[:, -1]


def _r_squared(whole: FloatArray, n_controls: int) -> tuple[float, float]:
    """Return R-squared of the controls and of the whole model."""
    total = partial_out(whole, 1)[0, -1, -1]
    without = partial_out(whole, 1 + n_controls)[0, -1, -1]
    rest = partial_out(whole, whole.shape[1] - 1)[0, -1, -1]
    return float(1.0 - without / total), float(1.0 - rest / total)

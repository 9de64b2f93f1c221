"""One scale's reliability: its coefficients put together with the intervals that were asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relsurvey.measurement.bootstrap_interval import percentile_interval
from relsurvey.measurement.item_statistics import Row
from relsurvey.measurement.scale_bootstrap import number_draws, ordinal_draws
from relsurvey.measurement.scale_coefficients import (
    Coefficient,
    number_coefficients,
    ordinal_coefficients,
)
from relsurvey.stats.ordinal_scale import as_categories
from relsurvey.stats.pairwise_cov import pairwise_cov
from relsurvey.stats.resampled_rows import resampled_rows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "n_obs")


@dataclass(frozen=True, slots=True)
class Plan:
    """How the coefficients of every scale are to be had; fields as `reliability` explains them."""

    ordered: bool
    confidence: float
    observed: bool
    n_boot: int
    seed: int


def coefficient_rows(
    construct: str, values: FloatArray, plan: Plan, clusters: IntArray | None
) -> tuple[list[Row], list[str]]:
    """Return the rows of one scale in the order shown, and what is to be said about them.

    Parameters
    ----------
    construct : str
        Name of the scale.
    values : ndarray, shape (n, k)
        Answers, NaN where there is none.
    plan : Plan
        What is wanted.
    clusters : ndarray of int, shape (n,), or None
        For the bootstrap.
    """
    cov, pairs = pairwise_cov(values)
    complete = values[np.isfinite(values).all(axis=1)]
    numbers = number_coefficients(
        cov, int(pairs.min()), complete, plan.confidence, observed=plan.observed
    )
    found, notes = dict(numbers.found), list(numbers.notes)
    data = as_categories(values) if plan.ordered else None
    if data is not None:
        ordinal = ordinal_coefficients(data, plan.confidence, observed=plan.observed)
        found |= ordinal.found
        notes += ordinal.notes
    if plan.n_boot:
        samples = list(resampled_rows(len(values), plan.n_boot, plan.seed, clusters))
        draws = number_draws(values, samples, observed=plan.observed)
        if data is not None:
            draws |= ordinal_draws(data, samples, observed=plan.observed)
        for name, one in found.items():
            found[name] = _resampled(one, draws[name], plan.confidence)
        notes += _lost(found, draws)
    rows = [
        {"construct": construct, "coefficient": name}
        | {column: getattr(one, column) for column in NUMBERS}
        for name, one in found.items()
    ]
    return rows, [f"Scale {construct}: {note}" for note in notes]


def _resampled(one: Coefficient, draws: FloatArray, confidence: float) -> Coefficient:
    if not np.isfinite(one.estimate):
        return one
    std_error, low, high = percentile_interval(draws, confidence)
    return replace(one, std_error=std_error, conf_low=low, conf_high=high)


def _lost(found: dict[str, Coefficient], draws: dict[str, FloatArray]) -> list[str]:
    lost = {
        name: int(np.isnan(draws[name]).sum())
        for name, one in found.items()
        if np.isfinite(one.estimate) and np.isnan(draws[name]).any()
    }
    if not lost:
        return []
    counts = ", ".join(f"{name} {count}" for name, count in lost.items())
    return [
        f"of {len(next(iter(draws.values())))} bootstrap replicates some gave no number and are "
        f"left out of the intervals: {counts}."
    ]

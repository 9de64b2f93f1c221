"""A linear model close to given moments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.likelihood_search import minimise
from relsurvey.stats.linear_model import LinearModel, implied
from relsurvey.stats.normal_theory import (
    Moments,
    discrepancy,
    expected_information,
    gradient,
    moment_slopes,
)

Array = NDArray[np.float64]


def near_moments(models: Sequence[LinearModel], samples: Sequence[Moments], start: Array) -> Array:
    """Parameters that fit moments of whole rows by maximum likelihood, roughly: where to begin.

    Shape (q,). Ends when another step would gain less than a thousandth in log-likelihood; the
    start itself where its covariances are singular.
    """
    pairs = list(zip(models, samples, strict=True))

    def objective(theta: Array) -> tuple[float, Array]:
        value, slope = 0.0, np.zeros(len(theta))
        for model, sample in pairs:
            at = implied(model, theta)
            own = discrepancy(at, sample)
            if not np.isfinite(own):
                return float("inf"), theta
            value += 0.5 * sample.n * own
            slope += 0.5 * sample.n * gradient(model, at, sample)
        return value, slope

    def information(theta: Array) -> Array:
        total = np.zeros((len(theta), len(theta)))
        for model, sample in pairs:
            at = implied(model, theta)
            total += sample.n * expected_information(moment_slopes(model, at), at)
        return total

    if not np.isfinite(objective(start)[0]):
        return start
    try:
        return minimise(objective, information, start, tolerance=1e-3).theta
    except np.linalg.LinAlgError:
        return start

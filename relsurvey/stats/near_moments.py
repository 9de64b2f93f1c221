"""A linear model close to given moments, and how its implied moments bend."""

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
    pull_back,
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


def bend(model: LinearModel, theta: Array, spread: Array, level: Array) -> Array:
    """Second derivatives of <spread, Σ> + level·μ by the parameters, shape (q, q).

    By a complex step in each parameter, which is exact to rounding.
    """
    q, step = model.n_parameters, 1e-30
    turned = np.empty((q, q))
    for index in range(q):
        moved = theta.astype(complex)
        moved[index] += 1j * step
        turned[index] = pull_back(model, implied(model, moved), spread, level).imag / step
    return 0.5 * (turned + turned.T)

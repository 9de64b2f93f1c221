"""The bivariate standard normal distribution, for many points at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]

# Gauss-Legendre rules by the largest correlation that they serve to 1e-14
_RULES = tuple(
    (reach, *np.polynomial.legendre.leggauss(nodes))
    for reach, nodes in ((0.8, 12), (0.95, 20), (1.0, 32))
)


def bivariate_density(x: Array, y: Array, correlation: Array) -> Array:
    """Density of the bivariate standard normal distribution.

    Parameters
    ----------
    x, y, correlation : ndarray
        Points and correlations in (-1, 1), broadcast together.

    Returns
    -------
    ndarray
        The density, which is also the derivative of the distribution by the correlation.
    """
    rest = 1.0 - correlation * correlation
    exponent = -0.5 * (x * x - 2.0 * correlation * x * y + y * y) / rest
    density: Array = np.exp(exponent) / (2.0 * np.pi * np.sqrt(rest))
    return density


def bivariate_distribution(x: Array, y: Array, correlation: Array) -> Array:
    """Probability that both variables fall below their points.

    Integrates the density over the correlation on the angle scale (Drezner & Wesolowsky 1990, in
    the form of Genz 2004) with 12 Gauss-Legendre nodes, 20 where a correlation is above .8 and 32
    above .95; the error is below 1e-14 for correlations up to .95 and below 1e-9 up to .995.
    R: ``mnormt::pmnorm``.

    Parameters
    ----------
    x, y, correlation : ndarray
        Finite points and correlations in (-1, 1), broadcast together.

    Returns
    -------
    ndarray
        P(X <= x, Y <= y).
    """
    half = 0.5 * np.arcsin(correlation)
    square, product = 0.5 * (x * x + y * y), x * y
    total = np.zeros(np.broadcast_shapes(np.shape(x), np.shape(y), np.shape(correlation)))
    largest = float(np.max(np.abs(correlation), initial=0.0))
    nodes, weights = next((x, w) for reach, x, w in _RULES if largest <= reach)
    for node, weight in zip(nodes, weights, strict=True):
        sine = np.sin(half * (1.0 + node))
        total += weight * np.exp((sine * product - square) / (1.0 - sine * sine))
    probability: Array = ndtr(x) * ndtr(y) + half * total / (2.0 * np.pi)
    return probability

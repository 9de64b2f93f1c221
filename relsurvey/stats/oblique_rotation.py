"""Oblique rotation of factors by gradient projection: oblimin, geomin, partial target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError

Array = NDArray[np.float64]
Criterion = Callable[[Array], tuple[float, Array]]

_TURNS = 20_000
GEOMIN_EPSILON = 0.01
STARTS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Rotation:
    """Rotated factors.

    Attributes
    ----------
    loadings : ndarray, shape (p, m)
        Pattern loadings.
    correlations : ndarray, shape (m, m)
        Of the factors.
    minima : tuple of float
        Values of the criterion at the different minima that the starts led to, the best first.
    """

    loadings: Array
    correlations: Array
    minima: tuple[float, ...]


def oblimin(loadings: Array) -> Rotation:
    """Turn factors obliquely so that each item loads on few (direct oblimin, gamma 0).

    Factors are put in the order of the variance that they explain, and point where their loadings
    add up to a positive number.

    Parameters
    ----------
    loadings : ndarray, shape (p, m)
        Of uncorrelated factors.

    Raises
    ------
    ModelError
        When the turns do not settle.

    References
    ----------
    Jennrich, R. I. (2002). Psychometrika, 67, 7-19. R: ``GPArotation::oblimin(loadings)``.
    """
    value, rotated, turn = _turned(loadings, _oblimin, np.eye(loadings.shape[1]))
    return _ordered(rotated, turn.T @ turn, (value,))


def geomin(loadings: Array, *, seed: int = 1) -> Rotation:
    """Turn factors so that the geometric mean of each item's squared loadings is small.

    The criterion has several minima, so the turns begin from the unrotated loadings and from random
    places; the lowest minimum found is returned, and all of them are named.

    Parameters
    ----------
    loadings : ndarray, shape (p, m)
        Of uncorrelated factors.
    seed : int
        Of the random starts.

    References
    ----------
    Browne, M. W. (2001). Multivariate Behavioral Research, 36, 111-150; ε is .01, as in Mplus.
    R: ``GPArotation::geominQ(loadings, delta = .01)``.
    """
    generator = np.random.default_rng(seed)
    m = loadings.shape[1]
    random = (np.linalg.qr(generator.standard_normal((m, m)))[0] for _ in range(STARTS))
    found = []
    for start in (np.eye(m), *random):
        try:
            found.append(_turned(loadings, _geomin, start))
        except ModelError:
            continue
    if not found:
        raise ModelError("The rotation does not settle.", got=f"{m} factors")
    found.sort(key=lambda one: one[0])
    values = [one[0] for one in found]
    different = [v for at, v in enumerate(values) if at == 0 or v - values[at - 1] > 1e-6]
    _, rotated, turn = found[0]
    return _ordered(rotated, turn.T @ turn, tuple(different))


def target(loadings: Array, wanted: Array) -> Rotation:
    """Turn factors towards loadings that are stated in part.

    Parameters
    ----------
    loadings : ndarray, shape (p, m)
        Of uncorrelated factors.
    wanted : ndarray, shape (p, m)
        Stated loadings, NaN where nothing is stated. Factors keep its order.

    References
    ----------
    Browne, M. W. (1972). British Journal of Mathematical and Statistical Psychology, 25, 207-212.
    R: ``GPArotation::pstQ(loadings, W = weight, Target = target)``.
    """
    stated = np.isfinite(wanted)
    goal = np.where(stated, wanted, 0.0)

    def criterion(rotated: Array) -> tuple[float, Array]:
        off = np.where(stated, rotated - goal, 0.0)
        return float((off**2).sum()), 2.0 * off

    start = _towards(loadings, np.where(stated, 0.0, 1.0))
    value, rotated, turn = _turned(loadings, criterion, start)
    sign = np.where((rotated * ~stated).sum(axis=0) < 0.0, -1.0, 1.0)
    return Rotation(rotated * sign, turn.T @ turn * np.outer(sign, sign), (value,))


def _towards(loadings: Array, pattern: Array) -> Array:
    """Orthogonal turn that brings the loadings nearest to a pattern of ones (Schönemann 1966)."""
    left, _, right = np.linalg.svd(loadings.T @ pattern)
    return np.asarray(left @ right)


def _turned(loadings: Array, criterion: Criterion, turn: Array) -> tuple[float, Array, Array]:
    """Value, rotated loadings and turn at a minimum (Jennrich 2002)."""
    length = 1.0
    rotated = loadings @ np.linalg.inv(turn).T
    value, slope = criterion(rotated)
    size = np.inf
    for _ in range(_TURNS):
        inverse = np.linalg.inv(turn)
        gradient = -(rotated.T @ slope @ inverse).T
        projected = gradient - turn * (turn * gradient).sum(axis=0)
        size = float(np.sqrt((projected**2).sum()))
        if size < 1e-9:
            break
        length *= 2.0
        for _ in range(40):
            trial = turn - length * projected
            trial /= np.sqrt((trial**2).sum(axis=0))
            found = loadings @ np.linalg.inv(trial).T
            new_value, new_slope = criterion(found)
            if value - new_value > 0.5 * size**2 * length or (size < 1e-6 and new_value <= value):
                break
            length /= 2.0
        turn, rotated, value, slope = trial, found, new_value, new_slope
        if length * size < 1e-14:
            break
    if size < 1e-5:
        return value, rotated, turn
    raise ModelError("The rotation does not settle.", got=f"{len(turn)} factors")


def _oblimin(loadings: Array) -> tuple[float, Array]:
    squares = loadings**2
    others = squares.sum(axis=1, keepdims=True) - squares
    return 0.25 * float((squares * others).sum()), loadings * others


def _geomin(loadings: Array) -> tuple[float, Array]:
    squares = loadings**2 + GEOMIN_EPSILON
    means = np.exp(np.log(squares).mean(axis=1, keepdims=True))
    return float(means.sum()), 2.0 / loadings.shape[1] * loadings / squares * means


def _ordered(loadings: Array, correlations: Array, minima: tuple[float, ...]) -> Rotation:
    explained = np.diag(correlations @ loadings.T @ loadings)
    order = np.argsort(-explained, kind="stable")
    sign = np.where(loadings[:, order].sum(axis=0) < 0.0, -1.0, 1.0)
    return Rotation(
        loadings=loadings[:, order] * sign,
        correlations=correlations[np.ix_(order, order)] * np.outer(sign, sign),
        minima=minima,
    )

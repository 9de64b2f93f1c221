"""Intervals for the variance components of a mixed model from its profiled likelihood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import optimize
from scipy.special import chdtri

from relsurvey.errors import ModelError
from relsurvey.stats.mixed_fit import MixedFit, deviance
from relsurvey.stats.mixed_likelihood import mixed_state

FloatArray = NDArray[np.float64]
FURTHEST = 60.0  # factor on a standard deviation beyond which a bound is not sought


@dataclass(frozen=True, slots=True)
class ComponentInterval:
    """Bounds of one component.

    ``level`` is -1 for the residual. ``row == column`` is a standard deviation, otherwise a
    correlation of two random effects of that level.
    """

    level: int
    row: int
    column: int
    estimate: float
    conf_low: float
    conf_high: float


def profile_intervals(fit: MixedFit, confidence: float = 0.95) -> tuple[ComponentInterval, ...]:
    """Bound every standard deviation; of levels with two random effects their correlation too.

    Raises
    ------
    ModelError
        More than two random effects at a level.

    Notes
    -----
    A component is held at a value and the likelihood (restricted, where the fit is) maximised over
    all others; the bounds are where twice the loss reaches a chi-square quantile (1 df). A standard
    deviation's lower bound is 0 where even 0 does not lose that much. The same in R for a fit by
    full maximum likelihood: ``confint(lmer(…, REML = FALSE), method = "profile")``.
    """
    if max(level.n_effects for level in fit.products.levels) > 2:
        raise ModelError("Profile intervals are made for at most two random effects at a level.")
    profile = _Profile(fit)
    limit = float(chdtri(1, 1.0 - confidence))
    found = []
    for at, (level, row, column) in enumerate(profile.names):
        best, loss = float(profile.best[at]), partial(profile.loss, at)
        if row == column:
            low = _bound(loss, best, 0.0 if level >= 0 else 0.2 * best, limit)
            high = _upper(loss, best, limit, float(profile.best[-1]))
        else:
            low, high = (float(np.cos(_bound(loss, best, end, limit))) for end in (np.pi, 0.0))
            best = float(np.cos(best))
        found.append(ComponentInterval(level, row, column, best, low, high))
    return tuple(found)


class _Profile:
    """The deviance by standard deviations, angles of correlations, and the residual's.

    The columns of effects are as given, not as scaled in the fit: F on the scaled columns is
    ``T^-1`` times F on the given ones, with T the level's ``to_raw``.
    """

    def __init__(self, fit: MixedFit) -> None:
        self.fit = fit
        self.names: list[tuple[int, int, int]] = []
        best = []
        for at, variance in enumerate(fit.variances):
            sds = np.sqrt(np.diag(variance))
            q = len(sds)
            self.names += [(at, k, k) for k in range(q)]
            best += list(sds)
            if q == 2:
                self.names.append((at, 1, 0))
                bound = float(sds.prod())
                cosine = variance[1, 0] / bound if bound > 0 else 0.0
                best.append(np.arccos(np.clip(cosine, -1.0, 1.0)))
        self.names.append((-1, 0, 0))
        self.best = np.array([*best, np.sqrt(fit.sigma2)])
        self.scale = np.where(self.best > 0, self.best, 0.1 * np.sqrt(fit.sigma2))
        self.least = self.deviance(self.best)

    def deviance(self, values: FloatArray) -> float:
        """Deviance with the residual variance as given; the restricted one for REML."""
        fit, factors, first = self.fit, [], 0
        sigma = max(float(values[-1]), 1e-10)
        for level in fit.products.levels:
            q = level.n_effects
            factor = np.diag(values[first : first + q])
            first += q
            if q == 2:
                factor[1] = factor[1, 1] * np.array([np.cos(values[first]), np.sin(values[first])])
                first += 1
            scaled = np.linalg.solve(level.to_raw, factor) / sigma
            factors.append(_lower(np.asarray(scaled, dtype=np.float64)))
        state = mixed_state(fit.products, factors)
        count = fit.products.n_rows - fit.reml * fit.products.n_fixed
        profiled = deviance(fit.products, state, fit.reml)
        at_best = state.residual / count
        # what the residual variance given loses against the best one
        return float(profiled + count * (np.log(sigma**2 / at_best) + at_best / sigma**2 - 1.0))

    def _room(self, at: int) -> tuple[float, float]:
        """How far a component may go, in units of its scale."""
        level, row, column = self.names[at]
        if row != column:
            return 0.0, np.pi / float(self.scale[at])
        return (0.2, 5.0) if level < 0 else (0.0, 50.0)

    def loss(self, at: int, value: float) -> float:
        """Rise of the deviance with one component held and the others at their best."""
        others = np.delete(np.arange(len(self.best)), at)
        if not len(others):
            return self.deviance(np.array([value])) - self.least
        bounds = [self._room(int(k)) for k in others]

        def function(free: FloatArray) -> float:
            values = self.best.copy()
            values[others] = free * self.scale[others]
            values[at] = value
            return self.deviance(values) - self.least

        start = self.best[others] / self.scale[others]
        found = optimize.minimize(
            function, start, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13}
        )
        return float(found.fun)


def _bound(loss: Callable[[float], float], best: float, end: float, limit: float) -> float:
    """Where the loss reaches the limit between the best value and an end; the end if nowhere."""
    if best == end or loss(end) <= limit:
        return end
    return float(optimize.brentq(lambda value: loss(value) - limit, best, end, xtol=1e-8))


def _upper(loss: Callable[[float], float], best: float, limit: float, sigma: float) -> float:
    """Where the loss reaches the limit above the best value; infinite when nowhere near."""
    step = max(best, 0.05 * sigma)
    high = best + 0.5 * step
    while loss(high) < limit:
        if high > best + FURTHEST * step:
            return float("inf")
        high = best + 2.0 * (high - best)
    return float(optimize.brentq(lambda value: loss(value) - limit, best, high, xtol=1e-8))


def _lower(factor: FloatArray) -> FloatArray:
    """Turn F into its lower triangular kin with the same ``F F'``."""
    if len(factor) == 1:
        return factor
    upper = np.linalg.qr(factor.T, mode="r")
    return np.asarray(upper).T

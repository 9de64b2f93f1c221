"""Wild cluster bootstrap of one coefficient, from cross-products per cluster.

A replicate flips (or scales) the residuals of whole clusters. Everything that it needs follows from
``X_g'X_g`` and ``X_g'u_g`` per cluster, so rows are touched once and B replicates are two matrix
products (Roodman, Nielsen, MacKinnon & Webb, 2019, Stata Journal 19, 4-60).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from relsurvey.errors import ModelError
from relsurvey.stats.least_squares import LeastSquares

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

DISTRIBUTIONS = ("rademacher", "webb")
# With fewer clusters than this Rademacher's two points give too few different replicates.
FEWEST_RADEMACHER = 12
WEBB = np.sqrt(np.array([1.5, 1.0, 0.5, 0.5, 1.0, 1.5])) * np.array([-1, -1, -1, 1, 1, 1])
MOST_ENUMERATED = 4096
TIE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class WildBootstrap:
    """One coefficient's test and interval.

    Attributes
    ----------
    statistic : float
        Estimate minus the hypothesis over the CR1S standard error.
    p_value, conf_low, conf_high : float
    n_boot : int
        Replicates used: all sign patterns where those are fewer than asked for.
    distribution : str
    """

    statistic: float
    p_value: float
    conf_low: float
    conf_high: float
    n_boot: int
    distribution: str


def wild_bootstrap(
    fit: LeastSquares,
    clusters: IntArray,
    column: int,
    *,
    null: float = 0.0,
    impose_null: bool = True,
    distribution: str | None = None,
    n_boot: int = 9999,
    seed: int = 1,
    confidence: float = 0.95,
) -> WildBootstrap:
    """Test one coefficient with few or uneven clusters.

    Parameters
    ----------
    fit : LeastSquares
    clusters : int array (n,)
        Codes 0 … G-1.
    column : int
        Which coefficient.
    null : float
        Its value under the hypothesis.
    impose_null : bool
        Residuals of the model in which the hypothesis holds (WCR, the better-tested kind); the
        interval then holds every value that the same test does not reject. Otherwise those of the
        model as fitted (WCU), and the interval is studentised.
    distribution : {"rademacher", "webb"}, optional
        Of the clusters' multipliers; without a choice Webb's six points below 12 clusters.
    n_boot, seed : int
    confidence : float

    Raises
    ------
    ModelError
        Fewer than two clusters, or an unknown distribution.

    Notes
    -----
    Cameron, Gelbach & Miller (2008), Review of Economics and Statistics 90, 414-427; Webb (2023),
    Canadian Journal of Economics 56, 839-858; MacKinnon, Nielsen & Webb (2023), Journal of
    Econometrics 232, 272-299. The p-value is two-sided, of |t|. The same in R:
    ``fwildclusterboot::boottest(lm, param, clustid, impose_null = impose_null)``.
    """
    sums = _Sums.of(fit, clusters, column)
    n_clusters = len(sums.grams)
    if n_clusters < 2:
        raise ModelError("A wild cluster bootstrap needs more than one cluster.")
    kind = distribution or ("webb" if n_clusters < FEWEST_RADEMACHER else "rademacher")
    signs = _multipliers(kind, n_clusters, n_boot, seed)
    level = 1.0 - confidence
    observed = sums.statistic(null)
    if impose_null:
        p_value = sums.p_value(null, signs)
        low, high = (_inverted(sums, signs, level, side) for side in (-1.0, 1.0))
    else:
        drawn = np.abs(sums.replicates(sums.scores, signs))
        p_value = float(np.mean(drawn >= abs(observed) * (1.0 - TIE)))
        reach = float(np.quantile(drawn, confidence)) * sums.std_error
        low, high = sums.estimate - reach, sums.estimate + reach
    return WildBootstrap(observed, p_value, low, high, len(signs), kind)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Per cluster, in the orthonormal basis Q: Grams, residual scores, and the column tested.

    ``along`` turns basis coefficients into the coefficient tested; ``moved`` is what residuals
    gain per unit that the hypothesis lies below the estimate, as scores.
    """

    grams: FloatArray
    scores: FloatArray
    moved: FloatArray
    along: FloatArray
    estimate: float
    factor: float

    @classmethod
    def of(cls, fit: LeastSquares, clusters: IntArray, column: int) -> _Sums:
        order = np.argsort(clusters, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(clusters[order]) > 0])
        basis, residuals = fit.basis[order], fit.residuals[order]
        ends = np.r_[starts[1:], order.size]
        grams = np.stack([basis[a:b].T @ basis[a:b] for a, b in zip(starts, ends, strict=True)])
        along = fit.inverse_root[column]
        # restricting the coefficient to r moves the residuals by (estimate - r) times this
        direction = along / float(along @ along)
        n, p, g = len(residuals), basis.shape[1], len(starts)
        return cls(
            grams=grams,
            scores=np.add.reduceat(basis * residuals[:, None], starts, axis=0),
            moved=grams @ direction,
            along=along,
            estimate=float(fit.coefficients[column]),
            factor=g / (g - 1) * (n - 1) / (n - p),
        )

    @property
    def std_error(self) -> float:
        """CR1S standard error of the coefficient."""
        return float(np.sqrt(self.factor * ((self.scores @ self.along) ** 2).sum()))

    def statistic(self, null: float) -> float:
        return (self.estimate - null) / self.std_error

    def replicates(self, scores: FloatArray, signs: FloatArray) -> FloatArray:
        """Return t statistics (B,) of replicates whose clusters' scores are ``signs * scores``."""
        single = scores @ self.along
        changes = signs @ scores
        own = signs * single - changes @ (self.grams @ self.along).T
        spread = np.sqrt(self.factor * (own**2).sum(axis=1))
        with np.errstate(divide="ignore", invalid="ignore"):
            found = (changes @ self.along) / spread
        return np.where(np.isfinite(found), found, 0.0)

    def p_value(self, null: float, signs: FloatArray) -> float:
        scores = self.scores + (self.estimate - null) * self.moved
        drawn = np.abs(self.replicates(scores, signs))
        return float(np.mean(drawn >= abs(self.statistic(null)) * (1.0 - TIE)))


def _multipliers(kind: str, n_clusters: int, n_boot: int, seed: int) -> FloatArray:
    """Return multipliers (B, G): all sign patterns where they are few, else drawn."""
    if kind not in DISTRIBUTIONS:
        raise ModelError("Unknown distribution.", got=repr(kind), expected=" ".join(DISTRIBUTIONS))
    generator = np.random.default_rng(seed)
    if kind == "webb":
        return np.asarray(WEBB[generator.integers(0, 6, (n_boot, n_clusters))])
    if 2**n_clusters <= min(n_boot, MOST_ENUMERATED):
        return np.array(list(product((-1.0, 1.0), repeat=n_clusters)))
    return np.asarray(generator.integers(0, 2, (n_boot, n_clusters)) * 2.0 - 1.0)


def _inverted(sums: _Sums, signs: FloatArray, level: float, side: float) -> float:
    """Return the end of the values that the test does not reject; infinite where it has none."""

    def excess(distance: float) -> float:
        return sums.p_value(sums.estimate + side * distance, signs) - level

    high = 2.0 * sums.std_error
    while excess(high) > 0.0:
        high *= 1.6
        if high > 1e3 * sums.std_error:
            return side * float("inf")
    found = optimize.bisect(excess, 0.0, high, xtol=1e-4 * sums.std_error)
    return sums.estimate + side * float(found)

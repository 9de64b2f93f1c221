"""How sure a unit's mean is: shrunk towards the unit above, and compared without false alarms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from relsurvey.disclosure.unit_tree import UnitTree

Floats = NDArray[np.float64]
LEVEL = 0.95
_Z = float(norm.ppf(0.5 + LEVEL / 2))


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """One construct of one wave.

    Attributes
    ----------
    n, mean : ndarray, shape (units,)
        People and their mean, those below included; NaN without people.
    estimate, std_error : ndarray, shape (units,)
        The mean shrunk towards that of the unit above.
    reliability : ndarray, shape (units,)
        Share of the variance of such means that lies between units, ICC(2) for a unit of this size;
        NaN at the top.
    within : ndarray, shape (units,)
        Variance of people around their unit's mean, pooled over the units of a level.
    """

    n: Floats
    mean: Floats
    estimate: Floats
    std_error: Floats
    reliability: Floats
    within: Floats

    def interval(self) -> tuple[Floats, Floats]:
        """95 % bounds of the estimates, within 0 and 100."""
        half = _Z * self.std_error
        return np.maximum(self.estimate - half, 0.0), np.minimum(self.estimate + half, 100.0)


def estimate(tree: UnitTree, unit: NDArray[np.int64], values: Floats) -> Estimates:
    """Estimate every unit's mean by empirical Bayes.

    People vary around their unit, units around the unit above; both variances are those of the
    unit's level, by the method of moments for unbalanced groups. A unit of n people gets the weight
    ``w = t / (t + s / n)`` on its own mean and the rest on the mean above; its error is that of
    both. A variance between units below 0 counts as 0.

    Parameters
    ----------
    tree : UnitTree
    unit : ndarray of int, shape (people,)
        Lowest unit of each.
    values : ndarray, shape (people,)
        Scores, NaN without one.

    References
    ----------
    Searle, S. R., Casella, G., & McCulloch, C. E. (1992). Variance Components, chapters 3 and 7.
    Bliese, P. D. (2000). In Klein & Kozlowski (Eds.), Multilevel theory, research, and methods.
    """
    known = np.isfinite(values)
    unit, values = unit[known], values[known]
    own: Floats = np.zeros((len(tree), 3))
    np.add.at(own, unit, np.column_stack([np.ones(values.size), values, values**2]))
    sums = tree.roll_up(own)
    n, total, squares = sums[:, 0], sums[:, 1], sums[:, 2]
    mean = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    spread = np.where(n > 0, squares - n * np.nan_to_num(mean) ** 2, 0.0)
    within, between = np.full(len(tree), np.nan), np.full(len(tree), np.nan)
    for level in range(int(tree.depth.max()) + 1):
        at = np.flatnonzero((tree.depth == level) & (n > 0))
        within[at] = spread[at].sum() / max(float((n[at] - 1).sum()), 1.0)
        if level:
            between[at] = _between(n[at], mean[at], tree.parent[at], n, mean, within[at])
    return _shrunk(tree, n, mean, within, between)


def _between(
    n: Floats,
    mean: Floats,
    above: NDArray[np.int64],
    n_above: Floats,
    mean_above: Floats,
    within: Floats,
) -> float:
    """Variance of units around the unit above, from the sum of squares between them."""
    groups = np.unique(above)
    squares = (n * (mean - mean_above[above]) ** 2).sum()
    expected = (n.size - groups.size) * within[0] if n.size else 0.0
    scale = n.sum() - (n**2 / n_above[above]).sum()
    return max(0.0, float((squares - expected) / scale)) if scale > 0 else 0.0


def _shrunk(tree: UnitTree, n: Floats, mean: Floats, within: Floats, between: Floats) -> Estimates:
    some = n > 0
    error = np.where(some, within / np.maximum(n, 1), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(between + error > 0, between / (between + error), 1.0)
    above = np.maximum(tree.parent, 0)
    estimate = weight * mean + (1 - weight) * mean[above]
    variance = weight**2 * error + (1 - weight) ** 2 * (between + error[above])
    top = tree.parent < 0
    estimate[top], variance[top], weight[top] = mean[top], error[top], np.nan
    return Estimates(n, mean, estimate, np.sqrt(variance), np.where(some, weight, np.nan), within)


def holm(p_values: Floats) -> Floats:
    """Adjust p-values so that the chance of any false alarm among them is held; NaN stays.

    As R's ``p.adjust(p, "holm")``; statsmodels' function collects garbage at every call, which
    takes longer than a card.
    """
    adjusted = np.full(p_values.size, np.nan)
    known = np.flatnonzero(np.isfinite(p_values))
    order = known[np.argsort(p_values[known])]
    factors = np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * p_values[order]), 1.0)
    return adjusted


def p_value(difference: Floats, std_error: Floats) -> Floats:
    """Two-sided p-value of a difference by the normal distribution."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = 2 * norm.sf(abs(difference) / std_error)
    return found

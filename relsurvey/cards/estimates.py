"""How sure a unit's mean is: shrunk towards the unit above, and compared without false alarms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from relsurvey.disclosure.unit_tree import UnitTree

Floats = NDArray[np.float64]
LEVEL = 0.95
FEWEST = 3  # units from which a variance between them is estimated
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
        NaN where it is not known, as at the top.
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


def estimate(
    tree: UnitTree,
    unit: NDArray[np.int64],
    values: Floats,
    shown: NDArray[np.bool_] | None = None,
) -> Estimates:
    """Estimate every unit's mean by empirical Bayes.

    People vary around their unit, units around the unit above; both variances are those of the
    unit's level, by the method of moments for unbalanced groups. A unit of n people gets the weight
    ``w = t / (t + s / n)`` on its own mean and the rest on the mean above; its error is that of
    both. A variance between units below 0 counts as 0. On a level of fewer than three units that
    can be compared nothing is shrunk.

    Parameters
    ----------
    tree : UnitTree
    unit : ndarray of int, shape (people,)
        Lowest unit of each.
    values : ndarray, shape (people,)
        Scores, NaN without one.
    shown : ndarray of bool, shape (units,), optional
        Units whose means may be told; default all. Both variances come from these alone: from
        others, hidden means could be worked out of intervals and reliabilities.

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
    told = n > 0 if shown is None else shown & (n > 0)
    within, between = np.full(len(tree), np.nan), np.full(len(tree), np.nan)
    latest = np.nan
    for level in range(int(tree.depth.max()) + 1):
        at = (tree.depth == level) & (n > 0)
        there = at & told
        freedom = float((n[there] - 1).sum())
        latest = spread[there].sum() / freedom if freedom >= 1 else latest
        within[at] = latest
        if level:
            compared = there & told[tree.parent]
            between[at] = _between(tree, np.flatnonzero(compared), n, mean, latest)
    return _shrunk(tree, n, mean, within, between)


def _between(
    tree: UnitTree, at: NDArray[np.int64], n: Floats, mean: Floats, within: float
) -> float:
    """Variance of units around the unit above, from the squares of some; NaN where they are few.

    With N people in the unit above and Q the sum of squares of the numbers of people of all units
    below it, n (mean − mean above)² has the expectation
    ``t n (1 − 2 n / N + Q / N²) + s (1 − n / N)``.
    """
    if at.size < FEWEST:
        return np.nan
    above = tree.parent[at]
    below = np.zeros(len(tree))
    np.add.at(below, tree.parent[1:], n[1:] ** 2)
    share = n[at] / n[above]
    squares = (n[at] * (mean[at] - mean[above]) ** 2).sum()
    scale = (n[at] * (1 - 2 * share + below[above] / n[above] ** 2)).sum()
    left = float(squares - within * (1 - share).sum())
    return max(0.0, left / float(scale)) if scale > 1e-9 else 0.0


def _shrunk(tree: UnitTree, n: Floats, mean: Floats, within: Floats, between: Floats) -> Estimates:
    some = n > 0
    error = np.where(some, within / np.maximum(n, 1), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(between + error > 0, between / (between + error), 1.0)
    unknown = np.isnan(between)
    weight[unknown] = 1.0
    between = np.where(unknown, 0.0, between)
    above = np.maximum(tree.parent, 0)
    estimate = weight * mean + (1 - weight) * mean[above]
    of_above = np.where(weight < 1, (1 - weight) ** 2 * (between + error[above]), 0.0)
    variance = weight**2 * error + of_above
    top = tree.parent < 0
    estimate[top], variance[top] = mean[top], error[top]
    weight[unknown] = np.nan  # a reliability is not known
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

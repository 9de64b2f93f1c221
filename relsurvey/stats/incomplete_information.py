"""Expected information of rows with gaps, by the moments that a model implies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.fiml_information import pattern_inverses
from relsurvey.stats.incomplete import completed, group_patterns
from relsurvey.stats.linear_model import Implied
from relsurvey.stats.pattern_products import covariance_curvature, half_product, lower, pack
from relsurvey.stats.rank_two_slopes import CellSlopes, slopes_at

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class IncompleteInformation:
    """Information of one row, as a mean over rows whose gaps differ.

    Attributes
    ----------
    covariance : ndarray, shape (p*, p*)
        By the lower triangle of Σ, row by row.
    mean : ndarray, shape (p, p)
        By μ; in expectation the two share none.
    """

    covariance: Array
    mean: Array

    def between(self, first: CellSlopes, second: CellSlopes) -> Array:
        """Information shared by every pair of cells, shape (c1, c2)."""
        places = lower(len(self.mean))
        by_first, by_second = slopes_at(first, *places), slopes_at(second, *places)
        found: Array = by_first.T @ (self.covariance @ by_second)
        found += first.mean.T @ (self.mean @ second.mean)
        return found

    def own(self, cells: CellSlopes) -> Array:
        """Diagonal of `between` of the cells with themselves, shape (c,)."""
        by_cell = slopes_at(cells, *lower(len(self.mean)))
        found: Array = np.sum(by_cell * (self.covariance @ by_cell), axis=0)
        found += np.sum(cells.mean * (self.mean @ cells.mean), axis=0)
        return found


def incomplete_information(at: Implied, values: Array) -> IncompleteInformation:
    """Sum ½ tr(AₖΣᵢAₖΣⱼ) + μᵢ′Aₖμⱼ over rows, Aₖ the inverse covariance of what a row holds.

    Parameters
    ----------
    at : Implied
        What the model implies.
    values : ndarray, shape (n, p)
        Rows; gaps are NaN.

    References
    ----------
    Savalei, V. (2010). Psychological Methods, 15, 352-367.
    R: ``lavaan::modindices(fit, information = "expected")`` of a fit with ``missing = "fiml"``.
    """
    data = group_patterns(values)
    n, p = data.values.shape
    filled = completed(data, at.covariance, at.mean)
    assert filled is not None  # the estimates imply a proper matrix
    size = p * (p + 1) // 2
    half, by_mean = np.zeros((size, size)), np.zeros((p, p))
    for patterns, inverses in pattern_inverses(data, filled.precision):
        packed, count = pack(inverses), data.count[patterns].astype(float)
        half += half_product(packed, count[:, None] * packed, count)
        by_mean += np.tensordot(count, inverses, 1)
    return IncompleteInformation(covariance_curvature(half, p) / n, by_mean / n)

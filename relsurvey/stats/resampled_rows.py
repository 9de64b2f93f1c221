"""Bootstrap samples as row numbers: single rows, or whole clusters with all their rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]


def resampled_rows(
    n_rows: int, n_boot: int, seed: int, clusters: Index | None = None
) -> Iterator[Index]:
    """Yield the rows of each bootstrap sample.

    Parameters
    ----------
    n_rows : int
        Rows to draw from.
    n_boot : int
        Samples.
    seed : int
        Of ``numpy.random.default_rng``.
    clusters : ndarray of int, shape (n_rows,), optional
        Cluster of each row: as many clusters as there are get drawn, each with all its rows, so
        samples differ in size (Field & Welsh, 2007, Journal of the Royal Statistical Society B, 69,
        369-390).
    """
    generator = np.random.default_rng(seed)
    if clusters is None:
        for _ in range(n_boot):
            yield generator.integers(0, n_rows, size=n_rows)
        return
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(clusters[order]) > 0])
    sizes = np.diff(np.r_[starts, n_rows])
    for _ in range(n_boot):
        drawn = generator.integers(0, len(starts), size=len(starts))
        lengths = sizes[drawn]
        first = np.repeat(starts[drawn] - np.r_[0, np.cumsum(lengths)[:-1]], lengths)
        yield order[first + np.arange(len(first))]

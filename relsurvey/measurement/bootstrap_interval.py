"""Intervals from bootstrap replicates, and what a caller may ask of them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def check_interval(confidence: float, n_boot: int = 0, cluster: str | None = None) -> None:
    """Raise `DataError` unless the coverage and the number of replicates make sense."""
    if not 0.0 < confidence < 1.0:
        raise DataError(
            "The confidence must lie between 0 and 1.", where="confidence", got=repr(confidence)
        )
    if n_boot < 0 or n_boot == 1:
        raise DataError(
            "The number of bootstrap replicates is 0 (none), or two and more.",
            where="n_boot",
            got=repr(n_boot),
        )
    if cluster is not None and n_boot == 0:
        raise DataError(
            "Clusters are met by a bootstrap of whole clusters, and no replicates are asked for.",
            where="cluster",
            got=str(cluster),
            expected="n_boot of 1000 or more beside it",
        )


def cluster_codes(frame: pd.DataFrame, cluster: str | None) -> IntArray | None:
    """Return the cluster of each row, -1 where there is none; None without clusters.

    Raises
    ------
    DataError
        When the column is not there, is there twice, or holds fewer than two clusters.
    """
    if cluster is None:
        return None
    if cluster not in frame.columns:
        raise DataError("The data lack the cluster column.", where="cluster", got=str(cluster))
    column = frame[cluster]
    if isinstance(column, pd.DataFrame):
        raise DataError("The data have two columns of one name.", where="cluster", got=str(cluster))
    codes, labels = pd.factorize(column)
    if len(labels) < 2:
        raise DataError(
            "A bootstrap of clusters needs two clusters or more.",
            where=f"column {cluster}",
            got=f"{len(labels)}",
        )
    return codes.astype(np.int64)


def percentile_interval(draws: FloatArray, confidence: float) -> tuple[float, float, float]:
    """Return standard error, lower and upper bound of replicates, NaN among them left out.

    The bounds are the percentiles that leave out equal tails (type 7, R's default). NaN where fewer
    than half of the replicates gave a number: what is left would not stand for the rest.
    """
    here = draws[np.isfinite(draws)]
    if len(here) < 2 or 2 * len(here) < len(draws):
        return math.nan, math.nan, math.nan
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(here, [tail, 1.0 - tail])
    return float(here.std(ddof=1)), float(low), float(high)

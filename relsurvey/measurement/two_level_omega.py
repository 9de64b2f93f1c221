"""Reliability of a scale at each level of a two-level factor model."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.measurement.cfa_solution import Solution

Array = NDArray[np.float64]


def level_omegas(within: Solution, between: Solution, sizes: Array) -> pd.DataFrame:
    """One row per factor: omega of the sum of its items at its level.

    Within: the share of true variance in deviations from the cluster mean. Between: that of cluster
    means without sampling of persons (Geldhof, G. J., Preacher, K. J., & Zyphur, M. J., 2014,
    Psychological Methods, 19, 72-91). ``omega_cluster_mean`` adds the items' variance within,
    divided by the harmonic mean of the cluster sizes, to the error: the reliability of the cluster
    means that were observed (Lai, M. H. C., 2021, Psychological Methods, 26, 90-102).
    """
    n = len(sizes) / float(np.sum(1.0 / sizes))
    inside = within.at[0].covariance
    rows: list[tuple[str, str, str, float]] = []
    for name, solution in (("within", within), ("between", between)):
        at, table = solution.at[0], solution.table
        place = {item: index for index, item in enumerate(table.items)}
        for column, factor in enumerate(table.factors):
            items = [place[item] for item in table.indicators(factor) if item in place]
            if not items:
                continue
            square = np.ix_(items, items)
            total = float(at.loadings[items, column].sum())
            true = total**2 * float(at.latent_covariance[column, column])
            whole = float(at.covariance[square].sum())
            rows.append((str(factor), name, f"omega_{name}", true / whole))
            if name == "between":
                sampled = float(inside[square].sum()) / n
                rows.append((str(factor), name, "omega_cluster_mean", true / (whole + sampled)))
    return pd.DataFrame(rows, columns=["construct", "level", "coefficient", "estimate"])

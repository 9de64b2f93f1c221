"""Where along a moderator a slope differs from zero: Johnson-Neyman regions, held to what is seen.

Testing a slope at every value of the moderator is testing many times. Following Esarey & Sumner
(2018), the tests at the values that occur are taken as a family with false discovery rate
``1 - confidence``; the p-value at which that family's last rejection lies bounds the regions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq

FloatArray = NDArray[np.float64]
GRID = 201
Slopes = Callable[[FloatArray], dict[str, FloatArray]]


def slope_regions(slopes: Slopes, values: FloatArray, confidence: float) -> pd.DataFrame:
    """Divide the observed range of a moderator by the sign that the slope's tests establish.

    Parameters
    ----------
    slopes : callable
        Takes values (r,) of the moderator, returns ``estimate`` and ``p_value`` (r,).
    values : array (n,)
        The moderator in every row.
    confidence : float
        One minus the false discovery rate.

    Returns
    -------
    DataFrame
        ``sign low high n_obs p_limit`` from the lowest value to the highest: ``sign`` is
        ``positive``, ``negative`` or ``not_established``, ``n_obs`` the rows inside, ``p_limit``
        the largest p-value that counts as a finding (0 where nothing does).

    Notes
    -----
    Johnson & Neyman (1936), Statistical Research Memoirs 1, 57-93; Esarey & Sumner (2018),
    Comparative Political Studies 51, 1144-1176; in R ``interactionTest::fdrInteraction`` for the
    family's critical value.
    """
    observed = np.unique(values)
    limit = _discovery_limit(slopes(observed)["p_value"], 1.0 - confidence)
    low, high = float(observed[0]), float(observed[-1])
    grid = np.unique(np.concatenate([observed, np.linspace(low, high, GRID)]))
    found = slopes(grid)
    state = np.where(found["p_value"] <= limit, np.sign(found["estimate"]), 0.0)
    edges, signs = [low], [state[0]]
    for at in np.flatnonzero(np.diff(state)):
        edges.append(_crossing(slopes, limit, float(grid[at]), float(grid[at + 1])))
        signs.append(state[at + 1])
    edges.append(high)
    rows = []
    for sign, left, right in zip(signs, edges[:-1], edges[1:], strict=True):
        above = values >= left if left == low else values > left
        rows.append(
            {
                "sign": {1.0: "positive", -1.0: "negative"}.get(float(sign), "not_established"),
                "low": left,
                "high": right,
                "n_obs": int((above & (values <= right)).sum()),
                "p_limit": limit,
            }
        )
    return pd.DataFrame(rows)


def _discovery_limit(p_values: FloatArray, rate: float) -> float:
    """Return the largest p-value threshold of Benjamini & Hochberg (1995); 0 if none passes."""
    ordered = np.sort(p_values)
    thresholds = rate * np.arange(1, ordered.size + 1) / ordered.size
    passed = np.flatnonzero(ordered <= thresholds)
    return float(thresholds[passed[-1]]) if passed.size else 0.0


def _crossing(slopes: Slopes, limit: float, left: float, right: float) -> float:
    def distance(value: float) -> float:
        return float(slopes(np.array([value]))["p_value"][0]) - limit

    if distance(left) * distance(right) >= 0:
        return right
    return float(brentq(distance, left, right, xtol=1e-9))

"""Paths through stages of variables, from many cross-product matrices at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise, product

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def path_coefficients(partial: FloatArray, stages: Sequence[int]) -> FloatArray:
    """Regress every variable on all variables of earlier stages.

    Parameters
    ----------
    partial : array (B, m, m)
        Cross-products of the m variables after constant and controls have been taken out.
    stages : sequence of int
        Stage of each variable, rising from 0.

    Returns
    -------
    array (B, m, m)
        Entry (b, i, j): coefficient of variable i in the regression of variable j; 0 where j's
        stage is not later than i's; NaN where the earlier ones are collinear.
    """
    stage = np.asarray(stages)
    found = np.zeros_like(partial)
    for target in range(len(stage)):
        before = np.flatnonzero(stage < stage[target])
        if not before.size:
            continue
        inner = partial[:, before[:, None], before]
        safe = np.where(np.isfinite(inner), inner, 0.0)
        conditions = np.atleast_1d(np.linalg.cond(safe))  # infinite where there was a NaN
        usable = (conditions < 1e12)[:, None]
        safe = np.where(usable[:, :, None], safe, np.eye(before.size))
        slopes = np.linalg.solve(safe, partial[:, before, target][:, :, None])[:, :, 0]
        found[:, before, target] = np.where(usable, slopes, np.nan)
    return found


def routes(stages: Sequence[int]) -> list[tuple[int, ...]]:
    """Return all ways from variable 0 to the last one, at most one variable of a stage.

    The direct way comes first, longer ways later.
    """
    last = len(stages) - 1
    middle = sorted({stage for stage in stages[1:last]})
    members = {stage: [at for at in range(1, last) if stages[at] == stage] for stage in middle}
    found: list[tuple[int, ...]] = []
    for length in range(len(middle) + 1):
        for chosen in combinations(middle, length):
            found += [(0, *steps, last) for steps in product(*(members[stage] for stage in chosen))]
    return found


def route_effects(coefficients: FloatArray, ways: Sequence[Sequence[int]]) -> FloatArray:
    """Return the product of the coefficients along each way, (B, number of ways)."""
    return np.column_stack(
        [np.prod([coefficients[:, a, b] for a, b in pairwise(way)], axis=0) for way in ways]
    )

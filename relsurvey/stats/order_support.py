"""How often draws agree with a stated order of quantities, and how often chance would."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def order_share(draws: FloatArray, tiers: Sequence[Sequence[int]]) -> float:
    """Return the share of draws in which every tier lies above the next.

    Parameters
    ----------
    draws : array (B, k)
    tiers : sequence of sequences of int
        Columns of ``draws``, from the highest tier to the lowest; inside a tier any order is free,
        columns that are not named are free altogether.
    """
    agrees = np.ones(draws.shape[0], dtype=bool)
    for above, below in pairwise(tiers):
        lowest = draws[:, list(above)].min(axis=1)
        agrees &= lowest > draws[:, list(below)].max(axis=1)
    return float(agrees.mean())


def chance_share(sizes: Sequence[int]) -> float:
    """Return the share of all orders of k quantities that agree with tiers of these sizes.

    Parameters
    ----------
    sizes : sequence of int
        Number of quantities in each tier; k is their sum.

    Notes
    -----
    ``prod(sizes!) / k!``, exact.
    """
    return prod(factorial(size) for size in sizes) / factorial(sum(sizes))

"""Mean of independent values with Student's interval."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit


def mean_interval(
    values: NDArray[np.float64], confidence: float = 0.95
) -> tuple[float, float, float]:
    """Return mean, lower and upper bound of the values that are not NaN.

    The bounds are NaN with fewer than two values, and all three with none. R: ``t.test(x)``.
    """
    here = values[np.isfinite(values)]
    if len(here) == 0:
        return math.nan, math.nan, math.nan
    mean = float(here.mean())
    if len(here) == 1:
        return mean, math.nan, math.nan
    reach = float(stdtrit(len(here) - 1, (1.0 + confidence) / 2.0))
    reach *= float(here.std(ddof=1)) / math.sqrt(len(here))
    return mean, mean - reach, mean + reach

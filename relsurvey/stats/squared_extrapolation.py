"""Fixed points of EM steps, found faster by squared extrapolation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Step = Callable[[Array], tuple[float, Array] | None]


@dataclass(frozen=True, slots=True, eq=False)
class FixedPoint:
    """Where the steps ended: ``at`` (k,), EM steps taken, whether they converged."""

    at: Array
    steps: int
    converged: bool


def fixed_point(step: Step, start: Array, *, tolerance: float, steps: int) -> FixedPoint:
    """Repeat an EM step until it moves nothing by more than ``tolerance``.

    Varadhan, R., & Roland, C. (2008). Scandinavian Journal of Statistics, 35, 335-353, scheme
    SqS3. An extrapolation that leaves the range or raises the deviance is dropped, so that the
    likelihood never falls.

    Parameters
    ----------
    step : callable
        Gives the deviance at a point and the point one EM step on, or None outside the range.
    start : ndarray, shape (k,)
        A point inside the range, in units in which ``tolerance`` makes sense.
    """
    here, taken = start, 0
    made = step(here)
    assert made is not None
    while taken < steps:
        deviance, once = made
        further = step(once)
        if further is None:
            return FixedPoint(here, taken, False)
        twice = further[1]
        taken += 2
        first, second = once - here, twice - once
        if max(np.max(np.abs(first)), np.max(np.abs(second))) < tolerance:
            return FixedPoint(twice, taken, True)
        bend = second - first
        length = float(np.linalg.norm(first)) / max(float(np.linalg.norm(bend)), 1e-300)
        jumped = None
        if length > 1.0:
            jump = here + 2.0 * length * first + length**2 * bend
            jumped = step(jump)
        if jumped is not None and jumped[0] <= deviance:
            here, made = jump, jumped
        else:
            here, made = twice, step(twice)
        if made is None:
            return FixedPoint(here, taken, False)
    return FixedPoint(here, taken, False)

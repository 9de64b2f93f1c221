"""Span of control in classes: the article's are under 20, 20 to 35, and over 35 employees."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ARTICLE_BREAKS = (20.0, 35.0)


def span_class(spans: FloatArray, breaks: Sequence[float] = ARTICLE_BREAKS) -> IntArray:
    """Return the class 0 … len(breaks) of every span.

    Parameters
    ----------
    spans : array (n,)
    breaks : sequence of float
        Rising. The lowest class lies below the first break and the highest above the last one; a
        span equal to the first break belongs to the class above it, one equal to a later break to
        the class below it: with (20, 35) both 20 and 35 are in the middle.
    """
    first, later = breaks[0], np.asarray(breaks[1:], dtype=np.float64)
    above_first = (spans >= first).astype(np.int64)
    return above_first + np.searchsorted(later, spans, side="left") * above_first


def span_labels(breaks: Sequence[float] = ARTICLE_BREAKS) -> tuple[str, ...]:
    """Return the classes' labels, for (20, 35): ``<20``, ``20-35``, ``>35``."""
    if len(breaks) == 1:
        return (f"<{breaks[0]:g}", f">={breaks[0]:g}")
    middle = [f"{breaks[0]:g}-{breaks[1]:g}"]
    middle += [f">{low:g}-{high:g}" for low, high in pairwise(breaks[1:])]
    return (f"<{breaks[0]:g}", *middle, f">{breaks[-1]:g}")


def check_breaks(breaks: Sequence[float]) -> tuple[float, ...]:
    """Return the breaks as numbers; raise a ModelError unless there are some and they rise."""
    try:
        values = tuple(float(value) for value in breaks)
    except (TypeError, ValueError):
        values = ()
    rising = all(low < high for low, high in pairwise(values))
    if not values or not rising or not np.isfinite(values).all():
        raise ModelError(
            "Breaks between classes must be rising numbers.",
            where="breaks",
            got=repr(breaks),
            expected="for example (20, 35)",
        )
    return values

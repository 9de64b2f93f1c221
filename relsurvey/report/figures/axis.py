"""A straight axis: values to coordinates, and round tick values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps ``low``–``high`` on the coordinates ``start``–``end``."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Coordinate of a value; a value outside the axis stands at its edge."""
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Whether a value lies on the axis."""
        return self.low <= value <= self.high

    def ticks(self, about: int = 5) -> list[float]:
        """Round values on the axis."""
        step = _round_step((self.high - self.low) / max(about, 1))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(i * step, 10) for i in range(first, last + 1)]

    def decimals(self, about: int = 5) -> int:
        """Decimals that tell the ticks apart."""
        step = _round_step((self.high - self.low) / max(about, 1))
        return max(0, -math.floor(math.log10(step) + 1e-9))


def span_of(values: Iterable[float], *, include: Iterable[float] = ()) -> tuple[float, float]:
    """Round bounds that hold every finite value, and those to ``include``.

    Returns
    -------
    (low, high) : tuple of float
        ``(0, 1)`` when there is nothing finite; widened where all values are as good as the same.
    """
    finite = [float(v) for v in (*values, *include) if math.isfinite(v)]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    if high - low <= 1e-9 * max(1.0, abs(low), abs(high)):
        low, high = low - 0.5, high + 0.5
    step = _round_step((high - low) / 5)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def _round_step(raw: float) -> float:
    power = 10.0 ** math.floor(math.log10(raw))
    return power * next(m for m in (1.0, 2.0, 5.0, 10.0) if raw <= m * power * (1 + 1e-9))

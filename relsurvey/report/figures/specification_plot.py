"""A specification curve: a panel per effect, its estimates in rising order with their intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from relsurvey.report.figures.axis import Axis
from relsurvey.report.figures.palette import SERIES
from relsurvey.report.figures.svg import LINE, NARROW, joined, label, line, wrapped
from relsurvey.report.figures.svg import element as svg
from relsurvey.report.numbers import Numbers

_PANEL = 120.0
_GAP = 26.0
_TICKS = 34.0


@dataclass(frozen=True, slots=True)
class CurvePanel:
    """One effect: its name, a line below it, and estimate, bounds and finding of each way."""

    name: str
    below: str
    estimate: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    significant: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class SpecificationPlot:
    """Panels over the same vertical axis."""

    panels: tuple[CurvePanel, ...]
    y_bounds: tuple[float, float]
    numbers: Numbers

    def __call__(self, width: float) -> tuple[float, Markup]:
        """Draw at a width; return the height and the body."""
        per_row = 1 if width <= NARROW else min(3, max(len(self.panels), 2))
        panel_width = (width - _GAP * (per_row - 1)) / per_row
        titles = [wrapped(panel.name, panel_width - 6) for panel in self.panels]
        head = LINE * max((len(title) for title in titles), default=1)
        height = head + _PANEL + 2 * LINE + 18
        parts = []
        for i, (panel, title) in enumerate(zip(self.panels, titles, strict=True)):
            left, top = (i % per_row) * (panel_width + _GAP), (i // per_row) * height
            parts += [
                label(left, top + 13 + j * LINE, text, class_="heading")
                for j, text in enumerate(title)
            ]
            parts += self._panel(panel, left, top + head + 12, panel_width)
        return max(math.ceil(len(self.panels) / per_row) * height - 8, 10.0), joined(parts)

    def _panel(self, panel: CurvePanel, left: float, top: float, width: float) -> list[Markup]:
        start, end = left + _TICKS, left + width - 6
        y = Axis(*self.y_bounds, top + _PANEL, top)
        parts = []
        for tick in y.ticks(5):
            parts.append(line(start, y.at(tick), end, y.at(tick), class_="grid"))
            text = self.numbers.decimal(tick, y.decimals(5))
            parts.append(label(start - 5, y.at(tick) + 4, text, class_="tick", anchor="end"))
        if y.holds(0.0):
            parts.append(line(start, y.at(0.0), end, y.at(0.0), class_="reference"))
        n = len(panel.estimate)
        for at in range(n):
            x = start + (at + 0.5) / n * (end - start)
            colour = SERIES[0] if panel.significant[at] else SERIES[1]
            ends = {"y1": y.at(panel.low[at]), "y2": y.at(panel.high[at])}
            parts.append(
                svg("line", x1=x, x2=x, **ends, stroke=colour, stroke_width=1.2, opacity=0.55)
            )
            middle = y.at(panel.estimate[at])
            if panel.significant[at]:
                parts.append(svg("circle", cx=x, cy=middle, r=2.6, fill=colour))
            else:
                parts.append(svg("circle", cx=x, cy=middle, r=2.4, fill="none", stroke=colour))
        parts.append(label(start, top + _PANEL + 18, panel.below, class_="axis-name"))
        return parts

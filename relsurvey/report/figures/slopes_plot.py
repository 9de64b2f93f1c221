"""How an effect changes along a moderator: a small panel per effect, a line with its band."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from relsurvey.report.figures.axis import Axis
from relsurvey.report.figures.palette import SERIES
from relsurvey.report.figures.svg import LINE, NARROW, joined, label, line, rectangle, wrapped
from relsurvey.report.figures.svg import element as svg
from relsurvey.report.numbers import Numbers

_PANEL = 132.0
_GAP = 26.0
_TICKS = 34.0


@dataclass(frozen=True, slots=True)
class SlopePanel:
    """One effect: its name, the moderator's values, and estimate and bounds at each of them.

    ``clear`` holds the stretches of the moderator in which the effect is established.
    """

    name: str
    at: tuple[float, ...]
    estimate: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    clear: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class SlopesPlot:
    """Panels over the same two axes, so that they can be compared."""

    panels: tuple[SlopePanel, ...]
    x_bounds: tuple[float, float]
    y_bounds: tuple[float, float]
    x_name: str
    numbers: Numbers

    def __call__(self, width: float) -> tuple[float, Markup]:
        """Draw at a width; return the height and the body."""
        per_row = 1 if width <= NARROW else min(3, max(len(self.panels), 2))
        panel_width = (width - _GAP * (per_row - 1)) / per_row
        titles = [wrapped(panel.name, panel_width - 6) for panel in self.panels]
        head = LINE * max((len(title) for title in titles), default=1)
        height = head + _PANEL + 2 * LINE + 28
        parts = []
        for i, (panel, title) in enumerate(zip(self.panels, titles, strict=True)):
            left = (i % per_row) * (panel_width + _GAP)
            top = (i // per_row) * height
            parts.append(self._panel(panel, title, left, top, panel_width, head))
        n_rows = math.ceil(len(self.panels) / per_row)
        return max(n_rows * height - 8, 10.0), joined(parts)

    def _panel(
        self,
        panel: SlopePanel,
        title: list[str],
        left: float,
        top: float,
        width: float,
        head: float,
    ) -> Markup:
        plot_top = top + head + 12
        x = Axis(*self.x_bounds, left + _TICKS, left + width - 6)
        y = Axis(*self.y_bounds, plot_top + _PANEL, plot_top)
        parts = [
            label(left, top + 13 + i * LINE, content, class_="heading")
            for i, content in enumerate(title)
        ]
        parts += self._frame(x, y)
        parts.append(label(x.start, plot_top + _PANEL + 33, self.x_name, class_="axis-name"))
        for low, high in panel.clear:
            left_end, right_end = x.at(low), x.at(high)
            parts.append(rectangle(left_end, y.start - 5, right_end - left_end, 5, SERIES[0]))
        return joined(parts + _curve(panel, x, y))

    def _frame(self, x: Axis, y: Axis) -> list[Markup]:
        parts = []
        for tick in y.ticks(5):
            parts.append(line(x.start, y.at(tick), x.end, y.at(tick), class_="grid"))
            text = self.numbers.decimal(tick, y.decimals(5))
            parts.append(label(x.start - 5, y.at(tick) + 4, text, class_="tick", anchor="end"))
        for tick in x.ticks(5):
            parts.append(line(x.at(tick), y.start, x.at(tick), y.start + 4, class_="grid"))
            text = self.numbers.decimal(tick, x.decimals(5))
            parts.append(label(x.at(tick), y.start + 17, text, class_="tick", anchor="middle"))
        if y.holds(0.0):
            parts.append(line(x.start, y.at(0.0), x.end, y.at(0.0), class_="reference"))
        return parts


def _curve(panel: SlopePanel, x: Axis, y: Axis) -> list[Markup]:
    rows = [
        row
        for row in zip(panel.at, panel.estimate, panel.low, panel.high, strict=True)
        if all(math.isfinite(value) for value in row)
    ]
    if len(rows) < 2:
        return []
    upper = [(x.at(at), y.at(high)) for at, _, _, high in rows]
    lower = [(x.at(at), y.at(low)) for at, _, low, _ in reversed(rows)]
    middle = [(x.at(at), y.at(estimate)) for at, estimate, _, _ in rows]
    return [
        svg("polygon", points=_points(upper + lower), fill=SERIES[0], fill_opacity=0.18),
        svg("polyline", points=_points(middle), fill="none", stroke=SERIES[0], stroke_width=2.4),
    ]


def _points(pairs: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)

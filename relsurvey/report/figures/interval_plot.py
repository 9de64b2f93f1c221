"""Points with intervals: scores, coefficients, shares; one row per thing, one mark per series."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from relsurvey.report.figures.axis import Axis
from relsurvey.report.figures.palette import SERIES
from relsurvey.report.figures.svg import LINE, NARROW, joined, label, line, marker, wrapped
from relsurvey.report.figures.svg import element as svg
from relsurvey.report.numbers import Numbers

_LABELS = 222.0
_MARK = 24.0
_GAP = 10.0
HEAD_GAP = 8.0
LABEL_GAP = 4.0


@dataclass(frozen=True, slots=True)
class Mark:
    """An estimate with its interval, and the text that states both; NaN leaves the place empty."""

    estimate: float
    low: float
    high: float
    text: str
    series: int = 0


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """A row: its name and its marks. A row without marks is a heading for those below."""

    name: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class IntervalPlot:
    """Rows over one axis.

    ``reference`` is a value with a line of its own (zero for coefficients); ``digits`` the
    decimals of the tick labels, found from the axis when None; ``value_width`` the room for texts.
    """

    rows: tuple[IntervalRow, ...]
    low: float
    high: float
    axis_name: str
    numbers: Numbers
    reference: float | None = None
    value_width: float = 128.0

    def __call__(self, width: float) -> tuple[float, Markup]:
        """Draw at a width; return the height and the body."""
        narrow = width <= NARROW
        start = 16.0 if narrow else _LABELS + 10.0
        axis = Axis(self.low, self.high, start, width - self.value_width - 12.0)
        y, body = 6.0, []
        for row in self.rows:
            y, parts = _row(row, axis, y, width, narrow)
            body += parts
        return y + 2 * LINE + 8.0, self._frame(axis, y) + joined(body)

    def _frame(self, axis: Axis, bottom: float) -> Markup:
        about = 5 if axis.end - axis.start > 250 else 3
        digits = axis.decimals(about)
        parts = []
        for tick in axis.ticks(about):
            parts.append(line(axis.at(tick), 4, axis.at(tick), bottom, class_="grid"))
            text = self.numbers.decimal(tick, digits)
            parts.append(label(axis.at(tick), bottom + 15, text, class_="tick", anchor="middle"))
        if self.reference is not None and axis.holds(self.reference):
            x = axis.at(self.reference)
            parts.append(line(x, 2, x, bottom + 2, class_="reference"))
        parts.append(label(axis.start, bottom + LINE + 15, self.axis_name, class_="axis-name"))
        return joined(parts)


def _row(
    row: IntervalRow, axis: Axis, top: float, width: float, narrow: bool
) -> tuple[float, list[Markup]]:
    heading = not row.marks
    top += HEAD_GAP if heading else LABEL_GAP if narrow else 0.0
    lines = wrapped(row.name, width - 8 if narrow or heading else _LABELS)
    style = "heading" if heading else "label"
    text_height = LINE * len(lines)
    marks_height = _MARK * len(row.marks)
    if narrow or heading:
        marks_top, height = top + text_height + 4, text_height + marks_height + _GAP
        text_top = top
    else:
        height = max(text_height, marks_height) + _GAP
        marks_top = top + (height - marks_height) / 2
        text_top = top + (height - text_height) / 2
    parts = [
        label(0, text_top + 13 + i * LINE, content, class_=style) for i, content in enumerate(lines)
    ]
    for i, mark in enumerate(row.marks):
        parts += _mark(mark, axis, marks_top + (i + 0.5) * _MARK, width)
    if row.marks:
        parts.append(line(0, top + height, width, top + height, class_="rule"))
    return top + height, parts


def _mark(mark: Mark, axis: Axis, y: float, width: float) -> list[Markup]:
    parts = [label(width - 2, y + 4.5, mark.text, class_="value", anchor="end")]
    if not math.isfinite(mark.estimate):
        return parts
    colour = SERIES[mark.series % len(SERIES)]
    if math.isfinite(mark.low) and math.isfinite(mark.high):
        parts += _interval(mark, axis, y, colour)
    if axis.holds(mark.estimate):
        parts.append(marker(mark.series, axis.at(mark.estimate), y, colour))
    return parts


def _interval(mark: Mark, axis: Axis, y: float, colour: str) -> list[Markup]:
    left, right = axis.at(mark.low), axis.at(mark.high)
    parts = [svg("line", x1=left, y1=y, x2=right, y2=y, stroke=colour, stroke_width=2.4)]
    for x, value, outward in ((left, mark.low, -1.0), (right, mark.high, 1.0)):
        if axis.holds(value):
            parts.append(
                svg("line", x1=x, y1=y - 6, x2=x, y2=y + 6, stroke=colour, stroke_width=1.6)
            )
        else:
            tip = x + 6 * outward
            points = f"{tip:.2f},{y:.2f} {x:.2f},{y - 5:.2f} {x:.2f},{y + 5:.2f}"
            parts.append(svg("polygon", points=points, fill=colour))
    return parts

"""Distributions of answers as stacked bars that part at the middle of the response scale."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from relsurvey.report.figures.axis import Axis
from relsurvey.report.figures.palette import diverging, ink_on
from relsurvey.report.figures.svg import LINE, NARROW, joined, label, line, rectangle, wrapped
from relsurvey.report.figures.svg import element as svg
from relsurvey.report.numbers import Numbers

_LABELS = 222.0
_BAR = 24.0
_ROOM_PER_CHARACTER = 7.0


@dataclass(frozen=True, slots=True)
class BarRow:
    """A name and the share of each answer category, lowest first; no shares where none answered."""

    name: str
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DivergingBars:
    """Rows of stacked bars; low answers go left of the middle, high answers right.

    With an odd number of categories the middle one stands half on each side.
    """

    rows: tuple[BarRow, ...]
    numbers: Numbers
    nothing: str

    def __call__(self, width: float) -> tuple[float, Markup]:
        """Draw at a width; return the height and the body."""
        narrow = width <= NARROW
        start = 2.0 if narrow else _LABELS + 10.0
        sides = [left_and_right(row.shares) for row in self.rows if row.shares]
        left = max((side[0] for side in sides), default=0.5)
        right = max((side[1] for side in sides), default=0.5)
        axis = Axis(-left, right, start, width - 2.0)
        y, body = 4.0, []
        for row in self.rows:
            y, parts = self._row(row, axis, y, narrow)
            body += parts
        middle = line(axis.at(0.0), 2.0, axis.at(0.0), y, class_="reference")
        return y + 2.0, middle + joined(body)

    def _row(self, row: BarRow, axis: Axis, top: float, narrow: bool) -> tuple[float, list[Markup]]:
        lines = wrapped(row.name, axis.end if narrow else _LABELS)
        text_height = LINE * len(lines)
        height = (text_height + _BAR + 6 if narrow else max(text_height, _BAR)) + 8
        text_top = top if narrow else top + (height - text_height) / 2
        bar_top = top + text_height + 4 if narrow else top + (height - _BAR) / 2
        parts = [label(0, text_top + 13 + i * LINE, content) for i, content in enumerate(lines)]
        if not row.shares:
            parts.append(label(axis.start, bar_top + 16, self.nothing, class_="value"))
        return top + height, parts + self._bar(row.shares, axis, bar_top)

    def _bar(self, shares: tuple[float, ...], axis: Axis, top: float) -> list[Markup]:
        parts: list[Markup] = []
        at = -left_and_right(shares)[0] if shares else 0.0
        for share, fill in zip(shares, diverging(len(shares)), strict=True):
            x, width = axis.at(at), axis.at(at + share) - axis.at(at)
            parts.append(rectangle(x, top, width, _BAR, fill))
            text = self.numbers.percent(share)
            if width > _ROOM_PER_CHARACTER * len(text) + 4:
                parts.append(
                    svg(
                        "text",
                        text,
                        x=x + width / 2,
                        y=top + 16.5,
                        class_="inside",
                        text_anchor="middle",
                        style=f"fill:{ink_on(fill)}",
                    )
                )
            at += share
        return parts


def left_and_right(shares: tuple[float, ...]) -> tuple[float, float]:
    """Share left and right of the middle of the response scale."""
    half = len(shares) // 2
    centre = shares[half] / 2 if len(shares) % 2 else 0.0
    return sum(shares[:half]) + centre, sum(shares[-half:] if half else ()) + centre

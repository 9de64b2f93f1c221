"""Score against weight: a numbered point for each theme, with both intervals as a cross."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from relsurvey.report.figures.axis import Axis, span_of
from relsurvey.report.figures.palette import SERIES
from relsurvey.report.figures.svg import LINE, NARROW, element, joined, label, line
from relsurvey.report.numbers import Numbers

_LEFT = 52.0
_TOP = 26.0
_RADIUS = 9.5


@dataclass(frozen=True, slots=True)
class Place:
    """A theme: its number and its score and weight, each with an interval."""

    number: int
    score: tuple[float, float, float]
    weight: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class PriorityMap:
    """Places over two axes: scores from 0 to 100, weights from 0 as shares."""

    places: tuple[Place, ...]
    score_name: str
    weight_name: str
    numbers: Numbers

    def __call__(self, width: float) -> tuple[float, Markup]:
        """Draw at a width; return the height and the body."""
        height = width * (0.9 if width <= NARROW else 0.5)
        x = Axis(0.0, 100.0, _LEFT, width - 14.0)
        _, most = span_of([one.weight[2] for one in self.places], include=(0.0,))
        y = Axis(0.0, most, height, _TOP + 10.0)
        body = [*self._frame(x, y)]
        for one in self.places:
            body += _cross(one, x, y)
        for one in self.places:
            body += _point(one, x, y)
        return height + 2 * LINE + 10.0, joined(body)

    def _frame(self, x: Axis, y: Axis) -> list[Markup]:
        parts = [label(0, 14, self.weight_name, class_="axis-name")]
        for tick in x.ticks(5):
            at = x.at(tick)
            parts.append(line(at, y.end, at, y.start, class_="grid"))
            text = self.numbers.decimal(tick, 0)
            parts.append(label(at, y.start + 16, text, class_="tick", anchor="middle"))
        for tick in y.ticks(4):
            at = y.at(tick)
            parts.append(line(x.start, at, x.end, at, class_="grid"))
            text = self.numbers.percent(tick)
            parts.append(label(x.start - 8, at + 4, text, class_="tick", anchor="end"))
        parts.append(label(x.start, y.start + LINE + 17, self.score_name, class_="axis-name"))
        return parts


def _cross(one: Place, x: Axis, y: Axis) -> list[Markup]:
    (score, *across), (weight, *upward) = one.score, one.weight
    style: dict[str, str | float] = {
        "stroke": SERIES[0],
        "stroke_width": 1.6,
        "stroke_opacity": 0.45,
    }
    left, right = (x.at(end) for end in across)
    low, high = (y.at(end) for end in upward)
    return [
        element("line", x1=left, y1=y.at(weight), x2=right, y2=y.at(weight), **style),
        element("line", x1=x.at(score), y1=low, x2=x.at(score), y2=high, **style),
    ]


def _point(one: Place, x: Axis, y: Axis) -> list[Markup]:
    across, up = x.at(one.score[0]), y.at(one.weight[0])
    return [
        element(
            "circle", cx=across, cy=up, r=_RADIUS, fill=SERIES[0], stroke="#ffffff", stroke_width=1
        ),
        element(
            "text",
            str(one.number),
            x=across,
            y=up + 4.5,
            text_anchor="middle",
            style="fill:#ffffff;font-weight:650",
        ),
    ]

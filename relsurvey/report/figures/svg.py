"""The few SVG elements that the figures draw with; every text is escaped."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from markupsafe import Markup, escape

WIDE = 720.0
NARROW = 340.0
LINE = 17.0
_CHARACTER = 7.4

Drawing = Callable[[float], tuple[float, Markup]]


def element(name: str, content: str | Markup = "", /, **attributes: str | float) -> Markup:
    """Return one SVG element; ``class_`` becomes ``class``, ``stroke_width`` ``stroke-width``."""
    pairs = " ".join(
        f'{key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    return Markup(f"<{name} {pairs}>{escape(content)}</{name}>")


def label(
    x: float, y: float, content: str, *, class_: str = "label", anchor: str = "start"
) -> Markup:
    """Return a line of text whose baseline starts, centres or ends at (x, y)."""
    return element("text", content, x=x, y=y, class_=class_, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, *, class_: str) -> Markup:
    """Return a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def rectangle(x: float, y: float, width: float, height: float, fill: str) -> Markup:
    """Return a filled rectangle; a width below zero becomes zero."""
    return element("rect", x=x, y=y, width=max(width, 0.0), height=height, fill=fill)


def marker(shape: int, x: float, y: float, fill: str, radius: float = 4.4) -> Markup:
    """Return a point: circle, square, diamond or triangle, so that colour is never alone."""
    r = radius
    if shape % 4 == 0:
        return element("circle", cx=x, cy=y, r=r, fill=fill)
    if shape % 4 == 1:
        return rectangle(x - r + 0.5, y - r + 0.5, 2 * r - 1, 2 * r - 1, fill)
    corners = [(0.0, -r - 1.5), (r + 1.5, 0.0), (0.0, r + 1.5), (-r - 1.5, 0.0)]
    if shape % 4 == 3:
        corners = [(0.0, -r - 1.0), (r + 1.0, r), (-r - 1.0, r)]
    points = " ".join(f"{_value(x + dx)},{_value(y + dy)}" for dx, dy in corners)
    return element("polygon", points=points, fill=fill)


def swatch(content: Markup) -> Markup:
    """Return a small drawing for a legend, hidden from screen readers."""
    return element(
        "svg",
        content,
        class_="swatch",
        viewBox="0 0 16 16",
        width=16,
        height=16,
        aria_hidden="true",
    )


def wrapped(content: str, width: float) -> list[str]:
    """Break a label into lines that fit a width, cutting words only where one alone is too long."""
    characters = max(int(width / _CHARACTER), 4)
    return textwrap.wrap(content, characters, break_long_words=True) or [""]


def joined(parts: list[Markup]) -> Markup:
    """Put elements one after the other."""
    return Markup("").join(parts)


def drawn(name: str, title: str, description: str, draw: Drawing, width: float) -> Markup:
    """Return a whole SVG image with its text alternative.

    ``draw`` gets the width in user units and returns the height and the body.
    """
    height, body = draw(width)
    head = element("title", title, id=f"{name}-title") + element(
        "desc", description, id=f"{name}-desc"
    )
    return element(
        "svg",
        head + body,
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_="drawing",
    )


def both_widths(name: str, title: str, description: str, draw: Drawing) -> tuple[Markup, Markup]:
    """Return the drawing for a desktop or paper, and the one for a phone."""
    return (
        drawn(f"{name}-wide", title, description, draw, WIDE),
        drawn(f"{name}-narrow", title, description, draw, NARROW),
    )


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return str(escape(value))
    return f"{value:.2f}".rstrip("0").rstrip(".")

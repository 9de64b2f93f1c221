"""What a page is made of: chapters of parts, plain frozen data that the template lays out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph of plain sentences."""

    kind: ClassVar[str] = "text"
    sentences: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences; ``language`` is given where it is not the page's."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Sentences under what they are about: pairs of a name and the sentences on it."""

    kind: ClassVar[str] = "grouped"
    groups: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A framed remark; ``caution`` is for limits and for what could not be shown."""

    kind: ClassVar[str] = "note"
    tone: Literal["plain", "caution", "finding"]
    title: str
    sentences: tuple[str, ...]
    bullets: tuple[str, ...] = ()
    groups: Grouped | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """One number of the first screen with what it counts."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Tiles:
    """The numbers of the first screen."""

    kind: ClassVar[str] = "tiles"
    items: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a table column; numbers stand to the right."""

    head: str
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with a background or a link: ``fill`` and ``ink`` are legible together."""

    text: str
    fill: str = ""
    ink: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of each row is the row's head."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One sign of a figure and what it means."""

    swatch: Markup
    label: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in two widths, with its caption, legend and the numbers it was drawn from."""

    kind: ClassVar[str] = "figure"
    id: str
    caption: str
    wide: Markup
    narrow: Markup
    legend: tuple[LegendEntry, ...] = ()
    numbers: Table | None = None


@dataclass(frozen=True, slots=True)
class More:
    """Technical detail that opens on demand, and always in print."""

    kind: ClassVar[str] = "more"
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a chapter."""

    kind: ClassVar[str] = "heading"
    text: str


Part = Text | Bullets | Grouped | Note | Tiles | Table | Figure | More | Heading


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: what it shows and how to read it, then its parts."""

    id: str
    number: int
    title: str
    lead: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page; ``eyebrow`` stands above the title, ``byline`` below it, ``footer`` last."""

    language: str
    title: str
    eyebrow: str
    byline: str
    footer: str
    chapters: tuple[Chapter, ...]

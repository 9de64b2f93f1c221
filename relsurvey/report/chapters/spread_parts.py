"""Parts on how the answers spread over the categories, per theme and per question."""

from __future__ import annotations

from collections.abc import Mapping

from relsurvey.instrument.construct import Construct
from relsurvey.instrument.response_scale import ResponseScale
from relsurvey.report.answer_shares import construct_shares, item_shares
from relsurvey.report.desk import Desk
from relsurvey.report.figures.diverging_bars import BarRow, DivergingBars
from relsurvey.report.figures.palette import diverging
from relsurvey.report.figures.svg import both_widths, rectangle, swatch
from relsurvey.report.page import (
    Column,
    Figure,
    Heading,
    LegendEntry,
    More,
    Part,
    Table,
    Text,
)

Shares = Mapping[str, tuple[float, ...]]


def spread_parts(desk: Desk, constructs: tuple[Construct, ...]) -> list[Part]:
    """Return, for each response scale in use, a figure of its constructs and one per question.

    Parameters
    ----------
    desk : Desk
    constructs : tuple of Construct
        In the order in which they are shown.
    """
    words = desk.words
    parts: list[Part] = [Heading(words("scores.spread_title"))]
    parts.append(Text(words.lines("scores.spread_text")))
    for position, scale in enumerate(desk.contents.instrument.response_scales):
        found = construct_shares(desk.contents, scale)
        shown = tuple(construct for construct in constructs if construct.id in found)
        if shown:
            shares = {desk.names.construct(c.id): found[c.id] for c in shown}
            caption = words("scores.spread_caption")
            parts.append(_bars(desk, f"spread-{position}", caption, scale, shares))
            parts.append(_questions(desk, position, scale, shown))
    return parts


def _questions(
    desk: Desk, position: int, scale: ResponseScale, constructs: tuple[Construct, ...]
) -> More:
    words, contents = desk.words, desk.contents
    found = item_shares(contents, scale)
    parts: list[Part] = [Text(words.lines("scores.items"))]
    for number, construct in enumerate(constructs):
        items = contents.instrument.items_of(construct.id, contents.form)
        shares = {desk.names.item(i.id): found[i.id] for i in items if i.id in found}
        caption = words("scores.items_caption", theme=desk.names.construct(construct.id))
        parts.append(_bars(desk, f"items-{position}-{number}", caption, scale, shares))
    return More(words("scores.items_more"), tuple(parts))


def _bars(desk: Desk, name: str, caption: str, scale: ResponseScale, shares: Shares) -> Figure:
    words, numbers = desk.words, desk.numbers
    categories = tuple(desk.names.text(option.label) for option in scale.options)
    rows = tuple(BarRow(called, values) for called, values in shares.items())
    drawing = DivergingBars(rows, numbers, words("scores.too_few"))
    wide, narrow = both_widths(name, caption, words("scores.spread_described"), drawing)
    legend = tuple(
        LegendEntry(swatch(rectangle(1, 1, 14, 14, fill)), category)
        for fill, category in zip(diverging(len(categories)), categories, strict=True)
    )
    columns = (Column(words("scores.construct"), numeric=False), *map(Column, categories))
    nothing = (float("nan"),) * len(categories)
    cells = tuple(
        (called, *(numbers.percent(value, 1) for value in values or nothing))
        for called, values in shares.items()
    )
    table = Table(caption, columns, cells)
    return Figure(f"{name}-figure", caption, wide, narrow, legend, table)

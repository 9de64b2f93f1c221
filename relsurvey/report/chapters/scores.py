"""Chapter: the scores."""

from __future__ import annotations

from relsurvey.instrument.construct import Construct
from relsurvey.report.answer_shares import construct_shares, item_shares
from relsurvey.report.desk import Desk
from relsurvey.report.figures.diverging_bars import BarRow, DivergingBars
from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow, Mark
from relsurvey.report.figures.palette import diverging
from relsurvey.report.figures.svg import both_widths, rectangle, swatch
from relsurvey.report.interval_figure import interval_figure
from relsurvey.report.page import (
    Chapter,
    Column,
    Figure,
    Heading,
    LegendEntry,
    More,
    Part,
    Table,
    Text,
)
from relsurvey.report.score_means import ScoreMean, score_means

A_SHEET = 24  # rows that fit on a printed page
ROLES = ("dimension", "proximity", "outcome", "marker", "other")


def scores(desk: Desk, number: int) -> Chapter:
    """Write the chapter on means with intervals and on how the answers spread."""
    words = desk.words
    means = score_means(desk.contents)
    parts: list[Part] = [_means_figure(desk, means), *_spread(desk), _defined(desk)]
    n_hidden = sum(mean.hidden for mean in means)
    if n_hidden:
        parts.insert(0, Text((words.counted("scores.hidden", n_hidden, min_n=_min_n(desk)),)))
    return Chapter(
        "scores", number, words("scores.title"), words.lines("scores.lead"), tuple(parts)
    )


def _min_n(desk: Desk) -> str:
    return desk.numbers.whole(desk.contents.min_n)


def grouped(desk: Desk) -> list[tuple[str, tuple[Construct, ...]]]:
    """Return (name of the role, its constructs), in a fixed order of roles."""
    instrument, form = desk.contents.instrument, desk.contents.form
    groups = [
        (desk.words(f"role.{role}"), instrument.constructs_in(form, (role,))) for role in ROLES
    ]
    return [(name, constructs) for name, constructs in groups if constructs]


def _means_figure(desk: Desk, means: list[ScoreMean]) -> Figure:
    words, numbers = desk.words, desk.numbers
    by_id = {mean.construct: mean for mean in means}
    rows: list[IntervalRow] = []
    for role, constructs in grouped(desk):
        rows.append(IntervalRow(role))
        for construct in constructs:
            mean = by_id[construct.id]
            text = numbers.decimal(mean.estimate, 1)
            if not mean.hidden:
                text += f" ({numbers.interval(mean.low, mean.high, 1)})"
            mark = Mark(mean.estimate, mean.low, mean.high, text)
            rows.append(IntervalRow(desk.names.construct(construct.id), (mark,)))
    plot = IntervalPlot(tuple(rows), 0.0, 100.0, words("scores.axis"), numbers, value_width=142.0)
    caption, described = words("scores.means_caption"), words("scores.means_described")
    table = _means_table(desk, means)
    return interval_figure("scores-means", caption, described, plot, numbers=table)


def _means_table(desk: Desk, means: list[ScoreMean]) -> Table:
    words, numbers = desk.words, desk.numbers
    rows = tuple(
        (
            desk.names.construct(mean.construct),
            numbers.decimal(mean.estimate, 1),
            numbers.interval(mean.low, mean.high, 1),
            numbers.decimal(mean.spread, 1),
            numbers.whole(mean.n),
        )
        for mean in means
    )
    heads = ("construct", "mean", "interval", "spread", "n")
    columns = tuple(Column(words(f"scores.{head}"), numeric=head != "construct") for head in heads)
    return Table(words("scores.means_table"), columns, rows)


def _spread(desk: Desk) -> list[Part]:
    words = desk.words
    parts: list[Part] = [
        Heading(words("scores.spread_title")),
        Text(words.lines("scores.spread_text")),
    ]
    for position, scale in enumerate(desk.contents.instrument.response_scales):
        names = tuple(desk.names.text(option.label) for option in scale.options)
        found = construct_shares(desk.contents, scale)
        order = [construct.id for _, group in grouped(desk) for construct in group]
        by_construct = {name: found[name] for name in order if name in found}
        if not by_construct:
            continue
        caption = words("scores.spread_caption")
        parts.append(_bars(desk, f"spread-{position}", caption, by_construct, names))
        caption = words("scores.items_caption")
        bars = _bars(desk, f"items-{position}", caption, item_shares(desk.contents, scale), names)
        parts.append(More(words("scores.items_more"), (Text(words.lines("scores.items")), bars)))
    return parts


def _bars(
    desk: Desk,
    name: str,
    caption: str,
    shares: dict[str, tuple[float, ...]],
    categories: tuple[str, ...],
) -> Figure:
    words, numbers = desk.words, desk.numbers
    called = {
        key: desk.names.construct(key) if desk.names.is_construct(key) else desk.names.item(key)
        for key in shares
    }
    rows = tuple(BarRow(called[key], values) for key, values in shares.items())
    drawing = DivergingBars(rows, numbers, words("scores.too_few"))
    wide, narrow = both_widths(name, caption, words("scores.spread_described"), drawing)
    legend = tuple(
        LegendEntry(swatch(rectangle(1, 1, 14, 14, fill)), category)
        for fill, category in zip(diverging(len(categories)), categories, strict=True)
    )
    columns = (Column(words("scores.construct"), numeric=False), *map(Column, categories))
    cells = tuple(
        (called[key], *(numbers.percent(v, 1) for v in values or (float("nan"),) * len(categories)))
        for key, values in shares.items()
    )
    table = Table(caption, columns, cells)
    tall = len(rows) > A_SHEET
    return Figure(f"{name}-figure", caption, wide, narrow, legend, table, tall)


def _defined(desk: Desk) -> More:
    words, contents = desk.words, desk.contents
    rows = tuple(
        (
            desk.names.construct(construct.id),
            desk.names.definition(construct.id),
            desk.numbers.whole(len(contents.instrument.items_of(construct.id, contents.form))),
        )
        for construct in contents.instrument.constructs_in(contents.form)
    )
    columns = (
        Column(words("scores.construct"), numeric=False),
        Column(words("scores.definition"), numeric=False),
        Column(words("scores.n_items")),
    )
    table = Table(words("scores.defined_caption"), columns, rows)
    return More(words("scores.defined_more"), (table,))

"""Chapter: the scores."""

from __future__ import annotations

from relsurvey.instrument.construct import Construct
from relsurvey.report.chapters.spread_parts import spread_parts
from relsurvey.report.desk import Desk
from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow, Mark
from relsurvey.report.interval_figure import interval_figure
from relsurvey.report.page import (
    Chapter,
    Column,
    Figure,
    More,
    Part,
    Table,
    Text,
)
from relsurvey.report.score_means import ScoreMean, score_means

ROLES = ("dimension", "proximity", "outcome", "marker", "other")


def scores(desk: Desk, number: int) -> Chapter:
    """Write the chapter on means with intervals and on how the answers spread."""
    words = desk.words
    means = score_means(desk.contents)
    spread = spread_parts(desk, tuple(c for _, group in grouped(desk) for c in group))
    parts: list[Part] = [_means_figure(desk, means), *spread, _defined(desk)]
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

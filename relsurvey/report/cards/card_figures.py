"""The figures of a card: scores with their intervals, and how the answers spread."""

from __future__ import annotations

from relsurvey.report.cards.card_desk import CardDesk
from relsurvey.report.figures.diverging_bars import BarRow, DivergingBars
from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow, Mark
from relsurvey.report.figures.palette import diverging
from relsurvey.report.figures.svg import both_widths, rectangle, swatch
from relsurvey.report.interval_figure import interval_figure
from relsurvey.report.page import Figure, LegendEntry, Part


def score_figure(desk: CardDesk, unit: str) -> Figure:
    """Draw every theme's score with its interval."""
    words = desk.words
    rows = []
    for construct in desk.constructs:
        row = desk.shown(unit, construct, "~shrunk")
        if row is None:
            rows.append(IntervalRow(f"{desk.names.construct(construct)} ({words('cards.hidden')})"))
            continue
        low, high = float(row["conf_low"]), float(row["conf_high"])
        text = f"{desk.number(row['score'])} ({words.numbers.interval(low, high, 0)})"
        mark = Mark(float(row["score"]), low, high, text)
        rows.append(IntervalRow(desk.names.construct(construct), (mark,)))
    plot = IntervalPlot(tuple(rows), 0.0, 100.0, words("cards.score"), words.numbers)
    caption, described = words("cards.forms_figure"), words("cards.forms_described")
    return interval_figure("scores-plot", caption, described, plot)


def spread_figure(desk: CardDesk, unit: str) -> list[Part]:
    """Draw shares of answers, one figure for each response scale."""
    words, instrument = desk.words, desk.cards.instrument
    parts: list[Part] = []
    for position, scale in enumerate(instrument.response_scales):
        rows = []
        for construct in desk.constructs:
            if instrument.construct(construct).response_scale != scale.id:
                continue
            codes = desk.cards.organisation.waves[-1].codes[construct]
            found = [desk.shown(unit, f"{construct}={code:g}") for code in codes]
            known = [float(one["score"]) for one in found if one is not None]
            total = sum(known)
            shares = tuple(one / total for one in known) if len(known) == len(codes) else ()
            rows.append(BarRow(desk.names.construct(construct), shares))
        if not any(row.shares for row in rows):
            continue
        caption = words("cards.spread_caption")
        drawing = DivergingBars(tuple(rows), words.numbers, words("cards.hidden"))
        wide, narrow = both_widths(
            f"spread-{position}", caption, words("scores.spread_described"), drawing
        )
        options = sorted(scale.options, key=lambda option: option.code)
        fills = diverging(len(options))
        legend = tuple(
            LegendEntry(swatch(rectangle(0, 2, 14, 12, fill)), desk.names.text(option.label))
            for fill, option in zip(fills, options, strict=True)
        )
        parts.append(Figure(f"spread-{position}-figure", caption, wide, narrow, legend))
    return parts

"""The organisation's page: heat map, answers, development, ranking, what is hidden."""

from __future__ import annotations

from relsurvey.report.cards.card_desk import CardDesk
from relsurvey.report.cards.unit_card import cautions
from relsurvey.report.figures.palette import ink_on, signed
from relsurvey.report.page import Cell, Chapter, Column, More, Page, Part, Table, Text

RANGE = 30.0  # points from the organisation's mean at which the colour is full


def overview(desk: CardDesk) -> Page:
    """Lay out the page of the whole organisation, with a link to every card."""
    words = desk.words
    units = list(desk.files)
    chapters = [
        Chapter(
            "read",
            0,
            words("cards.read_title"),
            words.lines("cards.read"),
            tuple(cautions(desk)),
        ),
        _heat(desk, units),
        _tracker(desk, units),
        _trend(desk),
        _ranking(desk),
        _hidden(desk, units),
        Chapter("limits", 6, words("cards.limits_title"), words.lines("cards.limits"), ()),
    ]
    return Page(
        language=words.language,
        title=words("cards.overview_title", organisation=desk.top),
        eyebrow=words("cards.eyebrow"),
        byline=words("cards.overview_byline", wave=desk.wave, n=words.numbers.whole(len(units))),
        footer=words("cards.footer"),
        chapters=tuple(one for one in chapters if one is not None),
    )


def _linked(desk: CardDesk, unit: str) -> Cell:
    return Cell(desk.indented(unit), href=desk.files[unit])


def _heat(desk: CardDesk, units: list[str]) -> Chapter:
    words = desk.words
    columns = (
        Column(words("cards.unit"), numeric=False),
        *(Column(desk.names.construct(one)) for one in desk.constructs),
    )
    rows = tuple(
        (_linked(desk, unit), *(_heat_cell(desk, unit, one) for one in desk.constructs))
        for unit in units
    )
    table = Table(words("cards.heat_caption"), columns, rows, words("cards.heat_note"))
    return Chapter("units", 1, words("cards.heat_title"), (), (table,))


def _heat_cell(desk: CardDesk, unit: str, construct: str) -> str | Cell:
    row = desk.shown(unit, construct, "~shrunk")
    top = desk.shown(desk.top, construct, "~shrunk")
    if row is None:
        return desk.words("cards.hidden")
    fill = signed(max(-1.0, min(1.0, (row["score"] - top["score"]) / RANGE))) if top else "#ffffff"
    return Cell(desk.number(row["score"]), fill, ink_on(fill))


def _tracker(desk: CardDesk, units: list[str]) -> Chapter:
    words = desk.words
    heads = ("answered", "invited", "rate")
    columns = (
        Column(words("cards.unit"), numeric=False),
        *(Column(words(f"cards.{head}")) for head in heads),
    )
    rows = tuple((_linked(desk, unit), *desk.answers(unit)) for unit in units)
    table = Table(words("cards.tracker_caption"), columns, rows)
    parts: tuple[Part, ...] = (More(words("cards.tracker_caption"), (table,)),)
    return Chapter("answers", 2, words("cards.tracker_title"), (), parts)


def _trend(desk: CardDesk) -> Chapter:
    words = desk.words
    waves = [wave.name for wave in desk.cards.organisation.waves]
    columns = (Column(words("cards.theme"), numeric=False), *(Column(name) for name in waves))
    rows = []
    for construct in desk.constructs:
        found = [desk.shown(desk.top, construct, "", wave) for wave in waves]
        told = [desk.number(row["score"]) if row else words("cards.hidden") for row in found]
        rows.append((desk.names.construct(construct), *told))
    table = Table(words("cards.trend_caption"), columns, tuple(rows))
    return Chapter("trend", 3, words("cards.trend_title"), (), (table,))


def _ranking(desk: CardDesk) -> Chapter:
    words = desk.words
    title = words("cards.ranking_title")
    found = desk.importance
    if found is None or found.empty:
        return Chapter("ranking", 4, title, (words("cards.weight_unknown"),), ())
    outcome = desk.names.construct(str(found["outcome"].iloc[0]))
    rows = tuple(
        (desk.names.construct(str(row["predictor"])), *desk.weight(row, len(found)))
        for row in found.to_dict(orient="records")
    )
    columns = (
        Column(words("cards.theme"), numeric=False),
        Column(words("cards.weight")),
        Column(words("cards.interval")),
        Column(words("cards.place")),
    )
    table = Table(title, columns, rows)
    return Chapter("ranking", 4, title, words.lines("cards.ranking", outcome=outcome), (table,))


def _hidden(desk: CardDesk, units: list[str]) -> Chapter:
    words = desk.words
    counts = {unit: sum(desk.shown(unit, one) is None for one in desk.constructs) for unit in units}
    lines = words.lines(
        "cards.hidden_text",
        n=words.numbers.whole(sum(counts.values())),
        of=words.numbers.whole(len(units) * len(desk.constructs)),
        min_n=desk.cards.rules.min_n,
        width=words.numbers.whole(desk.cards.rules.width),
    )
    rows = tuple((_linked(desk, unit), words.numbers.whole(n)) for unit, n in counts.items() if n)
    columns = (Column(words("cards.unit"), numeric=False), Column(words("cards.hidden_count")))
    parts: tuple[Part, ...] = (Text(lines),)
    if rows:
        parts += (
            More(
                words("cards.hidden_caption"),
                (Table(words("cards.hidden_caption"), columns, rows),),
            ),
        )
    return Chapter("hidden", 5, words("cards.hidden_title"), (), parts)

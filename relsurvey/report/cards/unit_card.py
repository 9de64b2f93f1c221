"""One unit's card: who, scores, comparisons, where to begin, span, dialogue, limits."""

from __future__ import annotations

import math

from relsurvey.report.cards.card_desk import CardDesk
from relsurvey.report.cards.card_figures import score_figure, spread_figure
from relsurvey.report.cards.dialogue import agreement_chapter, dialogue_chapter
from relsurvey.report.cards.like_span import span_chapter
from relsurvey.report.cards.priorities import first_chapter
from relsurvey.report.page import (
    Chapter,
    Column,
    More,
    Note,
    Page,
    Part,
    Table,
    Text,
    Tile,
    Tiles,
)

AGAINST = ("parent", "organisation", "job_group", "last_wave")
CERTAIN = 50.0  # reliability of unit means from which a score may be acted on, in hundredths
WIDEST = 24.0  # points of an interval up to which it may


def unit_card(desk: CardDesk, unit: str) -> Page:
    """Lay out the card of one unit.

    Parameters
    ----------
    desk : CardDesk
    unit : str
        Any unit of the tree.
    """
    words = desk.words
    leader = desk.cards.organisation.leader.get(unit)
    key = "cards.byline_leader" if leader else "cards.byline"
    chapters = [_who(desk, unit)]
    if any(desk.shown(unit, one) for one in desk.constructs):
        chapters += [
            _scores(desk, unit),
            _compared(desk, unit),
            first_chapter(desk, unit),
            span_chapter(desk, unit),
            dialogue_chapter(desk, unit),
        ]
    chapters += [agreement_chapter(desk), _limits(desk)]
    return Page(
        language=words.language,
        title=desk.unit(unit),
        eyebrow=words("cards.eyebrow"),
        byline=words(key, organisation=desk.top, wave=desk.wave, leader=leader or ""),
        footer=words("cards.footer"),
        chapters=tuple(chapters),
    )


def cautions(desk: CardDesk) -> list[Part]:
    """Say what must be said on every page."""
    words = desk.words
    told: list[Part] = []
    if desk.synthetic:
        told.append(Note("caution", words("cards.synthetic"), ()))
    if desk.cards.rules.below_five:
        told.append(Note("caution", words("cards.below_five"), ()))
    return told


def _who(desk: CardDesk, unit: str) -> Chapter:
    words = desk.words
    answered, invited, rate = desk.answers(unit)
    parts: list[Part] = cautions(desk)
    parts.append(
        Tiles(
            (
                Tile(answered, words("cards.answered")),
                Tile(invited, words("cards.invited")),
                Tile(rate, words("cards.rate")),
            )
        )
    )
    if not any(desk.shown(unit, one) for one in desk.constructs):
        above = next((row for row in (desk.row(unit, "answers"),) if row), {"parent": ""})
        told = words.lines("cards.nothing", parent=desk.unit(above["parent"] or desk.top))
        parts.append(Note("plain", words("cards.nothing_title"), told))
    return Chapter("read", 0, words("cards.read_title"), words.lines("cards.read"), tuple(parts))


def _scores(desk: CardDesk, unit: str) -> Chapter:
    words = desk.words
    rows = []
    for construct in desk.constructs:
        raw = desk.shown(unit, construct)
        shrunk = desk.shown(unit, construct, "~shrunk")
        if raw is None or shrunk is None:
            hidden = words("cards.hidden")
            rows.append((desk.names.construct(construct), hidden, "", "", "", ""))
            continue
        rows.append(
            (
                desk.names.construct(construct),
                desk.number(shrunk["score"]),
                words.numbers.interval(shrunk["conf_low"], shrunk["conf_high"], 0),
                desk.number(raw["score"]),
                words.numbers.whole(raw["n"]),
                words(f"cards.{'certain' if _certain(desk, unit, construct) else 'uncertain'}"),
            )
        )
    heads = ("score", "interval", "raw", "n")
    columns = (
        Column(words("cards.theme"), numeric=False),
        *(Column(words(f"cards.{head}")) for head in heads),
        Column(words("cards.certainty"), numeric=False),
    )
    note = words("cards.shrunk_note")
    parts: list[Part] = [
        score_figure(desk, unit),
        Table(words("cards.scores_caption"), columns, tuple(rows), note),
        *spread_figure(desk, unit),
        *_items(desk, unit),
    ]
    return Chapter("scores", 1, words("cards.scores_title"), (), tuple(parts))


def _certain(desk: CardDesk, unit: str, construct: str) -> bool:
    """Whether a score may be acted on: units differ enough, and the interval is narrow enough."""
    shrunk = desk.shown(unit, construct, "~shrunk")
    reliability = desk.shown(unit, construct, "~reliability")
    if shrunk is None or shrunk["conf_high"] - shrunk["conf_low"] > WIDEST:
        return False
    return reliability is None or reliability["score"] >= CERTAIN


def _items(desk: CardDesk, unit: str) -> list[Part]:
    words = desk.words
    tables: list[Part] = []
    for construct in desk.constructs:
        items = desk.cards.organisation.waves[-1].items[construct]
        shown = [(item, row) for item in items if (row := desk.shown(unit, item)) is not None]
        if shown:
            rows = tuple((desk.names.item(item), desk.number(row["score"])) for item, row in shown)
            columns = (Column(words("cards.question"), numeric=False), Column(words("cards.raw")))
            tables.append(Table(desk.names.construct(construct), columns, rows))
    note = Text((words("cards.items_caption"),))
    return [More(words("cards.items_more"), (note, *tables))] if tables else []


def _compared(desk: CardDesk, unit: str) -> Chapter:
    words = desk.words
    above = (desk.row(unit, "answers") or {"parent": ""})["parent"]
    told = [
        against
        for against in AGAINST
        if any(desk.shown(unit, one, f"~{against}") for one in desk.constructs)
    ]
    title = words("cards.compared_title")
    more = [*_over_time(desk, unit), *_self(desk, unit)]
    if not told and not more:
        return Chapter("compared", 2, title, (words("cards.none_compared"),), ())
    columns = [Column(words("cards.theme"), numeric=False)]
    for against in told:
        head = words(f"cards.against.{against}", parent=desk.unit(above), organisation=desk.top)
        columns.append(Column(head, numeric=False))
    rows = tuple(
        (
            desk.names.construct(construct),
            *(_difference(desk, unit, construct, against) for against in told),
        )
        for construct in desk.constructs
    )
    table = Table(
        words("cards.compared_caption"), tuple(columns), rows, words("cards.compared_note")
    )
    return Chapter("compared", 2, title, (), (*((table,) if told else ()), *more))


def _over_time(desk: CardDesk, unit: str) -> list[Part]:
    words = desk.words
    waves = [wave.name for wave in desk.cards.organisation.waves]
    if len(waves) < 2:
        return []
    rows = []
    for construct in desk.constructs:
        found = [desk.shown(unit, construct, "", wave) for wave in waves]
        told = [desk.number(row["score"] if row else math.nan) for row in found]
        rows.append((desk.names.construct(construct), *told))
    columns = (Column(words("cards.theme"), numeric=False), *(Column(name) for name in waves))
    return [Table(words("cards.over_time"), columns, tuple(rows))]


def _self(desk: CardDesk, unit: str) -> list[Part]:
    """Employees' mean beside the leader's own rating, where the leader gave one."""
    words = desk.words
    rows = []
    for construct in desk.constructs:
        own, employees = desk.shown(unit, construct, "~own"), desk.shown(unit, construct)
        if own is None or employees is None:
            continue
        numbers = desk.number(employees["score"]), desk.number(own["score"])
        difference = _difference(desk, unit, construct, "self")
        rows.append((desk.names.construct(construct), *numbers, difference))
    if not rows:
        return []
    columns = (
        Column(words("cards.theme"), numeric=False),
        Column(words("cards.self_employees")),
        Column(words("cards.self_own")),
        Column(words("cards.self_gap"), numeric=False),
    )
    return [Table(words("cards.self_caption"), columns, tuple(rows), words("cards.self_note"))]


def _difference(desk: CardDesk, unit: str, construct: str, against: str) -> str:
    row = desk.shown(unit, construct, f"~{against}")
    if row is None:
        hidden = desk.shown(unit, construct) is None
        return desk.words("cards.hidden") if hidden else "–"
    return desk.words(
        "cards.difference",
        difference=desk.number(row["score"], signed=True),
        low=desk.number(row["conf_low"], signed=True),
        high=desk.number(row["conf_high"], signed=True),
        verdict=desk.words(f"cards.{row['status']}"),
    )


def _limits(desk: CardDesk) -> Chapter:
    words = desk.words
    return Chapter("limits", 7, words("cards.limits_title"), words.lines("cards.limits"), ())

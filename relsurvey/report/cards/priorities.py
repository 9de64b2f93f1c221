"""Where to begin: each theme's score against its weight in the whole organisation."""

from __future__ import annotations

import math

from relsurvey.report.cards.card_desk import CardDesk
from relsurvey.report.figures.priority_map import Place, PriorityMap
from relsurvey.report.figures.svg import both_widths
from relsurvey.report.page import Chapter, Column, Figure, Part, Table


def first_chapter(desk: CardDesk, unit: str) -> Chapter:
    """Return the map of themes and the numbers that it was drawn from."""
    words = desk.words
    title = words("cards.first_title")
    if desk.importance is None or desk.importance.empty:
        return Chapter("first", 3, title, (words("cards.weight_unknown"),), ())
    found = {str(row["predictor"]): row for row in desk.importance.to_dict(orient="records")}
    rows, places = [], []
    themes = [one for one in desk.constructs if one in found]
    for number, construct in enumerate(themes, start=1):
        own, row = desk.shown(unit, construct, "~shrunk"), found[construct]
        share, interval, order = desk.weight(row, len(found))
        told = desk.number(own["score"] if own else math.nan)
        name = desk.names.construct(construct)
        rows.append((f"{number}  {name}", told, f"{share} ({interval})", order))
        if own is not None:
            score = (float(own["score"]), float(own["conf_low"]), float(own["conf_high"]))
            weight = (row["share"], row["share_low"], row["share_high"])
            places.append(Place(number, score, weight))
    columns = (
        Column(words("cards.theme"), numeric=False),
        Column(words("cards.score")),
        Column(words("cards.weight")),
        Column(words("cards.place")),
    )
    parts: tuple[Part, ...] = (Table(words("cards.first_caption"), columns, tuple(rows)),)
    if places:
        parts = (_map(desk, tuple(places)), *parts)
    return Chapter("first", 3, title, words.lines("cards.first", organisation=desk.top), parts)


def _map(desk: CardDesk, places: tuple[Place, ...]) -> Figure:
    words = desk.words
    caption = words("cards.map_caption")
    drawing = PriorityMap(places, words("cards.score"), words("cards.weight"), words.numbers)
    wide, narrow = both_widths("map", caption, words("cards.map_described"), drawing)
    return Figure("map-figure", caption, wide, narrow)

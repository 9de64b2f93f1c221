"""A unit's closeness beside units whose leader has about as many employees."""

from __future__ import annotations

import numpy as np

from relsurvey.report.cards.card_desk import CardDesk
from relsurvey.report.page import Chapter, Column, Table

NEAR = 1.33  # spans within this factor are alike
FEWEST = 3  # other units below which nothing is compared


def span_chapter(desk: CardDesk, unit: str) -> Chapter:
    """Return the unit's shown scores of proximity beside the mean of shown units of a like span."""
    words = desk.words
    spans = desk.cards.organisation.span
    title = words("cards.span_title")
    if unit not in spans:
        return Chapter("span", 4, title, (words("cards.span_unknown"),), ())
    own = float(spans[unit])
    low, high = own / NEAR, own * NEAR
    alike = [one for one, span in spans.items() if one != unit and low <= float(span) <= high]
    rows = []
    for construct in desk.constructs:
        if desk.cards.instrument.construct(construct).role != "proximity":
            continue
        mine = desk.shown(unit, construct, "~shrunk")
        others = [row["score"] for one in alike if (row := desk.shown(one, construct)) is not None]
        if len(others) >= FEWEST:
            told = desk.number(mine["score"]) if mine else words("cards.hidden")
            mean = desk.number(float(np.mean(others)))
            rows.append((desk.names.construct(construct), told, mean))
    lead = words.lines(
        "cards.span",
        span=words.numbers.whole(own),
        low=words.numbers.whole(np.ceil(low)),
        high=words.numbers.whole(np.floor(high)),
    )
    if not rows:
        return Chapter("span", 4, title, (*lead, words("cards.span_none")), ())
    columns = (
        Column(words("cards.theme"), numeric=False),
        Column(words("cards.span_own")),
        Column(words("cards.span_others")),
    )
    return Chapter(
        "span", 4, title, lead, (Table(words("cards.span_caption"), columns, tuple(rows)),)
    )

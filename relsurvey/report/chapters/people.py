"""Chapter: who answered."""

from __future__ import annotations

import math
from itertools import pairwise

import pandas as pd

from relsurvey.report.desk import Desk
from relsurvey.report.disclosure import Publishable, publishable
from relsurvey.report.page import Chapter, Column, More, Note, Part, Table, Text, Tile, Tiles

BANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, math.inf)
MOST_ROWS = 60


def people(desk: Desk, number: int) -> Chapter:
    """Write the chapter on who answered; small units are counted, never listed."""
    words = desk.words
    parts: list[Part] = [Tiles(answer_tiles(desk))]
    rates = desk.contents.response_rates
    if rates is None:
        parts.append(desk.missing("response_rates"))
    else:
        parts += _units(desk, rates)
    lead = words.lines("people.lead", min_n=words.numbers.whole(desk.contents.min_n))
    return Chapter("people", number, words("people.title"), lead, tuple(parts))


def answer_tiles(desk: Desk) -> tuple[Tile, ...]:
    """Answers, invited, response rate, units and leaders, as far as they are known."""
    words, numbers = desk.words, desk.numbers
    frame = desk.contents.responses.frame
    tiles = [Tile(numbers.whole(len(frame)), words("people.answers"))]
    answered, invited = totals(desk.contents.response_rates)
    if invited:
        tiles.append(Tile(numbers.whole(invited), words("people.invited")))
        tiles.append(Tile(numbers.percent(answered / invited), words("people.rate")))
    for column in ("unit", "leader"):
        if column in frame and frame[column].notna().any():
            count = int(frame[column].nunique())
            tiles.append(
                Tile(numbers.whole(count), words.counted(f"people.{column}s_label", count))
            )
    return tuple(tiles)


def totals(rates: pd.DataFrame | None) -> tuple[float, float]:
    """Answers and invited over the units whose headcount is known; zeros where none is."""
    if rates is None or rates.empty:
        return 0.0, 0.0
    known = rates[rates["headcount"].notna() & (rates["headcount"] > 0)]
    return float(known["answered"].sum()), float(known["headcount"].sum())


def _units(desk: Desk, rates: pd.DataFrame) -> list[Part]:
    words = desk.words
    units = publishable(rates, "answered", desk.contents.min_n)
    parts: list[Part] = []
    if units.n_hidden:
        parts.append(_hidden_note(desk, units))
    if units.shown["rate"].notna().any():
        parts.append(_bands(desk, units.shown))
    elif not rates["headcount"].notna().any():
        parts.append(Text((words("people.no_headcount"),)))
    if len(units.shown) > MOST_ROWS:
        parts.append(Text((words("people.long"),)))
    elif len(units.shown):
        parts.append(More(words("people.by_unit"), (_by_unit(desk, units.shown),)))
    return parts


def _hidden_note(desk: Desk, units: Publishable) -> Note:
    words = desk.words
    sentences = [words.counted("people.hidden", units.n_small, min_n=desk.contents.min_n)]
    if units.n_cover:
        sentences.append(words.counted("people.cover", units.n_cover))
    return Note("plain", words("people.hidden_title"), tuple(sentences))


def _bands(desk: Desk, shown: pd.DataFrame) -> Table:
    words, numbers = desk.words, desk.numbers
    rate = shown["rate"].dropna()
    counts = pd.cut(rate, BANDS, right=False, labels=False).value_counts()
    rows = []
    for i, (low, high) in enumerate(pairwise(BANDS)):
        if i == 0:
            name = words("people.band_below", high=numbers.percent(high))
        elif math.isinf(high):
            name = words("people.band_above", low=numbers.percent(low))
        else:
            name = words("people.band", low=numbers.percent(low), high=numbers.percent(high))
        count = int(counts.get(i, 0))
        rows.append((name, numbers.whole(count), numbers.percent(count / len(rate))))
    heads = (words("people.rate"), words("people.n_units"), words("people.share_of_units"))
    columns = (Column(heads[0], numeric=False), Column(heads[1]), Column(heads[2]))
    return Table(words("people.bands_caption"), columns, tuple(rows))


def _by_unit(desk: Desk, shown: pd.DataFrame) -> Table:
    words, numbers = desk.words, desk.numbers
    rows = tuple(
        (
            str(row["unit"]),
            numbers.whole(row["answered"]),
            numbers.whole(row["headcount"]),
            numbers.percent(row["rate"]),
        )
        for row in shown.sort_values("unit").to_dict(orient="records")
    )
    columns = (
        Column(words("people.unit"), numeric=False),
        Column(words("people.answers")),
        Column(words("people.invited")),
        Column(words("people.rate")),
    )
    return Table(words("people.by_unit_caption"), columns, rows)

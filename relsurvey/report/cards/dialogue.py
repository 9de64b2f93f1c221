"""Dialogue: questions for the themes worth talking about, and room for agreements."""

from __future__ import annotations

from relsurvey.report.cards.card_desk import CardDesk
from relsurvey.report.page import Chapter, Column, Grouped, Part, Table

THEMES = 3
AGREEMENTS = 3


def dialogue_chapter(desk: CardDesk, unit: str) -> Chapter:
    """Return questions for two or three themes.

    Themes on which the unit is clearly below any comparison come first; where there is none, those
    that weigh most in the whole organisation.
    """
    words = desk.words
    below = [one for one in desk.constructs if _below(desk, unit, one)]
    chosen = below[:THEMES] or _heaviest(desk)
    key = "dialogue_below" if below else "dialogue_default"
    groups = []
    for construct in chosen:
        asked = desk.cards.instrument.construct(construct).dialogue
        questions = tuple(desk.names.text(one) for one in asked)
        if questions:
            groups.append((desk.names.construct(construct), questions))
    parts: tuple[Part, ...] = (Grouped(tuple(groups)),) if groups else ()
    return Chapter("dialogue", 5, words("cards.dialogue_title"), (words(f"cards.{key}"),), parts)


def agreement_chapter(desk: CardDesk) -> Chapter:
    """Return an empty table to be filled in by the group."""
    words = desk.words
    heads = words.lines("cards.agree")
    columns = (Column("#"), *(Column(head, numeric=False) for head in heads))
    rows = tuple((str(at), *("" for _ in heads)) for at in range(1, AGREEMENTS + 1))
    table = Table(words("cards.agree_caption"), columns, rows)
    return Chapter("agreements", 6, words("cards.agree_title"), (), (table,))


def _below(desk: CardDesk, unit: str, construct: str) -> bool:
    cuts = ("~parent", "~organisation", "~job_group", "~last_wave")
    found = (desk.shown(unit, construct, cut) for cut in cuts)
    return any(row is not None and row["status"] == "below" for row in found)


def _heaviest(desk: CardDesk) -> list[str]:
    if desk.importance is None:
        return list(desk.constructs[:THEMES])
    order = desk.importance.sort_values("share", ascending=False)["predictor"]
    return [str(one) for one in order if one in desk.constructs][:THEMES]

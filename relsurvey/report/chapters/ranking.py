"""Chapter: which dimensions matter most, and how sure that is."""

from __future__ import annotations

from relsurvey.effects.effect_ranking import EffectRanking
from relsurvey.report.chapters.ranking_figures import rank_figure, share_figure
from relsurvey.report.chapters.ranking_tables import blocks_table, effects_table, pairs_table
from relsurvey.report.desk import Desk
from relsurvey.report.page import Bullets, Chapter, Heading, More, Note, Part, Text
from relsurvey.report.technical import model_facts, remarks
from relsurvey.report.verdicts import (
    ADJACENT,
    BLOCK,
    ORDER,
    STRONGEST,
    order_in_words,
    verdict_groups,
)

MODELS = ("dimensions", "dimensions_and_proximity")


def ranking(desk: Desk, number: int) -> Chapter:
    """Write the chapter on the ranking of effects, its probabilities and its verdicts."""
    words, rankings = desk.words, desk.contents.rankings
    parts: list[Part] = []
    if not rankings:
        parts.append(desk.missing("rankings"))
    for position, model in enumerate(name for name in MODELS if name in rankings):
        found = rankings[model]
        parts.append(Heading(words(f"ranking.{model}_title")))
        if position:
            parts.append(Text(words.lines(f"ranking.{model}")))
        parts += _verdicts(desk, found)
        shown = _shown(desk, model, found)
        more = words(f"ranking.figures_more.{model}") if position else ""
        parts += [More(more, tuple(shown))] if more else shown
        parts.append(_details(desk, found))
    lead = words.lines("ranking.lead")
    return Chapter("ranking", number, words("ranking.title"), lead, tuple(parts))


def _verdicts(desk: Desk, found: EffectRanking) -> list[Part]:
    words = desk.words
    said = verdict_groups(desk, found, (STRONGEST, BLOCK))
    parts: list[Part] = [Note("finding", words("ranking.finding"), (), groups=said)]
    if found.order is not None:
        stated = words("ranking.claimed", order=order_in_words(desk, found.order))
        judged = verdict_groups(desk, found, (ORDER,))
        parts.append(Note("finding", words("ranking.claimed_title"), (stated,), groups=judged))
    return parts


def _shown(desk: Desk, model: str, found: EffectRanking) -> list[Part]:
    parts: list[Part] = [share_figure(desk, model, found)]
    parts.append(Text(desk.words.lines("ranking.ranks", n_boot=desk.numbers.whole(found.n_boot))))
    parts += [rank_figure(desk, model, i, found) for i in range(len(found.ranked))]
    return parts


def _details(desk: Desk, found: EffectRanking) -> More:
    words = desk.words
    parts: list[Part] = [
        Text(words.lines("ranking.method", n_boot=desk.numbers.whole(found.n_boot))),
        Bullets(words.lines("ranking.rules")),
        verdict_groups(desk, found, (ADJACENT,)),
    ]
    for ranked in found.ranked:
        parts += [
            effects_table(desk, found, ranked.outcome),
            pairs_table(desk, found, ranked.outcome),
        ]
        if found.block_members:
            parts.append(blocks_table(desk, found, ranked.outcome))
    parts += [model_facts(desk, found.glance()), *remarks(desk, found.remarks())]
    return More(words("ranking.more"), tuple(parts))

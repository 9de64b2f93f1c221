"""What may be said about a ranking, in the reader's language; the rules stand elsewhere."""

from __future__ import annotations

from relsurvey.effects.effect_ranking import EffectRanking
from relsurvey.effects.stated_order import StatedOrder
from relsurvey.effects.verdict import Verdict
from relsurvey.report.desk import Desk
from relsurvey.report.page import Grouped

STRONGEST, ADJACENT, BLOCK, ORDER = "strongest", "adjacent", "block", "order"


def verdict_groups(desk: Desk, ranking: EffectRanking, kinds: tuple[str, ...]) -> Grouped:
    """Return what may be said, outcome by outcome.

    Parameters
    ----------
    desk : Desk
    ranking : EffectRanking
    kinds : tuple of {"strongest", "adjacent", "block", "order"}
        First words of the codes wanted, in the order in which they are said. Blocks of one
        predictor each say nothing of their own and are left out.
    """
    if all(len(members) == 1 for members in ranking.block_members.values()):
        kinds = tuple(kind for kind in kinds if kind != BLOCK)
    verdicts = ranking.verdicts()
    groups = []
    for ranked in ranking.ranked:
        own = [verdict for verdict in verdicts if verdict.outcome == ranked.outcome]
        said = tuple(
            verdict_sentence(desk, ranking, verdict)
            for kind in kinds
            for verdict in own
            if verdict.code.split("_")[0] == kind
        )
        if said:
            groups.append((desk.names.term(ranked.outcome), said))
    return Grouped(tuple(groups))


def verdict_sentence(desk: Desk, ranking: EffectRanking, verdict: Verdict) -> str:
    """Return one verdict as a sentence; the wording has one for each code."""
    names, numbers, values = desk.names, desk.numbers, verdict.values
    kind = verdict.code.split("_")[0]
    called = names.block if kind == BLOCK else names.term
    words: dict[str, str] = {}
    for key in ("predictor", "above", "below"):
        if key in values:
            words[key] = called(str(values[key]))
    if "candidates" in values:
        candidates = [names.term(str(name)) for name in values["candidates"]]
        words["candidates"] = numbers.listed(candidates, "or")
    for key in ("support", "chance", "p_above"):
        if key in values:
            words[key] = numbers.percent(values[key])
    if kind == ORDER and ranking.order is not None:
        words["order"] = order_in_words(desk, ranking.order)
    return desk.words(f"verdict.{verdict.code}", **words)


def order_in_words(desk: Desk, order: StatedOrder) -> str:
    """Return a stated order as running text: ``A and B, then C, then D``."""
    tiers = [desk.numbers.listed([desk.names.term(name) for name in tier]) for tier in order.tiers]
    return desk.words("ranking.then").join(tiers)

"""Chapter: the whole report in short, limits first."""

from __future__ import annotations

from relsurvey.report.chapters.agreement_parts import agreement_verdict
from relsurvey.report.chapters.common_method import marker_verdict
from relsurvey.report.chapters.factor_parts import factor_verdict
from relsurvey.report.chapters.limits import limits_note
from relsurvey.report.chapters.people import answer_tiles
from relsurvey.report.chapters.ranking import MODELS
from relsurvey.report.chapters.reliability_parts import reliability_verdict
from relsurvey.report.chapters.span import span_verdicts
from relsurvey.report.desk import Desk
from relsurvey.report.page import Bullets, Chapter, Heading, Note, Part, Text, Tiles
from relsurvey.report.score_means import score_means
from relsurvey.report.verdicts import BLOCK, ORDER, STRONGEST, order_in_words, verdict_groups


def summary(desk: Desk, number: int) -> Chapter:
    """Write the first screen: limits, who answered, and what may be said."""
    words = desk.words
    parts: list[Part] = [limits_note(desk), Tiles(answer_tiles(desk))]
    if len(desk.contents.problems.errors):
        count = len(desk.contents.problems.errors)
        sentence = words.counted("summary.errors", count)
        parts.append(Note("caution", words("summary.errors_title"), (sentence,)))
    parts += [Heading(words("summary.scores")), Bullets(tuple(_scores(desk)))]
    parts += [Heading(words("summary.importance")), *_importance(desk)]
    moderator = desk.names.moderator(desk.contents.moderator)
    parts += [Heading(words("summary.span", moderator=moderator)), _span(desk)]
    parts += [Heading(words("summary.trust")), Bullets(tuple(_trust(desk)))]
    return Chapter("summary", number, words("summary.title"), (), tuple(parts))


def _scores(desk: Desk) -> list[str]:
    words, numbers = desk.words, desk.numbers
    instrument, form = desk.contents.instrument, desk.contents.form
    means = {mean.construct: mean for mean in score_means(desk.contents) if not mean.hidden}
    found = []
    for role in ("dimension", "proximity", "outcome"):
        known = [c.id for c in instrument.constructs_in(form, (role,)) if c.id in means]
        ordered = sorted((means[name] for name in known), key=lambda m: m.estimate, reverse=True)
        if len(ordered) < 2 or role == "outcome":
            found += [
                words(
                    "summary.score",
                    theme=desk.names.construct(mean.construct),
                    score=numbers.decimal(mean.estimate, 0),
                    interval=numbers.interval(mean.low, mean.high, 0),
                )
                for mean in ordered
            ]
            continue
        top, bottom = ordered[0], ordered[-1]
        apart = top.low > bottom.high
        found.append(
            words(
                "summary.scores_apart" if apart else "summary.scores_alike",
                role=words(f"summary.role.{role}"),
                top=desk.names.construct(top.construct),
                top_score=numbers.decimal(top.estimate, 0),
                bottom=desk.names.construct(bottom.construct),
                bottom_score=numbers.decimal(bottom.estimate, 0),
            )
        )
    return found


def _importance(desk: Desk) -> list[Part]:
    rankings = desk.contents.rankings
    model = next((name for name in MODELS if name in rankings), None)
    if model is None:
        return [Bullets(desk.reasons("rankings"))]
    found = rankings[model]
    parts: list[Part] = [verdict_groups(desk, found, (STRONGEST, BLOCK, ORDER))]
    if found.order is not None:
        order = order_in_words(desk, found.order)
        parts.append(Text((desk.words("ranking.claimed", order=order),)))
    return parts


def _span(desk: Desk) -> Part:
    moderation = desk.contents.moderations.get("log")
    if moderation is None:
        return Bullets(desk.reasons("moderations"))
    return span_verdicts(desk, moderation)


def _trust(desk: Desk) -> list[str]:
    contents = desk.contents
    found = []
    if contents.reliability is not None:
        found.append(reliability_verdict(desk, contents.reliability))
    if contents.cfa is not None and len(contents.cfa.factor_correlations()):
        found.append(factor_verdict(desk, contents.cfa))
    if contents.agreement is not None:
        found.append(agreement_verdict(desk, contents.agreement))
    if contents.marker is not None:
        found.append(marker_verdict(desk, contents.marker))
    return found

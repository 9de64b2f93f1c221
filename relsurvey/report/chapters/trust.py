"""Chapter: how far the effects and their order can be trusted."""

from __future__ import annotations

from collections.abc import Callable

from relsurvey.report.chapters.trust_checks import (
    SIGNIFICANT,
    curve_parts,
    every_level,
    levels_parts,
    main_ranking,
    source_parts,
    unmeasured_parts,
)
from relsurvey.report.desk import Desk
from relsurvey.report.page import Chapter, Heading, Note, Part

SECTIONS: dict[str, Callable[[Desk], list[Part]]] = {
    "levels_title": levels_parts,
    "curve_title": curve_parts,
    "source_title": source_parts,
    "unmeasured_title": unmeasured_parts,
}


def trust(desk: Desk, number: int) -> Chapter:
    """Write what can and what cannot be concluded, and what that rests on."""
    words, contents = desk.words, desk.contents
    parts: list[Part] = []
    if contents.regressions and contents.rankings:
        parts.append(Note("finding", words("trust.can_title"), (), _can(desk)))
        parts.append(Note("caution", words("trust.cannot_title"), (), _cannot(desk)))
    for title, section in SECTIONS.items():
        parts += [Heading(words(f"trust.{title}")), *section(desk)]
    lead = words.lines("trust.lead")
    return Chapter("trust", number, words("trust.title"), lead, tuple(parts))


def _can(desk: Desk) -> tuple[str, ...]:
    """Sentences on what the answers establish, outcome by outcome."""
    words, found = desk.words, []
    for outcome, regression in desk.contents.regressions.items():
        own = regression.adjusted([*_predictors(desk)])
        own = own[own["p_adjusted"] < SIGNIFICANT]
        name = desk.names.term(outcome)
        if own.empty:
            found.append(words("trust.can_none", outcome=name))
        for key, some in (("some", own["estimate"] > 0), ("less", own["estimate"] < 0)):
            themes = [desk.names.term(str(term)) for term in own.loc[some, "term"]]
            if themes:
                listed = desk.numbers.listed(themes)
                found.append(words(f"trust.can_{key}", outcome=name, themes=listed))
    ranking = main_ranking(desk)
    pairs = ranking.pairwise()
    clear = pairs[pairs["verdict"] != "not_established"]
    found.append(
        words(
            "trust.can_pairs",
            clear=desk.numbers.whole(len(clear)),
            all=desk.numbers.whole(len(pairs)),
        )
    )
    return tuple(found)


def _cannot(desk: Desk) -> tuple[str, ...]:
    words, ranking = desk.words, main_ranking(desk)
    unsettled = [
        desk.names.term(verdict.outcome)
        for verdict in ranking.verdicts()
        if verdict.code == "strongest_not_established"
    ]
    found = []
    if unsettled:
        found.append(words("trust.cannot_first", outcomes=desk.numbers.listed(unsettled)))
    changed = _changed_first(desk)
    if changed:
        found.append(words("trust.cannot_level", levels=desk.numbers.listed(changed)))
    status = desk.names.text(desk.contents.instrument.status)
    return (*found, *words.lines("trust.cannot_always", status=status))


def _predictors(desk: Desk) -> tuple[str, ...]:
    return main_ranking(desk).predictors


def _changed_first(desk: Desk) -> list[str]:
    """Levels at which another predictor than among the scores has the largest share."""
    firsts = {}
    for level, ranking in every_level(desk).items():
        table = ranking.tidy()
        firsts[level] = tuple(table.loc[table["rank"] == 1, "predictor"])
    own = firsts.get("observed")
    return [desk.words(f"trust.level.{level}") for level in firsts if firsts[level] != own]

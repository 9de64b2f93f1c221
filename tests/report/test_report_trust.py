"""The chapter on trust: what it says follows from the results, and shrinks with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from relsurvey.report.chapters.trust import trust
from relsurvey.report.desk import Desk
from relsurvey.report.disclosure import protected
from relsurvey.report.names import Names
from relsurvey.report.page import Figure, Heading, More, Note, Table
from relsurvey.report.wording import read_wording


def desk_of(contents):
    words = read_wording(contents.language)
    return Desk(protected(contents), words, Names(contents.instrument, words))


@pytest.fixture(scope="module")
def chapter(english):
    return trust(desk_of(english), 9)


def of_kind(chapter, kind):
    return [part for part in chapter.parts if isinstance(part, kind)]


def test_conclusions_count_what_the_tables_count(chapter, english):
    can, cannot = of_kind(chapter, Note)
    pairs = english.rankings["dimensions"].pairwise()
    settled = int((pairs["verdict"] != "not_established").sum())
    assert can.bullets[-1].endswith(f": {settled} of {len(pairs)}.")
    expected = []
    for regression in english.regressions.values():
        found = regression.adjusted(list(english.rankings["dimensions"].predictors))
        signs = set(np.sign(found.loc[found["p_adjusted"] < 0.05, "estimate"]))
        expected += ["For no single theme"] if not signs else []
        expected += ["Associated with higher"] if 1 in signs else []
        expected += ["Associated with lower"] if -1 in signs else []
    assert len(can.bullets) == len(expected) + 1
    assert all(map(str.startswith, can.bullets, expected))
    assert "causes" in cannot.bullets[-2]
    assert english.instrument.status["en"] in cannot.bullets[-1]


def test_every_way_of_ranking_has_a_mark_and_its_reservations(chapter, english):
    figures = {figure.id: figure for figure in of_kind(chapter, Figure)}
    assert {"levels-0", "levels-1"} <= {name.removesuffix("-figure") for name in figures}
    levels = next(figure for name, figure in figures.items() if name.startswith("levels-0"))
    assert len(levels.legend) == 1 + len(english.level_rankings)
    details = next(part for part in of_kind(chapter, More) if "reservations" in part.title)
    assert len(details.parts) >= 2 * len(english.level_rankings)


def test_counts_are_those_of_the_curve(chapter, english):
    counts = english.specification_curve.counts()
    main = counts[counts["kind"] == "main"]
    tables = [part for part in of_kind(chapter, Table) if part.caption.startswith("How many ways")]
    assert len(tables) == main["outcome"].nunique()
    shown = [row[3] for table in tables for row in table.rows]
    assert shown == [f"{share:.0%}" for share in main["share_significant"]]


@pytest.mark.parametrize(
    ("lost", "title"),
    [
        ("level_rankings", "The ranking in other ways"),
        ("specification_curve", "Every defensible choice"),
        ("split_groups", "Same people, other people"),
        ("sensitivity", "What was not measured"),
    ],
)
def test_what_could_not_be_computed_is_said_in_its_place(chapter, english, lost, title):
    without = replace(
        english,
        **{lost: {} if lost == "level_rankings" else None},
        omitted=((lost, "no_clusters"),),
    )
    shown = under(trust(desk_of(without), 9), title)
    assert [type(part) for part in shown] == [Note]
    reason = read_wording("en")("reason.no_clusters")
    assert reason in " ".join([*shown[0].sentences, *shown[0].bullets])
    assert not any(isinstance(part, Note) for part in under(chapter, title))


def under(chapter, title):
    """Parts between a heading and the next one."""
    at = chapter.parts.index(Heading(title)) + 1
    rest = chapter.parts[at:]
    ends = [place for place, part in enumerate(rest) if isinstance(part, Heading)]
    return rest[: ends[0]] if ends else rest

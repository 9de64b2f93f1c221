"""Tables of a ranking: effects with rank intervals, pairs, blocks."""

from __future__ import annotations

from relsurvey.effects.effect_ranking import EffectRanking
from relsurvey.report.desk import Desk
from relsurvey.report.page import Column, Table

NUMBERED = ("effect", "interval", "share", "rank", "rank_range")


def effects_table(desk: Desk, found: EffectRanking, outcome: str) -> Table:
    """Return estimate, share, rank and the ranks that remain possible, best rank first."""
    words, numbers = desk.words, desk.numbers
    table = found.tidy()
    table = table[table["outcome"] == outcome].sort_values("rank")
    rows = tuple(
        (
            desk.names.term(row["predictor"]),
            numbers.decimal(row["estimate"], 3),
            numbers.interval(row["conf_low"], row["conf_high"], 3),
            numbers.percent(row["share"]),
            numbers.whole(row["rank"]),
            numbers.interval(row["rank_low"], row["rank_high"], 0),
        )
        for row in table.to_dict(orient="records")
    )
    columns = (
        Column(words("ranking.predictor"), numeric=False),
        *(Column(words(f"ranking.{head}")) for head in NUMBERED),
    )
    caption = words("ranking.effects_caption", outcome=desk.names.term(outcome))
    return Table(caption, columns, rows, words(f"ranking.metric.{found.metric}"))


def pairs_table(desk: Desk, found: EffectRanking, outcome: str) -> Table:
    """Return every pair: how often the first is above the second, and whether that is settled."""
    words, numbers = desk.words, desk.numbers
    table = found.pairwise()
    table = table[table["outcome"] == outcome]
    rows = tuple(
        (
            words(
                "ranking.pair",
                a=desk.names.term(row["predictor_a"]),
                b=desk.names.term(row["predictor_b"]),
            ),
            numbers.percent(row["p_a_above_b"]),
            numbers.decimal(row["difference"], 3, signed=True),
            numbers.interval(row["joint_low"], row["joint_high"], 3),
            words(f"ranking.pair_verdict.{row['verdict']}"),
        )
        for row in table.to_dict(orient="records")
    )
    columns = (
        Column(words("ranking.pair_head"), numeric=False),
        Column(words("ranking.p_above")),
        Column(words("ranking.difference")),
        Column(words("ranking.joint")),
        Column(words("ranking.settled"), numeric=False),
    )
    caption = words("ranking.pairs_caption", outcome=desk.names.term(outcome))
    return Table(caption, columns, rows)


def blocks_table(desk: Desk, found: EffectRanking, outcome: str) -> Table:
    """Return each block's effect in all and per predictor."""
    words, numbers = desk.words, desk.numbers
    table = found.blocks()
    table = table[table["outcome"] == outcome]
    rows = tuple(
        (
            desk.names.block(row["block"]),
            numbers.whole(row["n_predictors"]),
            numbers.decimal(row["sum"], 3),
            numbers.interval(row["sum_low"], row["sum_high"], 3),
            numbers.decimal(row["mean"], 3),
            numbers.interval(row["mean_low"], row["mean_high"], 3),
        )
        for row in table.to_dict(orient="records")
    )
    heads = ("block", "n_predictors", "sum", "interval", "mean", "interval")
    columns = tuple(Column(words(f"ranking.{head}"), numeric=head != "block") for head in heads)
    caption = words("ranking.blocks_caption", outcome=desk.names.term(outcome))
    return Table(caption, columns, rows)

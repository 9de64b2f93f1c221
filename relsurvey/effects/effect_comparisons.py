"""Comparisons of effects over bootstrap draws: ranks, pairs, blocks, stated orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.ranked_outcome import RankedOutcome
from relsurvey.effects.stated_order import StatedOrder
from relsurvey.stats.joint_intervals import joint_differences, joint_size_differences
from relsurvey.stats.order_support import chance_share, order_share
from relsurvey.stats.ranks import rank_shares, ranks, share_above

FloatArray = NDArray[np.float64]

# Higher than the 95 % of single intervals, so that a report on two outcomes holds a false pair in
# about one of twenty, and rankings of few clusters stay below that.
JOINT_CONFIDENCE = 0.975
SUPPORTED = 0.95
SUGGESTED = 0.80

PAIR_COLUMNS = (
    "p_a_above_b",
    "difference",
    "conf_low",
    "conf_high",
    "joint_low",
    "joint_high",
    "p_value",
    "verdict",
)


def effects_table(
    ranked: RankedOutcome, predictors: Sequence[str], metric: str, confidence: float
) -> pd.DataFrame:
    """Return one row per predictor: estimate, share, intervals, rank, probability of each rank."""
    low, high = _bounds(ranked.draws, confidence)
    share = _shares(ranked.sizes[None])[0]
    share_low, share_high = _bounds(_shares(ranked.size_draws), confidence)
    rank_low, rank_high = _joint_ranks(ranked, predictors, confidence)
    table = pd.DataFrame(
        {
            "outcome": ranked.outcome,
            "predictor": list(predictors),
            "metric": metric,
            "estimate": ranked.estimates,
            "share": share,
            "conf_low": low,
            "conf_high": high,
            "share_low": share_low,
            "share_high": share_high,
            "rank": ranks(ranked.sizes),
            "rank_low": rank_low,
            "rank_high": rank_high,
        }
    )
    probabilities = rank_shares(ranked.size_draws)
    for place in range(len(predictors)):
        table[f"p_rank_{place + 1}"] = probabilities[:, place]
    return table


def pairs_table(
    ranked: RankedOutcome, predictors: Sequence[str], confidence: float
) -> pd.DataFrame:
    """Return one row per pair of predictors, in the order in which they were given."""
    table = _compare(ranked.estimates, ranked.draws, ranked, confidence)
    names = list(combinations(predictors, 2))
    table.insert(0, "predictor_a", [first for first, _ in names])
    table.insert(1, "predictor_b", [second for _, second in names])
    table.insert(0, "outcome", ranked.outcome)
    return table


def blocks_table(
    ranked: RankedOutcome,
    predictors: Sequence[str],
    blocks: Mapping[str, Sequence[str]],
    confidence: float,
) -> pd.DataFrame:
    """Return one row per block: sum of its predictors' effects and mean per predictor."""
    rows = []
    for block, members in blocks.items():
        places = [list(predictors).index(name) for name in members]
        row: dict[str, object] = {
            "outcome": ranked.outcome,
            "block": block,
            "n_predictors": len(places),
        }
        for statistic in ("sum", "mean"):
            draws = getattr(ranked.draws[:, places], statistic)(axis=1)
            row[statistic] = float(getattr(ranked.estimates[places], statistic)())
            low, high = _bounds(draws[:, None], confidence)
            row[f"{statistic}_low"], row[f"{statistic}_high"] = float(low[0]), float(high[0])
        rows.append(row)
    return pd.DataFrame(rows)


def block_pairs_table(
    ranked: RankedOutcome,
    predictors: Sequence[str],
    blocks: Mapping[str, Sequence[str]],
    confidence: float,
) -> pd.DataFrame:
    """Return one row per pair of blocks and statistic (sum over predictors, mean per predictor)."""
    tables = []
    names = list(combinations(blocks, 2))
    member = np.array([[name in members for name in predictors] for members in blocks.values()])
    for statistic, weights in (
        ("sum", member.astype(float)),
        ("mean", member / member.sum(axis=1, keepdims=True)),
    ):
        table = _compare(weights @ ranked.estimates, ranked.draws @ weights.T, ranked, confidence)
        table.insert(0, "statistic", statistic)
        table.insert(1, "block_a", [first for first, _ in names])
        table.insert(2, "block_b", [second for _, second in names])
        if statistic == "sum":  # a larger block has a larger sum: nothing is concluded from it
            table["verdict"] = "not_judged"
        tables.append(table)
    found = pd.concat(tables, ignore_index=True)
    found.insert(0, "outcome", ranked.outcome)
    return found


def order_row(
    ranked: RankedOutcome, predictors: Sequence[str], order: StatedOrder, pairs: pd.DataFrame
) -> dict[str, object]:
    """Return support, chance, their ratio and the verdict of one stated order."""
    tiers = order.positions(predictors)
    support = order_share(ranked.size_draws, tiers)
    chance = chance_share([len(tier) for tier in tiers])
    against_rest = _odds(support, len(ranked.draws)) / (chance / (1.0 - chance))
    p_lowest, against = _stated_pairs(order, pairs)
    if against:
        verdict = "contradicted"
    elif support >= SUPPORTED and p_lowest >= 1.0 - (1.0 - SUPPORTED) / 2.0:
        verdict = "supported"
    elif support >= SUGGESTED:
        verdict = "suggested"
    else:
        verdict = "not_established"
    return {
        "outcome": ranked.outcome,
        "order": str(order),
        "support": support,
        "chance": chance,
        "bayes_factor": support / chance,
        "bayes_factor_complement": against_rest,
        "posterior_probability": against_rest / (1.0 + against_rest),
        "p_weakest_pair": p_lowest,
        "verdict": verdict,
    }


def _odds(share: float, n_draws: int) -> float:
    """Return share / (1 - share); a share of one is told from certainty by half a draw."""
    return share / max(1.0 - share, 0.5 / n_draws)


def _stated_pairs(order: StatedOrder, pairs: pd.DataFrame) -> tuple[float, bool]:
    """Return the smallest probability of a stated pair, and whether the reverse is established."""
    place = {name: tier for tier, names in enumerate(order.tiers) for name in names}
    lowest, against = 1.0, False
    for row in pairs.to_dict(orient="records"):
        first, second = place.get(row["predictor_a"]), place.get(row["predictor_b"])
        if first is None or second is None or first == second:
            continue
        p_first = float(row["p_a_above_b"])
        lowest = min(lowest, p_first if first < second else 1.0 - p_first)
        against |= row["verdict"] == ("b_above_a" if first < second else "a_above_b")
    return lowest, against


def _compare(
    values: FloatArray, draws: FloatArray, ranked: RankedOutcome, confidence: float
) -> pd.DataFrame:
    """Compare the sizes of every pair of k values by their draws (B, k)."""
    first, second = np.triu_indices(values.size, k=1)
    sizes, size_draws = np.abs(values), np.abs(draws)
    low, high = _bounds(size_draws[:, first] - size_draws[:, second], confidence)
    compare = joint_size_differences if ranked.signed else joint_differences
    joint = compare(values, draws, JOINT_CONFIDENCE, ranked.n_units)
    above, below = (joint.low > 0) & (low > 0), (joint.high < 0) & (high < 0)
    p_above = share_above(size_draws[:, first], size_draws[:, second])
    found = (
        p_above,
        sizes[first] - sizes[second],
        low,
        high,
        joint.low,
        joint.high,
        np.minimum(1.0, 2.0 * np.minimum(p_above, 1.0 - p_above).clip(1.0 / (len(draws) + 1))),
        np.where(above, "a_above_b", np.where(below, "b_above_a", "not_established")),
    )
    return pd.DataFrame(dict(zip(PAIR_COLUMNS, found, strict=True)))


def _joint_ranks(
    ranked: RankedOutcome, predictors: Sequence[str], confidence: float
) -> tuple[list[int], list[int]]:
    """Return the ranks that remain when every established pair is taken for true."""
    pairs = pairs_table(ranked, predictors, confidence)
    a_above, b_above = pairs["verdict"] == "a_above_b", pairs["verdict"] == "b_above_a"
    low, high = [], []
    for name in predictors:
        is_a, is_b = pairs["predictor_a"] == name, pairs["predictor_b"] == name
        beaten_by = int((is_a & b_above).sum() + (is_b & a_above).sum())
        beats = int((is_a & a_above).sum() + (is_b & b_above).sum())
        low.append(1 + beaten_by)
        high.append(len(predictors) - beats)
    return low, high


def _bounds(draws: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(draws, [tail, 1.0 - tail], axis=0)
    return low, high


def _shares(sizes: FloatArray) -> FloatArray:
    total = sizes.sum(axis=-1, keepdims=True)
    return np.asarray(sizes / np.where(total > 0, total, np.nan))

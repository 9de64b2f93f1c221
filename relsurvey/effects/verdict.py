"""What may be said about a ranking, by fixed rules: a code, its values, and an English sentence.

A verdict holds no text for readers in other languages; whoever shows it writes the sentence from
``code`` and ``values``. The rules stand with ``rank_effects``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

_ENGLISH = {
    "strongest_established": "{predictor} has the largest effect on {outcome}.",
    "strongest_not_established": (
        "Which effect on {outcome} is the largest is not established; it may be any of: {listed}."
    ),
    "adjacent_established": "For {outcome}, the effect of {above} is larger than that of {below}.",
    "adjacent_not_established": (
        "For {outcome}, the order of {above} and {below} is not established."
    ),
    "order_supported": "For {outcome}, the data support the stated order {order}.",
    "order_suggested": "For {outcome}, the data suggest, but do not establish, the order {order}.",
    "order_not_established": "For {outcome}, the stated order {order} is not established.",
    "order_contradicted": "For {outcome}, the data contradict the stated order {order}.",
    "block_established": (
        "For {outcome}, the predictors in {above} have a larger effect on average than those in "
        "{below}."
    ),
    "block_not_established": (
        "For {outcome}, whether {above} or {below} has the larger effect per predictor is not "
        "established."
    ),
}
CODES = tuple(_ENGLISH)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that may be said.

    Attributes
    ----------
    code : str
        One of ``CODES``.
    outcome : str
    values : mapping
        What the sentence needs: names of predictors or blocks, probabilities, bounds.
    """

    code: str
    outcome: str
    values: Mapping[str, Any]

    def english(self) -> str:
        """Return the verdict as one sentence."""
        listed = ", ".join(self.values.get("candidates", ()))
        words = {"outcome": self.outcome, "listed": listed, **self.values}
        return _ENGLISH[self.code].format(**words)


def strongest_verdict(effects: pd.DataFrame) -> Verdict:
    """Say which predictor of one outcome is the strongest, or which may be."""
    outcome = str(effects["outcome"].iloc[0])
    candidates = effects[effects["rank_low"] == 1].sort_values("rank")
    first = candidates.iloc[0]
    if len(candidates) == 1 and first["rank_high"] == 1:
        values = {"predictor": first["predictor"], "p_rank_1": float(first["p_rank_1"])}
        return Verdict("strongest_established", outcome, values)
    return Verdict(
        "strongest_not_established",
        outcome,
        {
            "candidates": tuple(candidates["predictor"]),
            "p_rank_1": tuple(float(value) for value in candidates["p_rank_1"]),
        },
    )


def adjacent_verdicts(effects: pd.DataFrame, pairs: pd.DataFrame) -> list[Verdict]:
    """Say for each two predictors with neighbouring ranks whether their order is established."""
    ordered = list(effects.sort_values("rank")["predictor"])
    return [
        _pair_verdict("adjacent", pairs, "predictor", above, below)
        for above, below in pairwise(ordered)
    ]


def block_verdicts(block_pairs: pd.DataFrame) -> list[Verdict]:
    """Say for each two blocks which has the larger mean effect per predictor."""
    means = block_pairs[block_pairs["statistic"] == "mean"]
    return [
        _pair_verdict("block", means, "block", *_higher_first(row))
        for row in means.to_dict(orient="records")
    ]


def order_verdict(row: Mapping[Any, Any]) -> Verdict:
    """Say how well one outcome supports a stated order."""
    values = {
        key: row[key] for key in ("order", "support", "chance", "bayes_factor", "p_weakest_pair")
    }
    return Verdict(f"order_{row['verdict']}", str(row["outcome"]), values)


def _higher_first(row: Mapping[Any, Any]) -> Sequence[str]:
    names = (str(row["block_a"]), str(row["block_b"]))
    return names if row["difference"] >= 0 else names[::-1]


def _pair_verdict(kind: str, pairs: pd.DataFrame, what: str, above: str, below: str) -> Verdict:
    found = pairs[(pairs[f"{what}_a"] == above) & (pairs[f"{what}_b"] == below)]
    sign = 1.0
    if found.empty:
        found = pairs[(pairs[f"{what}_a"] == below) & (pairs[f"{what}_b"] == above)]
        sign = -1.0
    row = found.iloc[0]
    p_above = float(row["p_a_above_b"])
    bounds = sorted((sign * float(row["joint_low"]), sign * float(row["joint_high"])))
    state = "not_established" if row["verdict"] == "not_established" else "established"
    return Verdict(
        f"{kind}_{state}",
        str(row["outcome"]),
        {
            "above": above,
            "below": below,
            "p_above": p_above if sign > 0 else 1.0 - p_above,
            "difference": sign * float(row["difference"]),
            "joint_low": bounds[0],
            "joint_high": bounds[1],
        },
    )

"""Whether answers may be put together by group: fixed rules that rest on several numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# Conventions, not laws: LeBreton & Senter (2008), Organizational Research Methods, 11, 815-852, for
# agreement; Klein et al. (2000), in Klein & Kozlowski (Eds.), 512-553, for the group means.
ENOUGH_AGREEMENT = 0.70
RELIABLE_MEAN = 0.70
USABLE_MEAN = 0.50
CHANCE = 0.05
SKEWED = ("slight_skew", "moderate_skew", "heavy_skew")

CHECKS = (
    "groups_differ",
    "means_reliable",
    "agree_uniform",
    "agree_skewed",
    "closer_than_random",
)


def verdict_row(
    scale: str,
    iccs: dict[str, float],
    statistics: dict[str, FloatArray],
    p_random: float,
) -> dict[str, object]:
    """Return one scale's row of `Agreement.verdicts`.

    Five checks are made. ``groups_differ``: the lower bound of ICC1 lies above zero.
    ``means_reliable``: ICC2 is .70 or more. ``agree_uniform``: the median rwg(j) over the groups is
    .70 or more when nobody agreeing means answers spread evenly. ``agree_skewed``: it still is when
    nobody agreeing means a slight lean to one side, as people answer in practice (missing where no
    such null is published). ``closer_than_random``: the variance within groups is smaller than
    within groups put together by lot (p < .05).

    The verdict is ``aggregate`` when all checks hold; ``do_not_aggregate`` when groups do not
    differ, or are no closer than random groups, or ICC2 is below .50, or not even the even null
    shows agreement; ``with_care`` in between: differences between groups are there, and what is
    weak is named under ``against``.

    Parameters
    ----------
    scale : str
        Name of the scale.
    iccs : dict
        ``icc1 icc1_low icc2``.
    statistics : dict
        Each group's ``rwg_j`` under each null, shape (g,), NaN in groups of one.
    p_random : float
        One-sided p-value of random group resampling.
    """
    medians = {
        name: _median(statistics["rwg_j" if name == "uniform" else f"rwg_j_{name}"])
        for name in ("uniform", *SKEWED)
    }
    checks: dict[str, bool | None] = {
        "groups_differ": iccs["icc1_low"] > 0.0,
        "means_reliable": iccs["icc2"] >= RELIABLE_MEAN,
        "agree_uniform": medians["uniform"] >= ENOUGH_AGREEMENT,
        "agree_skewed": (
            None if np.isnan(medians["slight_skew"]) else medians["slight_skew"] >= ENOUGH_AGREEMENT
        ),
        "closer_than_random": None if np.isnan(p_random) else p_random < CHANCE,
    }
    against = [name for name in CHECKS if checks[name] is False]
    refused = {"groups_differ", "closer_than_random", "agree_uniform"} & set(against)
    if refused or iccs["icc2"] < USABLE_MEAN:
        verdict = "do_not_aggregate"
    else:
        verdict = "with_care" if against else "aggregate"
    row: dict[str, object] = {"scale": scale, **iccs}
    row |= {f"median_rwg_j_{name}": value for name, value in medians.items()}
    row |= {
        "share_rwg_j_above_70": _share(statistics["rwg_j"]),
        "p_random_groups": p_random,
        **checks,
        "against": ", ".join(against),
        "verdict": verdict,
    }
    return row


def verdict_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Put the rows together; a check that could not be made is missing, not false."""
    return pd.DataFrame(rows).astype(dict.fromkeys(CHECKS, "boolean"))


def _median(values: FloatArray) -> float:
    here = values[np.isfinite(values)]
    return float(np.median(here)) if len(here) else float("nan")


def _share(values: FloatArray) -> float:
    here = values[np.isfinite(values)]
    return float(np.mean(here >= ENOUGH_AGREEMENT)) if len(here) else float("nan")

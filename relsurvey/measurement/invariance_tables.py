"""Tables of invariance: what was freed, factor means, what may be compared."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from relsurvey.measurement.invariance_ladder import Climb, LevelFit, Step, factor_mean_rows
from relsurvey.measurement.parameter_table import Parameter

CFI_GOOD = 0.90
RMSEA_GOOD = 0.08
# what is compared, by the place of the level that it needs counted from the ends of the ladder
NEEDS = {"structure": 0, "associations": -3, "means": -2, "scores": -1}
FREED = [
    "order",
    "level",
    "item",
    "score_statistic",
    "score_df",
    "score_p_value",
    "lhs",
    "op",
    "rhs",
    "group",
    "reference",
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "factor",
    "mean_shift",
]
MEANS = [
    "factor",
    "group",
    "reference",
    "estimate",
    "std_error",
    "statistic",
    "p_value",
    "conf_low",
    "conf_high",
    "std_estimate",
]


def freed_frame(climb: Climb, labels: tuple[str, ...], confidence: float) -> pd.DataFrame:
    """One row per freed parameter and group, in the order of freeing; see `Invariance.freed`."""
    final = {step.fit.level: step.fit for step in climb.steps}
    reach = _reach(confidence)
    rows = []
    for order, release in enumerate(climb.releases, 1):
        fit = final[release.level]
        factors = [name for name, own in fit.table.first_order().items() if release.item in own]
        shifts = climb.shifts.get(release.item, {})
        for place, group, estimate, std_error in _differences(fit, release.item, release.level):
            named: dict[str, object] = dict(zip(("lhs", "op", "rhs"), place, strict=True))
            rows.append(
                {
                    "order": order,
                    "level": release.level,
                    "item": release.item,
                    "score_statistic": release.test.statistic,
                    "score_df": release.test.df,
                    "score_p_value": release.test.p_value,
                }
                | named
                | {
                    "group": labels[group],
                    "reference": labels[0],
                    "estimate": estimate,
                    "std_error": std_error,
                    "conf_low": estimate - reach * std_error,
                    "conf_high": estimate + reach * std_error,
                    "factor": ", ".join(factors),
                    "mean_shift": shifts.get((factors[0], group), math.nan),
                }
            )
    return pd.DataFrame(rows, columns=FREED)


def factor_mean_frame(
    climb: Climb, labels: tuple[str, ...], confidence: float, reference: int
) -> pd.DataFrame:
    """One row per factor and group but the reference; see `Invariance.factor_means`."""
    fit = climb.last.fit
    places = factor_mean_rows(fit)
    factors = list(dict.fromkeys(factor for factor, _ in places))
    reach = _reach(confidence)
    rows = []
    for factor in factors:
        for group, label in enumerate(labels):
            if group == reference:
                continue
            weights = np.zeros(len(fit.theta))
            for own, sign in ((group, 1.0), (reference, -1.0)):
                if (factor, own) in places:
                    weights[places[factor, own]] += sign
            estimate = float(weights @ fit.theta)
            std_error = math.sqrt(max(float(weights @ fit.covariance @ weights), 0.0))
            statistic = estimate / std_error if std_error > 0.0 else math.nan
            spread = 0.5 * (_variance(fit, factor, group) + _variance(fit, factor, reference))
            rows.append(
                {
                    "factor": factor,
                    "group": label,
                    "reference": labels[reference],
                    "estimate": estimate,
                    "std_error": std_error,
                    "statistic": statistic,
                    "p_value": float(2.0 * ndtr(-abs(statistic))),
                    "conf_low": estimate - reach * std_error,
                    "conf_high": estimate + reach * std_error,
                    "std_estimate": estimate / math.sqrt(spread) if spread > 0.0 else math.nan,
                }
            )
    return pd.DataFrame(rows, columns=MEANS)


def comparable_frame(climb: Climb, levels: tuple[str, ...], ending: str) -> pd.DataFrame:
    """One row per kind of comparison; see `Invariance.comparable`."""
    reached: dict[str, Step] = {step.fit.level: step for step in climb.steps}
    rows = []
    for what, place in NEEDS.items():
        level = levels[place]
        if what == "structure":
            holds, evidence = _structure(climb.steps[0].fit, ending)
            freed: list[str] = []
        else:
            holds, evidence = _comparison(reached, levels, level)
            freed = sorted(reached[level].fit.freed) if level in reached else []
        rows.append(
            {
                "what": what,
                "level": level,
                "holds": holds,
                "evidence": evidence,
                "freed": ", ".join(freed),
            }
        )
    return pd.DataFrame(rows)


def _structure(fit: LevelFit, ending: str) -> tuple[str, str]:
    found = fit.measures
    if fit.df == 0:
        return "untested", "nothing_to_test"
    p_value = found.get("p_value_scaled", found["p_value"])
    if p_value >= 0.05:
        return "yes", "not_rejected"
    good = found[f"cfi{ending}"] >= CFI_GOOD and found[f"rmsea{ending}"] <= RMSEA_GOOD
    return ("yes", "good_fit") if good else ("no", "poor_fit")


def _comparison(reached: dict[str, Step], levels: tuple[str, ...], level: str) -> tuple[str, str]:
    needed = levels[1 : levels.index(level) + 1]
    for name in needed:
        if name not in reached:
            return "untested", "level_not_reached"
        if not reached[name].accepted:
            return "no", "rejected" if name == level else "earlier_level_rejected"
    if reached[level].fit.freed:
        return "partly", "items_freed"
    reasons = [reached[name].reason for name in needed]
    if all(reason == "nothing_to_test" for reason in reasons):
        return "untested", "nothing_to_test"
    return "yes", "small_change" if "small_change" in reasons else "not_rejected"


def _differences(
    fit: LevelFit, item: str, level: str
) -> Iterator[tuple[tuple[str, str, str], int, float, float]]:
    """Parameters freed with an item: place, group, difference from the first group, error."""
    if level == "thresholds":
        yield from _threshold_differences(fit, item)
        return
    rows = [row for row in fit.table.rows if _of(row, level, item)]
    base = {(row.lhs, row.rhs): row for row in rows if row.group == 0}
    for row in rows:
        first = base[row.lhs, row.rhs]
        if row.group and row.index != first.index:
            yield (row.lhs, row.op, row.rhs), row.group, *_contrast(fit, row, first)


def _threshold_differences(
    fit: LevelFit, item: str
) -> Iterator[tuple[tuple[str, str, str], int, float, float]]:
    places = np.flatnonzero(np.array(fit.threshold_items) == item)
    for group in range(1, len(fit.thresholds)):
        for number, place in enumerate(places, 1):
            first, own = fit.thresholds[0][place], fit.thresholds[group][place]
            weights = np.zeros(len(fit.theta))
            weights[[own, first]] = 1.0, -1.0
            error = math.sqrt(max(float(weights @ fit.covariance @ weights), 0.0))
            yield (item, "|", f"t{number}"), group, float(weights @ fit.theta), error


def _contrast(fit: LevelFit, row: Parameter, first: Parameter) -> tuple[float, float]:
    weights, fixed = np.zeros(len(fit.theta)), 0.0
    for own, sign in ((row, 1.0), (first, -1.0)):
        if own.index >= 0:
            weights[own.index] += sign
        else:
            fixed += sign * own.value
    error = math.sqrt(max(float(weights @ fit.covariance @ weights), 0.0))
    return float(weights @ fit.theta) + fixed, error


def _of(row: Parameter, level: str, item: str) -> bool:
    if level in ("loadings", "metric"):
        return row.op == "=~" and row.rhs == item
    if level in ("intercepts", "scalar"):
        return row.op == "~1" and row.lhs == item
    return row.op == "~~" and row.lhs == row.rhs == item


def _variance(fit: LevelFit, factor: str, group: int) -> float:
    for row in fit.table.rows:
        if row.group == group and row.op == "~~" and row.lhs == row.rhs == factor:
            return float(fit.theta[row.index]) if row.index >= 0 else row.value
    return math.nan


def _reach(confidence: float) -> float:
    return float(ndtri((1.0 + confidence) / 2.0))

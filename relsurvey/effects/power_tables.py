"""Tables of what drawn surveys found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from relsurvey.effects.power_replicate import FINDINGS, PowerTask, Replicate
from relsurvey.simulation.planned_draw import Plan

FloatArray = NDArray[np.float64]
ALPHA = 0.05


def terms_table(task: PowerTask, plan: Plan, found: Sequence[Replicate]) -> pd.DataFrame:
    """Return the rows of one size; see ``Power.tidy``."""
    terms = np.stack([one.terms for one in found])
    shares = np.stack([one.shares for one in found])
    k = len(task.predictors)
    latent = task.source.plan.latent
    rows = []
    for at, outcome in enumerate(task.outcomes):
        truth = task.source.truth(outcome, task.predictors)
        row = latent.outcomes.index(outcome)
        delta = dict(zip(latent.exogenous, latent.moderation[row], strict=True))
        for place, name in enumerate(task.predictors):
            told = {"outcome": outcome, "predictor": name}
            main, product = terms[:, at, place], terms[:, at, k + place]
            per_log = latent.span.employee_sd or np.nan
            rows.append(
                {**told, "kind": "main", "truth": truth["coefficients"][name], **_tested(main)}
            )
            if np.isfinite(product).any():
                rows.append(
                    {
                        **told,
                        "kind": "interaction",
                        "truth": delta[name] / per_log,
                        **_tested(product),
                    }
                )
            own = shares[:, at, place]
            rows.append(
                {
                    **told,
                    "kind": "share",
                    "truth": truth["share"][name],
                    "estimate": _mean(own[:, 0]),
                    "std_dev": _spread(own[:, 0]),
                    "width": _mean(own[:, 1]),
                }
            )
    table = pd.DataFrame(rows)
    columns = ["outcome", "kind", "predictor", "truth", "estimate", "std_dev"]
    table = table[[*columns, "power", "power_low", "power_high", "width"]]
    order = {"main": 0, "interaction": 1, "share": 2}
    table = table.sort_values(
        ["outcome", "kind"],
        key=lambda column: (
            column.map(order)
            if column.name == "kind"
            else column.map({name: at for at, name in enumerate(task.outcomes)})
        ),
        kind="stable",
    )
    return _sized(table.reset_index(drop=True), plan, found)


def ranking_table(task: PowerTask, plan: Plan, found: Sequence[Replicate]) -> pd.DataFrame:
    """Return the rows of one size; see ``Power.ranking``."""
    findings = np.stack([one.findings for one in found])
    rows = []
    for at, outcome in enumerate(task.outcomes):
        for place, name in enumerate(FINDINGS):
            own = findings[:, at, place]
            own = own[np.isfinite(own)]
            if own.size:
                low, high = wilson(own.sum(), own.size)
                rows.append((outcome, name, own.mean(), low, high))
    columns = ["outcome", "finding", "share", "share_low", "share_high"]
    return _sized(pd.DataFrame(rows, columns=columns), plan, found)


def needed_table(terms: pd.DataFrame, power: float) -> pd.DataFrame:
    """Interpolate the number of leaders at which each effect has the power."""
    rows = []
    tested = terms[terms["kind"] != "share"]
    for key, own in tested.groupby(["outcome", "kind", "predictor"], sort=False):
        ordered = own.sort_values("leaders")
        sizes, found = ordered["leaders"].to_numpy(dtype=float), ordered["power"].to_numpy()
        reached = np.flatnonzero(found >= power)
        size = np.nan
        if reached.size and reached[0] == 0:
            size = sizes[0]
        elif reached.size:
            at = reached[0]
            step = (power - found[at - 1]) / (found[at] - found[at - 1])
            size = np.ceil(np.round(sizes[at - 1] + step * (sizes[at] - sizes[at - 1]), 6))
        rows.append((*key, size))
    return pd.DataFrame(rows, columns=["outcome", "kind", "predictor", "leaders"])


def wilson(count: float, n: int) -> tuple[float, float]:
    """Return Wilson's (1927) 95 % bounds of a share."""
    found = stats.binomtest(round(count), n).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)


def _tested(numbers: FloatArray) -> dict[str, float]:
    usable = np.isfinite(numbers[:, 1])
    hits = float((numbers[:, 1] < ALPHA).sum())  # a survey too small to test found nothing
    low, high = wilson(hits, len(numbers))
    return {
        "estimate": _mean(numbers[:, 0]),
        "std_dev": _spread(numbers[:, 0]),
        "power": hits / len(numbers),
        "power_low": low,
        "power_high": high,
        "width": _mean(numbers[usable, 2]),
    }


def _mean(values: FloatArray) -> float:
    values = values[np.isfinite(values)]
    return float(values.mean()) if values.size else float("nan")


def _spread(values: FloatArray) -> float:
    values = values[np.isfinite(values)]
    return float(values.std(ddof=1)) if values.size > 1 else float("nan")


def _sized(table: pd.DataFrame, plan: Plan, found: Sequence[Replicate]) -> pd.DataFrame:
    table.insert(0, "n_obs", float(np.mean([one.n_obs for one in found])))
    for name in ("response_rate", "employees_per_leader", "leaders"):
        value = getattr(plan, name)
        table.insert(0, name, np.nan if value is None else value)
    return table

"""What follows from shown means: shrunk means, and differences with a guard on false alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.cards.estimates import Estimates, estimate, holm, p_value
from relsurvey.cards.organisation import Organisation
from relsurvey.disclosure.protect import Wave

Floats = NDArray[np.float64]
ALPHA = 0.05
SHRUNK, RELIABILITY = "~shrunk", "~reliability"
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """One construct of the last wave: estimates, and where its mean is shown."""

    construct: str
    found: Estimates
    shown: NDArray[np.bool_]
    before: tuple[Estimates, NDArray[np.bool_]] | None


def comparisons(
    people: Organisation,
    published: pd.DataFrame,
    min_n: int,
    selves: Mapping[str, Floats] | None = None,
) -> pd.DataFrame:
    """Return the rows whose cut begins with ``~``, for the last wave.

    A unit is compared with the others of the unit above, with the others of the organisation, with
    the mean that people of its job groups have in the organisation, with its own wave before, and
    with its leader's own rating.
    Only shown means are used; others must be ``min_n`` people. Of all differences of one unit the
    p-values are adjusted by Holm's method: in at most 5 of 100 units without any true difference
    one is called clear.

    Parameters
    ----------
    people : Organisation
    published : DataFrame
        Rows ``unit wave cut measure status`` as decided; every unit for every measure.
    min_n : int
    selves : mapping of str to ndarray, optional
        Leaders' own scores per construct, one per unit.
    """
    *earlier, last = people.waves
    shown = _shown(people, published)
    parts: list[pd.DataFrame] = []
    found: list[_Shown] = []
    for construct, values in last.values.items():
        before = None
        if earlier and construct in earlier[-1].values:
            previous = earlier[-1]
            then = shown[previous.name, "", construct]
            before = (
                estimate(people.tree, previous.unit, previous.values[construct], then),
                then,
            )
        one = _Shown(
            construct,
            estimate(people.tree, last.unit, values, shown[last.name, "", construct]),
            shown[last.name, "", construct],
            before,
        )
        found.append(one)
        parts += _estimated(people, last, one)
    parts.append(_differences(people, last, found, shown, min_n, selves or {}))
    return pd.concat(parts, ignore_index=True)


def _shown(
    people: Organisation, published: pd.DataFrame
) -> dict[tuple[str, str, str], NDArray[np.bool_]]:
    """Whether each unit is shown, per wave, cut and measure; units in the order of the tree."""
    size = len(people.tree)
    return {
        (str(wave), str(cut), str(measure)): (rows["status"] == "shown").to_numpy()
        for (wave, cut, measure), rows in published.groupby(["wave", "cut", "measure"], sort=False)
        if len(rows) == size
    }


def unit_rows(people: Organisation, wave: Wave, cut: str, construct: str) -> pd.DataFrame:
    """Return a row for every unit, in the order of the tree, still without numbers."""
    names, above = people.tree.labels()
    return pd.DataFrame(
        {
            "unit": names,
            "parent": above,
            "wave": wave.name,
            "cut": cut,
            "measure": construct,
            "n": np.nan,
        }
    )


def _estimated(people: Organisation, wave: Wave, one: _Shown) -> list[pd.DataFrame]:
    low, high = one.found.interval()
    shrunk = unit_rows(people, wave, SHRUNK, one.construct).assign(
        score=np.round(one.found.estimate),
        conf_low=np.floor(low),
        conf_high=np.ceil(high),
        status="shown",
    )
    reliability = unit_rows(people, wave, RELIABILITY, one.construct).assign(
        score=np.round(100 * one.found.reliability),
        conf_low=np.nan,
        conf_high=np.nan,
        status="shown",
    )
    under = one.shown & (people.tree.parent >= 0)
    above = np.maximum(people.tree.parent, 0)
    # towards a hidden mean nothing is shrunk, lest it follows
    kept = one.shown & (~under | one.shown[above])
    return [shrunk[kept], reliability[kept & under]]


def _differences(
    people: Organisation,
    wave: Wave,
    found: list[_Shown],
    shown: dict[tuple[str, str, str], NDArray[np.bool_]],
    min_n: int,
    selves: Mapping[str, Floats],
) -> pd.DataFrame:
    tables = []
    for one in found:
        against = {
            "~parent": _others(one, np.maximum(people.tree.parent, 0), min_n),
            "~organisation": _others(one, np.zeros(len(people.tree), dtype=np.int64), min_n),
            "~job_group": _like(people, wave, one, shown),
            "~last_wave": _before(one, min_n),
            "~self": _own(one, selves.get(one.construct)),
        }
        for cut, (difference, error) in against.items():
            tables.append(
                unit_rows(people, wave, cut, one.construct).assign(
                    difference=difference, error=error, place=np.arange(len(people.tree))
                )
            )
    table = pd.concat(tables, ignore_index=True)
    # the parent of units right below the top is the organisation: said once
    twice = (table["cut"] == "~organisation") & (table["parent"] == people.tree.names[0])
    against_itself = (table["place"] == 0) & ~table["cut"].isin(["~last_wave", "~self"])
    table = table[table["difference"].notna() & ~twice & ~against_itself]
    if table.empty:
        return table.drop(columns=["difference", "error", "place"])
    table["p"] = p_value(table["difference"].to_numpy(), table["error"].to_numpy())
    table = table.reset_index(drop=True)
    p = table["p"].to_numpy(copy=True)
    for rows in table.groupby("place").indices.values():
        p[rows] = holm(p[rows])
    clear = p < ALPHA
    up = (table["difference"] > 0).to_numpy()
    return table.assign(
        score=np.round(table["difference"]),
        conf_low=np.floor(table["difference"] - _Z * table["error"]),
        conf_high=np.ceil(table["difference"] + _Z * table["error"]),
        status=np.where(clear & up, "above", np.where(clear, "below", "unclear")),
    ).drop(columns=["difference", "error", "place", "p"])


def _others(one: _Shown, whole: NDArray[np.int64], min_n: int) -> tuple[Floats, Floats]:
    """Difference from the other people of a larger unit, and its error."""
    n, mean = one.found.n, np.nan_to_num(one.found.mean)
    rest = n[whole] - n
    usable = one.shown & one.shown[whole] & (rest >= min_n)
    there = np.maximum(rest, 1)
    others = (n[whole] * mean[whole] - n * mean) / there
    error = np.sqrt(one.found.within / np.maximum(n, 1) + one.found.within[whole] / there)
    return np.where(usable, mean - others, np.nan), np.where(usable, error, np.nan)


def _like(
    people: Organisation,
    wave: Wave,
    one: _Shown,
    shown: dict[tuple[str, str, str], NDArray[np.bool_]],
) -> tuple[Floats, Floats]:
    """Difference from what people of the same job groups say in the whole organisation."""
    nothing = np.full(len(people.tree), np.nan)
    if "job_group" not in wave.cuts:
        return nothing, nothing
    values, groups = wave.values[one.construct], wave.cuts["job_group"]
    known = np.isfinite(values)
    expected, variance = np.zeros(len(people.tree)), np.zeros(len(people.tree))
    for group in sorted(set(groups[known])):
        here = known & (groups == group)
        at_top = shown.get((wave.name, f"job_group={group}", one.construct))
        if at_top is None or not at_top[0]:
            return nothing, nothing
        share = people.tree.roll_up(
            np.bincount(wave.unit[here], minlength=len(people.tree)).astype(float)
        ) / np.maximum(one.found.n, 1)
        expected += share * values[here].mean()
        variance += share**2 * one.found.within[0] / here.sum()
    error = np.sqrt(one.found.within / np.maximum(one.found.n, 1) + variance)
    usable = one.shown & np.isfinite(error)
    return (
        np.where(usable, one.found.mean - expected, np.nan),
        np.where(usable, error, np.nan),
    )


def _own(one: _Shown, own: Floats | None) -> tuple[Floats, Floats]:
    """Difference from the leader's own rating, which is one person's and counts as it was given."""
    if own is None:
        nothing = np.full(one.shown.size, np.nan)
        return nothing, nothing
    error = np.sqrt(one.found.within / np.maximum(one.found.n, 1))
    usable = one.shown & np.isfinite(own)
    return np.where(usable, one.found.mean - own, np.nan), np.where(usable, error, np.nan)


def _before(one: _Shown, min_n: int) -> tuple[Floats, Floats]:
    """Difference from the wave before; answers of two waves count as independent."""
    nothing = np.full(one.shown.size, np.nan)
    if one.before is None:
        return nothing, nothing
    then, then_shown = one.before
    usable = one.shown & then_shown & (then.n >= min_n)
    error = np.sqrt(
        one.found.within / np.maximum(one.found.n, 1) + then.within / np.maximum(then.n, 1)
    )
    return (
        np.where(usable, one.found.mean - then.mean, np.nan),
        np.where(usable, error, np.nan),
    )

"""How the rows of published tables hang together: what adds up, and what is said twice."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.sparse import csr_array


def relations(rows: pd.DataFrame) -> csr_array:
    """Return one row per sum, with 1 for the whole and −1 for its parts.

    Parameters
    ----------
    rows : DataFrame
        Columns ``unit parent cut``; a parent is empty at the top, a cut is empty for all people and
        ``field=category`` for some. With a column ``release`` each table adds up for itself, and
        cells of the same ``people`` and cut are equal.

    Returns
    -------
    csr_array, shape (sums, rows)
        Each product with the rows' people, or with their sums of scores, is 0.
    """
    releases = rows["release"] if "release" in rows else [0] * len(rows)
    columns = rows["unit"], rows["parent"], rows["cut"], releases
    place: dict[tuple[str, str, int], int] = {}
    below: dict[tuple[str, str, int], list[int]] = {}
    within: dict[tuple[str, str, int], list[int]] = {}
    for at, (unit, parent, cut, release) in enumerate(zip(*columns, strict=True)):
        place[unit, cut, release] = at
        if parent:
            below.setdefault((parent, cut, release), []).append(at)
        if cut:
            within.setdefault((unit, cut.split("=", 1)[0], release), []).append(at)
    sums = [(place[key], parts) for key, parts in below.items() if key in place]
    sums += [
        (place[unit, "", release], parts)
        for (unit, _, release), parts in within.items()
        if (unit, "", release) in place
    ]
    sums += _said_again(rows)
    row = np.repeat(np.arange(len(sums)), [1 + len(parts) for _, parts in sums])
    column = [at for whole, parts in sums for at in (whole, *parts)]
    sign = [one for _, parts in sums for one in (1.0, *(-1.0 for _ in parts))]
    return csr_array((sign, (row, column)), shape=(len(sums), len(rows)))


def _said_again(rows: pd.DataFrame) -> list[tuple[int, list[int]]]:
    """Pairs of places that hold the same people in two tables."""
    if "release" not in rows or rows["release"].nunique() < 2:
        return []
    seen: dict[tuple[str, str], int] = {}
    pairs = []
    for at, key in enumerate(zip(rows["people"], rows["cut"], strict=True)):
        if key in seen:
            pairs.append((seen[key], [at]))
        seen[key] = at
    return pairs


def people_of(units: Iterable[str], parents: Iterable[str]) -> dict[str, str]:
    """Return the lowest units of each unit, as one text: equal texts are equal people."""
    above = dict(zip(units, parents, strict=True))
    lowest: dict[str, list[str]] = {unit: [] for unit in above}
    for unit in sorted(set(above) - set(above.values())):
        at = unit
        while at in above:
            lowest[at].append(unit)
            at = above[at]
    return {unit: "\n".join(names) for unit, names in lowest.items()}

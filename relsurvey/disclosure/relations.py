"""How the rows of a published table add up: units below a unit, categories of a cut."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_array


def relations(units: Iterable[str], parents: Iterable[str], cuts: Iterable[str]) -> csr_array:
    """Return one row per sum, with 1 for the whole and −1 for its parts.

    Parameters
    ----------
    units, parents, cuts : iterable of str
        One per row of the table; a parent is empty at the top, a cut is empty for all people and
        ``field=category`` for some.

    Returns
    -------
    csr_array, shape (sums, rows)
        Each product with the rows' people, or with their sums of scores, is 0.
    """
    place = {}
    below: dict[tuple[str, str], list[int]] = {}
    within: dict[tuple[str, str], list[int]] = {}
    for at, (unit, parent, cut) in enumerate(zip(units, parents, cuts, strict=True)):
        place[unit, cut] = at
        if parent:
            below.setdefault((parent, cut), []).append(at)
        if cut:
            within.setdefault((unit, cut.split("=", 1)[0]), []).append(at)
    wholes = [(place[key], parts) for key, parts in below.items() if key in place]
    wholes += [
        (place[unit, ""], parts) for (unit, _), parts in within.items() if (unit, "") in place
    ]
    row = np.repeat(np.arange(len(wholes)), [1 + len(parts) for _, parts in wholes])
    column = [at for whole, parts in wholes for at in (whole, *parts)]
    sign = [one for _, parts in wholes for one in (1.0, *(-1.0 for _ in parts))]
    return csr_array((sign, (row, column)), shape=(len(wholes), len(place)))

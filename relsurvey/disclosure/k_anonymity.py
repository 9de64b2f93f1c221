"""k-anonymity: nobody stands alone with what others may know of a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BLANK = ""


@dataclass(frozen=True, slots=True, eq=False)
class Anonymised:
    """People of whom at least ``k`` always look alike.

    Attributes
    ----------
    frame : DataFrame
        The fields of those who are kept, "" where a value was blanked or not known.
    kept : ndarray of bool, shape (people,)
    smallest_before, smallest : int
        Fewest people who look alike, before and after; 0 without people.
    report : DataFrame
        One row per field: ``field known blanked``.
    """

    frame: pd.DataFrame
    kept: NDArray[np.bool_]
    smallest_before: int
    smallest: int
    report: pd.DataFrame


def k_anonymous(frame: pd.DataFrame, fields: Sequence[str], k: int) -> Anonymised:
    """Blank values until everybody looks like at least ``k − 1`` others.

    Field by field, in the order given, the value of all who look like too few is blanked; who still
    looks like too few without any is left out. Then, from the last field on, values come back that
    at least ``k`` of those who look alike share. Blank counts as a value of its own.

    Parameters
    ----------
    frame : DataFrame
        One row a person.
    fields : sequence of str
        What others may know of a person (quasi-identifiers), the least needed first.
    k : int

    References
    ----------
    Sweeney, L. (2002). Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems, 10, 557-570
    and 571-588 (local suppression).
    """
    alike = frame[list(fields)].astype(object).where(frame[list(fields)].notna(), BLANK)
    known = (alike != BLANK).sum()
    sizes = _sizes(alike)
    before = int(sizes.min(initial=len(frame)))
    for field in fields:
        alike.loc[sizes < k, field] = BLANK
        sizes = _sizes(alike)
    for field in reversed(fields):
        _restore(alike, frame[field], field, k)
    sizes = _sizes(alike)
    kept = sizes >= k
    blanked = known - (alike != BLANK).sum()
    report = pd.DataFrame(
        {"field": list(fields), "known": known.to_numpy(), "blanked": blanked.to_numpy()}
    )
    smallest = int(sizes[kept].min()) if kept.any() else 0
    return Anonymised(alike[kept], kept, before, smallest, report)


def _restore(alike: pd.DataFrame, true: pd.Series, field: str, k: int) -> None:
    """Bring back values shared by enough of those who look alike, if enough stay without."""
    blank = (alike[field] == BLANK).to_numpy() & true.notna().to_numpy()
    if not blank.any():
        return
    own_values = [str(value) for value in true]
    shown = alike[field].to_numpy(dtype=object, copy=True)
    groups = _groups(alike)
    for group in np.unique(groups[blank]):
        people = np.flatnonzero(groups == group)
        own = people[blank[people]].tolist()
        counts = Counter(own_values[at] for at in own)
        back = [value for value, n in counts.most_common() if n >= k]
        rest = people.size - sum(counts[value] for value in back)
        while back and 0 < rest < k:
            rest += counts[back.pop()]
        for at in own:
            if own_values[at] in back:
                shown[at] = own_values[at]
    alike[field] = shown


def _groups(alike: pd.DataFrame) -> NDArray[np.int64]:
    """Return a number for each row, equal for rows that are alike."""
    if not len(alike.columns):
        return np.zeros(len(alike), dtype=np.int64)
    found = alike.astype(str).groupby(list(alike.columns), sort=False).ngroup()
    return np.asarray(found, dtype=np.int64)


def _sizes(alike: pd.DataFrame) -> NDArray[np.int64]:
    """Return how many look like each, herself included."""
    groups = _groups(alike)
    return np.bincount(groups, minlength=1)[groups]

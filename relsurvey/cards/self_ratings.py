"""Leaders' ratings of themselves, on the very items that their employees answered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.cards.organisation import Organisation
from relsurvey.errors import DataError
from relsurvey.responses.keyed_items import keyed_items
from relsurvey.responses.responses import Responses

Floats = NDArray[np.float64]


def self_ratings(
    people: Organisation, leaders: Responses, min_answered: float
) -> dict[str, Floats]:
    """Return each unit's leader's own score per construct, on 0–100.

    Parameters
    ----------
    people : Organisation
        Units with their leaders.
    leaders : Responses
        Leaders' answers with a column ``leader``; of several waves the last wave's name counts.
    min_answered : float
        Share of a construct's items that a score needs.

    Returns
    -------
    dict of str to ndarray, shape (units,)
        NaN where the unit has no leader who answered.

    Raises
    ------
    DataError
        No column ``leader``, answers without one, two answers of one leader, or none that belongs
        to a unit.
    """
    last, instrument = people.waves[-1], leaders.instrument
    frame = leaders.frame
    if "leader" not in frame:
        raise DataError("The leaders' answers do not say whose they are.", expected="leader")
    if "wave" in frame and frame["wave"].notna().any() and last.name:
        frame = frame[frame["wave"].astype(str) == last.name]
    who = frame["leader"].fillna("").astype(str)
    again = who[who.duplicated()]
    if len(again):
        raise DataError(
            "Some leaders' answers have the same leader, or none.",
            where="leader",
            got=", ".join(sorted({one or "empty" for one in again})[:5]),
            expected="one row for each leader (and wave)",
        )
    place = {leader: at for at, leader in enumerate(who)}
    row = np.array([place.get(str(people.leader.get(unit)), -1) for unit in people.tree.names])
    if (row < 0).all():
        raise DataError(
            "None of the leaders' answers belongs to a unit of the roster.",
            where="leader",
            got=", ".join(who[:3]),
            expected=", ".join(list(map(str, people.leader.values()))[:3]) or "a roster of leaders",
        )
    answers = keyed_items(leaders).loc[frame.index]
    found = {}
    for construct, asked in last.items.items():
        items = [item for item in asked if item in answers]
        if len(items) < len(asked):  # leaders were not asked all of it
            continue
        scale = instrument.scale_of(items[0])
        given = (answers[items].to_numpy() - scale.low) / (scale.high - scale.low) * 100
        known = np.isfinite(given)
        enough = known.mean(axis=1) >= min_answered
        own = np.where(known, given, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        found[construct] = np.append(np.where(enough, own, np.nan), np.nan)[row]
    return found

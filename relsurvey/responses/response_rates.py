"""How many of those invited answered, per unit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from relsurvey.responses.responses import Responses


def answered(responses: Responses) -> pd.Series:
    """Whether a respondent answered any item; index as ``responses.frame``."""
    items = responses.frame[list(responses.items)]
    return pd.Series(items.notna().to_numpy().any(axis=1), index=items.index)


def response_rates(responses: Responses) -> pd.DataFrame:
    """Answers, people invited and response rate per unit.

    Parameters
    ----------
    responses : Responses
        Without a column ``unit`` the result has no rows.

    Returns
    -------
    DataFrame
        Columns ``unit answered headcount rate``: every unit of the roster with a headcount or
        with answers, in the roster's order, then units that only the answers know. ``answered``
        counts respondents with at least one answered item; ``rate`` is ``answered / headcount``,
        NaN where no headcount is known. Small units stand here as they are: who may see the
        table is for its user to decide.
    """
    frame = responses.frame
    if "unit" not in frame:
        return pd.DataFrame({"unit": [], "answered": [], "headcount": [], "rate": []})
    counts = frame.loc[answered(responses), "unit"].value_counts(sort=False)
    headcounts = _headcounts(responses)
    units = list(dict.fromkeys([*headcounts.index, *frame["unit"].dropna()]))
    n = counts.reindex(units).fillna(0).to_numpy(dtype=np.int64)
    headcount = headcounts.reindex(units).to_numpy(dtype=np.float64)
    shown = (n > 0) | np.isfinite(headcount)
    table = pd.DataFrame(
        {"unit": units, "answered": n, "headcount": headcount, "rate": n / headcount}
    )
    kept: pd.DataFrame = table[shown].reset_index(drop=True)
    return kept


def _headcounts(responses: Responses) -> pd.Series:
    """Headcount per unit, from the roster, else from the answers themselves."""
    known = responses.roster.frame if responses.roster is not None else responses.frame
    if "headcount" not in known:
        known = known.assign(headcount=np.nan)
    first: pd.Series = (
        known.dropna(subset=["unit"]).groupby("unit", sort=False)["headcount"].first()
    )
    return first

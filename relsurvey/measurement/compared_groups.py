"""Which groups of respondents are large enough to ask whether questions mean the same in them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

FEWEST_ANSWERS = 100
FEWEST_CLUSTERS = 5


@dataclass(frozen=True, slots=True)
class ComparedGroups:
    """One way of dividing respondents, and the groups in it that can be compared.

    Attributes
    ----------
    name : str
        What divides them: ``span_class``, or a background field.
    sizes : dict of str to int
        Answers of each group that is large enough, in the order of the labels.
    n_small : int
        Groups that are too small.
    n_without : int
        Respondents in those groups, or in none.
    reason : str
        Why nothing is compared, as an id: ``groups_absent groups_one groups_small``; empty when
        there are two groups or more.
    """

    name: str
    sizes: dict[str, int]
    n_small: int = 0
    n_without: int = 0
    reason: str = ""


def compared_groups(
    name: str,
    labels: pd.Series,
    clusters: pd.Series | None = None,
    *,
    fewest: int = FEWEST_ANSWERS,
) -> ComparedGroups:
    """Keep the groups that have enough answers, from enough clusters.

    Parameters
    ----------
    name : str
        What divides the respondents.
    labels : Series
        Group of every respondent; missing where unknown.
    clusters : Series, optional
        Team of every respondent: a group of fewer than five teams would show what single teams
        answered, and says little about the group.
    fewest : int
        Answers that a group needs.
    """
    known = labels.dropna().astype(str)
    sizes = known.value_counts()
    if sizes.empty:
        return ComparedGroups(name, {}, 0, len(labels), "groups_absent")
    large = sizes >= fewest
    if clusters is not None:
        teams = clusters.loc[known.index].groupby(known).nunique()
        large &= teams.reindex(sizes.index) >= FEWEST_CLUSTERS
    kept = {str(label): int(n) for label, n in sizes[large].items()}
    reason = "" if len(kept) > 1 else "groups_one" if len(sizes) == 1 else "groups_small"
    n_without = len(labels) - sum(kept.values())
    return ComparedGroups(name, kept, int((~large).sum()), n_without, reason)

"""Content validity from experts' ratings: I-CVI, S-CVI, κ*, CVR, substantive validity."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from relsurvey.errors import DataError
from relsurvey.instrument.expert_indices import (
    content_validity_ratio,
    critical_ratio,
    kappa_band,
    modified_kappa,
    proportion_of_agreement,
    substantive_validity,
    tail_probability,
)
from relsurvey.results import Result

RATING_COLUMNS = ("expert", "item", "relevance", "clarity", "belongs_to")
RELEVANT_FROM, ESSENTIAL_FROM, CLEAR_FROM = 3, 4, 3

NOTES = (
    "I-CVI is the share of experts who rate an item 3 or 4 of 4; conventions: 1.00 with three to "
    "five experts, .78 or more with six and above; S-CVI/Ave .90 or more; S-CVI/UA .80 or more "
    "(Polit, Beck & Owen 2007).",
    "CVR counts a relevance of 4 as Lawshe's 'essential'. Critical values of CVR and c_sv are "
    "computed from the exact one-tailed binomial test at .05; with four experts or fewer there is "
    "none.",
    "c_sv sets the assignments to the intended construct against those to the most chosen other "
    "construct; its p-value tests whether more than half of the experts chose the intended one.",
)


@dataclass(frozen=True, slots=True, eq=False)
class ContentValidity(Result):
    """Content validity per item, per construct and for the whole.

    Attributes
    ----------
    items : DataFrame
        One row per item: ``construct item n_experts i_cvi kappa kappa_band cvr cvr_critical
        clarity_i_cvi n_sorted p_sa c_sv c_sv_critical p_value most_chosen_other``.
    n_experts : int
        Experts who rated at least one item.
    notes : tuple of str
        Definitions and conventions that belong to the numbers.
    """

    title: ClassVar[str] = "Content validity"
    items: pd.DataFrame
    n_experts: int
    notes: tuple[str, ...] = NOTES

    def tidy(self) -> pd.DataFrame:
        """One row per item."""
        return self.items.copy()

    def by_construct(self) -> pd.DataFrame:
        """One row per construct: ``construct n_items s_cvi_ave s_cvi_ua … p_sa c_sv``."""
        groups = self.items.groupby("construct", sort=False)
        rows = [{"construct": name, **_scale_row(group)} for name, group in groups]
        return pd.DataFrame(rows)

    def glance(self) -> pd.DataFrame:
        """One row: the S-CVI of all items together and the means of p_sa and c_sv."""
        return pd.DataFrame([{"n_experts": self.n_experts, **_scale_row(self.items)}])


def content_validity(ratings: pd.DataFrame, constructs: Mapping[str, str]) -> ContentValidity:
    """Compute content validity from experts' ratings.

    Parameters
    ----------
    ratings : DataFrame
        One row per expert and item, columns ``expert item relevance clarity belongs_to``;
        relevance and clarity 1 to 4, ``belongs_to`` a construct id or "none"; missing where an
        expert did not answer (`relsurvey.instrument.expert_ratings.read_expert_sheets` makes it).
    constructs : mapping of item id to construct id
        Which construct each item is meant for; also fixes the items reported and their order.

    Returns
    -------
    ContentValidity

    Raises
    ------
    DataError
        A column is missing, an expert rates an item twice, a rating is not 1 to 4, an item is
        unknown, or nothing is rated at all.
    """
    ratings = _usable(ratings, constructs)
    by_item = dict(tuple(ratings.groupby("item", sort=False)))
    rows = [
        _item_row(item, construct, by_item.get(item, ratings.iloc[:0]))
        for item, construct in constructs.items()
    ]
    rated = ratings.dropna(subset=["relevance", "clarity", "belongs_to"], how="all")
    return ContentValidity(items=pd.DataFrame(rows), n_experts=int(rated["expert"].nunique()))


def _item_row(item: str, construct: str, ratings: pd.DataFrame) -> dict[str, object]:
    relevance, clarity = ratings["relevance"].dropna(), ratings["clarity"].dropna()
    chosen = ratings["belongs_to"].dropna()
    n_rated, n_relevant = len(relevance), int((relevance >= RELEVANT_FROM).sum())
    others = chosen[(chosen != construct) & (chosen != "none")].value_counts()
    n_sorted, n_posited = len(chosen), int((chosen == construct).sum())
    n_most_other = int(others.max()) if len(others) else 0
    kappa = modified_kappa(n_relevant, n_rated)
    return {
        "construct": construct,
        "item": item,
        "n_experts": n_rated,
        "i_cvi": _share(n_relevant, n_rated),
        "kappa": kappa,
        "kappa_band": kappa_band(kappa),
        "cvr": content_validity_ratio(int((relevance >= ESSENTIAL_FROM).sum()), n_rated),
        "cvr_critical": critical_ratio(n_rated),
        "clarity_i_cvi": _share(int((clarity >= CLEAR_FROM).sum()), len(clarity)),
        "n_sorted": n_sorted,
        "p_sa": proportion_of_agreement(n_posited, n_sorted),
        "c_sv": substantive_validity(n_posited, n_most_other, n_sorted),
        "c_sv_critical": critical_ratio(n_sorted),
        "p_value": tail_probability(n_posited, n_sorted),
        "most_chosen_other": str(others.index[0]) if len(others) else "",
    }


def _share(count: int, total: int) -> float:
    return count / total if total else math.nan


def _scale_row(items: pd.DataFrame) -> dict[str, object]:
    rated = items["i_cvi"].dropna()
    return {
        "n_items": len(items),
        "n_items_rated": len(rated),
        "s_cvi_ave": rated.mean(),
        "s_cvi_ua": (rated == 1).mean() if len(rated) else math.nan,
        "clarity_s_cvi_ave": items["clarity_i_cvi"].mean(),
        "p_sa": items["p_sa"].mean(),
        "c_sv": items["c_sv"].mean(),
    }


def _usable(ratings: pd.DataFrame, constructs: Mapping[str, str]) -> pd.DataFrame:
    missing = [column for column in RATING_COLUMNS if column not in ratings.columns]
    if missing:
        raise DataError(
            "The ratings lack columns.", got=", ".join(missing), expected=", ".join(RATING_COLUMNS)
        )
    unknown = sorted(set(ratings["item"].astype(str)) - set(constructs))
    if unknown:
        raise DataError("Unknown items are rated.", got=", ".join(unknown[:10]))
    twice = ratings[ratings.duplicated(["expert", "item"])]
    if len(twice):
        first = twice.iloc[0]
        raise DataError(
            "An expert rates an item twice.", got=f"expert {first['expert']}, item {first['item']}"
        )
    usable = ratings.reset_index(drop=True)
    for column in ("relevance", "clarity"):
        values = pd.to_numeric(usable[column], errors="coerce").astype(float)
        wrong = usable[column].notna() & ~values.isin([1, 2, 3, 4])
        if wrong.any():
            found = usable.loc[wrong, column].iloc[0]
            raise DataError(
                f"A rating of {column} is out of range.", got=repr(found), expected="1, 2, 3 or 4"
            )
        usable[column] = values
    if usable[["relevance", "clarity", "belongs_to"]].isna().all(axis=None):
        raise DataError("Nothing is rated.", expected="at least one rating")
    return usable

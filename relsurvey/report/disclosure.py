"""What may be shown: no unit below the minimum, none found by subtraction, no lone leader."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from relsurvey.effects.moderate import Moderation
from relsurvey.report.contents import ReportContents

ANALYSES = (
    "response_rates",
    "careless",
    "reliability",
    "general_factor",
    "level_reliability",
    "agreement",
    "model_comparison",
    "cfa",
    "invariances",
    "marker",
    "regressions",
    "moderations",
    "rankings",
    "level_rankings",
    "split_groups",
    "sensitivity",
    "specification_curve",
)


@dataclass(frozen=True, slots=True, eq=False)
class Publishable:
    """Rows that may be shown, and how many were hidden.

    Attributes
    ----------
    shown : DataFrame
        The rows with enough answers, in the order given.
    n_small : int
        Rows below the minimum.
    n_cover : int
        Rows hidden as well, so that the small ones cannot be found by subtraction.
    """

    shown: pd.DataFrame
    n_small: int
    n_cover: int

    @property
    def n_hidden(self) -> int:
        """Rows hidden for either reason."""
        return self.n_small + self.n_cover


def publishable(frame: pd.DataFrame, count: str, min_n: int) -> Publishable:
    """Part the rows of a table by unit into those that may be shown and those that may not.

    A row is hidden when it rests on fewer than ``min_n`` answers (or when their number is not
    known). If what is hidden is a single row, or fewer than ``min_n`` answers together, whole and
    parts would give it away; then the smallest shown rows are hidden too until that is no longer
    so.

    Parameters
    ----------
    frame : DataFrame
        One row per unit.
    count : str
        Column with the number of answers that a row rests on.
    min_n : int
        Fewest answers that may be shown.

    Returns
    -------
    Publishable
        What may be shown, and counts of what may not.
    """
    n = pd.to_numeric(frame[count], errors="coerce")
    small = ~(n >= min_n)
    hidden = small.copy()
    for candidate in n[~small].sort_values(kind="stable").index:
        if not small.any() or (hidden.sum() >= 2 and n[hidden].sum() >= min_n):
            break
        hidden[candidate] = True
    return Publishable(frame[~hidden], int(small.sum()), int((hidden & ~small).sum()))


def protected(contents: ReportContents) -> ReportContents:
    """Return the contents without results that rest on too few people, or on one leader alone.

    With fewer answers than the minimum no analysis is left. Scales and items that too few people
    answered lose their reliability, and classes of the moderator that are too small their slopes.
    Tables by unit stay as they are: whoever shows them asks `publishable`.
    """
    if len(contents.responses) < contents.min_n:
        return _nothing(contents)
    reliability = contents.reliability
    if reliability is not None:
        coefficients, items = reliability.coefficients, reliability.item_table
        reliability = replace(
            reliability,
            coefficients=coefficients[coefficients["n_obs"] >= contents.min_n],
            item_table=items[items["n"] >= contents.min_n],
        )
    moderations = {
        form: _without_small_classes(moderation, contents.min_n)
        for form, moderation in contents.moderations.items()
    }
    return replace(contents, reliability=reliability, moderations=moderations)


def _nothing(contents: ReportContents) -> ReportContents:
    return replace(
        contents,
        response_rates=None,
        careless=None,
        reliability=None,
        general_factor=None,
        level_reliability=None,
        agreement=None,
        model_comparison=None,
        cfa=None,
        compared_groups=(),
        invariances={},
        marker=None,
        regressions={},
        moderations={},
        rankings={},
        level_rankings={},
        split_groups=None,
        sensitivity=None,
        specification_curve=None,
        omitted=(*contents.omitted, *((part, "too_few_answers") for part in ANALYSES)),
    )


def _without_small_classes(moderation: Moderation, min_n: int) -> Moderation:
    """Leave out what stands in a class of a single cluster: it would be one leader's results."""
    if moderation.form != "classes":
        return moderation
    classes = moderation.classes
    small = classes["n_obs"] < min_n
    if "n_clusters" in classes:
        small |= classes["n_clusters"] < 2
    hidden = set(zip(classes[small]["outcome"], classes[small]["span_class"], strict=True))
    return replace(
        moderation,
        classes=classes[~small],
        marks=_without(moderation.marks, hidden),
        curve=_without(moderation.curve, hidden),
        terms=_without_terms(moderation.terms, hidden),
    )


def _without(table: pd.DataFrame, hidden: set[tuple[str, str]]) -> pd.DataFrame:
    keep = [pair not in hidden for pair in zip(table["outcome"], table["at"], strict=True)]
    return table[keep]


def _without_terms(table: pd.DataFrame, hidden: set[tuple[str, str]]) -> pd.DataFrame:
    keep = [
        not any(outcome == own and str(term).endswith(f"[{label}]") for own, label in hidden)
        for outcome, term in zip(table["outcome"], table["term"], strict=True)
    ]
    return table[keep]

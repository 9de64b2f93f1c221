"""A predictor split into its group's mean and the deviation from it."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from relsurvey.effects.complete_cases import complete_cases, require_columns
from relsurvey.effects.formula import read_formula
from relsurvey.errors import ModelError

WITHIN, BETWEEN = "_within", "_between"


@dataclass(frozen=True, slots=True, eq=False)
class SplitPredictors:
    """A frame with columns ``x_within x_between``, and the formula that uses them.

    Attributes
    ----------
    frame : DataFrame
        Complete rows only, where anything was split.
    formula : str
    names : tuple of str
        What was split.
    """

    frame: pd.DataFrame
    formula: str
    names: tuple[str, ...]


def split_predictors(
    frame: pd.DataFrame, formula: str, names: Sequence[str], groups: Sequence[str]
) -> SplitPredictors:
    """Split predictors by the innermost groups.

    Means are of the rows that the model uses. Group means of answers are what persons happened to
    say; see ``MixedModel.context_effects`` for what that does to the between slope.

    Raises
    ------
    ModelError
        A name that the formula does not use by itself, or columns that already have the new names.
    """
    if isinstance(names, str):
        names = (names,)
    if not names:
        return SplitPredictors(frame, formula, ())
    read = read_formula(formula)
    unknown = [name for name in names if name not in read.plain]
    if unknown or read.aliases:
        raise ModelError(
            "Only numeric columns that stand by themselves in the formula can be split.",
            where="within_between",
            got=", ".join(unknown) or "a formula with quoted names",
            expected="names among " + ", ".join(read.plain),
        )
    new = [name + end for name in names for end in (WITHIN, BETWEEN)]
    taken = [name for name in new if name in frame.columns]
    if taken:
        raise ModelError("The frame already has columns of that name.", got=", ".join(taken))
    require_columns(frame, [*read.columns, *groups])
    used = list(dict.fromkeys([*read.columns, *groups]))
    complete = complete_cases(frame, [*names], [name for name in used if name not in names])
    there = frame[used].notna().all(axis=1)
    kept = frame[used].copy()
    means = (
        complete.frame.groupby(complete.frame[groups[0]], sort=False)[list(names)]
        .transform("mean")
        .set_axis(kept.index[there])
    )
    for name in names:
        numbers = kept[name].astype(float)
        kept[name + BETWEEN] = means[name].reindex(kept.index)
        kept[name + WITHIN] = numbers - kept[name + BETWEEN]
    return SplitPredictors(kept, _replaced(formula, names), tuple(names))


def _replaced(formula: str, names: Sequence[str]) -> str:
    left, right = formula.split("~", 1)
    out = []
    for token in tokenize.generate_tokens(io.StringIO(right.strip()).readline):
        text = token.string
        if token.type == tokenize.NAME and text in names:
            text = f"({text}{WITHIN} + {text}{BETWEEN})"
        out.append(text)
    return f"{left.strip()} ~ {' '.join(out).strip()}"

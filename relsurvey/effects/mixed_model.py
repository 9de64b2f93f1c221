"""Multilevel regression: people in groups, groups in larger groups."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases
from relsurvey.effects.formula import Design, build_design
from relsurvey.effects.inference import check_confidence
from relsurvey.effects.mixed_inference import DF_KINDS
from relsurvey.effects.mixed_result import MixedModel
from relsurvey.effects.within_between import split_predictors
from relsurvey.errors import DataError, ModelError
from relsurvey.stats.least_squares import dependent_columns
from relsurvey.stats.mixed_fit import MixedFit, fit_mixed
from relsurvey.stats.mixed_products import mixed_products

FloatArray = NDArray[np.float64]
METHODS = ("reml", "ml")
FEW_GROUPS = 20


def mixed_model(
    frame: pd.DataFrame,
    formula: str,
    *,
    group: str | Sequence[str],
    random: str = "1",
    method: str = "reml",
    df: str = "satterthwaite",
    within_between: Sequence[str] = (),
    standardise: bool = False,
    confidence: float = 0.95,
) -> MixedModel:
    """Fit a linear mixed model: random intercepts, and slopes, of groups.

    Parameters
    ----------
    frame : DataFrame
        One row per person. Rows with a missing value in a column that is used are left out,
        counted and named.
    formula : str
        The fixed part, ``"y ~ x * z"``, as in ``regress``.
    group : str or sequence of str
        Column of groups; several from the innermost, ``["leader", "department"]``: each lies
        within one of the next.
    random : str
        Random effects of the innermost groups: ``"1"`` an intercept, ``"1 + x"`` also slopes of
        numeric terms of the formula, correlated. Further levels have an intercept.
    method : {"reml", "ml"}
        Restricted maximum likelihood for estimates and tests; full to compare fixed parts.
    df : {"satterthwaite", "kenward_roger", "none"}
        Degrees of freedom of the tests. ``kenward_roger`` also widens the standard errors for the
        uncertainty of the variances: take it with few groups, or where a variance is estimated at
        zero. ``none`` gives the normal distribution.
    within_between : sequence of str
        Numeric predictors to be split into the innermost group's mean, ``x_between``, and the
        deviation from it, ``x_within``; the formula's ``x`` stands for both.
    standardise : bool
        z-scores first, as in ``regress``.
    confidence : float

    Returns
    -------
    MixedModel

    Raises
    ------
    DataError
        Unknown or non-numeric columns, no complete rows.
    ModelError
        A formula that cannot be evaluated, dependent terms, groups that do not nest, too few
        rows or groups, random slopes of terms that are not in the formula.

    Notes
    -----
    The same in R: ``lme4::lmer(y ~ x * z + (1 + x | leader) + (1 | department))`` with lmerTest or
    pbkrtest for the degrees of freedom. A variance at the boundary (zero, or effects correlated
    completely) and a search that did not converge are named in ``notes``.
    """
    names = (group,) if isinstance(group, str) else tuple(group)
    _check_choices(names, method, df)
    check_confidence(confidence)
    split = split_predictors(frame, formula, within_between, names)
    design = build_design(
        split.frame, split.formula, cluster=None, standardise=standardise, also=names
    )
    _check_design(design)
    slopes = _random_terms(random, design)
    codes = _codes(design.cases, names)
    intercept = np.ones((len(design.outcome), 1))
    inner = np.column_stack([intercept, *(design.columns[:, [at]] for at in slopes)])
    products = mixed_products(
        design.outcome, design.columns, [inner, *([intercept] * (len(names) - 1))], codes
    )
    fit = fit_mixed(products, reml=method == "reml")
    effects = (("Intercept", *(design.terms[at] for at in slopes)),)
    return MixedModel(
        formula=formula,
        terms=design.terms,
        groups=names,
        effects=effects + (("Intercept",),) * (len(names) - 1),
        fit=fit,
        df_kind=df,
        group_names=_group_names(design.cases, names, codes),
        fixed_spread=_spread(design),
        random_spread=_random_spread(fit),
        split=split,
        n_dropped=design.cases.n_dropped,
        confidence=confidence,
        notes=(*design.cases.notes, *_notes(fit, names, df)),
    )


def _check_choices(names: tuple[str, ...], method: str, df: str) -> None:
    if not names or len(set(names)) < len(names):
        raise ModelError(
            "A mixed model needs groups, each level named once.",
            where="group",
            got=", ".join(names) or "none",
            expected='such as "leader", or ["leader", "department"] from the innermost',
        )
    for where, got, known in (("method", method, METHODS), ("df", df, DF_KINDS)):
        if got not in known:
            raise ModelError(
                f"Unknown {where}.", where=where, got=repr(got), expected=" ".join(known)
            )


def _check_design(design: Design) -> None:
    if np.ptp(design.outcome) == 0:
        raise ModelError("The outcome has the same value in every row.")
    if len(design.outcome) <= len(design.terms) + 1:
        raise ModelError(
            "Too few rows for the number of terms.",
            got=f"{len(design.outcome)} rows, {len(design.terms)} terms",
        )
    dependent = [design.terms[at] for at in dependent_columns(design.columns)]
    if dependent:
        raise ModelError(
            "Some terms follow exactly from the terms before them, so their effects cannot be "
            "told apart.",
            where=", ".join(dependent),
            expected="terms that vary and are not sums of others",
        )


def _random_terms(random: str, design: Design) -> list[int]:
    """Return the places of the fixed terms that have random slopes."""
    parts = [part.strip().strip("`") for part in re.split(r"\+", random)]
    if "1" not in parts or len(set(parts)) < len(parts):
        raise ModelError(
            "The random part is an intercept, and perhaps slopes.",
            where="random",
            got=repr(random),
            expected='"1" or "1 + x"',
        )
    found = []
    for part in parts:
        if part == "1":
            continue
        if part not in design.terms:
            raise ModelError(
                "A random slope belongs to a term of the formula.",
                where="random",
                got=part,
                expected="one of " + ", ".join(design.terms),
                hint="Add the term to the formula; otherwise its mean would be held at zero.",
            )
        found.append(design.terms.index(part))
    return found


def _codes(cases: CompleteCases, names: Sequence[str]) -> list[NDArray[np.int64]]:
    codes = [np.asarray(pd.factorize(cases.frame[name])[0], dtype=np.int64) for name in names]
    for inner, outer, low, high in zip(names, names[1:], codes, codes[1:], strict=False):
        homes = pd.Series(high).groupby(low).nunique()
        if (homes > 1).any():
            at = int(np.flatnonzero(low == homes.idxmax())[0])
            raise DataError(
                f"Groups of {inner!r} lie in more than one group of {outer!r}.",
                where=f"{inner} {cases.frame[inner].iloc[at]!r}",
                got=f"{int(homes.max())} groups of {outer}",
                expected="each in one",
                hint="If ids start anew in every larger group, join both into one column.",
            )
    return codes


def _group_names(
    cases: CompleteCases, names: Sequence[str], codes: Sequence[NDArray[np.int64]]
) -> tuple[tuple[str, ...], ...]:
    """Names of the groups of each level in the order that the fit has them."""
    order = np.lexsort(tuple(codes))  # the outermost level is the first key
    found = []
    for name, code in zip(names, codes, strict=True):
        ordered = code[order]
        first = order[np.flatnonzero(np.r_[True, np.diff(ordered) != 0])]
        found.append(tuple(_label(value) for value in cases.frame[name].iloc[first]))
    return tuple(found)


def _label(value: object) -> str:
    """Spell a group's id; whole numbers without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _spread(design: Design) -> tuple[FloatArray, float]:
    """Return the covariance of the design's columns and the standard deviation of the outcome."""
    centred = design.columns - design.columns.mean(axis=0)
    return centred.T @ centred / (len(centred) - 1), float(design.outcome.std(ddof=1))


def _random_spread(fit: MixedFit) -> tuple[FloatArray, ...]:
    """Mean over rows of ``z z'`` per level, on the columns as scaled in the fit."""
    products = fit.products
    return tuple(
        products.total[level.own, level.own] / products.n_rows for level in products.levels
    )


def _notes(fit: MixedFit, names: Sequence[str], df: str) -> list[str]:
    notes = []
    if not fit.converged:
        notes.append("The search for the variances did not converge; do not trust the numbers.")
    for name, level, singular in zip(names, fit.products.levels, fit.singular, strict=True):
        if singular:
            what = "variance" if level.n_effects == 1 else "covariances"
            notes.append(
                f"The {what} of {name} lie at the boundary (a variance of zero, or effects that "
                "correlate completely): the data do not support these random effects."
                if level.n_effects > 1
                else f"The {what} of {name} is estimated at zero."
            )
            if df == "satterthwaite":
                notes.append(
                    "Satterthwaite's degrees of freedom then take that estimate as certain and are "
                    'too large; df="kenward_roger", or regress with CR2, is safer.'
                )
        if level.n_groups < FEW_GROUPS:
            notes.append(
                f"Only {level.n_groups} groups of {name}: variances and tests rest on few "
                "independent units"
                + ('; take df="kenward_roger".' if df == "satterthwaite" else ".")
            )
    return notes

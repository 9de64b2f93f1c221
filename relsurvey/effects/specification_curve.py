"""Every defensible way to analyse the same question, in one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases, complete_cases
from relsurvey.effects.model_roles import ModelRoles, model_roles
from relsurvey.effects.moderation_model import fit_moderated
from relsurvey.effects.moderator import encode_moderator
from relsurvey.effects.span_classes import ARTICLE_BREAKS
from relsurvey.effects.specified_model import fit_specified
from relsurvey.errors import ModelError, RelsurveyError
from relsurvey.results import Result, json_ready

FloatArray = NDArray[np.float64]

LEVELS = ("persons", "within", "between")
ESTIMATORS = ("ols_cr2", "mixed")
FORMS = ("log", "linear", "quadratic")
ALPHA = 0.05
MAIN, BY_MODERATOR = "main", "by_moderator"


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """One way to make the data: what was chosen, by name, and the frame that it gives.

    Attributes
    ----------
    choices : mapping of str to str
        Such as ``{"scoring": "half answered", "careless": "out"}``; all variants name the same.
    frame : DataFrame
    """

    choices: Mapping[str, str]
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class SpecificationCurve(Result):
    """Estimates of the same effects under every combination of choices.

    Attributes
    ----------
    table, failed : DataFrame
        What ``tidy`` and ``failures`` return.
    choices : tuple of str
        Columns of the table that tell specifications apart.
    notes : tuple of str
    """

    title: ClassVar[str] = "Specification curve"
    table: pd.DataFrame
    failed: pd.DataFrame
    choices: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())

    def tidy(self) -> pd.DataFrame:
        """Return one row per outcome, specification, kind of effect and predictor.

        Columns ``outcome specification kind``, the choices, ``predictor estimate std_error p_value
        conf_low conf_high rank n_obs``. ``kind`` is ``main`` (standardised coefficient) or
        ``by_moderator`` (how much larger the slope is at the moderator's 90th percentile than at
        its 10th); ``rank`` is by size among the predictors, for main effects.
        """
        return self.table.copy()

    def counts(self) -> pd.DataFrame:
        """Count specifications per outcome, kind and predictor.

        Columns ``outcome kind predictor n median low high share_positive share_significant
        share_first``: significant at 5 % with the sign of the median; first in size. Shares are of
        specifications that were computed; these rest on the same answers, so that no share is a
        probability.
        """
        rows = []
        for key, own in self.table.groupby(["outcome", "kind", "predictor"], sort=False):
            estimate = own["estimate"]
            median = float(estimate.median())
            agrees = (own["p_value"] < ALPHA) & (np.sign(estimate) == np.sign(median))
            main = key[1] == MAIN
            rows.append(
                {
                    **dict(zip(("outcome", "kind", "predictor"), key, strict=True)),
                    "n": len(own),
                    "median": median,
                    "low": float(estimate.min()),
                    "high": float(estimate.max()),
                    "share_positive": float((estimate > 0).mean()),
                    "share_significant": float(agrees.mean()),
                    "share_first": float((own["rank"] == 1).mean()) if main else np.nan,
                }
            )
        return pd.DataFrame(rows)

    def failures(self) -> pd.DataFrame:
        """Return the specifications that could not be computed, with the reason."""
        return self.failed.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: specifications, failures, rows of the smallest and largest."""
        return pd.DataFrame(
            {
                "n_specifications": [self.table["specification"].nunique()],
                "n_failed": [len(self.failed)],
                "n_obs_smallest": [int(self.table["n_obs"].min())],
                "n_obs_largest": [int(self.table["n_obs"].max())],
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain JSON types at full precision."""
        return Result.to_dict(self) | {
            "counts": json_ready(self.counts()),
            "failures": json_ready(self.failed),
        }


def specification_curve(
    data: pd.DataFrame | Sequence[Variant],
    outcome: str | Sequence[str],
    predictors: Sequence[str],
    *,
    cluster: str,
    controls: Mapping[str, Sequence[str]] | None = None,
    moderator: str | None = None,
    forms: Sequence[str] = FORMS,
    levels: Sequence[str] = LEVELS,
    estimators: Sequence[str] = ESTIMATORS,
) -> SpecificationCurve:
    """Estimate the same effects under every combination of defensible choices.

    Parameters
    ----------
    data : DataFrame or sequence of Variant
        One frame, or several ways to make it (scoring, careless answers in or out, imputation).
    outcome : str or sequence of str
    predictors : sequence of str
    cluster : str
        Column of the leader or unit.
    controls : mapping of str to sequence of str, optional
        Sets of controls by name: ``{"none": [], "sector": ["sector"]}``.
    moderator : str, optional
        Also estimate how slopes change along it, in each of ``forms`` and at the level of persons.
    forms : sequence of {"log", "linear", "quadratic"}
    levels : sequence of {"persons", "within", "between"}
        Scores as they are; deviations from the cluster's mean; means of clusters.
    estimators : sequence of {"ols_cr2", "mixed"}
        Least squares with CR2 (HC3 between clusters), or random intercepts with Satterthwaite's
        degrees of freedom (persons only: the other levels have no variance between clusters left,
        or nothing else).

    Raises
    ------
    DataError, ModelError
        Unknown choices, variants that name different choices, or no specification that works.

    Notes
    -----
    All columns are z-scores at the level of the specification. Simonsohn, Simmons & Nelson (2020),
    Nature Human Behaviour 4, 1208-1214; Steegen et al. (2016), Perspectives on Psychological
    Science 11, 702-712. What counts as defensible is a judgement that the table cannot make.
    """
    variants = _variants(data)
    roles = model_roles(outcome, predictors, (), moderator=moderator)
    _check("forms", forms, FORMS)
    _check("levels", levels, LEVELS)
    _check("estimators", estimators, ESTIMATORS)
    sets = {"none": ()} if controls is None else {k: tuple(v) for k, v in controls.items()}
    found: list[pd.DataFrame] = []
    failed: list[dict[str, object]] = []
    for number, (variant, name, choices) in enumerate(
        _specifications(variants, roles, sets, moderator, forms, levels, estimators), 1
    ):
        told = {"outcome": name, "specification": number, **choices}
        try:
            found.append(_estimate(variant, name, roles, sets, moderator, cluster, told))
        except RelsurveyError as error:
            failed.append({**told, "reason": " ".join(str(error).split())})
    if not found:
        raise ModelError(
            "No specification can be computed.", got=str(failed[0]["reason"]) if failed else "none"
        )
    table = pd.concat(found, ignore_index=True)
    names = [*variants[0].choices, "controls", "level", "estimator", "form"]
    return SpecificationCurve(
        table=table,
        failed=pd.DataFrame(failed, columns=["outcome", "specification", "kind", *names, "reason"]),
        choices=tuple(name for name in names if table[name].nunique() > 1),
        notes=(
            "Specifications rest on the same answers: how many agree is a count, not a "
            "probability, and agreement does not make a shared flaw go away.",
        ),
    )


def _variants(data: pd.DataFrame | Sequence[Variant]) -> list[Variant]:
    variants = [Variant({}, data)] if isinstance(data, pd.DataFrame) else list(data)
    names = {tuple(variant.choices) for variant in variants}
    if len(names) != 1:
        raise ModelError(
            "All variants of the data must name the same choices.",
            where="data",
            got="; ".join(", ".join(own) for own in sorted(names)) or "no variant",
        )
    return variants


def _check(where: str, given: Sequence[str], known: Sequence[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown or not given:
        raise ModelError(
            "Unknown choice.",
            where=where,
            got=", ".join(unknown) or "none",
            expected=" ".join(known),
        )


def _specifications(
    variants: Sequence[Variant],
    roles: ModelRoles,
    sets: Mapping[str, Sequence[str]],
    moderator: str | None,
    forms: Sequence[str],
    levels: Sequence[str],
    estimators: Sequence[str],
) -> Iterator[tuple[Variant, str, dict[str, str]]]:
    for name, variant, chosen in product(roles.outcomes, variants, sets):
        for level, estimator in product(levels, estimators):
            if level == "persons" or estimator == "ols_cr2":
                choices = {"controls": chosen, "level": level, "estimator": estimator, "form": ""}
                yield variant, name, {"kind": MAIN, **variant.choices, **choices}
        if moderator is not None:
            for form, estimator in product(forms, estimators):
                choices = {
                    "controls": chosen,
                    "level": "persons",
                    "estimator": estimator,
                    "form": form,
                }
                yield variant, name, {"kind": BY_MODERATOR, **variant.choices, **choices}


def _estimate(
    variant: Variant,
    outcome: str,
    roles: ModelRoles,
    sets: Mapping[str, Sequence[str]],
    moderator: str | None,
    cluster: str,
    told: Mapping[str, Any],
) -> pd.DataFrame:
    controls = sets[told["controls"]]
    used = [outcome, *roles.predictors]
    main = told["kind"] == MAIN
    if not main:
        assert moderator is not None
        used.append(moderator)
    cases = complete_cases(variant.frame, used, controls, cluster)
    if main:
        numbers = fit_specified(
            cases, outcome, roles.predictors, controls, told["level"], told["estimator"]
        )
    else:
        numbers = _by_moderator(
            cases, outcome, roles, controls, str(moderator), told["form"], told["estimator"]
        )
    table = pd.DataFrame({"predictor": list(roles.predictors), **numbers})
    sizes = table["estimate"].abs()
    table["rank"] = sizes.rank(ascending=False, method="first") if main else np.nan
    table["n_obs"] = cases.n_obs
    for at, (name, value) in enumerate(told.items()):
        table.insert(at, name, value)
    return table


def _by_moderator(
    cases: CompleteCases,
    outcome: str,
    roles: ModelRoles,
    controls: Sequence[str],
    moderator: str,
    form: str,
    estimator: str,
) -> dict[str, FloatArray]:
    encoded = encode_moderator(cases, moderator, form, ARTICLE_BREAKS)
    fit = fit_moderated(
        cases,
        outcome,
        roles.predictors,
        encoded,
        controls,
        kind="CR2",
        random_slopes=estimator == "mixed",
        confidence=1.0 - ALPHA,
    )
    reach = encoded.mark_columns[2] - encoded.mark_columns[0]
    rows = []
    for place in range(len(roles.predictors)):
        contrast = np.zeros((1, len(fit.terms)))
        contrast[0, fit.interactions(place)] = reach
        rows.append(fit.of(place).contrasts(contrast))
    wanted = ("estimate", "std_error", "p_value", "conf_low", "conf_high")
    return {name: np.concatenate([row[name] for row in rows]) for name in wanted}

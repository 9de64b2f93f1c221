"""The analysis plan, with every empty place filled from the instrument's roles and the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from relsurvey.errors import StudyError
from relsurvey.instrument.instrument import Instrument
from relsurvey.study.study_file import AnalysisPlan, Study

SPAN, SPAN_CLASS = "span_of_control", "span_class"
USUAL_GROUPS = ("job_group", "language", "wave")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is analysed, by name.

    Attributes
    ----------
    outcomes, predictors, further_predictors, controls : tuple of str
        Construct ids (controls: columns of the scores).
    blocks : dict of str to tuple of str
        Block name to the predictors in it, only blocks of the instrument with predictors.
    marker : str
        The marker construct, or "".
    cluster : str
        Column of the groups that are resampled, or "" when the answers know none.
    moderator : str
        Column of the moderator, or "" when the answers have none.
    claimed_order : tuple of tuple of str
        Tiers of the claimed order, strongest first; empty when none is claimed.
    compare_groups : tuple of str
        Columns whose groups are compared, ``span_class`` for classes of the moderator.
    """

    outcomes: tuple[str, ...]
    predictors: tuple[str, ...]
    further_predictors: tuple[str, ...]
    controls: tuple[str, ...]
    blocks: dict[str, tuple[str, ...]]
    marker: str
    cluster: str
    moderator: str
    claimed_order: tuple[tuple[str, ...], ...]
    compare_groups: tuple[str, ...]


def resolve_plan(study: Study, instrument: Instrument, frame: pd.DataFrame) -> Plan:
    """Fill the plan.

    Parameters
    ----------
    study : Study
        The study file; empty lists mean what the instrument's roles say.
    instrument : Instrument
        Says which constructs are dimensions, forms of proximity, outcomes and marker.
    frame : DataFrame
        One row a respondent; its columns say which background and roster facts are known.

    Returns
    -------
    Plan
        Names that all exist.

    Raises
    ------
    StudyError
        A name in the study file that is no construct of the form or no column of the answers.
    """
    wanted = study.analysis
    by_role = {
        role: tuple(c.id for c in instrument.constructs_in(study.form, (role,)))
        for role in ("outcome", "dimension", "proximity", "marker")
    }
    known = [c.id for c in instrument.constructs_in(study.form)]
    outcomes = _named("outcomes", wanted.outcomes, known) or by_role["outcome"]
    predictors = _named("predictors", wanted.predictors, known) or by_role["dimension"]
    further = _named("further_predictors", wanted.further_predictors, known) or tuple(
        name for name in by_role["proximity"] if name not in predictors
    )
    overlap = sorted(set(outcomes) & {*predictors, *further})
    if overlap:
        raise StudyError(
            "A construct is both an outcome and a predictor.",
            where="[analysis]",
            got=", ".join(overlap),
            hint="Name outcomes and predictors in the study file.",
        )
    return Plan(
        outcomes=outcomes,
        predictors=predictors,
        further_predictors=further,
        controls=_named("controls", wanted.controls, [*known, *frame.columns]),
        blocks=_blocks(instrument, (*predictors, *further)),
        marker=next(iter(by_role["marker"]), ""),
        cluster=_cluster(wanted.cluster, frame),
        moderator=_moderator(wanted.moderator, frame),
        claimed_order=_tiers(wanted.claimed_order, predictors),
        compare_groups=_groups(wanted.compare_groups, instrument, frame),
    )


def _named(key: str, names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise StudyError(
            "The study file names something that is not there.",
            where=f"[analysis] {key}",
            got=", ".join(unknown),
            expected=", ".join(known),
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise StudyError(
            "The study file names something twice.",
            where=f"[analysis] {key}",
            got=", ".join(twice),
            expected="each name once",
        )
    return tuple(names)


def _blocks(instrument: Instrument, predictors: Sequence[str]) -> dict[str, tuple[str, ...]]:
    blocks: dict[str, tuple[str, ...]] = {}
    for name in predictors:
        block = instrument.construct(name).block or name
        blocks[block] = (*blocks.get(block, ()), name)
    return blocks


def _cluster(wanted: str, frame: pd.DataFrame) -> str:
    if wanted and not _has_values(frame, wanted):
        raise StudyError(
            "The answers do not know the cluster column.",
            where="[analysis] cluster",
            got=wanted,
            expected=", ".join(c for c in ("leader", "unit", "department") if c in frame)
            or "a column unit or leader in the answers, or a roster",
        )
    return wanted or next((c for c in ("leader", "unit") if _has_values(frame, c)), "")


def _moderator(wanted: str, frame: pd.DataFrame) -> str:
    """Return the moderator; the usual one may be unknown, one that the study asks for may not."""
    if _has_values(frame, wanted):
        return wanted
    if wanted and wanted != AnalysisPlan().moderator:
        raise StudyError(
            "The answers do not know the moderator column.",
            where="[analysis] moderator",
            got=wanted,
            expected=", ".join(str(name) for name in frame.select_dtypes("number")),
        )
    return ""


def _groups(wanted: Sequence[str], instrument: Instrument, frame: pd.DataFrame) -> tuple[str, ...]:
    """Return what is asked for, else of the usual divisions those that the survey knows."""
    background = {field.id for field in instrument.background}
    known = [SPAN_CLASS, *(name for name in frame.columns if name in background)]
    if wanted:
        return _named("compare_groups", wanted, known)
    usual = {*frame.columns, *background}
    spans = [SPAN_CLASS] if _has_values(frame, SPAN) else []
    return (*spans, *(name for name in USUAL_GROUPS if name in usual))


def _has_values(frame: pd.DataFrame, column: str) -> bool:
    return column in frame and bool(frame[column].notna().any())


def _tiers(text: str, predictors: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    if not text.strip():
        return ()
    tiers = tuple(
        tuple(name.strip() for name in tier.split(",") if name.strip()) for tier in text.split(">")
    )
    named = [name for tier in tiers for name in tier]
    if sorted(named) != sorted(predictors) or not all(tiers):
        raise StudyError(
            "The claimed order must name every predictor once.",
            where="[analysis] claimed_order",
            got=text,
            expected=", ".join(predictors),
            hint='Write tiers with ">" between them and commas inside: "a, b > c > d, e".',
        )
    return tiers

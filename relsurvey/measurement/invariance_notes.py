"""Sentences that belong to a table of invariance."""

from __future__ import annotations

import math

import numpy as np

from relsurvey.measurement.cfa_data import CfaData
from relsurvey.measurement.invariance_ladder import Climb, LevelFit, anchors

FEW_ROWS = 100
READING = (
    "A small p-value says that something differs between the groups, not how much: with many "
    "rows small differences are found. Changes of CFI, RMSEA and SRMR say how much; their "
    "usual cut-offs were made for two groups and maximum likelihood."
)


def invariance_notes(climb: Climb, data: CfaData, levels: tuple[str, ...]) -> tuple[str, ...]:
    """Name groups, small ones, improper solutions, and what was freed or not tested."""
    sizes = [len(rows) for rows in data.values]
    named = [f"{label} ({n})" for label, n in zip(data.labels, sizes, strict=True)]
    notes = [f"Groups in order, with their rows: {', '.join(named)}. The first is the reference."]
    small = [name for name, n in zip(named, sizes, strict=True) if n < FEW_ROWS]
    if small:
        notes.append(
            f"Groups of fewer than {FEW_ROWS} rows: {', '.join(small)}. Tests over them are "
            "approximate, and miss differences."
        )
    for step in climb.steps:
        notes += _improper(step.fit, step.name, data.labels)
    undone = [
        step.name
        for step in climb.steps[1:]
        if step.difference is None or math.isnan(step.difference.statistic)
    ]
    if undone:
        notes.append(
            f"No test of {', '.join(undone)}: nothing more is held equal, or the scaled "
            "difference is not positive."
        )
    other = [
        step.name
        for step in climb.steps
        if step.difference and step.difference.method == "satorra_bentler_2010"
    ]
    if other:
        notes.append(
            f"The scaled difference of 2001 is not positive for {', '.join(other)}; that of 2010 "
            "is given."
        )
    return (*notes, *_search(climb, levels), READING)


def _search(climb: Climb, levels: tuple[str, ...]) -> list[str]:
    notes = []
    if climb.releases:
        said = ", ".join(f"{release.item} ({release.level})" for release in climb.releases)
        notes.append(
            f"Freed, in this order: {said}. Items were chosen by these answers; a difference "
            "needs a reason in the item's wording, and new respondents."
        )
        weak = [
            factor
            for factor, items in anchors(climb.last.fit.table, climb.last.fit.freed).items()
            if len(items) <= len(climb.last.fit.table.first_order()[factor]) / 2
        ]
        if weak:
            notes.append(
                f"Half of the items or more are free for {', '.join(weak)}: what is compared "
                "there rests on the few others being equal."
            )
    if climb.failed:
        notes.append(
            f"The model of level {climb.failed} did not converge: it and later levels are not "
            "tested. Fewer groups or items, or larger groups, help."
        )
    end = climb.steps[-1]
    if not end.accepted and end.fit.level != levels[-1] and not climb.failed:
        notes.append(
            f"The level {end.fit.level} is rejected with all that could be freed; later levels "
            "were not fitted."
        )
    return notes


def _improper(fit: LevelFit, name: str, labels: tuple[str, ...]) -> list[str]:
    """Name negative variances, and factor correlations beyond 1."""
    table, found = fit.table, []
    for group, label in enumerate(labels):
        value = {
            (row.lhs, row.rhs): float(fit.theta[row.index]) if row.index >= 0 else row.value
            for row in table.rows
            if row.group == group and row.op == "~~"
        }
        negative = [a for (a, b), size in value.items() if a == b and size < 0.0]
        if negative:
            found.append(f"{name}, {label}: negative variance of {', '.join(negative)}")
        for (a, b), size in value.items():
            own = value.get((a, a), 1.0) * value.get((b, b), 1.0)
            if a != b and a in table.factors and own > 0.0 and abs(size) > np.sqrt(own):
                found.append(f"{name}, {label}: {a} and {b} correlate beyond 1")
    return [f"Improper solution ({said})." for said in found]

"""Sentences on what ordinal answers cannot tell: rare cells, few rows, contradictions."""

from __future__ import annotations

import numpy as np

from relsurvey.stats.ordinal_fit import OrdinalMoments

PROPER = 1.5e-8
TINY = 1.0
SHOWN = 5


def ordinal_notes(moments: tuple[OrdinalMoments, ...], items: tuple[str, ...]) -> list[str]:
    """Return the notes on polychoric correlations of one or several groups.

    Parameters
    ----------
    moments : tuple of OrdinalMoments
        One for each group.
    items : tuple of str
        Names of the items.
    """
    notes = []
    for group in moments:
        notes += _unsettled(group, items)
        if np.linalg.eigvalsh(group.estimates.matrix())[0] < PROPER:
            notes.append(
                "The polychoric correlations contradict each other (a matrix that is not positive "
                "definite): robust indices are left out. More rows, or fewer items or answers, "
                "help."
            )
    return [*dict.fromkeys(notes), *_rare_cells(moments), *_few_rows(moments)]


def _unsettled(group: OrdinalMoments, items: tuple[str, ...]) -> list[str]:
    tables = group.estimates.tables
    found = group.estimates.unsettled
    if not len(found):
        return []
    pairs = ", ".join(
        f"{items[tables.second[pair]]} with {items[tables.first[pair]]}" for pair in found[:SHOWN]
    )
    return [
        f"Polychoric correlations that the answers do not settle ({pairs}): tables with "
        "empty cells. Merge rare answers, or leave out one of two items that say the same."
    ]


def _rare_cells(moments: tuple[OrdinalMoments, ...]) -> list[str]:
    """Cells of the two-way tables that are empty, and those in which hardly anybody is expected."""
    cells = empty = pairs = with_empty = tiny = 0
    for group in moments:
        tables = group.estimates.tables
        points = np.array([len(margin) for margin in tables.margins])
        category = np.arange(tables.counts.shape[1])
        there = category[:, None] < points[tables.first][:, None, None]
        there = there & (category < points[tables.second][:, None, None])
        gone = there & (tables.counts <= 0.0)
        size = tables.counts.sum(axis=(1, 2))
        rare = there & (size[:, None, None] * group.estimates.cells < TINY)
        cells, empty = cells + int(there.sum()), empty + int(gone.sum())
        pairs, with_empty = pairs + len(size), with_empty + int(gone.any(axis=(1, 2)).sum())
        tiny += int(rare.sum())
    notes = []
    if empty:
        notes.append(
            f"{empty} of the {cells} cells in the two-way tables of the items are empty, in "
            f"{with_empty} of {pairs} pairs; with many, errors and test are approximate. Merge "
            "answers that hardly anybody gives."
        )
    if tiny:
        notes.append(
            f"In {tiny} of the {cells} cells fewer than one row is expected: these say little "
            "about whether normal responses lie behind the answers."
        )
    return notes


def _few_rows(moments: tuple[OrdinalMoments, ...]) -> list[str]:
    short = [group for group in moments if group.n <= len(group.spread)]
    if not short:
        return []
    worst = min(short, key=lambda group: group.n)
    return [
        f"There are {worst.n} rows for {len(worst.spread)} correlations: the covariance matrix of "
        "the correlations is singular, so errors and the scaled test are rough. Take more rows or "
        "fewer items, or read the estimates and SRMR rather than the test."
    ]

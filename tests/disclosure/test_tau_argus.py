"""Beside τ-Argus, the statistical offices' program: as few cells hidden, and nothing that it leaks.

A development check: runs where pytauargus is installed (pip install pytauargus).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from organisations import organisation
from test_attack import sums_of, widths_for_insiders

from relsurvey.disclosure.hide_cuts import hide_cuts
from relsurvey.disclosure.hide_units import hide_units
from relsurvey.disclosure.relations import relations
from relsurvey.disclosure.rules import Rules

pytauargus = pytest.importorskip("pytauargus", reason="pytauargus is not installed")
JOBS = ("0", "1", "2")


def both(seed, folder):
    """Hide one table of six units by three jobs; return ours, theirs, and the table."""
    tree, (wave,) = organisation(
        np.random.default_rng(seed), n_units=7, levels=1, size=14, categories=3
    )
    values, job = wave.values["c0"], wave.cuts["job"]
    known = np.isfinite(values)
    kept = [known, *(known & (job == one) for one in JOBS)]
    n, total = (
        np.column_stack(one)
        for one in zip(*(sums_of(tree, wave.unit[at], values[at]) for at in kept), strict=True)
    )
    rules = Rules()
    units = hide_units(tree, n[:, 0], total[:, 0], rules)
    ours = np.column_stack([units, hide_cuts(tree, units, n[:, 1:], total[:, 1:], rules)])
    people = pd.DataFrame(
        {
            "unit": np.array(tree.names)[wave.unit[known]],
            "job": [f"j{one}" for one in job[known]],
            "score": values[known],
        }
    )
    made = pytauargus.protect(
        people,
        ["unit", "job"],
        response="score",
        safety_rules="FREQ(5,20)",
        suppress="OPT(1)",
        workdir=str(folder),
    )
    table = made.tables[0].dataframe().replace({"unit": {"Total": "top"}, "job": {"Total": "j"}})
    status = table.set_index(["unit", "job"])["status"]
    theirs = np.array(
        [
            [status.get((unit, f"j{one}"), "E") in ("U", "M") for one in ("", *JOBS)]
            for unit in tree.names
        ]
    )
    return tree, n, total, ours, theirs


def leaks(tree, n, total, hidden):
    """Count cells of fewer than five whose mean those who know all numbers of people can bound."""
    names, above = tree.labels()
    cuts = ["", *(f"job={one}" for one in JOBS)]
    size = len(tree)
    ties = relations(
        pd.DataFrame(
            {
                "unit": np.tile(names, len(cuts)),
                "parent": np.tile(above, len(cuts)),
                "cut": np.repeat(cuts, size),
            }
        )
    )
    flat = [one.T.ravel() for one in (hidden | (n < 0.5), n, total)]
    found = widths_for_insiders(ties, *flat)
    few = Rules().few(flat[1])
    return sum(bool(few[cell]) and width < 20 - 1e-4 for cell, width in found.items())


def test_as_few_cells_are_hidden_and_ours_cannot_be_bounded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # its solver writes logs where it runs
    lost, leaked = np.zeros(2, dtype=int), np.zeros(2, dtype=int)
    for seed in range(30):
        tree, n, total, ours, theirs = both(seed, tmp_path / str(seed))
        lost += [((hidden) & (n > 0.5)).sum() for hidden in (ours, theirs)]
        leaked += [leaks(tree, n, total, hidden) for hidden in (ours, theirs)]
    assert leaked[0] == 0
    assert lost[0] <= 1.02 * lost[1] + leaked[1]

"""Attacks on what is published: nothing hidden is recovered, and the plain rule leaks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from organisations import organisation, published
from scipy.optimize import linprog

from relsurvey.disclosure import attacked_table
from relsurvey.disclosure import hide_cuts as hide_cuts_module
from relsurvey.disclosure.audit import audit
from relsurvey.disclosure.hide_cuts import hide_cuts
from relsurvey.disclosure.hide_units import hide_units
from relsurvey.disclosure.protect import Wave, protect
from relsurvey.disclosure.relations import relations
from relsurvey.disclosure.rules import Rules
from relsurvey.disclosure.unit_tree import UnitTree
from relsurvey.errors import DataError


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n_units=st.integers(2, 30),
    levels=st.integers(1, 6),
    size=st.floats(2, 14),
    mean=st.floats(1.2, 4.8),
    min_n=st.integers(5, 8),
)
def test_nothing_hidden_is_recovered(seed, n_units, levels, size, mean, min_n):
    generator = np.random.default_rng(seed)
    tree, waves = organisation(
        generator, n_units=n_units, levels=levels, size=size, mean=mean, waves=2, linked=True
    )
    cells = protect(tree, waves, Rules(min_n=min_n))
    assert (cells.loc[cells["reason"] == "", "n"] >= min_n).all()
    assert audit(published(cells), min_n=min_n).recovered.empty


def test_the_plain_rule_is_broken_by_the_same_auditor():
    counts = []
    for seed in range(3):
        tree, waves = organisation(np.random.default_rng(seed), n_units=25, levels=4)
        cells = protect(tree, waves, Rules())
        counts.append(len(audit(published(cells, plain=5)).recovered))
        assert audit(published(cells)).recovered.empty
    assert sum(count > 0 for count in counts) >= 2


def test_a_hidden_unit_is_recovered_by_subtraction_and_its_mean_is_right():
    table = pd.DataFrame(
        {
            "unit": ["top", "a", "b"],
            "parent": ["", "top", "top"],
            "wave": "1",
            "cut": "",
            "measure": "x",
            "n": [13.0, np.nan, 10.0],
            "score": [62.0, np.nan, 65.0],
            "status": ["shown", "hidden", "shown"],
        }
    )
    found = audit(table, decimals=6).recovered
    assert found["unit"].tolist() == ["a"]
    assert found["n_low"].iloc[0] == pytest.approx(3, abs=1e-4)
    assert found["score_low"].iloc[0] == pytest.approx((13 * 62 - 10 * 65) / 3, abs=1e-3)
    # rounding to whole points leaves more than 5 points, less than 20
    rounded = audit(table, width=5.0)
    assert rounded.recovered.empty
    assert len(audit(table, width=20.0).recovered) == 1


def test_bounds_agree_with_the_truth():
    n_narrow = 0
    for seed in range(5):
        tree, waves = organisation(np.random.default_rng(seed), n_units=15, levels=3, size=9)
        cells = protect(tree, waves, Rules())
        truth = cells.set_index(["unit", "wave", "cut", "measure"])
        found = audit(published(cells, plain=5)).frame
        narrow = found[found["narrow"] & (found["measure"] != "answers")]
        n_narrow += len(narrow)
        for row in narrow.to_dict(orient="records"):
            true = truth.loc[(row["unit"], row["wave"], row["cut"], row["measure"])]
            if true["n"] > 0:
                mean = true["total"] / true["n"]
                assert row["score_low"] - 1e-4 <= mean <= row["score_high"] + 1e-4
    assert n_narrow > 20


@pytest.mark.parametrize("seed", range(3))
def test_large_tables_are_hidden_and_attacked_by_other_paths_as_well(monkeypatch, seed):
    tree, waves = organisation(np.random.default_rng(seed), n_units=30, levels=4, categories=2)
    cells = protect(tree, waves, Rules())
    plain = audit(published(cells, plain=5)).recovered
    assert len(plain)
    monkeypatch.setattr(attacked_table, "_SMALL", 0)
    keys = ["unit", "wave", "cut", "measure"]
    found = audit(published(cells, plain=5)).recovered
    # what it finds is right, and it finds most of it
    assert set(found[keys].itertuples(index=False)) <= set(plain[keys].itertuples(index=False))
    assert len(found) >= 0.7 * len(plain)
    monkeypatch.setattr(hide_cuts_module, "_SMALL", 0)
    careful = protect(tree, waves, Rules())
    assert (careful["reason"] != "").sum() >= (cells["reason"] != "").sum()
    monkeypatch.setattr(attacked_table, "_SMALL", 10_000)
    assert audit(published(careful)).recovered.empty


def sums_of(tree, unit, values):
    n = tree.roll_up(np.bincount(unit, minlength=len(tree)).astype(float))
    return n, tree.roll_up(np.bincount(unit, values, minlength=len(tree)))


def widths_for_insiders(ties, hidden, n, total):
    """Bound hidden means when all numbers of people are known: exact, by linear programming."""
    unknown = np.flatnonzero(hidden)
    shown = np.where(hidden, 0.0, total)
    found = {}
    for unit in unknown[n[unknown] > 0]:
        ends = [
            sign
            * linprog(
                sign * (unknown == unit),
                A_eq=ties[:, unknown],
                b_eq=-(ties @ shown),
                bounds=[(0, 100 * n[at]) for at in unknown],
            ).fun
            for sign in (1.0, -1.0)
        ]
        found[int(unit)] = (ends[1] - ends[0]) / n[unit]
    return found


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n_units=st.integers(2, 16),
    size=st.floats(1, 12),
    mean=st.floats(1.2, 4.8),
)
def test_units_are_safe_from_those_who_know_how_many_answered(seed, n_units, size, mean):
    generator = np.random.default_rng(seed)
    tree, (wave,) = organisation(generator, n_units=n_units, size=size, mean=mean)
    values = wave.values["c0"]
    known = np.isfinite(values)
    n, total = sums_of(tree, wave.unit[known], values[known])
    rules = Rules()
    hidden = hide_units(tree, n, total, rules)
    sensitive = rules.sensitive(n, total)
    assert hidden[sensitive].all()
    names, above = tree.labels()
    ties = relations(pd.DataFrame({"unit": names, "parent": above, "cut": ""}))
    for unit, width in widths_for_insiders(ties, hidden, n, total).items():
        assert not sensitive[unit] or width >= rules.width - 1e-4


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n_units=st.integers(2, 10), size=st.floats(4, 25))
def test_cuts_tell_those_who_know_how_many_answered_no_more_than_units_do(seed, n_units, size):
    generator = np.random.default_rng(seed)
    tree, (wave,) = organisation(generator, n_units=n_units, size=size)
    values, job = wave.values["c0"], wave.cuts["job"]
    kept = [np.isfinite(values), *(np.isfinite(values) & (job == one) for one in "012")]
    sums = [sums_of(tree, wave.unit[one], values[one]) for one in kept]
    n, total = (np.column_stack(one) for one in zip(*sums, strict=True))
    rules = Rules()
    units = hide_units(tree, n[:, 0], total[:, 0], rules)
    cells = hide_cuts(tree, units, n[:, 1:], total[:, 1:], rules)
    names, above = tree.labels()
    labels = ["", "job=0", "job=1", "job=2"]
    ties = relations(
        pd.DataFrame(
            {
                "unit": np.tile(names, 4),
                "parent": np.tile(above, 4),
                "cut": np.repeat(labels, len(tree)),
            }
        )
    )
    n, total, sensitive = n.T.ravel(), total.T.ravel(), rules.sensitive(n, total).T.ravel()
    hidden = np.concatenate([units, cells.T.ravel()])
    alone = np.concatenate([units, np.ones(3 * len(tree), dtype=bool)])
    found = widths_for_insiders(ties, hidden, n, total)
    told = widths_for_insiders(ties, alone, n, total)
    for cell, width in found.items():
        if sensitive[cell]:
            assert width >= min(rules.width, told[cell]) - 1e-4


def test_cuts_are_safe_where_a_category_lies_in_one_unit():
    # all teachers of the school sit in one unit with two others: the two would follow
    tree = UnitTree.of({"top": None, "a": "top", "b": "top"})
    own = np.array([[0, 0], [40, 2], [0, 30]], dtype=float)
    n = tree.roll_up(own)
    total = tree.roll_up(own * 60)
    rules = Rules()
    hidden_units = hide_units(tree, n.sum(axis=1), total.sum(axis=1), rules)
    assert not hidden_units.any()
    hidden = hide_cuts(tree, hidden_units, n, total, rules)
    assert hidden[1, 1]
    assert hidden[0].all()  # teachers in all, and so the others, would tell of the two
    assert hidden[1, 0]


@pytest.mark.parametrize(("joined", "left", "told"), [(1, 0, True), (1, 1, False), (6, 0, False)])
def test_a_few_who_joined_are_not_told_by_the_difference_between_waves(joined, left, told):
    tree, (wave,) = organisation(np.random.default_rng(3), n_units=4, levels=1, size=30)
    unit = wave.unit[0]
    own = np.flatnonzero((wave.unit == unit) & np.isfinite(wave.values["c0"]))
    later = {*range(len(wave.unit))} - {*own[:left].tolist()}
    before = {*range(len(wave.unit))} - {*own[left : left + joined].tolist()}
    waves = []
    for name, people in (("1", sorted(before)), ("2", sorted(later))):
        waves.append(
            type(wave)(
                name=name,
                unit=wave.unit[people],
                values={key: one[people] for key, one in wave.values.items()},
                answers={key: one[people] for key, one in wave.answers.items()},
                codes=wave.codes,
                items=wave.items,
                cuts={},
                person=np.array(people, dtype=object),
            )
        )
    cells = protect(tree, waves, Rules())
    now = cells[(cells["wave"] == "2") & (cells["measure"] == "c0")].set_index("unit")["reason"]
    assert (now[tree.names[unit]] == "wave") is told


def test_who_moved_stayed_in_what_holds_both_units():
    tree = UnitTree.of({"top": None, "a": "top", "b": "top", "a1": "a", "a2": "a", "b1": "b"})
    place = {name: at for at, name in enumerate(tree.names)}
    before = ["a1"] * 20 + ["a2"] * 20 + ["b1"] * 20
    now = ["a2", *before[1:]]  # one moved, within a

    def wave(name, units):
        values = np.tile([25.0, 50.0, 75.0], 20)
        return Wave(
            name=name,
            unit=np.array([place[one] for one in units]),
            values={"c0": values},
            answers={"c0": values[:, None]},
            codes={"c0": np.arange(5) * 25.0},
            items={"c0": ("i",)},
            cuts={},
            person=np.arange(60).astype(object),
        )

    cells = protect(tree, [wave("1", before), wave("2", now)], Rules())
    own = cells[(cells["wave"] == "2") & (cells["measure"] == "c0")].set_index("unit")["reason"]
    assert own["a1"] == own["a2"] == "wave"
    assert own["top"] == own["a"] == own["b1"] == ""


def test_answers_that_are_all_alike_are_not_told():
    tree, (wave,) = organisation(np.random.default_rng(1), n_units=3, levels=1, size=20)
    unit = wave.unit[0]
    wave.values["c0"][wave.unit == unit] = 100.0
    wave.answers["c0"][wave.unit == unit] = 100.0
    cells = protect(tree, [wave], Rules()).set_index(["unit", "cut", "measure"])["reason"]
    name = tree.names[unit]
    assert cells[name, "", "c0"] == "telling"
    assert cells[name, "", "c0=100"] != ""
    # all in the middle: the mean may be told, the shares may not
    wave.values["c0"][wave.unit == unit] = 50.0
    wave.answers["c0"][wave.unit == unit] = 50.0
    cells = protect(tree, [wave], Rules()).set_index(["unit", "cut", "measure"])["reason"]
    assert cells[name, "", "c0"] == ""
    assert cells[name, "", "c0=50"] == "dominant"


def test_rules_are_refused_where_they_protect_nobody():
    with pytest.raises(DataError, match="fewer than five"):
        Rules(min_n=4)
    with pytest.raises(DataError, match="too small"):
        Rules(min_n=1, below_five=True)
    with pytest.raises(DataError, match="width"):
        Rules(width=0)
    assert Rules(min_n=3, below_five=True).min_n == 3


def test_a_table_that_contradicts_itself_is_told():
    tree, waves = organisation(np.random.default_rng(2), n_units=6, size=20)
    table = published(protect(tree, waves, Rules()))
    with pytest.raises(DataError, match="lacks columns"):
        audit(table.drop(columns="status"))
    table.loc[(table["unit"] == "top") & (table["measure"] == "c0") & (table["cut"] == ""), "n"] = 1
    with pytest.raises(DataError, match="contradict"):
        audit(table)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("n_units", "levels"), [(200, 1), (200, 6), (700, 3), (2000, 4), (2000, 6)]
)
def test_large_organisations_over_three_waves_are_safe(n_units, levels, seed):
    generator = np.random.default_rng(seed)
    tree, waves = organisation(
        generator, n_units=n_units, levels=levels, size=9, categories=4, waves=3, linked=True
    )
    cells = protect(tree, waves, Rules(), workers=2)
    assert (cells.loc[cells["reason"] == "", "n"] >= 5).all()
    assert audit(published(cells), workers=2).recovered.empty
    if levels > 1 and n_units < 2000:
        assert len(audit(published(cells, plain=5), workers=2).recovered)

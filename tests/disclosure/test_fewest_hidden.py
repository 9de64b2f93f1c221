"""The fewest hidden units: as few as trying every choice finds, and never a small remainder."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.disclosure.fewest_hidden import fewest_hidden
from relsurvey.disclosure.hide_units import remainders
from relsurvey.disclosure.unit_tree import UnitTree
from relsurvey.errors import DataError


def safe(tree, n, hidden, min_n):
    rest = remainders(tree, hidden, n[:, None].astype(float))[:, 0]
    return not ((rest > 0) & (rest < min_n)).any()


@st.composite
def trees(draw, largest=8):
    size = draw(st.integers(2, largest))
    above = {"0": None}
    above |= {str(at): str(draw(st.integers(0, at - 1))) for at in range(1, size)}
    tree = UnitTree.of(above)
    own = np.array([0 if below else draw(st.integers(0, 9)) for below in tree.children()])
    return tree, tree.roll_up(own.astype(float)).astype(int)


@settings(max_examples=150, deadline=None)
@given(trees(), st.integers(2, 6))
def test_it_is_as_cheap_as_the_best_of_all_choices(drawn, min_n):
    tree, n = drawn
    must = n < min_n
    cost = 1 + n / max(n[0], 1)
    hidden = fewest_hidden(tree, n, must, cost, min_n)
    assert safe(tree, n, hidden, min_n)
    assert hidden[must & (n > 0)].all()
    free = np.flatnonzero(~must)
    best = np.inf
    for choice in itertools.product((False, True), repeat=free.size):
        tried = must.copy()
        tried[free] = choice
        if safe(tree, n, tried, min_n):
            best = min(best, cost[free[list(choice)]].sum() if free.size else 0.0)
    assert cost[hidden & ~must].sum() == pytest.approx(best)


def test_the_next_unit_is_hidden_with_a_small_one():
    tree = UnitTree.of({"top": None, "a": "top", "b": "top", "c": "top"})
    n = np.array([22, 3, 7, 12])
    hidden = fewest_hidden(tree, n, n < 5, 1 + n / 22, 5)
    assert dict(zip(tree.names, hidden.tolist(), strict=True)) == {
        "top": False,
        "a": True,
        "b": True,
        "c": False,
    }


@pytest.mark.parametrize(
    ("above", "said"),
    [
        ({"a": None, "b": None}, "one top"),
        ({"a": None, "b": "x"}, "no unit"),
        ({"a": None, "b": "c", "c": "b"}, "under itself"),
    ],
)
def test_what_is_no_tree_is_told(above, said):
    with pytest.raises(DataError, match=said):
        UnitTree.of(above)

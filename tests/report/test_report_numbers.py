"""Numbers as a Danish and an English reader sees them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relsurvey.report.numbers import ABSENT, HARD_SPACE, Numbers

DA, EN = Numbers("da"), Numbers("en")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (DA.decimal(1234.5, 1), "1.234,5"),
        (EN.decimal(1234.5, 1), "1,234.5"),
        (DA.decimal(-0.276), "−0,28"),
        (DA.decimal(-0.001), "0,00"),
        (EN.decimal(0.5, 1, signed=True), "+0.5"),
        (EN.decimal(-0.5, 1, signed=True), "−0.5"),
        (EN.decimal(0.0, 1, signed=True), "0.0"),
        (DA.whole(2027), "2.027"),
        (DA.whole(np.int64(3)), "3"),
        (DA.p_value(0.0004), "p < 0,001"),
        (EN.p_value(0.0004), "p < 0.001"),
        (DA.p_value(0.0323), "p = 0,032"),
        (DA.p_bare(1.0), "1,000"),
        (DA.interval(-0.1, 0.25), "−0,10 til 0,25"),
        (EN.interval(-0.1, 0.25, 1), "−0.1 to 0.2"),
        (DA.percent(0.784), f"78{HARD_SPACE}%"),
        (EN.percent(0.784), "78%"),
        (EN.percent(0.0), "0%"),
        (EN.percent(1.0), "100%"),
        (EN.percent(0.0004), "< 1%"),
        (EN.percent(0.9996), "> 99%"),
        (DA.percent(0.0004, 1), f"< 0,1{HARD_SPACE}%"),
        (DA.listed(["a", "b", "c"]), "a, b og c"),
        (DA.listed(["a", "b", "c"], "or"), "a, b eller c"),
        (EN.listed(["a"]), "a"),
        (EN.listed([]), ""),
    ],
)
def test_a_number_reads_as_expected(made, expected):
    assert made == expected


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, "", "x"])
def test_what_is_no_number_becomes_a_dash(value):
    for numbers in (DA, EN):
        assert numbers.decimal(value) == ABSENT
        assert numbers.percent(value) == ABSENT
        assert numbers.p_value(value) == ABSENT
        assert numbers.interval(0.0, value) == ABSENT


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_rounding_keeps_the_value_and_both_languages_agree(value, digits):
    english, danish = EN.decimal(value, digits), DA.decimal(value, digits)
    back = float(english.replace(",", "").replace("−", "-"))
    assert abs(back - value) <= 0.5 * 10.0**-digits * (1 + 1e-9)
    assert danish.translate(str.maketrans(",.", ".,")) == english


@given(st.floats(1e-9, 1 - 1e-9))
def test_a_share_between_none_and_all_never_reads_as_none_or_all(share):
    assert EN.percent(share) not in ("0%", "100%")

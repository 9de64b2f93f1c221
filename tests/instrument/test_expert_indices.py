"""Content-validity numbers against published tables and values worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relsurvey.instrument.expert_indices import (
    content_validity_ratio,
    critical_count,
    critical_ratio,
    kappa_band,
    modified_kappa,
    proportion_of_agreement,
    substantive_validity,
    tail_probability,
)

# Polit, Beck & Owen (2007), table of κ* for 3 to 9 experts: experts, agreeing, κ*, evaluation.
POLIT = [
    (3, 3, 1.00, "excellent"),
    (3, 2, 0.47, "fair"),
    (4, 4, 1.00, "excellent"),
    (4, 3, 0.67, "good"),
    (5, 5, 1.00, "excellent"),
    (5, 4, 0.76, "excellent"),
    (6, 5, 0.81, "excellent"),
    (6, 4, 0.56, "fair"),
    (7, 6, 0.85, "excellent"),
    (7, 5, 0.65, "good"),
    (8, 7, 0.88, "excellent"),
    (8, 6, 0.72, "good"),
    (9, 8, 0.89, "excellent"),
    (9, 7, 0.76, "excellent"),
]


@pytest.mark.parametrize(("n_experts", "n_agree", "kappa", "band"), POLIT)
def test_modified_kappa_as_published(n_experts, n_agree, kappa, band):
    value = modified_kappa(n_agree, n_experts)
    assert value == pytest.approx(kappa, abs=0.0101)  # printed to two decimals, some truncated
    assert kappa_band(value) == band


def test_modified_kappa_by_hand():
    # five experts, four agree: p_c = 5 / 32, (4/5 − 5/32) / (27/32) = 103 / 135
    assert modified_kappa(4, 5) == pytest.approx(103 / 135, rel=1e-12)


def test_kappa_band_edges():
    assert [kappa_band(k) for k in (0.7401, 0.74, 0.60, 0.59, 0.40, 0.39, -1)] == [
        "excellent",
        "good",
        "good",
        "fair",
        "fair",
        "poor",
        "poor",
    ]
    assert kappa_band(math.nan) == ""


@pytest.mark.parametrize(
    ("n_experts", "critical"),
    # exact binomial, as in Ayre & Scally (2014), table of CVR_critical
    [
        (5, 1.000),
        (6, 1.000),
        (7, 1.000),
        (8, 0.750),
        (9, 0.778),
        (10, 0.800),
        (11, 0.636),
        (12, 0.667),
        (15, 0.600),
        (20, 0.500),
        (40, 0.300),
    ],
)
def test_critical_cvr(n_experts, critical):
    assert critical_ratio(n_experts) == pytest.approx(critical, abs=5e-4)


@pytest.mark.parametrize("n_experts", [0, 1, 2, 3, 4])
def test_no_critical_value_for_few_experts(n_experts):
    assert critical_count(n_experts) is None
    assert math.isnan(critical_ratio(n_experts))


@given(st.integers(5, 120), st.sampled_from([0.01, 0.05, 0.1]))
def test_critical_count_is_the_smallest_significant_one(n_experts, significance):
    needed = critical_count(n_experts, significance)
    if needed is None:
        assert 0.5**n_experts > significance
    else:
        assert tail_probability(needed, n_experts) <= significance
        assert tail_probability(needed - 1, n_experts) > significance


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_ranges(counts):
    n_agree, n_experts = counts
    assert -1 <= content_validity_ratio(n_agree, n_experts) <= 1
    assert 0 <= proportion_of_agreement(n_agree, n_experts) <= 1
    assert modified_kappa(n_agree, n_experts) <= n_agree / n_experts + 1e-12
    tail = sum(math.comb(n_experts, k) for k in range(n_agree, n_experts + 1)) / 2**n_experts
    assert tail_probability(n_agree, n_experts) == pytest.approx(tail, rel=1e-9)


def test_ratios_by_hand():
    assert content_validity_ratio(9, 10) == pytest.approx(0.8)
    assert content_validity_ratio(0, 4) == -1
    assert proportion_of_agreement(8, 10) == 0.8
    assert substantive_validity(8, 2, 10) == pytest.approx(0.6)
    assert substantive_validity(0, 4, 4) == -1


def test_nobody_rated():
    values = [
        modified_kappa(0, 0),
        content_validity_ratio(0, 0),
        tail_probability(0, 0),
        proportion_of_agreement(0, 0),
        substantive_validity(0, 0, 0),
    ]
    assert all(math.isnan(value) for value in values)

"""ICCs against psych on equal groups, against a known truth, and where they are not defined."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from relsurvey.errors import DataError
from relsurvey.stats.icc_anova import anova_icc
from relsurvey.stats.icc_reml import reml_icc

REFERENCE = Path(__file__).parent.parent / "reference" / "measurement.json"
SIZES = np.array([2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 25, 30] * 3)


def draw(generator, icc, sizes=SIZES):
    codes = np.repeat(np.arange(len(sizes)), sizes)
    between = generator.standard_normal(len(sizes)) * np.sqrt(icc)
    return between[codes] + generator.standard_normal(len(codes)) * np.sqrt(1 - icc), codes


def test_bounds_equal_psych_on_equal_groups():
    theirs = json.loads(REFERENCE.read_text(encoding="utf-8"))["balanced"]
    found = anova_icc(np.array(theirs["score"]), np.array(theirs["unit"]))
    single, mean = theirs["type"].index("ICC1"), theirs["type"].index("ICC1k")
    for at, ours in (
        (single, (found.icc1, found.icc1_low, found.icc1_high)),
        (mean, (found.icc2, found.icc2_low, found.icc2_high)),
    ):
        expected = (theirs["icc"][at], theirs["conf_low"][at], theirs["conf_high"][at])
        np.testing.assert_allclose(ours, expected, atol=1e-10)


def test_equal_groups_by_hand():
    # groups (1, 3) and (5, 7): between 16 on 1 df, within 4 on 2 df, F = 8
    found = anova_icc(np.array([1.0, 3.0, 5.0, 7.0]), np.array([7, 7, 9, 9]))
    assert found.statistic == pytest.approx(8.0)
    assert found.icc1 == pytest.approx(7 / 9)
    assert found.icc2 == pytest.approx(7 / 8)
    # with equal groups and F above 1 REML is the analysis of variance
    assert reml_icc(np.array([1.0, 3.0, 5.0, 7.0]), np.array([7, 7, 9, 9])).icc1 == pytest.approx(
        7 / 9
    )


@pytest.mark.parametrize("icc", [0.05, 0.15, 0.4])
def test_truth_is_covered(icc):
    generator = np.random.default_rng(int(1000 * icc))
    draws = [draw(generator, icc) for _ in range(400)]
    anova = [anova_icc(*values) for values in draws]
    reml = [reml_icc(*values) for values in draws]
    assert np.mean([found.icc1 for found in reml]) == pytest.approx(icc, abs=0.01)
    covered = np.mean([found.icc1_low <= icc <= found.icc1_high for found in anova])
    assert covered == pytest.approx(0.95, abs=0.04)
    covered = np.mean([found.conf_low <= icc <= found.conf_high for found in reml])
    assert covered == pytest.approx(0.95, abs=0.035)


def test_no_difference_between_groups():
    generator = np.random.default_rng(6)
    scores, codes = draw(generator, 0.0)
    scores = scores - np.bincount(codes, scores)[codes] / SIZES[codes]
    assert anova_icc(scores, codes).icc1 < 0
    found = reml_icc(scores, codes)
    assert found.icc1 == 0.0
    assert found.conf_low == 0.0
    assert found.conf_high > 0.0


def test_recoding_rows_and_labels_change_nothing():
    generator = np.random.default_rng(2)
    scores, codes = draw(generator, 0.2)
    order = generator.permutation(len(scores))
    first, again = anova_icc(scores, codes), anova_icc(9 - 3 * scores[order], 1000 - codes[order])
    assert again.icc1 == pytest.approx(first.icc1, abs=1e-12)
    assert again.icc2_low == pytest.approx(first.icc2_low, abs=1e-12)
    assert reml_icc(9 - 3 * scores[order], 1000 - codes[order]).icc1 == pytest.approx(
        reml_icc(scores, codes).icc1, abs=1e-10
    )


def test_groups_that_agree_completely():
    scores, codes = np.array([1.0, 1.0, 2.0, 2.0]), np.array([0, 0, 1, 1])
    assert anova_icc(scores, codes).icc1 == 1.0
    found = reml_icc(scores, codes)
    assert found.icc1 == 1.0
    assert np.isnan(found.conf_low)


@pytest.mark.parametrize(
    ("scores", "codes"),
    [([1.0, 2.0], [0, 0]), ([1.0, 2.0], [0, 1]), ([2.0, 2.0, 2.0], [0, 0, 1])],
)
def test_what_has_no_icc(scores, codes):
    with pytest.raises(DataError):
        anova_icc(np.array(scores), np.array(codes))
    if len(set(scores)) > 1:
        with pytest.raises(DataError):
            reml_icc(np.array(scores), np.array(codes))

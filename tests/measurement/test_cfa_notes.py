"""What is improper or thin is named, with what to do, and is not named where it is not so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.cfa import cfa


def measured(n: int, items: int, seed: int, loading: float = 0.7) -> np.ndarray:
    generator = np.random.default_rng(seed)
    factor = generator.standard_normal((n, 1))
    return loading * factor + np.sqrt(1 - loading**2) * generator.standard_normal((n, items))


def framed(values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(values, columns=[f"x{at}" for at in range(1, values.shape[1] + 1)])


def said(fit) -> str:
    return " ".join(fit.remarks())


def exactly(correlation: np.ndarray) -> pd.DataFrame:
    """200 rows whose correlations are those given."""
    raw = np.random.default_rng(1).standard_normal((200, len(correlation)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    return framed(white @ np.linalg.cholesky(correlation).T)


def test_a_negative_residual_variance_is_named():
    # a loading of 0.6·0.7/0.3 > 1 in units of the first item: 1.4 > 1
    fit = cfa(
        exactly(np.array([[1, 0.6, 0.7], [0.6, 1, 0.3], [0.7, 0.3, 1]])), {"f": ["x1", "x2", "x3"]}
    )
    assert "the residual variance of x1 is below zero" in said(fit)
    assert np.isfinite(fit.factor_scores()).all(axis=None)  # the implied matrix is proper


def test_a_correlation_beyond_one_is_named():
    within, between = 0.36, 0.45
    correlation = np.full((6, 6), between)
    correlation[:3, :3] = correlation[3:, 3:] = within
    np.fill_diagonal(correlation, 1.0)
    fit = cfa(exactly(correlation), {"f": ["x1", "x2", "x3"], "g": ["x4", "x5", "x6"]})
    assert "the correlation of f with g lies beyond 1" in said(fit)


def test_empty_and_rare_cells_are_counted_by_hand():
    values = np.repeat(
        [[0, 0, 0], [1, 1, 1], [0, 1, 0], [1, 0, 1], [0, 1, 1], [2, 1, 1], [1, 0, 0]],
        [30, 30, 10, 10, 8, 9, 8],
        axis=0,
    )
    fit = cfa(framed(values), {"f": ["x1", "x2", "x3"]}, estimator="wlsmv")
    # x1 never has 2 with x2 = 0 or with x3 = 0: 2 of the 6 + 6 + 4 cells, in 2 of 3 pairs
    assert (
        "2 of the 16 cells in the two-way tables of the items are empty, in 2 of 3 pairs"
        in said(fit)
    )
    full = framed((measured(2000, 3, 3) > 0).astype(int))
    clean = said(cfa(full, {"f": ["x1", "x2", "x3"]}, estimator="wlsmv"))
    assert "cells" not in clean
    assert "rows for" not in clean


def test_fewer_rows_than_correlations_are_named():
    frame = framed((measured(40, 10, 4) > 0).astype(int))
    text = said(cfa(frame, {"f": list(frame.columns)}, estimator="wlsmv"))
    assert "There are 40 rows for 45 correlations" in text


def test_contradicting_polychorics_are_named():
    generator = np.random.default_rng(6)
    found = 0
    for _ in range(5):
        raw = measured(30, 8, int(generator.integers(1000)), 0.9)
        frame = framed((raw > 0).astype(int))
        try:
            fit = cfa(frame, {"f": list(frame.columns)}, estimator="ulsmv")
        except ModelError:
            continue
        low = np.linalg.eigvalsh(fit.correlations())[0]
        assert ("contradict each other" in said(fit)) == (low < 1.5e-8)
        found += low < 1.5e-8
    assert found


def test_one_cluster_in_a_group_is_an_error():
    frame = framed(measured(100, 4, 5)).assign(part=["a", "b"] * 50)
    frame["team"] = np.where(frame["part"] == "a", 0, np.arange(100) % 7)
    with pytest.raises(DataError, match="two clusters or more"):
        cfa(frame, {"f": ["x1", "x2", "x3", "x4"]}, group="part", cluster="team")

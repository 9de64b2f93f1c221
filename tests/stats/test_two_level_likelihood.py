"""The likelihood of rows in clusters against the dense normal density and numeric derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import multivariate_normal

from relsurvey.stats.two_level_likelihood import (
    cluster_data,
    cluster_meat,
    curvature,
    slopes,
    split,
)
from relsurvey.stats.two_level_saturated import saturated_levels

Array = NDArray[np.float64]
P = 3
AT = np.tril_indices(P)
SIZE = len(AT[0])


def rows_in_clusters(seed: int, sizes: list[int]) -> tuple[Array, NDArray[np.int64]]:
    generator = np.random.default_rng(seed)
    codes = np.repeat(np.arange(len(sizes)), sizes)
    rows = generator.standard_normal((len(codes), P)) @ generator.standard_normal((P, P))
    return rows + 1.5 * generator.standard_normal((len(sizes), P))[codes] + 1.0, codes


def matrix(values: Array) -> Array:
    made = np.zeros((P, P))
    made[AT] = values
    made.T[AT] = values
    return made


def value(rows: Array, codes: NDArray[np.int64], values: Array) -> float:
    parts = matrix(values[:SIZE]), matrix(values[SIZE : 2 * SIZE]), values[2 * SIZE :]
    at = split(cluster_data(rows, codes), *parts)
    assert at is not None
    return at.value


def a_point() -> Array:
    within, between = 2.0 * np.eye(P) + 0.5, np.eye(P) + 0.2
    return np.concatenate([within[AT], between[AT], np.full(P, 0.7)])


@settings(max_examples=10, deadline=None)
@given(sizes=st.lists(st.integers(1, 6), min_size=2, max_size=8), seed=st.integers(0, 1000))
def test_value_is_the_density_of_whole_clusters(sizes: list[int], seed: int) -> None:
    rows, codes = rows_in_clusters(seed, sizes)
    point = a_point()
    within, between = matrix(point[:SIZE]), matrix(point[SIZE : 2 * SIZE])
    expected = 0.0
    for cluster, n in enumerate(sizes):
        whole = np.kron(np.eye(n), within) + np.kron(np.ones((n, n)), between)
        mean = np.tile(point[2 * SIZE :], n)
        expected -= multivariate_normal(mean, whole).logpdf(rows[codes == cluster].ravel())
    assert value(rows, codes, point) == pytest.approx(expected, rel=1e-11)


def test_slopes_curvature_and_meat_are_the_derivatives() -> None:
    rows, codes = rows_in_clusters(4, [3, 1, 5, 5, 2, 4, 3, 8])
    point, steps = a_point(), 1e-4 * np.eye(2 * SIZE + P)
    first = np.array([value(rows, codes, point + a) - value(rows, codes, point - a) for a in steps])
    second = np.array(
        [
            [
                value(rows, codes, point + a + b)
                - value(rows, codes, point + a - b)
                - value(rows, codes, point - a + b)
                + value(rows, codes, point - a - b)
                for b in steps
            ]
            for a in steps
        ]
    )
    data = cluster_data(rows, codes)
    at = split(data, matrix(point[:SIZE]), matrix(point[SIZE : 2 * SIZE]), point[2 * SIZE :])
    assert at is not None
    by_within, by_between, by_mean = slopes(data, at)
    double = np.where(AT[0] == AT[1], 1.0, 2.0)
    found = np.concatenate([double * by_within[AT], double * by_between[AT], by_mean])
    np.testing.assert_allclose(found, first / 2e-4, atol=1e-6)
    # finite differences of values of size 100 are good to about 1e-5
    np.testing.assert_allclose(curvature(data, at), second / 4e-8, atol=3e-5)
    meat = np.zeros((len(point), len(point)))
    for cluster in range(8):
        own = codes == cluster
        part = [
            value(rows[own], codes[own], point + a) - value(rows[own], codes[own], point - a)
            for a in steps
        ]
        meat += np.outer(part, part) / 4e-8
    np.testing.assert_allclose(cluster_meat(data, at), meat, rtol=1e-5, atol=1e-5)


def test_equal_clusters_have_the_moments_of_variance_analysis() -> None:
    rows, codes = rows_in_clusters(9, [6] * 40)
    found = saturated_levels(cluster_data(rows, codes))
    means = rows.reshape(40, 6, P).mean(axis=1)
    centred = rows - means[codes]
    pooled = centred.T @ centred / (40 * 5)
    between = np.cov(means.T, ddof=0) - pooled / 6
    assert np.linalg.eigvalsh(between)[0] > 0.0
    assert found.converged
    np.testing.assert_allclose(found.within, pooled, rtol=1e-6)
    np.testing.assert_allclose(found.between, between, atol=1e-6)
    np.testing.assert_allclose(found.mean, rows.mean(axis=0), atol=1e-8)


def test_outside_its_range_there_is_no_value() -> None:
    rows, codes = rows_in_clusters(1, [4, 4, 4])
    data = cluster_data(rows, codes)
    assert split(data, np.eye(P), -0.5 * np.eye(P), np.zeros(P)) is None
    assert split(data, -np.eye(P), np.eye(P), np.zeros(P)) is None
    assert split(data, np.eye(P), -0.1 * np.eye(P), np.zeros(P)) is not None

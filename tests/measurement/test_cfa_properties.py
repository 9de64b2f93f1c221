"""What must hold for any ordinal factor model: recovery, and what may not change the answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.cfa import cfa

MODEL = {"f": ["a1", "a2", "a3", "a4"], "g": ["b1", "b2", "b3"]}
ITEMS = [item for items in MODEL.values() for item in items]
LOADINGS = np.array([0.8, 0.7, 0.6, 0.75, 0.85, 0.65, 0.7])
CUTS = [-1.4, -0.6, 0.3, 1.2]


def draw(seed, n, correlation=0.5):
    generator = np.random.default_rng(seed)
    root = np.linalg.cholesky([[1.0, correlation], [correlation, 1.0]])
    factors = generator.standard_normal((n, 2)) @ root.T
    noise = generator.standard_normal((n, 7)) * np.sqrt(1.0 - LOADINGS**2)
    latent = factors[:, [0, 0, 0, 0, 1, 1, 1]] * LOADINGS + noise
    frame = pd.DataFrame(np.searchsorted(CUTS, latent) + 1, columns=ITEMS)
    frame["team"] = generator.integers(0, 30, n)
    return frame


def standard(fit):
    table = fit.tidy()
    table["pair"] = [
        " ".join(sorted((lhs, rhs))) + op
        for lhs, op, rhs in zip(table["lhs"], table["op"], table["rhs"], strict=True)
    ]
    table = table[table["op"] != "|"].set_index("pair").sort_index()
    return table[["std_estimate", "std_estimate_error"]]


def test_estimates_are_recovered_and_their_errors_are_right():
    found, errors, chi2 = [], [], []
    for seed in range(60):
        fit = cfa(draw(seed, 500), MODEL, estimator="wlsmv")
        loadings = fit.loadings()
        found.append(loadings["std_estimate"].to_numpy())
        errors.append(loadings["std_estimate_error"].to_numpy())
        chi2.append(fit.glance()["chi2_scaled"].iloc[0])
    np.testing.assert_allclose(np.mean(found, axis=0), LOADINGS, atol=0.012)
    # the standard deviation of 60 draws is itself known to about 9 %
    np.testing.assert_allclose(np.std(found, axis=0), np.mean(errors, axis=0), rtol=0.3)
    assert np.mean(chi2) == pytest.approx(13.0, rel=0.15)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["wlsmv", "ulsmv", "mlr"]))
def test_order_of_rows_items_and_factors_changes_nothing(seed, estimator):
    frame = draw(seed, 250)
    turned = {name: items[::-1] for name, items in reversed(MODEL.items())}
    first = cfa(frame, MODEL, estimator=estimator)
    again = cfa(frame.sample(frac=1.0, random_state=seed), turned, estimator=estimator)
    pd.testing.assert_frame_equal(
        standard(first).filter(regex="=~|a b|f g", axis=0),
        standard(again).filter(regex="=~|a b|f g", axis=0),
        atol=1e-6,
    )
    for column in ("chi2_scaled", "cfi_robust", "srmr"):
        assert first.glance()[column].iloc[0] == pytest.approx(
            again.glance()[column].iloc[0], rel=1e-5
        )


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_labels_of_answers_change_nothing_but_their_order_does(seed):
    frame = draw(seed, 250)
    first = cfa(frame, MODEL, estimator="wlsmv")
    codes = {1: -3, 2: 0, 3: 7, 4: 8, 5: 90}
    other = frame.assign(**{item: frame[item].map(codes) for item in ITEMS})
    pd.testing.assert_frame_equal(first.tidy(), cfa(other, MODEL, estimator="wlsmv").tidy())
    ordered = frame.assign(
        **{item: pd.Categorical(frame[item], [1, 2, 3, 4, 5], ordered=True) for item in ITEMS}
    )
    pd.testing.assert_frame_equal(first.tidy(), cfa(ordered, MODEL, estimator="wlsmv").tidy())
    reversed_ = frame.assign(a1=6 - frame["a1"])
    turned = cfa(reversed_, MODEL, estimator="wlsmv", std_lv=True).loadings().set_index("item")
    assert turned.loc["a1", "std_estimate"] * turned.loc["a2", "std_estimate"] < 0.0


def test_scaling_changes_no_standardised_estimate():
    frame = draw(5, 400)
    for estimator in ("wlsmv", "mlr"):
        marker = cfa(frame, MODEL, estimator=estimator)
        unit = cfa(frame, MODEL, estimator=estimator, std_lv=True)
        pd.testing.assert_frame_equal(standard(marker), standard(unit), atol=1e-7)


def test_a_duplicated_data_set_halves_the_variance():
    frame = draw(6, 400)
    once = cfa(frame, MODEL, estimator="wlsmv")
    twice = cfa(pd.concat([frame, frame]), MODEL, estimator="wlsmv")
    np.testing.assert_allclose(once.tidy()["estimate"], twice.tidy()["estimate"], atol=1e-8)
    np.testing.assert_allclose(
        twice.tidy()["std_error"] * np.sqrt(799 / 399), once.tidy()["std_error"], atol=1e-8
    )


def test_a_duplicated_data_set_in_pairs_is_the_data_set():
    frame = draw(7, 300)
    frame["pair"] = np.arange(300)
    twice = cfa(pd.concat([frame, frame]), MODEL, estimator="wlsmv", cluster="pair").tidy()
    once = cfa(frame, MODEL, estimator="wlsmv", cluster="pair").tidy()
    # sums over pairs are twice the rows' own; what is left is the divisor of rows less one
    np.testing.assert_allclose(
        twice["std_error"] * np.sqrt(599 / 300 / (299 / 150)), once["std_error"], rtol=2e-3
    )


def test_every_row_a_cluster_is_no_cluster_but_for_the_small_sample_factor():
    frame = draw(8, 300)
    frame["own"] = np.arange(300)
    plain = cfa(frame, MODEL, estimator="wlsmv").tidy()
    alone = cfa(frame, MODEL, estimator="wlsmv", cluster="own").tidy()
    np.testing.assert_allclose(
        alone["std_error"], plain["std_error"] * np.sqrt(300 / 299), rtol=1e-9
    )


def test_pairwise_uses_rows_that_listwise_leaves_out():
    frame = draw(9, 400).astype(float)
    generator = np.random.default_rng(9)
    frame[ITEMS] = frame[ITEMS].mask(generator.random((400, 7)) < 0.1)
    listwise = cfa(frame, MODEL, estimator="wlsmv")
    pairwise = cfa(frame, MODEL, estimator="wlsmv", missing="pairwise")
    assert pairwise.glance()["n_obs"].iloc[0] == 400
    assert listwise.glance()["n_obs"].iloc[0] == frame[ITEMS].notna().all(axis=1).sum()
    errors = [fit.loadings()["std_estimate_error"].mean() for fit in (pairwise, listwise)]
    assert errors[0] < errors[1]


def test_full_information_of_complete_rows_is_maximum_likelihood():
    frame = draw(15, 300)
    plain, full = (cfa(frame, MODEL, missing=rule) for rule in ("listwise", "fiml"))
    ours, theirs = standard(full).loc[standard(plain).index], standard(plain)
    np.testing.assert_allclose(ours["std_estimate"], theirs["std_estimate"], atol=1e-5)
    # observed against expected information
    np.testing.assert_allclose(
        ours["std_estimate_error"], theirs["std_estimate_error"], rtol=0.08, atol=1e-9
    )
    assert full.glance()["chi2"].iloc[0] == pytest.approx(plain.glance()["chi2"].iloc[0], abs=1e-4)
    gains = [
        fit.modification_indices().set_index(["lhs", "op", "rhs"])["mi"] for fit in (plain, full)
    ]
    np.testing.assert_allclose(gains[1].loc[gains[0].index], gains[0], rtol=1e-3, atol=1e-4)


def test_items_that_are_copies_are_named():
    frame = draw(10, 120)
    frame["a2"] = frame["a1"]
    try:
        notes = " ".join(cfa(frame, MODEL, estimator="wlsmv").notes)
    except ModelError as error:
        notes = str(error)
    assert "do not settle (a1 with a2)" in notes or "did not converge" in notes


def test_clusters_fewer_than_parameters_are_told():
    frame = draw(11, 300)
    frame["team"] %= 5
    notes = " ".join(cfa(frame, MODEL, estimator="wlsmv", cluster="team").notes)
    assert "5 clusters" in notes
    assert "fewer clusters than parameters" in notes


def test_too_many_answers_are_not_ordinal():
    frame = draw(12, 300)
    frame["a1"] = np.random.default_rng(1).standard_normal(300)
    with pytest.raises(DataError, match="too many different answers"):
        cfa(frame, MODEL, estimator="wlsmv")


def test_modification_index_finds_the_covariance_left_out():
    frame = draw(13, 800)
    generator = np.random.default_rng(13)
    shared = generator.random(800) < 0.35
    frame.loc[shared, "a2"] = frame.loc[shared, "a1"]
    for estimator in ("wlsmv", "ml"):
        first = cfa(frame, MODEL, estimator=estimator).modification_indices().iloc[0]
        assert (first["lhs"], first["op"], first["rhs"]) == ("a1", "~~", "a2")
        assert first["epc"] > 0.0


def test_residuals_are_observed_minus_implied():
    fit = cfa(draw(14, 300), MODEL, estimator="wlsmv")
    table = fit.residuals()
    assert len(table) == 21
    observed = [
        fit.correlations().loc[a, b] for a, b in zip(table["lhs"], table["rhs"], strict=True)
    ]
    np.testing.assert_allclose(table["observed"], observed)
    np.testing.assert_allclose(table["residual"], table["observed"] - table["implied"])

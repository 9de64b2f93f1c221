"""Models side by side, against anova() of lavaan fits."""

from __future__ import annotations

import numpy as np
import pytest

from relsurvey.errors import DataError, ModelError
from relsurvey.instrument.library import load_instrument
from relsurvey.measurement.compare import compare_models, nested
from relsurvey.measurement.standard_models import standard_models


@pytest.fixture(scope="module")
def models(scales):
    return {
        "one": {"g": scales["a"] + scales["b"] + scales["c"]},
        "two": {"ab": scales["a"] + scales["b"], "c": scales["c"]},
        "three": scales,
        "part": {"a": scales["a"], "b": scales["b"]},
    }


@pytest.fixture(scope="module")
def comparison(teams, models):
    return compare_models(teams, models)


def test_difference_tests_equal_lavaan(comparison, in_r):
    table = comparison.tidy().set_index("model").loc[["three", "two"]]
    theirs = in_r["difference_tests"]
    assert list(table["compared_with"]) == ["two", "one"]
    np.testing.assert_allclose(table["chi2_diff"], theirs["chi2_diff"][1:], atol=1e-8)
    np.testing.assert_allclose(table["df_diff"], theirs["df_diff"][1:])
    np.testing.assert_allclose(table["p_value_diff"], theirs["p"][1:], atol=1e-10)


def test_rows_are_the_fits_in_the_order_given(comparison, in_r):
    table = comparison.tidy()
    assert list(table["model"]) == ["one", "two", "three", "part"]
    assert list(table["n_items"]) == [14, 14, 14, 9]
    assert list(table["item_set"]) == [1, 1, 1, 2]
    expected = [in_r["cfa"][name]["fit"]["bic"] for name in ("one", "two", "three")]
    np.testing.assert_allclose(table["bic"][:3], expected, atol=1e-6)
    assert table["compared_with"].iloc[3] == ""


def test_verdict_names_the_best_and_no_cut_off(comparison):
    glance = comparison.glance()
    assert len(glance) == 1
    assert glance["lowest_bic"].iloc[0] == "three"
    assert "three has the lowest BIC" in comparison.verdict
    assert "good fit" not in comparison.verdict
    assert any("item_set" in note for note in comparison.remarks())


def test_a_model_that_fails_is_a_row_and_a_note(teams, scales):
    found = compare_models(
        teams.assign(copy=teams["a1"]),
        {"sound": {"a": scales["a"]}, "twice": {"a": [*scales["a"], "copy"]}},
    )
    assert list(found.tidy()["converged"]) == [True, False]
    assert np.isnan(found.tidy()["chi2"].iloc[1])
    assert any("twice could not be fitted" in note for note in found.remarks())
    assert "nothing to hold it against" in found.verdict


def test_nothing_to_compare(teams):
    with pytest.raises(ModelError):
        compare_models(teams, {})
    with pytest.raises(ModelError):
        compare_models(teams.assign(c=teams["a1"]), {"m": {"f": ["a1", "a2", "c"]}})
    with pytest.raises(DataError):
        compare_models(teams, {"m": {"f": ["a1", "a2", "nowhere"]}})


def test_models_nest_by_merging_factors():
    fine = {"a": ["1", "2"], "b": ["3", "4"], "c": ["5", "6"]}
    assert nested({"ab": ["1", "2", "3", "4"], "c": ["5", "6"]}, fine)
    assert not nested(fine, fine)
    assert not nested({"x": ["1", "3", "4"], "y": ["2", "5", "6"]}, fine)
    assert not nested({"x": ["1", "2", "3", "4"]}, fine)
    assert not nested({"x": ["1", "2", "3", "4", "5", "6"], "y": ["6"]}, fine)


def test_standard_models_come_from_the_instruments_structure():
    instrument = load_instrument("lq2002")
    form = instrument.forms[0].id
    models = standard_models(instrument, form)
    assert {name: len(model) for name, model in models.items()} == {
        "one_factor": 1,
        "two_factor": 2,
    }
    assert models["two_factor"] == instrument.model(form, ("dimension",))
    assert len(models["one_factor"]["general"]) == 14


def test_the_shipped_instrument_has_its_four_models():
    instrument = load_instrument("relations")
    models = standard_models(instrument, "full")
    assert {name: len(model) for name, model in models.items()} == {
        "one_factor": 1,
        "two_factor": 2,
        "five_factor": 5,
        "eight_factor": 8,
    }
    assert {name: sum(map(len, model.values())) for name, model in models.items()} == {
        "one_factor": 30,
        "two_factor": 30,
        "five_factor": 30,
        "eight_factor": 42,
    }
    assert set(models["two_factor"]) == {"individual", "collective"}
    assert nested(models["two_factor"], models["five_factor"])

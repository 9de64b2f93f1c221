"""Models side by side, against anova() of lavaan fits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.errors import DataError, ModelError
from relsurvey.instrument.library import load_instrument
from relsurvey.measurement.compare import compare_models, nested
from relsurvey.measurement.model_text import read_terms
from relsurvey.measurement.parameter_table import parameter_table
from relsurvey.measurement.standard_models import standard_models

REFERENCE = Path(__file__).parent.parent / "reference"


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
    like_r("comparison chi2_diff", table["chi2_diff"], theirs["chi2_diff"][1:], atol=1e-08)
    like_r("comparison df_diff", table["df_diff"], theirs["df_diff"][1:], rtol=1e-7)
    like_r("comparison p_value_diff", table["p_value_diff"], theirs["p"][1:], atol=1e-10)


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
    assert glance["preferred"].iloc[0] == "three"
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


def factors_of(models):
    return {
        name: len(parameter_table(read_terms(said)).first_order()) for name, said in models.items()
    }


def test_standard_models_come_from_the_instruments_structure():
    instrument = load_instrument("lq2002")
    form = instrument.forms[0].id
    models = standard_models(instrument, form)
    assert factors_of(models) == {"one_factor": 1, "two_factor": 2, "bifactor": 3}
    assert models["two_factor"] == instrument.model(form, ("dimension",))
    assert len(models["one_factor"]["general"]) == 14


def test_the_shipped_instrument_has_its_six_models():
    instrument = load_instrument("relations")
    models = standard_models(instrument, "full")
    counted = {"one_factor": 1, "two_factor": 2, "five_factor": 5, "second_order": 5, "bifactor": 6}
    assert factors_of(models) == counted | {"eight_factor": 8}
    items = {name: len(parameter_table(read_terms(said)).items) for name, said in models.items()}
    assert items == dict.fromkeys(counted, 30) | {"eight_factor": 42}
    assert set(models["two_factor"]) == {"individual", "collective"}
    assert nested(models["two_factor"], models["five_factor"])


def test_difference_tests_of_robust_estimators_are_lavaans(teams, models):
    """Reference: nested_models.R. lavaan gives NA where the factor of 2001 is not positive."""
    wanted = json.loads((REFERENCE / "nested_models.json").read_text(encoding="utf-8"))
    of = {name: models[name] for name in ("one", "two", "three")}
    kinds = {
        "mlr": {"estimator": "mlr"},
        "mlr_cluster": {"estimator": "mlr", "cluster": "unit"},
        "wlsmv": {"estimator": "wlsmv"},
    }
    for kind, options in kinds.items():
        table = compare_models(teams, of, **options).tidy().set_index("model")
        for name, place in (("three", "three_two"), ("two", "two_one")):
            theirs, ours = wanted[kind][place], table.loc[name]
            assert ours["df_diff"] == theirs["df"]
            if theirs["chi2"] == "NA":
                assert np.isnan(ours["chi2_diff"])
                assert np.isnan(ours["p_value_diff"])
            else:
                like_r("comparison chi2_diff", ours["chi2_diff"], theirs["chi2"], rtol=0.0001)
                like_r("comparison p_value_diff", ours["p_value_diff"], theirs["p"], rtol=0.01)


def test_the_order_of_items_does_not_change_an_ordinal_difference(teams, scales):
    fine = {"a": scales["a"], "b": scales["b"]}
    merged = {"g": [*scales["b"][::-1], *scales["a"][::-1]]}
    plain = {"g": [*scales["a"], *scales["b"]]}
    found = [
        compare_models(teams, {"one": one, "two": fine}, estimator="wlsmv").tidy().iloc[1]
        for one in (merged, plain)
    ]
    assert found[0]["chi2_diff"] == pytest.approx(found[1]["chi2_diff"], rel=1e-6)


def test_without_a_likelihood_merged_factors_are_preferred_when_nothing_speaks_for_more():
    generator = np.random.default_rng(12)
    factor = generator.standard_normal((600, 1))
    answers = np.searchsorted([-1.0, 0.0, 1.0], factor + generator.standard_normal((600, 6)))
    frame = pd.DataFrame(answers, columns=list("abcdef"))
    models = {"one": {"g": list("abcdef")}, "two": {"u": list("abc"), "v": list("def")}}
    found = compare_models(frame, models, estimator="wlsmv")
    assert found.tidy()["p_value_diff"].iloc[1] > 0.05
    assert found.glance()["preferred"].item() == "one"
    assert "not better than merging" in found.verdict

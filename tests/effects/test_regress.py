from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from relsurvey.effects.regress import regress
from relsurvey.errors import DataError, ModelError
from relsurvey.results import TERM_COLUMNS

KINDS = ("iid", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1", "CR1S", "CR2", "CR3")
FEW = (1, 4, 9, 12, 17, 20, 22, 24)
# Least squares by two orthogonal factorisations in double precision differ by rounding only;
# degrees of freedom and p-values pile up sums over clusters, hence the looser bound.
EXACT, DERIVED = 1e-8, 1e-6


def fit(teams, model, kind):
    formula = {
        "simple": "c ~ a * b",
        "with_span": "c ~ a + b * log_span",
        "few_clusters": "c ~ a + log_span",
    }[model]
    frame = teams[teams["unit"].isin(FEW)] if model == "few_clusters" else teams
    return regress(frame, formula, cluster="unit" if kind.startswith("CR") else None, vcov=kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", ["simple", "with_span", "few_clusters"])
def test_every_number_equals_r(teams, reference, model, kind):
    expected = reference[model]
    result = fit(teams, model, kind)
    table = result.tidy()
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=EXACT)
    for column in ("std_error", "statistic"):
        np.testing.assert_allclose(table[column], expected["vcov"][kind][column], rtol=EXACT)
    for column in ("df", "p_value"):
        np.testing.assert_allclose(table[column], expected["vcov"][kind][column], rtol=DERIVED)
    for column in ("conf_low", "conf_high"):
        np.testing.assert_allclose(
            table[column], expected["vcov"][kind][column], rtol=DERIVED, atol=1e-9
        )
    glance = result.glance().iloc[0]
    for column in ("r_squared", "adj_r_squared", "sigma"):
        assert glance[column] == pytest.approx(expected[column], rel=EXACT)


def test_columns_and_terms(teams):
    result = regress(teams, "c ~ a * b", cluster="unit")
    assert list(result.tidy().columns) == [*TERM_COLUMNS, "std_estimate", "partial_r_squared"]
    assert list(result.tidy()["term"]) == ["Intercept", "a", "b", "a:b"]
    glance = result.glance()
    assert len(glance) == 1
    assert glance.loc[0, "vcov"] == "CR2"
    assert glance.loc[0, "n_clusters"] == teams["unit"].nunique()
    assert glance.loc[0, "n_obs"] == len(teams)
    assert regress(teams, "c ~ a").vcov == "HC3"
    assert result.covariance.shape == (4, 4)
    assert set(result.to_dict()) == {"title", "glance", "tidy", "notes"}
    assert "CR2" in result.summary()


def test_standardised_coefficient_of_one_predictor_is_the_correlation(teams):
    row = regress(teams, "c ~ a").tidy().set_index("term").loc["a"]
    assert row["std_estimate"] == pytest.approx(teams["a"].corr(teams["c"]))


def test_standardise_is_the_same_as_z_scores_by_hand(teams):
    scores = teams.assign(
        **{name: (teams[name] - teams[name].mean()) / teams[name].std() for name in "abc"}
    )
    by_hand = regress(scores, "c ~ a * b + C(unit > 10)", vcov="iid").tidy()
    asked = regress(teams, "c ~ a * b + C(unit > 10)", vcov="iid", standardise=True).tidy()
    pd.testing.assert_frame_equal(by_hand, asked, rtol=1e-10)


def test_missing_values_are_left_out_counted_and_named(teams):
    holes = teams.copy()
    holes.loc[[0, 1, 2], "a"] = np.nan
    holes.loc[[2, 5], "b"] = np.nan
    holes["unit"] = holes["unit"].astype(object)
    holes.loc[7, "unit"] = None
    before = holes.copy()
    result = regress(holes, "c ~ a + b", cluster="unit")
    pd.testing.assert_frame_equal(holes, before)
    assert (result.n_obs, result.n_dropped) == (len(teams) - 5, 5)
    assert "5 of" in result.notes[0]
    assert "a 3, b 2, unit 1" in result.notes[0]
    complete = teams.drop(index=[0, 1, 2, 5, 7])
    pd.testing.assert_frame_equal(
        result.tidy(), regress(complete, "c ~ a + b", cluster="unit").tidy()
    )


def test_weird_frames(teams):
    odd = teams.rename(columns={"a": "my score (1-5)", "b": "nærhed", "c": "out.come"})
    odd["flag"] = odd["nærhed"] > 3
    odd["whole"] = pd.array(np.arange(len(odd)) % 3, dtype="Int64")
    odd["label"] = pd.Categorical(
        np.where(odd["flag"], "high", "low"), categories=["x", "low", "high"]
    )
    odd = odd.set_index(pd.Index(["same"] * len(odd)))
    result = regress(odd, "`out.come` ~ `my score (1-5)` * nærhed + C(whole)", cluster="unit")
    plain = regress(teams.assign(w=np.arange(len(teams)) % 3), "c ~ a * b + C(w)", cluster="unit")
    np.testing.assert_allclose(result.tidy()["estimate"], plain.tidy()["estimate"])
    assert "my score (1-5):nærhed" in result.terms
    assert "C(whole)[T.2]" in result.terms
    assert regress(odd, "nærhed ~ flag").terms == ("Intercept", "flag")
    assert regress(odd, 'nærhed ~ Q("out.come")').terms == ("Intercept", "out.come")
    assert regress(odd, "nærhed ~ label").terms == ("Intercept", "label[T.high]")
    assert regress(odd, "nærhed ~ np.log(span)").terms == ("Intercept", "np.log(span)")
    assert regress(odd, "nærhed ~ span - 1").terms == ("span",)


def test_few_clusters_and_few_degrees_of_freedom_are_said(teams):
    result = fit(teams, "few_clusters", "CR2")
    assert any("Only 8 clusters" in note for note in result.notes)
    assert any("degrees of freedom" in note for note in result.notes)
    assert not regress(teams, "c ~ a", cluster="unit").notes


@pytest.mark.parametrize(
    ("formula", "options", "error", "says"),
    [
        ("c ~ aa", {}, DataError, "perhaps 'a'"),
        ("c ~ a", {"cluster": "units"}, DataError, "perhaps 'unit'"),
        ("c", {}, ModelError, "outcome"),
        ("~ a", {}, ModelError, "outcome"),
        ("c ~ a +", {}, ModelError, "cannot be evaluated"),
        ("c ~ (a", {}, ModelError, "cannot be read"),
        ("c ~ logarithm(a)", {}, ModelError, "np.log"),
        ("c ~ np.log(a - a)", {}, ModelError, "missing or infinite"),
        ("c ~ a + I(2 * a)", {}, ModelError, "follow exactly"),
        ("c ~ a", {"vcov": "HC9"}, ModelError, "HC3"),
        ("c ~ a", {"vcov": "CR2"}, ModelError, "cluster"),
        ("c ~ a", {"vcov": "HC3", "cluster": "unit"}, ModelError, "ignore the clusters"),
        ("c ~ a", {"confidence": 95}, ModelError, "between 0 and 1"),
        ("c ~ np.log(a)", {"standardise": True}, ModelError, "inside functions"),
        ("word ~ a", {}, DataError, "not numeric"),
        ("one ~ a", {}, ModelError, "same value"),
        ("c ~ one", {}, ModelError, "follow exactly"),
        ("c ~ one", {"standardise": True}, ModelError, "same value"),
        ("c ~ a", {"cluster": "one"}, ModelError, "more than one cluster"),
        ("c ~ a + empty", {}, DataError, "No row"),
        ("c ~ a + endless", {}, DataError, "infinite"),
    ],
)
def test_errors_say_what_to_do(teams, formula, options, error, says):
    frame = teams.assign(word="x", one=1.0, empty=np.nan, endless=np.inf)
    with pytest.raises(error) as caught:
        regress(frame, formula, **options)
    assert says in str(caught.value)


def test_too_few_rows_and_repeated_columns(teams):
    with pytest.raises(ModelError, match="Too few rows"):
        regress(teams.head(3), "c ~ a + b")
    twice = pd.concat([teams, teams[["a"]]], axis=1)
    with pytest.raises(DataError, match="more than once"):
        regress(twice, "c ~ a")


def test_names_outside_the_frame_are_never_used(teams):
    frame = teams.drop(columns="span")
    with pytest.raises(DataError, match="no column 'formula'"):
        regress(frame, "c ~ a + formula")


def test_a_perfect_fit_and_something_that_is_no_frame(teams):
    frame = teams.assign(double=2 * teams["a"] + 1)
    table = regress(frame, "double ~ a", cluster="unit").tidy()
    np.testing.assert_allclose(table["estimate"], [1, 2])
    assert (table["p_value"] < 1e-12).all()
    with pytest.raises(DataError, match="not a frame"):
        regress({"a": [1]}, "a ~ a")


@pytest.mark.parametrize(
    ("column", "named"),
    [
        (["1.5", "2.5", "3.5", "4.5"] * 10, "numbers written as text"),
        (pd.Series([1, 2, 3, 4] * 10, dtype=object), "numbers written as text"),
        (["north"] * 40, "same value in every row"),
        (pd.date_range("2020-01-01", periods=40), "neither numbers nor groups"),
        (np.arange(40) + 1j, "neither numbers nor groups"),
        (np.r_[1e200, np.arange(39)], "enormous"),
    ],
)
def test_a_column_that_the_engine_would_take_wrongly_is_refused(column, named):
    frame = pd.DataFrame({"y": np.sin(np.arange(40)), "x": column, "z": np.arange(40) % 7})
    with pytest.raises((DataError, ModelError), match=named):
        regress(frame, "y ~ x + z")


def test_numbers_as_text_may_name_groups_when_the_formula_says_so():
    frame = pd.DataFrame({"y": np.sin(np.arange(40)), "g": ["1", "2", "3", "4"] * 10})
    assert len(regress(frame, "y ~ C(g)").tidy()) == 4

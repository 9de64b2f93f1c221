"""CFA against lavaan, against semopy, and what it does with awkward models and data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.cfa import cfa

# R's fixture is made with an optimiser that goes to a gradient of 1e-8; ours goes further, so our
# chi-square is never the larger one.
ESTIMATE = 5e-7
STATISTIC = 5e-6
FIT = 1e-7
FIT_NAMES = {
    "n_obs": "ntotal",
    "n_parameters": "npar",
    "chi2": "chisq",
    "df": "df",
    "p_value": "pvalue",
    "chi2_null": "baseline.chisq",
    "df_null": "baseline.df",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea_conf_low": "rmsea.ci.lower",
    "rmsea_conf_high": "rmsea.ci.upper",
    "srmr": "srmr",
    "loglik": "logl",
    "aic": "aic",
    "bic": "bic",
}


def model_of(name, scales):
    return {
        "one": {"g": [item for items in scales.values() for item in items]},
        "two": {"ab": scales["a"] + scales["b"], "c": scales["c"]},
        "pairs": {"a": ["a1", "a2"], "b": ["b1", "b2"], "c": ["c1", "c2", "c3"]},
        "crossed": {"a": ["a1", "a2", "a3", "b1"], "b": ["b1", "b2", "b3", "b4"]},
        "saturated": {"a": ["a1", "a2", "a3"]},
    }.get(name, scales)


NAMES = ["three", "one", "two", "three_std_lv", "three_missing", "pairs", "crossed", "saturated"]


@pytest.fixture(scope="module")
def fits(teams, teams_missing, scales):
    return {
        name: cfa(
            teams_missing if name == "three_missing" else teams,
            model_of(name, scales),
            std_lv=name == "three_std_lv",
        )
        for name in NAMES
    }


@pytest.mark.parametrize("name", NAMES)
def test_fit_equals_lavaan(name, fits, in_r):
    ours = fits[name].glance().iloc[0]
    theirs = in_r["cfa"][name]["fit"]
    for column, in_lavaan in FIT_NAMES.items():
        if theirs[in_lavaan] in (None, "NA"):
            assert np.isnan(ours[column]), column
        else:
            assert ours[column] == pytest.approx(theirs[in_lavaan], abs=FIT), column
    assert ours["chi2"] <= theirs["chisq"] + 1e-9
    assert ours["converged"]


@pytest.mark.parametrize("name", NAMES)
def test_parameters_equal_lavaan(name, fits, in_r):
    ours = fits[name].tidy().set_index(["lhs", "op", "rhs"])
    theirs = pd.DataFrame(in_r["cfa"][name]["estimates"])
    assert list(ours.index) == list(zip(theirs["lhs"], theirs["op"], theirs["rhs"], strict=True))
    for column, in_lavaan, tolerance in (
        ("estimate", "est", ESTIMATE),
        ("std_error", "se", ESTIMATE),
        ("conf_low", "ci.lower", ESTIMATE),
        ("conf_high", "ci.upper", ESTIMATE),
        ("statistic", "z", STATISTIC),
        ("p_value", "pvalue", STATISTIC),
    ):
        expected = theirs[in_lavaan].astype(float)
        np.testing.assert_allclose(ours[column], expected, atol=tolerance, err_msg=column)


@pytest.mark.parametrize("name", NAMES)
def test_standardised_estimates_have_their_own_errors(name, fits, in_r):
    ours = fits[name].tidy()
    theirs = pd.DataFrame(in_r["cfa"][name]["standardized"])
    np.testing.assert_allclose(ours["std_estimate"], theirs["est.std"], atol=ESTIMATE)
    np.testing.assert_allclose(ours["std_estimate_error"], theirs["se"], atol=ESTIMATE)


def test_factor_correlations_and_loadings_are_the_standardised_rows(fits, scales):
    fit = fits["three"]
    pairs = fit.factor_correlations()
    assert list(zip(pairs["factor_a"], pairs["factor_b"], strict=True)) == [
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    ]
    table = fit.tidy()
    between = table[(table["op"] == "~~") & (table["lhs"] != table["rhs"])]
    np.testing.assert_array_equal(pairs["estimate"], between["std_estimate"])
    np.testing.assert_array_equal(pairs["std_error"], between["std_estimate_error"])
    loadings = fit.loadings()
    assert list(loadings["item"]) == [item for items in scales.values() for item in items]
    assert (loadings["std_conf_low"] < loadings["std_estimate"]).all()
    assert fit.correlations().loc["a1", "a1"] == pytest.approx(1.0)
    assert not fits["one"].factor_correlations().size


def test_observed_correlations_are_pearsons(fits, teams, scales):
    items = [item for columns in scales.values() for item in columns]
    np.testing.assert_allclose(fits["three"].correlations(), teams[items].corr(), atol=1e-12)


def test_semopy_agrees_as_far_as_its_optimiser_goes(fits, teams, scales):
    from semopy import Model

    text = "\n".join(f"{name} =~ {' + '.join(items)}" for name, items in scales.items())
    theirs = Model(text)
    theirs.fit(teams)
    table = theirs.inspect()
    table = table[table["op"] == "~"].set_index(["rval", "lval"])["Estimate"].astype(float)
    ours = fits["three"].tidy()
    ours = ours[ours["op"] == "=~"].set_index(["lhs", "rhs"])["estimate"]
    for place, estimate in ours.items():
        assert estimate == pytest.approx(table[place], abs=3e-3)


def test_lavaan_syntax_is_the_same_model(fits, teams, scales):
    text = "# three scales\n" + "\n".join(
        f"{name} =~ {' + '.join(items)}" for name, items in scales.items()
    )
    pd.testing.assert_frame_equal(cfa(teams, text).tidy(), fits["three"].tidy())


def test_standardised_solution_does_not_depend_on_the_scaling(fits):
    wanted = ["lhs", "rhs", "std_estimate", "std_estimate_error"]
    pd.testing.assert_frame_equal(
        fits["three"].tidy()[wanted], fits["three_std_lv"].tidy()[wanted], atol=1e-8
    )


def test_order_of_items_factors_and_rows_changes_nothing(fits, teams, scales):
    turned = {name: items[::-1] for name, items in reversed(scales.items())}
    again = cfa(teams.sample(frac=1.0, random_state=3), turned).tidy()
    first = fits["three"].tidy()
    for table in (again, first):
        table["pair"] = [
            " ".join(sorted((lhs, rhs))) + op
            for lhs, op, rhs in zip(table["lhs"], table["op"], table["rhs"], strict=True)
        ]
    columns = ["std_estimate", "std_estimate_error"]
    first, again = (table.set_index("pair")[columns].sort_index() for table in (first, again))
    pd.testing.assert_frame_equal(first, again, atol=1e-8)


def test_duplicated_rows_halve_the_variance(fits, teams, scales):
    twice = cfa(pd.concat([teams, teams]), scales)
    np.testing.assert_allclose(
        twice.tidy()["std_error"] * np.sqrt(2), fits["three"].tidy()["std_error"], atol=1e-9
    )
    assert twice.glance()["chi2"].iloc[0] == pytest.approx(
        2 * fits["three"].glance()["chi2"].iloc[0]
    )


def test_linear_recoding_of_items_changes_no_standardised_estimate(fits, teams, scales):
    items = [item for columns in scales.values() for item in columns]
    recoded = teams[items] * 25.0 - 25.0
    columns = ["std_estimate", "std_estimate_error"]
    again = cfa(recoded, scales)
    pd.testing.assert_frame_equal(again.tidy()[columns], fits["three"].tidy()[columns], atol=1e-8)
    assert again.glance()["srmr"].iloc[0] == pytest.approx(fits["three"].glance()["srmr"].iloc[0])


def test_names_that_a_parser_would_misread(fits, teams, scales):
    names = {"a1": 1, "a2": "lambda", "a3": "a b", "a4": "x ~ y", "a5": "æ+ø"}
    frame = teams.rename(columns=names).astype({"b1": "Int64"})
    before = frame.copy()
    model = {"factor one": list(names.values()), "2": scales["b"], "c": scales["c"]}
    fit = cfa(frame, model)
    np.testing.assert_array_equal(fit.tidy()["estimate"], fits["three"].tidy()["estimate"])
    assert list(fit.loadings()["item"][:5]) == ["1", "lambda", "a b", "x ~ y", "æ+ø"]
    pd.testing.assert_frame_equal(frame, before)


def test_a_heywood_case_is_named():
    generator = np.random.default_rng(0)
    first, noise, other = generator.standard_normal((3, 100))
    frame = pd.DataFrame({"x": first, "y": first + 0.1 * noise, "z": 0.3 * first + other})
    notes = " ".join(cfa(frame, {"f": ["x", "y", "z"]}).notes)
    assert "residual variance of x is below zero" in notes or "variance of y is below" in notes
    assert "no degrees of freedom" in notes


def test_factors_that_are_one_and_the_same():
    generator = np.random.default_rng(5)
    common = generator.standard_normal(200)
    answers = common[:, None] + generator.standard_normal((200, 6))
    frame = pd.DataFrame(answers, columns=list("abcdef"))
    fit = cfa(frame, {"F": ["a", "b", "c"], "G": ["d", "e", "f"]})
    estimate = fit.factor_correlations()["estimate"].iloc[0]
    said = any("beyond 1" in note for note in fit.notes)
    assert said == (estimate > 1.0)
    assert estimate == pytest.approx(1.0, abs=0.15)


def test_rows_left_out_and_short_factors_are_told(fits):
    notes = " ".join(fits["three_missing"].notes)
    assert "173 of 316 rows are left out" in notes
    assert "two items (a, b)" in " ".join(fits["pairs"].notes)


def test_no_maximum_raises():
    generator = np.random.default_rng(17)
    outcomes = []
    for _ in range(6):
        frame = pd.DataFrame(generator.standard_normal((60, 6)), columns=list("abcdef"))
        try:
            fit = cfa(frame, {"F": ["a", "b", "c"], "G": ["d", "e", "f"]})
        except ModelError as error:
            outcomes.append(error.what)
        else:
            assert np.isfinite(fit.tidy()["std_error"]).all()
    assert any("did not converge" in what for what in outcomes)


@pytest.mark.parametrize(
    "model",
    [
        {},
        "",
        {"f": "a1"},
        {"f": ["a1"]},
        {"f": []},
        {"f": ["a1", "a2"]},
        {"f": ["a1", "a2", "a2"]},
        {"a1": ["a1", "a2", "a3"]},
        "f =~ a1 + a2 + a3\na1 ~~ a2",  # more parameters than covariances
        "f =~ a1 + a2 + a3 +",
        "f =~ a1 + a2 + a3\na1 ~~ f",
        "f =~ a1 + a2 + a3\na1 ~~ b1",
        "f =~ a1 + a2 + a3\nf ~ a1",
        "f =~ a1 + a2 + a3\na1 | t1",
        "f =~ a1 + a2 + a3\nf ~~ f\nf ~~ f",
        "f =~ 1*2*a1 + a2 + a3",
        "f =~ c(1, 2)*a1 + a2 + a3",
        "f ~ a1 + a2 + a3",
        ["a1", "a2", "a3"],
    ],
)
def test_models_that_cannot_be(teams, model):
    with pytest.raises(ModelError):
        cfa(teams, model)


@pytest.mark.parametrize("change", [{"a1": 1}, {"a1": np.nan}, {"a1": "x"}, {"a1": np.inf}])
def test_data_that_cannot_be(teams, change):
    with pytest.raises(DataError):
        cfa(teams.assign(**change), {"f": ["a1", "a2", "a3"]})


@pytest.mark.parametrize(
    "options",
    [
        {"estimator": "dwls"},
        {"missing": "em"},
        {"missing": "pairwise"},
        {"confidence": 2},
        {"group_equal": ["loadings"]},
        {"group": "unit", "group_equal": ["everything"]},
    ],
)
def test_options_that_do_not_exist_say_what_exists(teams, options):
    with pytest.raises(ModelError):
        cfa(teams, {"f": ["a1", "a2", "a3"]}, **options)


def test_the_line_that_is_not_understood_is_shown(teams):
    with pytest.raises(ModelError) as found:
        cfa(teams, "f =~ a1 + a2 + a3\ng =~ b1 ++ b2\n")
    assert found.value.got == "g =~ b1 ++ b2"


def test_singular_and_small_data(teams, caplog):
    with pytest.raises(ModelError, match="singular"):
        cfa(teams.assign(a3=teams["a1"]), {"f": ["a1", "a2", "a3", "a4"]})
    assert not caplog.records
    with pytest.raises(DataError, match="too few"):
        cfa(teams.head(5), {"f": ["a1", "a2", "a3", "a4", "a5"]})
    doubled = pd.concat([teams, teams[["a1"]]], axis=1)
    with pytest.raises(DataError, match="two columns"):
        cfa(doubled, {"f": ["a1", "a2", "a3"]})


def test_result_speaks_the_common_vocabulary(fits):
    assert list(fits["three"].tidy().columns) == [
        "lhs",
        "op",
        "rhs",
        "estimate",
        "std_error",
        "statistic",
        "p_value",
        "conf_low",
        "conf_high",
        "std_estimate",
        "std_estimate_error",
    ]
    assert len(fits["three"].glance()) == 1
    assert fits["saturated"].to_dict()["glance"]["p_value"] is None
    assert "cfi" in fits["three"].summary()

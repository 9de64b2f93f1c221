"""Mixed models against lme4, lmerTest, pbkrtest and lavaan, and what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from beside_r import like_r

from relsurvey.effects.mixed_model import mixed_model
from relsurvey.errors import DataError, ModelError

REFERENCE = Path(__file__).parents[1] / "reference"
IN_R = json.loads((REFERENCE / "mixed.json").read_text())
MODELS = {
    "intercept": ("y ~ x * log_span + z", "leader", "1"),
    "answer": ("answer ~ x + z + log_span", "leader", "1"),
    "few": ("y ~ x + log_span", "leader", "1"),
    "boundary": ("flat ~ x + log_span", "leader", "1"),
    "slope": ("y ~ x * log_span + z", "leader", "1 + x"),
    "two_slopes": ("y ~ x + z", "leader", "1 + x + z"),
    "nested": ("y ~ x * log_span + z", ["leader", "department"], "1"),
    "nested_slope": ("y ~ x + z", ["leader", "department"], "1 + x"),
}
# lme4's optimiser, told to go on, still stops at about 1e-6 of the variances
LOOSE = 1e-5
DF = 1e-3


@pytest.fixture(scope="module")
def frame():
    found = pd.read_csv(REFERENCE / "mixed.csv")
    return found.assign(log_span=np.log(found["span"]) - np.log(found["span"]).mean())


def fitted(frame, name, **more):
    formula, group, random = MODELS[name]
    used = frame[frame["leader"] < 10] if name == "few" else frame
    return mixed_model(used, formula, group=group, random=random, **more)


def ordered(terms):
    """Our order of R's terms: products stand after their parts in both."""
    return [{"(Intercept)": "Intercept"}.get(term, term) for term in terms]


@pytest.mark.parametrize("name", list(MODELS))
@pytest.mark.parametrize("kind", ["satterthwaite", "kenward_roger", "ml"])
def test_fixed_part_equals_lmer(frame, name, kind):
    method, df = ("ml", "satterthwaite") if kind == "ml" else ("reml", kind)
    fit = fitted(frame, name, method=method, df=df)
    wanted = IN_R[name][method][df]
    table = fit.tidy().set_index("term").loc[ordered(IN_R[name]["terms"])]
    assert fit.glance()["converged"].item()
    scale = table["std_error"]
    like_r(
        "mixed estimate (in errors)",
        table["estimate"] / scale,
        wanted["estimate"] / scale,
        atol=LOOSE,
    )
    like_r("mixed std_error", table["std_error"], wanted["std_error"], rtol=LOOSE)
    like_r("mixed statistic", table["statistic"], wanted["statistic"], rtol=1e-4, atol=LOOSE)
    like_r(f"mixed df {df}", table["df"], wanted["df"], rtol=DF)
    like_r(f"mixed p_value {df}", table["p_value"], wanted["p_value"], rtol=DF, atol=LOOSE)
    joint = fit.joint_test(table.index[1:].tolist()).iloc[0]
    for column in ("statistic", "df_numerator", "df_denominator", "p_value"):
        like_r(f"mixed joint {column} {df}", joint[column], wanted["joint"][column], rtol=DF)


@pytest.mark.parametrize("name", list(MODELS))
def test_likelihood_and_variances_equal_lmer(frame, name):
    for method in ("reml", "ml"):
        fit, wanted = fitted(frame, name, method=method), IN_R[name][method]
        row = fit.glance().iloc[0]
        like_r("mixed loglik", row["loglik"], wanted["loglik"], rtol=1e-8)
        ours = fit.variance_components(profile=False)
        theirs = wanted["variance"]
        like_r("mixed variance", ours["variance"], theirs, rtol=1e-4, atol=1e-6)
    assert bool(fit.glance()["singular"].item()) == (name in ("boundary", "two_slopes"))
    like_r("mixed aic", row["aic"], wanted["aic"], rtol=1e-8)
    like_r("mixed bic", row["bic"], wanted["bic"], rtol=1e-8)


@pytest.mark.parametrize("name", ["intercept", "slope", "nested", "boundary"])
def test_group_effects_and_r_squared_equal_r(frame, name):
    fit, wanted = fitted(frame, name), IN_R[name]["reml"]
    row = fit.glance().iloc[0]
    found = [row["r_squared_marginal"], row["r_squared_conditional"]]
    like_r("mixed r_squared", found, wanted["r_squared"], atol=LOOSE)
    ours = fit.group_effects()
    theirs = pd.DataFrame(wanted["effects"]).replace("(Intercept)", "Intercept")
    both = ours.merge(theirs, on=["level", "group", "term"], suffixes=("", "_r"))
    assert len(both) == len(ours) == len(theirs)
    like_r("mixed group effect", both["estimate"], both["estimate_r"], atol=2e-5)
    like_r("mixed group effect error", both["std_error"], both["std_error_r"], atol=2e-5)
    assert (both["prediction_error"] >= both["std_error"] - 1e-12).all()


@pytest.mark.parametrize("name", ["intercept", "answer", "few", "slope", "nested"])
def test_profile_bounds_equal_lme4(frame, name):
    found = fitted(frame, name, method="ml").variance_components()
    wanted = IN_R[name]["ml"]
    order = {"slope": [0, 2, 1, 3]}.get(name, list(range(len(found))))
    ours = found.iloc[order].reset_index(drop=True)
    low = np.array(wanted["conf_low"], dtype=float)
    high = np.array(wanted["conf_high"], dtype=float)
    # lme4 interpolates between steps of its profile
    like_r("mixed component conf_low", ours["conf_low"], low, atol=2e-3)
    like_r("mixed component conf_high", ours["conf_high"], high, atol=2e-3)


def test_restricted_bounds_hold_the_loss_they_name(frame):
    """A bound of REML: the restricted likelihood, with the variance held there, by brute force."""
    fit = fitted(frame, "few")
    found = fit.variance_components().iloc[0]
    used = frame[frame["leader"] < 10]
    y, x = used["y"].to_numpy(), np.column_stack([np.ones(len(used)), used[["x", "log_span"]]])
    same = used["leader"].to_numpy()[:, None] == used["leader"].to_numpy()[None, :]

    def deviance(sd, sigma):
        v = sigma**2 * np.eye(len(y)) + sd**2 * same
        inverse = np.linalg.inv(v)
        information = x.T @ inverse @ x
        left = y - x @ np.linalg.solve(information, x.T @ inverse @ y)
        return (
            np.linalg.slogdet(v)[1]
            + np.linalg.slogdet(information)[1]
            + left @ inverse @ left
            + (len(y) - 3) * np.log(2 * np.pi)
        )

    least = -2 * fit.glance()["loglik"].item()
    sigmas = np.linspace(0.7, 1.3, 601)
    for bound in (found["conf_low"], found["conf_high"]):
        loss = min(deviance(bound, sigma) for sigma in sigmas) - least
        assert loss == pytest.approx(3.8414588, abs=2e-3)


def test_split_predictors_equal_mundlak(frame):
    fit = mixed_model(frame, "y ~ x + z", group="leader", within_between=["x", "z"])
    wanted = IN_R["mundlak"]["reml"]["satterthwaite"]
    table = fit.tidy()
    assert table["term"].tolist() == ordered(IN_R["mundlak"]["terms"])
    like_r("mixed Mundlak estimate", table["estimate"], wanted["estimate"], atol=LOOSE)
    like_r("mixed Mundlak std_error", table["std_error"], wanted["std_error"], rtol=LOOSE)
    context = fit.context_effects().set_index(["predictor", "level"])
    assert context.loc[("x", "context"), "estimate"] == pytest.approx(
        table["estimate"][2] - table["estimate"][1]
    )


def test_latent_aggregation_equals_lavaan(frame):
    fit = mixed_model(frame, "y ~ x + z", group="leader", within_between=["x", "z"])
    found = fit.context_effects("latent").set_index(["predictor", "level"])
    wanted = pd.DataFrame(IN_R["latent"])
    for row in wanted.itertuples():
        ours = found.loc[(row.predictor, {1: "within", 2: "between"}[row.level])]
        like_r("latent slope", ours["estimate"], row.estimate, atol=1e-4)
        like_r("latent slope error", ours["std_error"], row.std_error, rtol=1e-3)
    assert 0 < found.loc[("x", "between"), "reliability"] < 1
    with pytest.raises(ModelError, match="all split"):
        mixed_model(frame, "y ~ x + z", group="leader", within_between=["x"]).context_effects(
            "latent"
        )


def test_numbers_do_not_depend_on_units_or_order(frame):
    plain = fitted(frame, "slope").tidy().set_index("term")
    moved = frame.assign(x=1e4 + 100 * frame["x"]).sample(frac=1, random_state=1)
    other = fitted(moved, "slope").tidy().set_index("term")
    assert other.loc["x:log_span", "estimate"] * 100 == pytest.approx(
        plain.loc["x:log_span", "estimate"], rel=1e-6
    )
    assert other.loc["x:log_span", "df"] == pytest.approx(plain.loc["x:log_span", "df"], rel=1e-4)


def test_boundary_and_few_groups_are_named(frame):
    notes = fitted(frame, "boundary").remarks()
    assert any("variance of leader is estimated at zero" in note for note in notes)
    assert any("too large" in note for note in notes)
    assert any("Only 9 groups" in note for note in fitted(frame, "few").remarks())
    bounds = fitted(frame, "boundary").variance_components().iloc[0]
    assert bounds["conf_low"] == 0.0
    assert bounds["conf_high"] > 0.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"group": "unit"}, "no column 'unit'"),
        ({"group": ["leader", "leader"]}, "each level named once"),
        ({"group": ["department", "leader"]}, "more than one group of"),
        ({"random": "x"}, "an intercept"),
        ({"random": "1 + w"}, "term of the formula"),
        ({"method": "mle"}, "Unknown method"),
        ({"df": "kr"}, "Unknown df"),
        ({"method": "ml", "df": "kenward_roger"}, "restricted maximum likelihood"),
        ({"within_between": ["span"]}, "stand by themselves"),
        ({"formula": "y ~ x + z + I(x + z)"}, "follow exactly"),
        ({"formula": "span ~ span_again"}, "no column"),
    ],
)
def test_bad_input_is_named(frame, change, message):
    asked = {"formula": "y ~ x + z", "group": "leader"} | change
    with pytest.raises((DataError, ModelError), match=message):
        mixed_model(frame, asked.pop("formula"), **asked).tidy()


def test_groups_of_one_row_cannot_be_told_from_the_residual(frame):
    alone = frame.assign(leader=range(len(frame)))
    with pytest.raises(ModelError, match="too few rows"):
        mixed_model(alone, "y ~ x", group="leader")
    equal = frame.assign(y=frame["leader"] * 1.0)
    with pytest.raises(ModelError, match="no residual variance"):
        mixed_model(equal, "y ~ 1", group="leader")

"""Four signs of whether constructs are one: each is the number of its own function."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa import cfa
from relsurvey.measurement.discriminant_validity import discriminant_validity
from relsurvey.measurement.htmt import htmt

REFERENCE = Path(__file__).parent.parent / "reference"


def test_each_sign_is_the_number_of_its_own_function(teams, scales) -> None:
    found = discriminant_validity(teams, scales, ordered=True, cluster="unit", n_boot=40, seed=3)
    table = found.tidy().set_index(["construct_a", "construct_b"])
    ratios = htmt(teams, scales, ordered=True, cluster="unit", n_boot=40, seed=3).tidy()
    ratios = ratios.set_index(["construct_a", "construct_b"])
    fit = cfa(teams, scales, estimator="wlsmv", cluster="unit")
    bounds = fit.factor_correlations().set_index(["factor_a", "factor_b"])
    loadings = fit.loadings().assign(square=lambda t: t["std_estimate"] ** 2)
    ave = loadings.groupby("factor")["square"].mean()
    for pair in table.index:
        row = table.loc[pair]
        assert row["htmt"] == pytest.approx(ratios.loc[pair, "estimate"])
        assert row["htmt_conf_low"] == pytest.approx(ratios.loc[pair, "conf_low"])
        assert row["correlation"] == pytest.approx(bounds.loc[pair, "estimate"])
        assert row["conf_high"] == pytest.approx(bounds.loc[pair, "conf_high"])
        assert row["root_of_smaller_ave"] == pytest.approx(np.sqrt(ave[list(pair)].min()))
    assert (table["df_diff"] == 2.0).all()


def test_merging_a_pair_is_tested_as_lavaan_tests_it(teams, scales) -> None:
    """Of three factors a and b made one: nested_models.R."""
    wanted = json.loads((REFERENCE / "nested_models.json").read_text(encoding="utf-8"))
    row = discriminant_validity(teams, scales, ordered=True).tidy().iloc[0]
    assert (row["construct_a"], row["construct_b"]) == ("a", "b")
    assert row["chi2_diff"] == pytest.approx(wanted["wlsmv"]["three_two"]["chi2"], rel=1e-4)


def test_the_word_follows_the_truth() -> None:
    generator = np.random.default_rng(4)
    between = [[1.0, 0.97, 0.3], [0.97, 1.0, 0.3], [0.3, 0.3, 1.0]]
    factors = generator.multivariate_normal(np.zeros(3), between, 400)
    rows = np.repeat(factors, 4, axis=1) + 0.8 * generator.standard_normal((400, 12))
    names = [f"{name}{n}" for name in "abc" for n in range(4)]
    model = {name: [f"{name}{n}" for n in range(4)] for name in "abc"}
    found = discriminant_validity(pd.DataFrame(rows, columns=names), model)
    said = found.tidy()["apart"].tolist()
    assert said[0] in ("no", "unsure")
    assert said[1:] == ["yes", "yes"]
    glance = found.glance().iloc[0]
    assert glance["n_apart"] == 2
    assert glance["n_pairs"] == 3


def test_one_construct_is_refused(teams, scales) -> None:
    with pytest.raises(ModelError, match="told apart"):
        discriminant_validity(teams, {"a": scales["a"]})

"""semopy's fit beside ours."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa import cfa

NESTED = Path(__file__).parent.parent / "reference" / "cfa_nested.csv"
MODEL = "a =~ x1 + x2 + x3 + x4\nb =~ x5 + x6 + x7 + x8\nx1 ~~ x2\nb ~ a"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(NESTED)


def test_semopy_finds_the_same_maximum(frame):
    fit = cfa(frame, MODEL)
    other = fit.second_opinion()
    table, row = other.tidy(), other.glance().iloc[0]
    free = fit.tidy().query("std_error > 0").set_index(["lhs", "op", "rhs"])
    assert len(table) == len(free) == 18
    for place in table.itertuples():
        key = (place.lhs, place.op, place.rhs)
        assert place.estimate == free.loc[key, "estimate"]
        # its search stops early, by less than a fiftieth of a standard error here
        assert abs(place.difference) < 0.02 * place.std_error
        assert place.std_error_semopy == pytest.approx(place.std_error, rel=0.01)
    assert row["chi2_semopy"] == pytest.approx(row["chi2"], abs=0.01)
    assert row["chi2_semopy"] >= row["chi2"]
    assert row["df_semopy"] == row["df"]
    assert row["largest_difference"] == table["difference"].abs().max()
    assert "cfi_semopy" not in row.index
    assert "std_estimate" not in table


@pytest.mark.parametrize(
    ("model", "options", "got"),
    [
        (MODEL, {"estimator": "mlr"}, "'mlr'"),
        (MODEL, {"estimator": "wlsmv"}, "'wlsmv'"),
        (MODEL, {"group": "part"}, "2 groups"),
        (MODEL, {"cluster": "team"}, "clusters"),
        (MODEL, {"std_lv": True}, "no fixed loading of a"),
        ("a =~ x1 + l*x2 + l*x3 + x4", {}, "held equal"),
        ("a =~ x1 + x2 + x3 + x4\nx1 ~ 1", {}, "means"),
    ],
)
def test_what_semopy_does_wrong_is_not_asked_of_it(frame, model, options, got):
    with pytest.raises(ModelError, match="no second opinion") as caught:
        cfa(frame, model, **options).second_opinion()
    assert got in str(caught.value)


def test_a_failure_inside_semopy_is_named(frame, monkeypatch):
    import semopy

    def fails(*args, **kwargs):
        raise ValueError("matrix is singular")

    monkeypatch.setattr(semopy.Model, "fit", fails)
    with pytest.raises(ModelError, match="ValueError: matrix is singular"):
        cfa(frame, MODEL).second_opinion()

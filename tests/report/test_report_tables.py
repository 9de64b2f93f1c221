"""Tables at full precision, inert in spreadsheets, listed in an index; and the record."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relsurvey.effects.regress import regress
from relsurvey.problems import Problem, Problems
from relsurvey.report.chapters.checks import careless_counts, n_rows, problem_kinds
from relsurvey.report.record import run_record, write_record
from relsurvey.report.score_means import score_means
from relsurvey.report.tables import csv_text, write_tables
from relsurvey.responses.source import Change


@pytest.fixture(scope="module")
def written(danish, tmp_path_factory):
    return write_tables(danish, tmp_path_factory.mktemp("study"))


def read_csv(path):
    """Every cell as the text that it is."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def floats(column):
    return np.array([np.nan if cell in ("", None) else float(cell) for cell in column])


def read_json(path):
    return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))


def test_values_come_back_exactly(written, danish):
    expected = {
        "reliability": danish.reliability.tidy(),
        "agreement": danish.agreement.tidy(),
        "cfa_parameters": danish.cfa.tidy(),
        "marker": danish.marker,
        "model_comparison": danish.model_comparison,
        "moderation_tests": pd.concat([m.joint_tests() for m in danish.moderations.values()]),
        "moderation_curves": danish.moderations["log"].slopes(),
        "ranking_pairs": pd.concat([r.pairwise() for r in danish.rankings.values()]),
        "regressions": pd.concat([r.tidy() for r in danish.regressions.values()]),
    }
    for name, frame in expected.items():
        for found in (read_csv(written / f"{name}.csv"), read_json(written / f"{name}.json")):
            for column in frame.select_dtypes("number"):
                exact = frame[column].to_numpy(dtype=float)
                np.testing.assert_array_equal(floats(found[column]), exact, f"{name} {column}")


def test_the_index_lists_every_file(written):
    index = read_csv(written / "index.csv")
    files = {path.name for path in written.iterdir()}
    assert set(index["file"]) | {"index.csv"} == {name for name in files if name.endswith(".csv")}
    assert {name.replace(".csv", ".json") for name in index["file"]} < files
    for row in index.to_dict(orient="records"):
        table = read_csv(written / row["file"])
        assert len(table) == int(row["rows"])
        assert ", ".join(table.columns) == row["columns"]
        assert row["what"]


def test_both_models_and_forms_stand_in_one_table(written):
    assert set(read_csv(written / "ranking.csv")["model"]) == {
        "dimensions",
        "dimensions_and_proximity",
    }
    assert set(read_csv(written / "moderation_slopes.csv")["form"]) == {"log", "classes"}
    assert set(read_csv(written / "moderation_curves.csv")["form"]) == {"log"}


def test_persons_are_written_only_on_request(danish, tmp_path):
    place = write_tables(danish, tmp_path, person_level=True)
    scores = read_csv(place / "scores.csv")
    assert len(scores) == len(danish.responses)
    name = danish.scores.constructs[0]
    np.testing.assert_array_equal(floats(scores[f"{name}_100"]), danish.scores.frame_100[name])


@pytest.mark.parametrize(
    ("cell", "written_as"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("x;=cmd()", "x;'=cmd()"),
        ("a\n=1", "a\n'=1"),
        ("Ældre; pleje", "Ældre; pleje"),
        ("-5", "-5"),
        ("a=b", "a=b"),
    ],
)
def test_no_text_becomes_a_formula(cell, written_as):
    from csv import reader
    from io import StringIO

    text = csv_text(pd.DataFrame({"a": [cell, None], "n": [-1.5, np.nan]}))
    rows = list(reader(StringIO(text, newline="")))
    assert rows[1] == [written_as, "-1.5"]
    assert rows[2] == ["", ""]


def test_a_column_name_is_no_formula_either():
    assert csv_text(pd.DataFrame({"=a": [1]})).startswith("'=a\r\n")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_any_float_survives_csv(values):
    lines = csv_text(pd.DataFrame({"x": values})).splitlines()[1:]
    assert [float(line) for line in lines] == values


def test_csv_text_leaves_the_frame_alone():
    frame = pd.DataFrame({"a": pd.Categorical(["=x", "y"]), "b": pd.array([1, None], "Int64")})
    before = frame.copy(deep=True)
    assert csv_text(frame).splitlines()[1:] == ["'=x,1", "y,"]
    pd.testing.assert_frame_equal(frame, before)


def test_problems_are_grouped_and_their_rows_counted(danish):
    problems = Problems(
        (
            Problem("unknown_code", "error", row="3"),
            Problem("unknown_code", "error", row="5–7, 9"),
            Problem("empty_item", "warning"),
        )
    )
    assert [(group[0].code, n) for group, n in problem_kinds(problems)] == [
        ("unknown_code", 5),
        ("empty_item", 1),
    ]
    assert [n_rows(text) for text in ("", "12", "2–40, 57", "x")] == [1, 1, 40, 1]


def test_careless_signs_are_counted(danish):
    counts = careless_counts(danish.careless).set_index("sign")["n"]
    glance = danish.careless.glance().iloc[0]
    assert counts["any"] == glance["n_flagged"]
    assert counts["longstring"] == glance["n_longstring"]


def test_changes_and_problem_rows_are_tables(danish, tmp_path):
    log = (Change("column left out", "=x", 1, "it is not in the questionnaire"),)
    contents = replace(
        danish,
        responses=replace(danish.responses, log=log),
        problems=Problems((Problem("empty_item", "warning", action={"da": "Se efter."}),)),
    )
    place = write_tables(contents, tmp_path, person_level=True)
    assert read_csv(place / "changes.csv")["column"].tolist() == ["'=x"]
    assert json.loads((place / "changes.json").read_text("utf-8"))[0]["column"] == "=x"
    assert read_csv(place / "problem_rows.csv")["action"].tolist() == ["Se efter."]


def test_score_means_are_the_robust_regression_on_a_constant(danish):
    """The interval equals that of an intercept-only CR2 regression by the study's cluster."""
    frame = danish.scores.frame_100
    found = {mean.construct: mean for mean in score_means(danish)}
    for name in danish.scores.constructs[:3]:
        both = pd.DataFrame({"y": frame[name], "g": danish.scores.frame["leader"], "x": 0.0})
        both["x"] = np.where(np.arange(len(both)) % 2 == 0, 1.0, -1.0)
        fit = regress(both, "y ~ 1", cluster="g", vcov="CR2").tidy().iloc[0]
        assert found[name].estimate == pytest.approx(fit["estimate"], abs=1e-10)
        assert found[name].low == pytest.approx(fit["conf_low"], abs=1e-8)
        assert found[name].high == pytest.approx(fit["conf_high"], abs=1e-8)


def test_without_clusters_the_interval_is_students(danish):
    """R: t.test(y)$conf.int, here by its formula."""
    from scipy import stats

    mean = score_means(replace(danish, cluster=""))[0]
    values = danish.scores.frame_100[mean.construct].dropna()
    half = stats.t.ppf(0.975, len(values) - 1) * values.std() / np.sqrt(len(values))
    assert mean.low == pytest.approx(values.mean() - half, abs=1e-10)
    assert mean.high == pytest.approx(values.mean() + half, abs=1e-10)


def test_the_record_is_plain_json(danish, tmp_path):
    contents = replace(danish, omitted=(("cfa", "too_few_answers"),))
    path = write_record(contents, tmp_path)
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found == run_record(contents)
    assert found["instrument"] == {
        "id": "relations",
        "version": danish.instrument.version,
        "form": "short",
    }
    assert found["omitted"] == [{"part": "cfa", "reason": "too_few_answers"}]
    assert found["seed"] == 1
    assert found["n_respondents"] == len(danish.responses)

"""The whole way on shipped and on foreign answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.report.html import render
from relsurvey.shipped import shipped_folder
from relsurvey.study.run_study import StudyResult, run_study
from relsurvey.study.study_file import AnalysisPlan, AnswersFile, RosterFile, Study, load_study

FOREIGN = """
id: foreign
version: "2"
title: {en: Climate survey}
description: {en: Two scales of another survey}
languages: [en]
status: {en: for tests}
licence: none
citation: none
provenance: {source: drawn}
response_scales:
  - id: five
    options: [{code: 1, label: {en: a}}, {code: 2, label: {en: b}}, {code: 3, label: {en: c}},
              {code: 4, label: {en: d}}, {code: 5, label: {en: e}}]
  - id: zero
    options: [{code: 0, label: {en: a}}, {code: 1, label: {en: b}}, {code: 2, label: {en: c}},
              {code: 3, label: {en: d}}, {code: 4, label: {en: e}}]
constructs:
  - {id: trust, name: {en: Trust}, definition: {en: x}, role: dimension, response_scale: five}
  - {id: pride, name: {en: Pride}, definition: {en: y}, role: dimension, response_scale: five}
  - {id: strain, name: {en: Strain}, definition: {en: z}, role: outcome, response_scale: zero}
items:
"""


def foreign_instrument() -> str:
    scales = {"trust": ("a", 5), "pride": ("b", 4), "strain": ("c", 5)}
    names = {name: [f"{letter}{i + 1}" for i in range(n)] for name, (letter, n) in scales.items()}
    lines = [
        f"  - {{id: {item}, construct: {name}, text: {{en: Statement {item}}}}}"
        for name, items in names.items()
        for item in items
    ]
    blocks = [
        f"      - {{id: {name}, title: {{en: {name}}}, lead: {{en: {name}}}, "
        f"items: [{', '.join(items)}]}}"
        for name, items in names.items()
    ]
    background = [
        "background:",
        "  - {id: unit, text: {en: Unit}, type: text, asked_of: roster, level: unit}",
        "  - {id: span_of_control, text: {en: Span}, type: number, asked_of: roster, "
        "level: leader, low: 1, high: 200}",
    ]
    form = ["forms:", "  - id: full", "    title: {en: All}", "    blocks:", *blocks]
    return FOREIGN + "\n".join([*lines, *background, *form]) + "\n"


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    folder = tmp_path_factory.mktemp("foreign")
    (folder / "foreign.yaml").write_text(foreign_instrument(), encoding="utf-8")
    teams = pd.read_csv(Path(__file__).parent.parent / "reference" / "teams.csv")
    teams.rename(columns={"span": "size"}).to_csv(folder / "answers.csv", index=False)
    (folder / "study.toml").write_text(
        'title = "Foreign"\ninstrument = "foreign.yaml"\nlanguage = "en"\nseed = 3\n'
        '[answers]\nfile = "answers.csv"\ncolumns = {size = "span_of_control"}\n'
        "[analysis]\nn_boot = 400\n",
        encoding="utf-8",
    )
    return run_study(folder / "study.toml", folder / "out"), folder


def test_an_instrument_that_is_not_ours_goes_the_whole_way(
    foreign: tuple[StudyResult, Path],
) -> None:
    result, folder = foreign
    assert {part for part, _ in result.omitted} == {"marker", "general_factor"}
    page = result.report.read_text(encoding="utf-8")
    assert "Climate survey" in page
    assert "Trust" in page
    assert result.contents.cluster == "unit"
    assert set(result.contents.rankings) == {"dimensions"}
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        "index.html",
        "run.json",
        "tables",
    ]


def test_the_numbers_are_those_of_the_public_calls(foreign: tuple[StudyResult, Path]) -> None:
    result, folder = foreign
    scores = result.contents.scores.frame
    direct = rs.rank_effects(
        scores,
        outcome="strain",
        predictors=["trust", "pride"],
        cluster="unit",
        n_boot=400,
        seed=3,
    ).tidy()
    table = pd.read_csv(folder / "out" / "tables" / "ranking.csv")
    assert table["estimate"].to_list() == pytest.approx(direct["estimate"].to_list(), abs=1e-15)
    assert table["conf_low"].to_list() == pytest.approx(direct["conf_low"].to_list(), abs=1e-15)


def test_the_record_holds_what_a_run_is_repeated_from(foreign: tuple[StudyResult, Path]) -> None:
    _, folder = foreign
    record = json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["seed"] == 3
    assert {file["part"] for file in record["files"]} == {"answers", "study"}
    assert all(len(file["sha256"]) == 64 for file in record["files"])
    assert str(folder) not in json.dumps(record)
    assert record["libraries"]["numpy"]


def test_the_same_study_gives_the_same_tables(foreign: tuple[StudyResult, Path]) -> None:
    _, folder = foreign
    run_study(folder / "study.toml", folder / "again")
    first, again = (folder / name / "tables" for name in ("out", "again"))
    for path in first.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_answers_without_units_span_or_roster_leave_parts_out_with_their_reason(
    tmp_path: Path,
) -> None:
    (tmp_path / "foreign.yaml").write_text(foreign_instrument(), encoding="utf-8")
    teams = pd.read_csv(Path(__file__).parent.parent / "reference" / "teams.csv")
    teams.drop(columns=["unit", "span"]).to_csv(tmp_path / "answers.csv", index=False)
    study = Study(
        title="No units",
        instrument="foreign.yaml",
        language="en",
        answers=AnswersFile(file="answers.csv"),
        analysis=AnalysisPlan(n_boot=300),
        folder=tmp_path,
    )
    result = run_study(study, tmp_path / "out")
    reasons = dict(result.omitted)
    assert reasons["moderations"] == "no_moderator"
    assert reasons["agreement"] == "no_units"
    assert reasons["response_rates"] == "no_units"
    assert set(result.contents.regressions) == {"strain"}


def test_the_shipped_study_in_both_languages(tmp_path: Path) -> None:
    study = load_study(shipped_folder("analysis") / "demo.toml")
    quick = replace(study, language="da", analysis=replace(study.analysis, n_boot=500))
    result = run_study(quick, tmp_path / "out")
    assert result.omitted == ()
    assert not result.problems.errors
    assert 'lang="da"' in result.report.read_text(encoding="utf-8")
    assert 'lang="en"' in render(replace(result.contents, language="en"))


def test_too_few_answers_still_make_a_report(tmp_path: Path) -> None:
    town = rs.simulate("article", n_employees=60, seed=3)
    answers, roster, _ = town.write(tmp_path / "town")
    short = pd.read_csv(answers).head(7)
    short.to_csv(answers, index=False)
    study = Study(
        title="Seven",
        instrument="relations",
        answers=AnswersFile(file=str(answers)),
        roster=RosterFile(file=str(roster)),
        analysis=AnalysisPlan(n_boot=200),
    )
    result = run_study(study, tmp_path / "out")
    assert result.report.is_file()
    assert {"model_comparison", "rankings"} <= {part for part, _ in result.omitted}


def test_careless_answers_are_left_out_only_when_asked_and_then_reported(tmp_path: Path) -> None:
    town = rs.simulate("article", n_employees=400, seed=5)
    answers, roster, _ = town.write(tmp_path / "town")

    def run(signs: int) -> StudyResult:
        study = Study(
            title="Careless",
            instrument="relations",
            language="en",
            answers=AnswersFile(file=str(answers), exclude_careless=signs),
            roster=RosterFile(file=str(roster)),
            analysis=AnalysisPlan(
                n_boot=200,
                vcov="HC3",
                outcomes=("within_group_relations",),
                predictors=("task_coordination", "shared_vision"),
                further_predictors=("mental_closeness",),
            ),
        )
        return run_study(study, tmp_path / f"out{signs}")

    everyone, fewer = run(0), run(1)
    left_out = [change for change in fewer.contents.responses.log if change.code == "excluded"]
    assert [change.code for change in everyone.contents.responses.log] == []
    n_all, n_fewer = len(everyone.contents.responses), len(fewer.contents.responses)
    assert 0 < left_out[0].n == n_all - n_fewer
    assert "careless answering" in fewer.report.read_text(encoding="utf-8")
    fit = everyone.contents.regressions["within_group_relations"]
    assert fit.vcov == "HC3"  # asked for, though leaders are known

"""The command as a user calls it: exit codes, streams, 80 columns, no tracebacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from relsurvey.cli.main import VERBS
from relsurvey.shipped import shipped_folder

SURVEY = shipped_folder("synthetic_data") / "article_2000"
ANSWERS, ROSTER = str(SURVEY / "answers.csv"), str(SURVEY / "roster.csv")


def call(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "relsurvey", *arguments],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "LANG": "C.UTF-8"},
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


def widest(text: str) -> int:
    return max((len(line) for line in text.splitlines()), default=0)


def test_help_lists_every_verb_within_80_columns() -> None:
    done = call("--help")
    assert done.returncode == 0
    assert all(verb in done.stdout for verb in VERBS)
    assert widest(done.stdout) <= 80


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str) -> None:
    done = call(verb, "--help")
    assert done.returncode == 0
    assert widest(done.stdout) <= 80
    assert len(done.stdout) > 150


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "Did you mean 'check'"),
        (["show", "relation"], "no such instrument"),
        (["show", "relations", "--form", "long"], "no such form"),
        (["check", "nothing.csv"], "does not exist"),
        (["simulate", "mars", "-o", "x"], "mars"),
        (["simulate", "article", "--employees", "0", "-o", "x"], "0"),
        (["export", "relations", "--to", "codebook", "-o", "x.doc"], ".doc"),
        (["run", ANSWERS, "-o", "x"], "TOML"),
        (["check", ANSWERS, "--column", "unit"], "FILE=ID"),
        (["effects", ANSWERS, "-o", "x.csv"], "--part"),
        (["score", ANSWERS, "-o", "x.txt"], ".csv or .json"),
    ],
    ids=str,
)
def test_misuse_is_told_on_stderr_with_exit_code_2(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    done = call(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_show_both_languages_and_forms() -> None:
    danish = call("show", "relations", "--form", "leader", "--language", "da")
    assert danish.returncode == 0
    assert widest(danish.stdout) <= 80
    assert "Jeg " in danish.stdout
    lix = call("show", "relations", "--lix", "--language", "en")
    assert lix.returncode == 0
    assert widest(lix.stdout) <= 80


def test_an_instrument_that_contradicts_itself_exits_1(tmp_path: Path) -> None:
    text = (shipped_folder("instruments") / "lq2002.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace("{id: LEAD02,", "{id: LEAD01,"), encoding="utf-8")
    done = call("show", str(broken), "--language", "en")
    assert done.returncode == 1
    assert "LEAD01" in done.stderr


def test_check_good_and_bad_answers(tmp_path: Path) -> None:
    good = call("check", ANSWERS, "--roster", ROSTER, "--language", "da")
    assert good.returncode == 0
    assert "0 fejl" in good.stdout
    frame = pd.read_csv(ANSWERS).head(40)
    frame["ic1"] = frame["ic1"].astype(object)
    frame.loc[3, "ic1"] = 7
    frame.to_csv(tmp_path / "bad.csv", index=False)
    bad = call("check", "bad.csv", "--language", "en", folder=tmp_path)
    assert bad.returncode == 1
    assert widest(bad.stdout) <= 80
    assert "row 5" in bad.stdout
    assert "ic1" in bad.stdout
    listed = call("check", "bad.csv", "-o", "problems.csv", folder=tmp_path)
    assert listed.returncode == 1
    table = pd.read_csv(tmp_path / "problems.csv", dtype=str)
    assert ((table["column"] == "ic1") & (table["row"] == "5")).any()


def test_score_reliability_cfa_and_effects_show_and_write(tmp_path: Path) -> None:
    answers = [ANSWERS, "--roster", ROSTER]
    for verb, marks in (
        ("score", ["task_coordination"]),
        ("reliability", ["coefficient estimate", "icc1"]),
        ("cfa", ["five_factor", "eight_factor"]),
        ("effects", ["REGRESSION", "MODERATION", "RANKING", "term std_estimate", "p_holm\n"]),
    ):
        done = call(verb, *answers)
        assert done.returncode == 0, done.stderr
        assert all(mark in done.stdout for mark in marks), verb
        assert max(widest(done.stdout), widest(done.stderr)) <= 80, verb
    written = call("score", *answers, "-o", "scores.json", folder=tmp_path)
    assert written.returncode == 0
    rows = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert {row["construct"] for row in rows} >= {"shared_vision", "marker"}
    assert [path.name for path in tmp_path.iterdir()] == ["scores.json"]


def test_simulate_export_and_validity(tmp_path: Path) -> None:
    assert call("simulate", "--employees", "200", "-o", "town", folder=tmp_path).returncode == 0
    assert sorted(path.name for path in (tmp_path / "town").iterdir()) == [
        "answers.csv",
        "roster.csv",
        "truth.json",
    ]
    for kind in ("codebook", "answer_template", "roster_template", "translation_log"):
        done = call("export", "relations", "--to", kind, "-o", f"{kind}.xlsx", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / f"{kind}.xlsx").stat().st_size > 3000
    sheet = ("export", "relations", "--to", "expert_sheet", "--language", "en")
    assert call(*sheet, "-o", "expert.csv", folder=tmp_path).returncode == 0
    empty = call("validity", "expert.csv", folder=tmp_path)
    assert empty.returncode in (1, 2)


def test_a_run_ends_with_where_the_report_lies_and_does_not_touch_foreign_folders(
    tmp_path: Path,
) -> None:
    town = tmp_path / "town"
    assert call("simulate", "--employees", "300", "-o", str(town)).returncode == 0
    (tmp_path / "study.toml").write_text(
        'title = "T"\ninstrument = "relations"\n[answers]\nfile = "town/answers.csv"\n'
        '[roster]\nfile = "town/roster.csv"\n[analysis]\nn_boot = 200\n'
        'outcomes = ["within_group_relations"]\npredictors = ["task_coordination", '
        '"shared_vision"]\nfurther_predictors = ["mental_closeness"]\n',
        encoding="utf-8",
    )
    done = call("run", "study.toml", "-o", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("index.html")
    assert Path(done.stdout.removeprefix("Report: ").strip()).is_file()
    refused = call("run", "study.toml", "-o", "town", folder=tmp_path)
    assert refused.returncode == 2
    assert "nothing was written" in " ".join(refused.stderr.split())


def test_a_table_goes_into_a_folder_that_is_made_and_a_blocked_place_is_told(
    tmp_path: Path,
) -> None:
    made = call("score", ANSWERS, "-o", "new/deep/scores.csv", folder=tmp_path)
    assert made.returncode == 0
    assert [path.name for path in (tmp_path / "new" / "deep").iterdir()] == ["scores.csv"]
    (tmp_path / "taken").write_text("", encoding="utf-8")
    blocked = call("score", ANSWERS, "-o", "taken/scores.csv", folder=tmp_path)
    assert blocked.returncode == 2
    assert "cannot be written" in blocked.stderr
    assert "Errno" not in blocked.stderr


def test_instruments_and_long_messages_keep_to_80_columns(tmp_path: Path) -> None:
    assert widest(call("instruments").stdout) <= 80
    wrong = call("check", ANSWERS, "--delimiter", ";")
    assert wrong.returncode == 2
    assert widest(wrong.stderr) <= 80
    column = call("check", ANSWERS, "--column", "nothing=unit")
    assert column.returncode == 2
    assert widest(column.stderr) <= 80

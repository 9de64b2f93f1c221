"""The ledger: what was published counts as known; what is new is checked with it."""

from __future__ import annotations

import csv
import gzip
import os
import re
import stat
from pathlib import Path

import pandas as pd
import pytest

from relsurvey.disclosure.audit import audit
from relsurvey.errors import StudyError
from relsurvey.simulation.simulate import simulate
from relsurvey.study.write_scorecards import read_published, write_scorecards

STUDY = """
title = "Trivsel"
instrument = "relations"
form = "short"
[answers]
file = "answers.csv"
[roster]
file = "roster.csv"
[scorecards]
cuts = []
"""


@pytest.fixture
def study(tmp_path) -> Path:
    simulate("article", n_employees=120, form="short", seed=5).write(tmp_path)
    (tmp_path / "town.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path / "town.toml"


def lines(study: Path) -> list[dict[str, str]]:
    path = study.with_name("town_ledger") / "ledger.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def test_a_publication_is_entered_once_and_a_new_cut_again(study):
    write_scorecards(study, study.with_name("one"), audience="the leaders")
    write_scorecards(study, study.with_name("two"))
    (entry,) = lines(study)
    assert (entry["audience"], entry["waves"], entry["cuts"]) == ("the leaders", "2026", "")
    with gzip.open(study.with_name("town_ledger") / entry["file"], "rt", encoding="utf-8-sig") as f:
        kept = list(csv.DictReader(f))
    shown = [row for row in kept if row["status"] == "shown"]
    assert len(shown) == int(entry["shown"])
    assert all(row["n"] for row in shown)
    assert not any(row["cut"].startswith("~") for row in kept)
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("cuts = []", 'cuts = ["tenure"]'), encoding="utf-8")
    write_scorecards(study, study.with_name("one"))
    assert [entry["cuts"] for entry in lines(study)] == ["", "tenure"]
    assert [entry["file"] for entry in lines(study)] == ["0001.csv.gz", "0002.csv.gz"]


def test_answers_that_came_in_between_are_not_told_by_the_difference(study):
    write_scorecards(study, study.with_name("cards"))
    answers = study.with_name("answers.csv")
    rows = answers.read_text(encoding="utf-8").splitlines(keepends=True)
    answers.write_text("".join(rows[:-2]), encoding="utf-8")
    before = (study.with_name("cards") / "published.csv").read_bytes()
    with pytest.raises(StudyError, match="different now") as told:
        write_scorecards(study, study.with_name("cards"))
    assert "ledger.csv" in str(told.value)
    assert (study.with_name("cards") / "published.csv").read_bytes() == before
    assert len(lines(study)) == 1


def test_what_follows_from_two_publications_together_is_refused(study, monkeypatch):
    from relsurvey.study import ledger

    write_scorecards(study, study.with_name("cards"))
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("cuts = []", 'cuts = ["tenure"]'), encoding="utf-8")
    given = {}

    def leaking(published, *, earlier, **options):
        given["earlier"] = earlier
        found = audit(published, earlier=earlier, **options)
        found.frame.loc[0, "recovered"] = True
        return found

    monkeypatch.setattr(ledger, "audit", leaking)
    with pytest.raises(StudyError, match="those published before"):
        write_scorecards(study, study.with_name("new"))
    assert len(given["earlier"]) == 1
    assert not study.with_name("new").exists()
    assert len(lines(study)) == 1


def test_two_tables_together_tell_what_neither_does():
    def table(unit, parent, n, score):
        hidden = [one is None for one in n]
        return pd.DataFrame(
            {
                "unit": unit,
                "parent": parent,
                "wave": "1",
                "cut": "",
                "measure": "x",
                "n": pd.array(n, dtype="Float64").astype(float),
                "score": pd.array(score, dtype="Float64").astype(float),
                "status": ["hidden" if one else "shown" for one in hidden],
            }
        )

    by_place = table(
        ["top", "a", "b", "c"], ["", *["top"] * 3], [23, None, None, 10], [60, None, None, 60]
    )
    by_trade = table(
        ["all", "x", "b", "a", "c"],
        ["", "all", "all", "x", "x"],
        [23, None, 10, None, None],
        [60, None, 58, None, None],
    )
    assert audit(by_place).recovered.empty
    assert audit(by_trade).recovered.empty
    found = audit(by_trade, earlier=[by_place]).recovered
    assert set(found["unit"]) == {"a"}
    assert found["n_low"].round(4).eq(3).all()


def test_a_batch_that_breaks_off_leaves_nothing_and_can_be_run_again(study, monkeypatch):
    from relsurvey.study import write_scorecards as module

    calls = []

    def tired(page, words):
        calls.append(page.title)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return "<p></p>"

    with monkeypatch.context() as patched:
        patched.setattr(module, "render_page", tired)
        with pytest.raises(KeyboardInterrupt):
            write_scorecards(study, study.with_name("cards"))
    assert {path.name for path in study.parent.iterdir()} == {
        *("answers.csv", "roster.csv", "truth.json", "town.toml")
    }
    write_scorecards(study, study.with_name("cards"))
    assert len(lines(study)) == 1


def test_no_name_of_a_unit_becomes_a_formula(study):
    for name in ("answers.csv", "roster.csv"):
        path = study.with_name(name)
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\bu001\b", "=1+1", text), encoding="utf-8")
    write_scorecards(study, study.with_name("cards"))
    text = (study.with_name("cards") / "published.csv").read_text(encoding="utf-8-sig")
    assert "\n'=1+1," in text
    assert "\n=1+1," not in text
    table, _ = read_published(study.with_name("cards"))
    assert "=1+1" in set(table["unit"])
    write_scorecards(study, study.with_name("cards"))
    assert len(lines(study)) == 1


def test_a_broken_ledger_is_told(study):
    folder = study.with_name("town_ledger")
    folder.mkdir()
    (folder / "ledger.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(StudyError, match="cannot be read"):
        write_scorecards(study, study.with_name("cards"))
    assert not study.with_name("cards").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_nobody_may_read_the_cards_who_may_not_read_the_answers(study):
    study.with_name("answers.csv").chmod(0o640)
    write_scorecards(study, study.with_name("cards"))
    for path in (study.with_name("cards"), *study.with_name("cards").rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert not mode & 0o027, (path, oct(mode))
    owner = study.with_name("cards") / "owner_only"
    assert stat.S_IMODE(owner.stat().st_mode) == 0o700

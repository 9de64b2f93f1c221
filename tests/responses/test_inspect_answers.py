"""What a file is taken for is shown before anything is read."""

from __future__ import annotations

import tool_exports as shapes
from click.testing import CliRunner

from relsurvey.cli.inspect import command
from relsurvey.responses.inspect_answers import inspect_answers
from relsurvey.responses.read_responses import read_responses


def test_every_column_is_explained(tmp_path, raw, whole):
    frame = shapes.qualtrics(raw, whole, "da", texts=True).assign(extra="x")
    frame.to_csv(tmp_path / "q.tsv", sep="\t", index=False, encoding="utf-16")
    found = inspect_answers(tmp_path / "q.tsv", form="short")
    assert (found.source.tool, found.source.delimiter) == ("Qualtrics", "\t")
    assert found.missing == ()
    table = found.tidy().set_index("column")
    assert list(table.index) == list(frame.columns)
    assert table.loc["leader_and_you_1", ["taken_for", "why"]].tolist() == [
        "ic1",
        "name in the tool",
    ]
    assert table.loc["IPAddress", "why"] == "tells who somebody is"
    assert table.loc["Progress", "why"] == "added by the tool"
    assert table.loc["extra", "why"] == "not in the questionnaire"
    assert table.loc["leader_and_you_1", "holds"] == "labels da"
    assert "labels da" in table.loc["leader_and_you_1", "holds"]


def test_a_missing_question_is_named_and_exits_1(tmp_path, raw, whole):
    frame = shapes.google_forms(raw, whole, "en")
    frame.drop(columns=frame.columns[4]).to_csv(tmp_path / "g.csv", index=False)
    done = CliRunner().invoke(command, [str(tmp_path / "g.csv"), "--form", "short"])
    assert done.exit_code == 1
    assert "Google Forms" in done.stderr
    lost = whole.questions[0].rows[1].id
    assert f"No column for {lost}." in " ".join(done.stderr.split())
    assert max(map(len, (done.stdout + done.stderr).splitlines())) <= 80


def test_what_is_not_taken_is_told_as_reading_tells_it(tmp_path, raw):
    """What reads makes the table, so that it cannot promise what reading does not do."""
    odd = raw.assign(note="010190-1234", other="x")
    odd.insert(3, "IC1", "5")
    odd.to_csv(tmp_path / "x.csv", index=False)
    table = inspect_answers(tmp_path / "x.csv", form="short").tidy()
    found = read_responses(tmp_path / "x.csv", form="short")
    carried = set(found.frame.columns[found.frame.notna().any()])
    assert set(table["taken_for"]) - {""} <= carried
    why = table.set_index("column")["why"]
    assert why["note"] == "tells who somebody is"
    assert why["other"] == "not in the questionnaire"
    assert why["IC1"] == "not in the questionnaire"  # ic1 is there under its own name


def test_codes_and_the_callers_map_are_told(tmp_path, raw):
    raw.rename(columns={"ic1": "Q1"}).to_csv(tmp_path / "x.csv", index=False)
    found = inspect_answers(tmp_path / "x.csv", form="short", columns={"Q1": "ic1"})
    table = found.tidy().set_index("column")
    assert table.loc["Q1", ["taken_for", "why", "holds"]].tolist() == ["ic1", "as told", "codes"]
    assert found.source.tool == ""

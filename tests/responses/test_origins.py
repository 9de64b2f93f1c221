"""What went out comes home: the same answers from every tool's export, in both languages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tool_exports as shapes

from relsurvey.errors import ResponsesError
from relsurvey.responses.read_responses import read_responses
from relsurvey.simulation.simulate import simulate

FORM = "short"
# What a tool's answers lack: these tools do not say in which language somebody answered, and
# Google gives no number to an answer.
NO_LANGUAGE = ("kobo", "odk", "redcap", "google", "microsoft")


SHAPES = {
    "limesurvey": ("LimeSurvey", lambda raw, one: shapes.limesurvey(raw, one)),
    "limesurvey_da": ("LimeSurvey", lambda raw, one: shapes.limesurvey_texts(raw, one, "da")),
    "limesurvey_en": ("LimeSurvey", lambda raw, one: shapes.limesurvey_texts(raw, one, "en")),
    "kobo": ("Kobo or ODK", lambda raw, one: shapes.kobo(raw, one)),
    "odk": ("Kobo or ODK", lambda raw, one: shapes.kobo(raw, one, "-")),
    "redcap": ("REDCap", lambda raw, one: shapes.redcap(raw, one)),
    "redcap_da": ("REDCap", lambda raw, one: shapes.redcap_labels(raw, one, "da")),
    "redcap_en": ("REDCap", lambda raw, one: shapes.redcap_labels(raw, one, "en")),
    "qualtrics": ("Qualtrics", lambda raw, one: shapes.qualtrics(raw, one, "da", texts=False)),
    "qualtrics_da": ("Qualtrics", lambda raw, one: shapes.qualtrics(raw, one, "da", texts=True)),
    "qualtrics_en": ("Qualtrics", lambda raw, one: shapes.qualtrics(raw, one, "en", texts=True)),
    "surveyxact": ("SurveyXact", lambda raw, one: shapes.surveyxact(raw, one)),
    "google_da": ("Google Forms", lambda raw, one: shapes.google_forms(raw, one, "da")),
    "google_en": ("Google Forms", lambda raw, one: shapes.google_forms(raw, one, "en")),
    "microsoft_da": ("Microsoft Forms", lambda raw, one: shapes.microsoft_forms(raw, one, "da")),
    "microsoft_en": ("Microsoft Forms", lambda raw, one: shapes.microsoft_forms(raw, one, "en")),
}
FILES = {
    "comma": {"sep": ",", "encoding": "utf-8"},
    "semicolon": {"sep": ";", "encoding": "utf-8-sig"},
    "excel": {},
    "utf16": {"sep": "\t", "encoding": "utf-16"},
    "windows": {"sep": ";", "encoding": "cp1252"},
}


def write(frame, path, how):
    if how == "excel":
        frame.to_excel(path.with_suffix(".xlsx"), index=False)
        return path.with_suffix(".xlsx")
    frame.to_csv(path, index=False, **FILES[how])
    return path


@pytest.mark.parametrize("how", list(FILES))
@pytest.mark.parametrize("shape", list(SHAPES))
def test_answers_come_home(tmp_path, raw, whole, home, shape, how):
    tool, make = SHAPES[shape]
    path = write(make(raw, whole), tmp_path / "export.csv", how)
    found = read_responses(path, form=FORM)
    assert found.source.tool == tool
    items = list(found.instrument.form(FORM).items)
    np.testing.assert_array_equal(found.frame[items], home.frame[items])
    np.testing.assert_array_equal(found.reasons[items], home.reasons[items])
    fields = ["unit", "wave", "job_group", "away_share", "tenure"]
    fields += [] if shape.startswith(NO_LANGUAGE) else ["language"]
    fields += [] if shape.startswith("google") else ["respondent"]
    for name in fields:
        assert found.frame[name].astype(str).tolist() == home.frame[name].astype(str).tolist()
    kinds = {problem.code for problem in found.problems}
    assert not kinds & {"unknown_column", "unknown_label", "unknown_code", "ambiguous_label"}


def test_only_what_was_sent_off_is_read_unless_asked(tmp_path, raw, whole):
    frame = shapes.limesurvey(raw, whole)
    frame.loc[[2, 5], "submitdate"] = ""
    frame.to_csv(tmp_path / "x.csv", index=False)
    found = read_responses(tmp_path / "x.csv", form=FORM)
    assert len(found) == len(raw) - 2
    assert ("partial_answer", 2) in {(change.code, change.n) for change in found.log}
    assert len(read_responses(tmp_path / "x.csv", form=FORM, partial=True)) == len(raw)


def test_people_without_an_answer_are_counted_not_read(tmp_path, raw, whole):
    shapes.surveyxact(raw, whole).to_csv(tmp_path / "x.csv", index=False)
    found = read_responses(tmp_path / "x.csv", form=FORM)
    assert ("no_answer_given", 2) in {(change.code, change.n) for change in found.log}


def test_nothing_that_tells_who_somebody_is_comes_along(tmp_path, raw, whole):
    shapes.qualtrics(raw, whole, "da", texts=False).to_csv(tmp_path / "x.csv", index=False)
    found = read_responses(tmp_path / "x.csv", form=FORM)
    left = {change.column for change in found.log if change.code == "personal_column"}
    assert left == {"IPAddress", "RecipientEmail"}
    assert not found.frame.astype(str).isin(["192.0.2.1", "a@example.dk"]).any().any()


def test_an_unknown_label_is_told_with_its_place_and_the_nearest(tmp_path, raw, whole):
    frame = shapes.google_forms(raw, whole, "da")
    frame.iloc[4, 5] = "I hoj grad"
    frame.to_csv(tmp_path / "x.csv", index=False)
    problems = read_responses(tmp_path / "x.csv", form=FORM).problems.tidy("da")
    own = problems[problems["code"] == "unknown_label"]
    assert own["row"].tolist() == ["6"]
    assert "I høj grad" in " ".join(own.iloc[0].astype(str))


def test_the_callers_map_wins(tmp_path, raw, whole):
    frame = shapes.limesurvey(raw, whole).rename(columns={"unit": "AFDELING"})
    frame.to_csv(tmp_path / "x.csv", index=False)
    found = read_responses(tmp_path / "x.csv", form=FORM, columns={"AFDELING": "unit"})
    assert found.frame["unit"].tolist() == raw["unit"].tolist()


@pytest.mark.parametrize("name", ["limesurvey_codes.csv", "limesurvey_texts_da.csv"])
def test_files_that_limesurvey_itself_wrote_come_home(tmp_path, name):
    """LimeSurvey 6.4.2 wrote them: see tests/acceptance/limesurvey.py, which drew the answers."""
    simulate("article", n_employees=60, form=FORM, seed=4).write(tmp_path)
    home = read_responses(tmp_path / "answers.csv", form=FORM)
    found = read_responses(Path(__file__).with_name(name), form=FORM)
    items = list(found.instrument.form(FORM).items)
    assert found.source.tool == "LimeSurvey"
    np.testing.assert_array_equal(found.frame[items], home.frame[items])
    np.testing.assert_array_equal(found.reasons[items], home.reasons[items])
    for field in ("unit", "wave", "job_group", "language"):
        assert found.frame[field].tolist() == home.frame[field].tolist()
    assert not list(found.problems)


def test_labels_of_both_languages_may_stand_in_one_file(tmp_path, raw, whole, home):
    danish, english = (shapes.labelled(raw, whole, language) for language in ("da", "en"))
    half = pd.concat([danish.iloc[:50], english.iloc[50:]])
    half.to_csv(tmp_path / "x.csv", index=False)
    found = read_responses(tmp_path / "x.csv", form=FORM)
    items = list(found.instrument.form(FORM).items)
    np.testing.assert_array_equal(found.frame[items], home.frame[items])


def test_the_answers_of_another_form_or_survey_are_refused_with_their_columns(tmp_path):
    (tmp_path / "x.csv").write_text("id;submitdate;startlanguage;Q1[a]\n1;2026;da;3\n")
    with pytest.raises(ResponsesError, match="none of the questions") as caught:
        read_responses(tmp_path / "x.csv", form=FORM)
    assert "Q1[a]" in str(caught.value)

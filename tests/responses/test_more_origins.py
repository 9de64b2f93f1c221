"""SurveyXact's files beside the data, Enalyzer's places, Stata, and waves joined."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
import tool_exports as shapes
from openpyxl import Workbook

from relsurvey.errors import ResponsesError
from relsurvey.responses.join_waves import join_waves
from relsurvey.responses.read_responses import read_responses

FORM = "short"


def same_items(found, home):
    items = list(found.instrument.form(FORM).items)
    np.testing.assert_array_equal(found.frame[items], home.frame[items])
    np.testing.assert_array_equal(found.reasons[items], home.reasons[items])


def surveyxact_files(raw, whole):
    """A data set whose variables got names of the tool's own, its structure, its labels."""
    frame = shapes.surveyxact(raw, whole)
    names, structure, labels = {}, [], []
    number = 0
    for question in whole.questions:
        for row in question.rows or [question]:
            number += 1
            names[row.id] = f"s_{number}"
            stem = f"{question.text['da']} - " if question.rows else ""
            structure.append(
                [question.id, f"s_{number}", "Closed", "Single", f"{stem}{row.text['da']}", "", ""]
            )
            labels += [[f"s_{number}", one.code, one.label["da"]] for one in question.choices]
    heads = ["questionName", "variableName", "questionType", "subType", "questionText"]
    heads += ["choiceValue", "choiceText"]
    return frame.rename(columns=names), [heads, *structure], labels


def test_surveyxacts_three_files_are_read_together(tmp_path, raw, whole, home):
    frame, structure, labels = surveyxact_files(raw, whole)
    frame.to_csv(tmp_path / "dataset.csv", sep="\t", index=False, encoding="utf-16")
    for name, rows in (("structure", structure), ("labels", labels)):
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-16", newline="") as stream:
            csv.writer(stream, delimiter="\t").writerows(rows)
    found = read_responses(tmp_path / "dataset.csv", form=FORM)
    same_items(found, home)
    assert found.source.tool == "SurveyXact"
    assert found.frame["job_group"].tolist() == home.frame["job_group"].tolist()


def test_surveyxacts_workbook_is_read_together(tmp_path, raw, whole, home):
    frame, structure, labels = surveyxact_files(raw, whole)
    book = Workbook()
    sheets = {
        "Dataset": [list(frame.columns), *frame.to_numpy().tolist()],
        "Structure": structure,
        "Labels": labels,
    }
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "x.xlsx")
    same_items(read_responses(tmp_path / "x.xlsx", form=FORM), home)


def test_a_structure_without_its_columns_is_told(tmp_path, raw, whole):
    frame, _, _ = surveyxact_files(raw, whole)
    frame.to_csv(tmp_path / "dataset.csv", index=False)
    (tmp_path / "structure.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ResponsesError, match="variableName"):
        read_responses(tmp_path / "dataset.csv", form=FORM)


def test_places_are_codes_when_that_is_said(tmp_path, raw, home):
    items = list(home.items)
    place = {str(code): str(at) for at, code in enumerate((1, 2, 3, 4, 5, 8, 9), start=1)}
    frame = raw.copy()
    frame[items] = frame[items].replace(place)
    frame.to_csv(tmp_path / "x.csv", index=False)
    found = read_responses(tmp_path / "x.csv", form=FORM, positions=True)
    same_items(found, home)
    assert {change.code for change in found.log} >= {"position_read"}
    unsaid = read_responses(tmp_path / "x.csv", form=FORM)
    assert {problem.code for problem in unsaid.problems.errors} == {"unknown_code"}
    frame.loc[0, items[0]] = "8"
    frame.to_csv(tmp_path / "x.csv", index=False)
    beyond = read_responses(tmp_path / "x.csv", form=FORM, positions=True)
    assert beyond.reasons.iloc[0][items[0]] == "invalid"


def test_stata_files_come_home(tmp_path, raw, home):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = raw.copy()
    for item in home.items:
        values = pd.to_numeric(frame[item])
        frame[item] = pd.Series(
            [{8.0: "a", 9.0: "b"}.get(value, value) for value in values.astype(float)], dtype=object
        )
    labels = {"a": "Ved ikke / ikke relevant", "b": "Ønsker ikke at svare"}
    pyreadstat.write_dta(
        frame,
        str(tmp_path / "x.dta"),
        missing_user_values={item: ["a", "b"] for item in home.items},
        variable_value_labels={item: labels for item in home.items},
    )
    found = read_responses(tmp_path / "x.dta", form=FORM)
    assert found.source.format == "dta"
    same_items(found, home)


def test_waves_join_and_units_are_compared_as_said(tmp_path, town, home):
    second = read_responses(town / "answers.csv", form=FORM)
    units = sorted(set(home.frame["unit"]))
    (tmp_path / "units.csv").write_text(
        f"wave;unit;compared_as\n2027;{units[0]};north\n2027;{units[1]};north\n"
        f"2025;{units[0]};north\n",
        encoding="utf-8",
    )
    joined = join_waves({"2025": home, "2027": second}, units=tmp_path / "units.csv")
    assert len(joined) == 2 * len(home)
    assert joined.frame["respondent"].is_unique
    assert joined.frame["wave"].value_counts().to_dict() == {"2025": len(home), "2027": len(home)}
    late = joined.frame["wave"] == "2027"
    expected = home.frame["unit"].isin(units[:2]).sum()
    assert (joined.frame.loc[late, "unit"] == "north").sum() == expected
    assert (joined.frame.loc[~late, "unit"] == units[1]).any()
    items = list(home.items)
    np.testing.assert_array_equal(joined.frame.loc[late, items], home.frame[items])
    np.testing.assert_array_equal(joined.reasons[late.to_numpy()], home.reasons)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("2025", "u1", "a"), ("2025", "u1", "b")], "two things"),
        ([("2031", "u1", "a")], "not joined"),
    ],
)
def test_units_that_cannot_be_meant_are_told(home, rows, words):
    frame = pd.DataFrame(rows, columns=["wave", "unit", "compared_as"])
    with pytest.raises(ResponsesError, match=words):
        join_waves({"2025": home}, units=frame)
    with pytest.raises(ResponsesError, match="lacks a column"):
        join_waves({"2025": home}, units=frame.drop(columns="unit"))


def test_two_files_of_one_wave_join_first(home):
    both = join_waves({"web": home, "paper": home})
    joined = join_waves({"2025": both, "2027": home})
    assert len(joined) == 3 * len(home)
    assert joined.frame["respondent"].is_unique
    assert (joined.frame["wave"] == "2025").sum() == 2 * len(home)


def test_a_tools_number_does_not_drive_out_a_respondent_column(tmp_path, raw, whole, home):
    frame = shapes.limesurvey(raw, whole).assign(respondent=raw["respondent"])
    frame["id"] = [str(n) for n in range(len(frame))]
    frame.to_csv(tmp_path / "x.csv", index=False)
    found = read_responses(tmp_path / "x.csv", form=FORM)
    assert found.frame["respondent"].tolist() == home.frame["respondent"].tolist()

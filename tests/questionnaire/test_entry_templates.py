"""The templates have the exact columns, and Excel checks what is typed."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from relsurvey.errors import InstrumentError
from relsurvey.instrument.library import load_instrument
from relsurvey.questionnaire.export import export_questionnaire


@pytest.fixture(scope="module")
def relations():
    return load_instrument("relations")


def _rules(page, book):
    """Map heading to what its validation allows: a list of values or (type, low, high)."""
    headings = {cell.column_letter: cell.value for cell in page[1]}
    rules = {}
    for rule in page.data_validations.dataValidation:
        letter = str(rule.sqref).split(":")[0].rstrip("0123456789")
        if rule.type == "list":
            sheet, area = rule.formula1.split("!")
            cells = book[sheet][area.replace("$", "")]
            rules[headings[letter]] = [row[0].value for row in cells]
        else:
            rules[headings[letter]] = (rule.type, rule.formula1, rule.formula2)
    return rules


@pytest.mark.parametrize("form", ["full", "short", "leader"])
def test_answer_template(tmp_path, relations, form):
    (path,) = export_questionnaire(
        relations, form=form, to="answer_template", path=tmp_path / "answers.xlsx"
    )
    book = load_workbook(path)
    page = book.worksheets[0]
    asked = relations.form(form)
    assert [cell.value for cell in page[1]] == ["respondent", *asked.background, *asked.items]
    assert page.max_row == 1
    rules = _rules(page, book)
    for item in asked.items:
        assert rules[item] == [1, 2, 3, 4, 5, 8, 9]
    assert rules["language"] == ["da", "en"]
    if form != "leader":
        assert rules["tenure"] == [1, 2, 3, 4, 5]
    assert book["lists"].sheet_state == "hidden"
    assert book.sheetnames[-1] == "lists"


def test_validation_reaches_down_the_sheet(tmp_path, relations):
    (path,) = export_questionnaire(relations, to="answer_template", path=tmp_path / "a.xlsx")
    page = load_workbook(path).worksheets[0]
    assert all(str(rule.sqref).endswith("1048576") for rule in page.data_validations.dataValidation)


def test_answer_template_as_csv_is_the_heading_alone(tmp_path, relations):
    (path,) = export_questionnaire(relations, to="answer_template", path=tmp_path / "a.csv")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1
    assert lines[0].split(";")[-1] == "cg5"


def test_roster_template(tmp_path, relations):
    (path,) = export_questionnaire(relations, to="roster_template", path=tmp_path / "roster.xlsx")
    book = load_workbook(path)
    page = book.worksheets[0]
    assert [cell.value for cell in page[1]] == [
        "unit",
        "leader",
        "department",
        "sector",
        "span_of_control",
        "headcount",
    ]
    rules = _rules(page, book)
    assert rules["span_of_control"] == ("decimal", "1", "200")
    assert "elderly_care" in rules["sector"]
    assert book.sheetnames == ["roster", "fields", "codes", "lists"]


def test_an_instrument_without_roster_fields(tmp_path):
    from dataclasses import replace

    bare = replace(load_instrument("lq2002"), background=())
    with pytest.raises(InstrumentError, match="no roster fields"):
        export_questionnaire(bare, to="roster_template", path=tmp_path / "r.csv")


def test_open_ended_bounds_and_codes_with_leading_noughts(tmp_path, relations):
    from dataclasses import replace

    from relsurvey.instrument.background import BackgroundField, BackgroundOption

    text = relations.title
    numbers = [("floor", 0, None), ("roof", None, 9), ("open", None, None)]
    fields = [
        BackgroundField(
            id=name, text=text, type="number", asked_of="roster", level="unit", low=low, high=high
        )
        for name, low, high in numbers
    ]
    options = tuple(BackgroundOption(code=code, label=text) for code in ("01", "2", "x"))
    fields.append(
        BackgroundField(
            id="area", text=text, type="choice", asked_of="roster", level="unit", options=options
        )
    )
    (path,) = export_questionnaire(
        replace(relations, background=tuple(fields)),
        form="leader",
        to="roster_template",
        path=tmp_path / "r.xlsx",
    )
    book = load_workbook(path)
    rules = _rules(book.worksheets[0], book)
    assert rules["floor"] == ("decimal", "0", None)
    assert rules["roof"] == ("decimal", "9", None)
    assert rules["open"][0] == "decimal"
    assert rules["area"] == ["01", 2, "x"]


def test_translation_log(tmp_path, relations):
    (path,) = export_questionnaire(
        relations, form="short", language="en", to="translation_log", path=tmp_path / "log.xlsx"
    )
    page = load_workbook(path).worksheets[0]
    assert page.max_row == 1 + 33 * 5
    heading = [cell.value for cell in page[1]]
    first = dict(zip(heading, (cell.value for cell in page[2]), strict=True))
    assert first["text"] == relations.item("ic1").text["en"]
    assert first["done"] == "yes"

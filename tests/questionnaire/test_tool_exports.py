"""Files for survey tools: every item and answer, in every language, by the tool's rules."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from dataclasses import replace

import pandas as pd
import pytest
from openpyxl import load_workbook

from relsurvey.errors import InstrumentError
from relsurvey.instrument.asked import asked
from relsurvey.instrument.background import BackgroundOption
from relsurvey.instrument.library import load_instrument
from relsurvey.instrument.texts import Texts
from relsurvey.instrument.tool_codes import limesurvey_codes, short_codes
from relsurvey.questionnaire.export import KINDS, export_questionnaire, loses_random_order

FORMS = ("full", "short", "leader")


@pytest.fixture(scope="module")
def relations():
    return load_instrument("relations")


def written(tmp_path, instrument, kind, form="short", language=("da", "en")):
    path = tmp_path / f"out{KINDS[kind].suffixes[0]}"
    return export_questionnaire(instrument, form=form, language=language, to=kind, path=path)


def limesurvey_rows(path):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t"))


@pytest.mark.parametrize("form", FORMS)
def test_limesurvey_has_every_item_and_answer_in_each_language(tmp_path, relations, form):
    (path,) = written(tmp_path, relations, "limesurvey", form)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfclass\t")
    rows = limesurvey_rows(path)
    items = list(relations.form(form).items)
    for language in ("da", "en"):
        own = [row for row in rows if row["language"] == language]
        statements = [row for row in own if row["class"] == "SQ"]
        assert [row["name"] for row in statements] == items
        audience = relations.form(form).audience
        texts = [relations.wording(item, language, audience) for item in items]
        assert [row["text"] for row in statements] == texts
        groups = [row for row in own if row["class"] == "G"]
        assert [row["type/scale"] for row in groups] == [str(n + 1) for n in range(len(groups))]
    grids = sum(row["class"] == "Q" and row["type/scale"] == "F" for row in rows)
    answers = [row for row in rows if row["class"] == "A" and row["name"] in {"8", "9"}]
    assert len(answers) >= 2 * grids


def test_limesurvey_keeps_the_importers_rules(tmp_path, relations):
    """Rules read from LimeSurvey's own importer: what it would drop without a word."""
    (path,) = written(tmp_path, relations, "limesurvey", "full")
    rows = limesurvey_rows(path)
    order = [row["class"] for row in rows]
    assert order == sorted(order, key=lambda one: {"S": 0, "SL": 1}.get(one, 2))
    assert all(re.fullmatch("[A-Za-z0-9]{1,5}", r["name"]) for r in rows if r["class"] == "A")
    codes = [r["name"] for r in rows if r["class"] == "Q" and r["language"] == "da"]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch("[A-Za-z][A-Za-z0-9]{0,19}", code) for code in codes)
    for attribute in ("random_order", "hidden", "min_num_value_n", "max_num_value_n"):
        assert not any(row[attribute] for row in rows if row["language"] == "en")
    titles = {row["language"]: row["text"] for row in rows if row["name"] == "surveyls_title"}
    assert titles == {"da": "Relationsorienteret ledelse", "en": "Relations-oriented leadership"}
    settings = {row["name"]: row["text"] for row in rows if row["class"] == "S"}
    assert settings["shownoanswer"] == "N"
    assert (settings["ipaddr"], settings["anonymized"]) == ("N", "Y")
    hidden = {row["name"] for row in rows if row["hidden"] == "1"}
    assert hidden == {"unit", "wave"}


def test_an_answer_code_that_limesurvey_drops_is_refused_with_the_reason(tmp_path, relations):
    long = BackgroundOption(code="ABROAD", label=Texts.model_validate({"da": "x", "en": "x"}))
    fields = tuple(
        replace(field, options=(*field.options, long)) if field.id == "tenure" else field
        for field in relations.background
    )
    with pytest.raises(InstrumentError, match="ABROAD") as caught:
        written(tmp_path, replace(relations, background=fields), "limesurvey")
    assert "without a word" in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def shuffled(relations):
    """The instrument with all items of the short form in random order."""
    form = relations.form("short")
    mixed = replace(form, blocks=tuple(replace(b, random_order=True) for b in form.blocks))
    return replace(relations, forms=tuple(mixed if f.id == "short" else f for f in relations.forms))


def test_random_order_is_said_where_the_tool_can(tmp_path, shuffled):
    n = len(shuffled.form("short").blocks)
    (path,) = written(tmp_path, shuffled, "limesurvey", language="da")
    assert sum(row["random_order"] == "1" for row in limesurvey_rows(path)) == n
    (path,) = written(tmp_path, shuffled, "surveyjs", language="da")
    assert path.read_text(encoding="utf-8").count('"rowOrder": "random"') == n


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_random_order_that_is_lost_is_told(relations, shuffled, kind):
    tools = {"xlsform", "redcap", "qualtrics", "google_forms", "formr", "paper"}
    assert loses_random_order(shuffled, "short", kind) == (kind in tools)
    assert not loses_random_order(relations, "short", kind)


@pytest.mark.parametrize(
    ("kind", "package"), [("word", "docx"), ("paper", "typst"), ("spss", "pyreadstat")]
)
def test_a_package_that_lacks_is_named_with_how_to_get_it(
    tmp_path, relations, monkeypatch, kind, package
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InstrumentError, match=r"pip install relsurvey\["):
        written(tmp_path, relations, kind, language="da")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", FORMS)
def test_pyxform_takes_the_xlsform(tmp_path, relations, form):
    xls2xform = pytest.importorskip("pyxform.xls2xform", reason="pyxform is not installed")
    (path,) = written(tmp_path, relations, "xlsform", form)
    done = xls2xform.convert(str(path), validate=False)
    assert not done.warnings
    for item in relations.form(form).items:
        assert f"/{item}" in done.xform
    assert done.xform.count("<translation ") == 2
    book = load_workbook(path)
    names = [row[1].value for row in book["survey"].iter_rows(min_row=2)]
    assert [name for name in names if name in relations.form(form).items] == list(
        relations.form(form).items
    )


def test_odk_validate_takes_the_xlsform(tmp_path, relations):
    import shutil

    xls2xform = pytest.importorskip("pyxform.xls2xform", reason="pyxform is not installed")
    if shutil.which("java") is None:
        pytest.skip("ODK Validate needs Java")
    (path,) = written(tmp_path, relations, "xlsform", "full")
    assert xls2xform.convert(str(path), validate=True).xform


def test_one_language_a_file_where_the_tool_holds_one(tmp_path, relations):
    paths = written(tmp_path, relations, "redcap")
    assert [path.name for path in paths] == ["out_da.csv", "out_en.csv"]
    texts = [pd.read_csv(path)["Field Label"].str.cat() for path in paths]
    assert relations.wording("ic1", "da") in texts[0]
    assert relations.wording("ic1", "en") in texts[1]


@pytest.mark.parametrize("form", FORMS)
def test_redcap_matrices_share_their_choices(tmp_path, relations, form):
    (path,) = written(tmp_path, relations, "redcap", form, "da")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert frame.iloc[0, 0] == "record_id"
    names = frame["Variable / Field Name"]
    assert names.is_unique
    assert names.str.fullmatch("[a-z][a-z0-9_]{0,25}").all()
    grids = frame[frame["Matrix Group Name"] != ""]
    assert list(grids["Variable / Field Name"]) == list(relations.form(form).items)
    choices = "Choices, Calculations, OR Slider Labels"
    assert (grids.groupby("Matrix Group Name")[choices].nunique() == 1).all()
    assert grids[choices].iloc[0].startswith("1, I meget ringe grad | 2, ")
    heads = grids.groupby("Matrix Group Name")["Section Header"].apply(
        lambda own: (own != "").sum()
    )
    assert (heads == 1).all()


def test_qualtrics_is_read_back_by_its_own_grammar(tmp_path, relations):
    (path,) = written(tmp_path, relations, "qualtrics", "short", "da")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "[[AdvancedFormat]]"
    whole = asked(relations, relations.form("short"), ("da",))
    found, current, part = {}, "", ""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("[[ID:"):
            current = line[5:-2]
            found[current] = {"Choice": {}, "Answer": {}}
        match = re.fullmatch(r"\[\[(Choice|Answer):(.+)\]\]", line)
        if match:
            part = match.group(1)
            found[current][part][match.group(2)] = after
    for question in whole.questions:
        own = found[question.id]
        labels = {choice.code: choice.label["da"] for choice in question.choices}
        if question.rows:
            rows = {str(n): row.text["da"] for n, row in enumerate(question.rows, start=1)}
            assert own == {"Choice": rows, "Answer": labels}
        else:
            assert own["Choice"] == labels


def test_surveyjs_speaks_by_language_and_never_by_default(tmp_path, relations):
    (path,) = written(tmp_path, relations, "surveyjs", "full")
    survey = json.loads(path.read_text(encoding="utf-8"))
    assert '"default"' not in path.read_text(encoding="utf-8")
    elements = [element for page in survey["pages"] for element in page["elements"]]
    rows = [row for one in elements if one["type"] == "matrix" for row in one["rows"]]
    assert [row["value"] for row in rows] == list(relations.form("full").items)
    assert rows[0]["text"] == {
        "da": relations.wording("ic1", "da"),
        "en": relations.wording("ic1", "en"),
    }
    columns = elements[1]["columns"]
    assert [column["value"] for column in columns] == [1, 2, 3, 4, 5, 8, 9]


def test_the_google_script_is_javascript_with_every_statement(tmp_path, relations):
    (path,) = written(tmp_path, relations, "google_forms", "full", "da")
    script = path.read_text(encoding="utf-8")
    rows = [
        text for one in re.findall(r"\.setRows\((\[.*\])\)", script) for text in json.loads(one)
    ]
    assert rows == [relations.wording(item, "da") for item in relations.form("full").items]
    assert script.startswith("function makeForm() {")
    assert script.count("{") == script.count("}")


def test_formr_keeps_codes_in_a_list_of_choices(tmp_path, relations):
    (path,) = written(tmp_path, relations, "formr", "short", "en")
    survey, choices = (pd.read_excel(path, sheet_name=name) for name in ("survey", "choices"))
    own = survey[survey["name"].isin(relations.form("short").items)]
    assert list(own["name"]) == list(relations.form("short").items)
    assert own["type"].str.startswith("mc answers_").all()
    first = choices[choices["list_name"] == own["type"].iloc[0].split()[1]]
    assert [int(code) for code in first["name"]] == [1, 2, 3, 4, 5, 8, 9]


def test_the_sav_knows_labels_levels_and_missing_codes(tmp_path, relations):
    pyreadstat = pytest.importorskip("pyreadstat")
    (path,) = written(tmp_path, relations, "spss", "full", "da")
    _, meta = pyreadstat.read_sav(str(path), user_missing=True)
    for item in relations.form("full").items:
        assert meta.column_names_to_labels[item] == relations.wording(item, "da")
        assert meta.variable_value_labels[item][8.0] == "Ved ikke / ikke relevant"
        assert {bounds["lo"] for bounds in meta.missing_ranges[item]} == {8.0, 9.0}
        assert meta.variable_measure[item] == "ordinal"
    assert meta.variable_measure["job_group"] == "nominal"


def test_the_table_schema_names_codes_and_missing_codes(tmp_path, relations):
    (path,) = written(tmp_path, relations, "table_schema", "short")
    fields = {one["name"]: one for one in json.loads(path.read_text(encoding="utf-8"))["fields"]}
    assert fields["ic1"]["constraints"]["enum"] == [1, 2, 3, 4, 5]
    assert [one["value"] for one in fields["ic1"]["missingValues"]] == ["", "8", "9"]
    assert fields["job_group"].get("missingValues") is None
    assert set(relations.form("short").items) < set(fields)


def test_the_ddi_has_a_variable_for_every_column(tmp_path, relations):
    from xml.etree import ElementTree

    (path,) = written(tmp_path, relations, "ddi", "full")
    root = ElementTree.parse(path).getroot()
    space = {"d": "ddi:codebook:2_5"}
    ids = [one.get("ID") for one in root.iterfind(".//d:var", space)]
    assert len(ids) == len(set(ids))
    groups = [one.get("var", "").split() for one in root.iterfind(".//d:varGrp", space)]
    assert {name for own in groups for name in own} <= set(ids)
    missing = root.findall(".//d:var[@name='ic1']/d:catgry[@missing='Y']/d:catValu", space)
    assert [one.text for one in missing] == ["8", "9"]


def test_texts_with_signs_of_the_tools_own_do_no_harm(tmp_path, relations):
    nasty = Texts.model_validate(dict.fromkeys(("da", "en"), 'a<b>&"{x}${y}[[Block:z]]\\ |'))
    items = tuple(replace(item, text=nasty) for item in relations.items)
    bad = replace(relations, items=items)
    (path,) = written(tmp_path, bad, "limesurvey")
    shown = next(row["text"] for row in limesurvey_rows(path) if row["class"] == "SQ")
    assert "<b>" not in shown
    assert "{" not in shown
    (path,) = written(tmp_path, bad, "qualtrics", language="da")
    assert "\n[[Block:z" not in path.read_text(encoding="utf-8")
    (path,) = written(tmp_path, bad, "google_forms", language="da")
    assert nasty["da"] in json.loads(re.search(r"setRows\((\[.*\])\)", path.read_text()).group(1))
    (path,) = written(tmp_path, bad, "preview", language="da")
    assert "<b>" not in path.read_text(encoding="utf-8")
    (path,) = written(tmp_path, bad, "ddi")
    assert path.read_bytes()


def test_short_codes_are_each_once_and_always_the_same():
    codes = short_codes(["a_b", "ab", "1x", "a-b"], 3, avoid={"q1x"})
    assert codes == {"a_b": "ab", "ab": "ab2", "1x": "q12", "a-b": "ab3"}
    long = short_codes(["individual_consideration_a", "individual_consideration_b"], 20)
    assert len(set(long.values())) == 2
    assert max(map(len, long.values())) == 20


def test_codes_do_not_clash_with_items(relations):
    whole = asked(relations, relations.form("full"), ("da",))
    codes = limesurvey_codes(whole)
    assert not set(codes.values()) & set(relations.form("full").items)

"""The codebook says for every column what it holds."""

from __future__ import annotations

import pytest

from relsurvey.instrument.library import load_instrument
from relsurvey.questionnaire.codebook import codebook


@pytest.fixture(scope="module")
def relations():
    return load_instrument("relations")


def _rows(sheet):
    return {row[0]: dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows}


def test_one_row_per_field_and_item(relations):
    main, _, _ = codebook(relations, relations.form("full"), ("da", "en"))
    rows = _rows(main)
    assert len(rows) == len(main.rows) == 55 + 11
    assert list(rows)[-55:] == list(relations.form("full").items)


def test_an_item_row(relations):
    main, _, _ = codebook(relations, relations.form("full"), ("da", "en"))
    row = _rows(main)["tc6"]
    assert row["text_da"] == relations.item("tc6").text["da"]
    assert row["reverse"] == "yes"
    assert (row["construct"], row["facet"]) == ("task_coordination", "mediating_disagreement")
    assert row["construct_name_en"] == "Task coordination"
    assert row["answers_en"].startswith("1 = To a very small extent; 2 = ")
    assert row["missing_da"] == "8 = Ved ikke / ikke relevant; 9 = Ønsker ikke at svare"
    assert (row["low"], row["high"], row["file"]) == (1, 5, "answers")


def test_background_rows(relations):
    main, _, _ = codebook(relations, relations.form("full"), ("en",))
    rows = _rows(main)
    assert rows["unit"]["file"] == "answers, roster"
    assert rows["span_of_control"]["file"] == "roster"
    assert (rows["span_of_control"]["low"], rows["span_of_control"]["high"]) == (1, 200)
    assert rows["span_of_control"]["answers_en"] == "persons"
    assert rows["tenure"]["answers_en"].startswith("1 = Less than 6 months; ")


def test_a_leader_form_shows_the_first_person(relations):
    main, _, _ = codebook(relations, relations.form("leader"), ("da",))
    assert _rows(main)["ic1"]["text_da"].startswith("Jeg ")


def test_codes_stand_one_by_one(relations):
    _, codes, _ = codebook(relations, relations.form("short"), ("da",))
    ic1 = [row[1:] for row in codes.rows if row[0] == "ic1"]
    assert ic1[0] == (1, "answer", "I meget ringe grad")
    assert ic1[-1] == (9, "refused", "Ønsker ikke at svare")
    assert len(ic1) == 7


def test_status_and_limits_go_with_it(relations):
    about = codebook(relations, relations.form("full"), ("en",))[2]
    content = " ".join(str(row[1]) for row in about.rows)
    assert "Not yet validated" in content
    assert "ten managers" in content
    assert "CC BY 4.0" in content

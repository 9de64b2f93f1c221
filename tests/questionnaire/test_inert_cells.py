"""No cell of any export is a formula, whatever an instrument's texts begin with."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from relsurvey.instrument.library import load_instrument
from relsurvey.instrument.texts import Texts
from relsurvey.questionnaire.csv_file import inert, write_csv
from relsurvey.questionnaire.export import KINDS, TABLES, export_questionnaire
from relsurvey.questionnaire.sheet import Sheet
from relsurvey.questionnaire.xlsx_file import write_xlsx

HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    " =1",
    "\t=1",
    "\r=1",
    "\n@x",
    "=",
    "-",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_get_an_apostrophe(text):
    assert inert(text) == "'" + text


@pytest.mark.parametrize("value", ["-9", "+4,5", "3.25", "hej", "", None, -9, 2.5, "a=b"])
def test_harmless_cells_stay(value):
    assert inert(value) == value


@given(st.text())
def test_no_text_begins_as_a_formula(text):
    cell = inert(text)
    assert str(cell).lstrip()[:1] not in ("=", "@")
    assert text in str(cell)


@settings(max_examples=40)
@given(st.lists(st.text(), min_size=1, max_size=4))
def test_workbooks_hold_texts_only(cells):
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        heading = tuple(f"c{n}" for n in range(len(cells)))
        write_xlsx(path, [Sheet(title="x", columns=heading, rows=(tuple(cells),))], title="=x")
        row = load_workbook(path).worksheets[0][2] if any(cells) else ()
        assert all(cell.data_type in ("s", "n", "inlineStr") for cell in row)
        assert all(cell.data_type != "n" or cell.value is None for cell in row)


@pytest.mark.parametrize(
    "kind", sorted(name for name, kind in KINDS.items() if set(TABLES) <= set(kind.suffixes))
)
def test_exports_of_a_hostile_instrument(tmp_path, kind):
    relations = load_instrument("relations")
    hostile = Texts.model_validate({"da": "=HYPERLINK('x')", "en": "@SUM(A1:A9)"})
    items = tuple(replace(item, text=hostile) for item in relations.items)
    background = tuple(replace(field, text=hostile, help=hostile) for field in relations.background)
    constructs = tuple(replace(c, name=hostile, definition=hostile) for c in relations.constructs)
    bad = replace(
        relations, title=hostile, items=items, background=background, constructs=constructs
    )
    book = load_workbook(export_questionnaire(bad, to=kind, path=tmp_path / "x.xlsx")[0])
    assert not [c for page in book for row in page.iter_rows() for c in row if c.data_type == "f"]
    (path,) = export_questionnaire(bad, to=kind, path=tmp_path / "x.csv")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream, delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


def test_a_heading_is_a_cell_too(tmp_path):
    sheet = Sheet(title="x", columns=("=1",), preamble=("@note",))
    write_csv(tmp_path / "x.csv", [sheet])
    assert (tmp_path / "x.csv").read_text(encoding="utf-8-sig") == "'@note\n'=1\n"
    write_xlsx(tmp_path / "x.xlsx", [sheet], title="x")
    page = load_workbook(tmp_path / "x.xlsx").worksheets[0]
    assert [page["A1"].data_type, page["A2"].data_type] == ["s", "s"]

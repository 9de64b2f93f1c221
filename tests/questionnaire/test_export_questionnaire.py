"""Every kind of export in both formats, and what is refused."""

from __future__ import annotations

import csv

import pytest
from openpyxl import load_workbook

from relsurvey.errors import InstrumentError, StudyError
from relsurvey.instrument.library import load_instrument
from relsurvey.questionnaire.export import KINDS, TABLES, export_questionnaire

PEOPLE = sorted(name for name, kind in KINDS.items() if set(TABLES) <= set(kind.suffixes))


@pytest.fixture(scope="module")
def relations():
    return load_instrument("relations")


def _csv(path, delimiter=";"):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream, delimiter=delimiter))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".XLSX"])
@pytest.mark.parametrize("kind", PEOPLE)
@pytest.mark.parametrize("name", ["relations", "lq2002"])
def test_every_kind_in_every_format(tmp_path, name, kind, suffix):
    (path,) = export_questionnaire(name, to=kind, path=tmp_path / f"out{suffix}")
    assert path == tmp_path / f"out{suffix}"
    assert path.stat().st_size > 20  # lq2002 has no more than three roster headings
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_folders_are_made_and_files_replaced(tmp_path, relations):
    path = tmp_path / "deep" / "er" / "codebook.csv"
    export_questionnaire(relations, to="codebook", form="short", path=str(path))
    short = path.read_bytes()
    export_questionnaire(relations, to="codebook", path=path)
    assert len(path.read_bytes()) > len(short)


def test_csv_opens_in_a_danish_excel(tmp_path, relations):
    (path,) = export_questionnaire(relations, to="codebook", path=tmp_path / "c.csv")
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in raw
    (with_commas,) = export_questionnaire(
        relations, to="codebook", path=tmp_path / "d.csv", delimiter=","
    )
    assert _csv(path) == _csv(with_commas, ",")


def test_one_language_as_text(tmp_path, relations):
    (path,) = export_questionnaire(relations, to="codebook", language="en", path=tmp_path / "c.csv")
    heading = _csv(path)[0]
    assert "text_en" in heading
    assert "text_da" not in heading


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": "pigeon"}, "'expert_sheet'"),
        ({"path": "x.pdf"}, "'.xlsx' or '.csv' or '.html'"),
        ({"path": "x"}, "'.xlsx' or '.csv' or '.html'"),
        ({"language": "de"}, "'da' or 'en'"),
        ({"language": ()}, "da, en"),
        ({"delimiter": "|"}, "';'"),
        ({"form": "long"}, "full, short, leader"),
    ],
)
def test_unknown_wishes_name_the_choices(tmp_path, relations, change, words):
    wish = {"to": "codebook", "path": "x.csv"} | change
    wish["path"] = tmp_path / wish["path"]
    with pytest.raises(InstrumentError) as caught:
        export_questionnaire(relations, **wish)
    assert words in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_unknown_instrument(tmp_path):
    with pytest.raises(InstrumentError, match="no such instrument"):
        export_questionnaire("nothing", to="codebook", path=tmp_path / "x.csv")


def test_a_folder_in_the_way_leaves_nothing_behind(tmp_path, relations):
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(StudyError, match="cannot be written"):
        export_questionnaire(relations, to="codebook", path=tmp_path / "x.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]


def test_a_file_in_place_of_the_folder(tmp_path, relations):
    (tmp_path / "here").write_text("a file")
    with pytest.raises(StudyError, match="cannot be written"):
        export_questionnaire(relations, to="codebook", path=tmp_path / "here" / "x.xlsx")


def test_an_interrupted_write_keeps_the_old_file(tmp_path, relations, monkeypatch):
    (path,) = export_questionnaire(relations, to="codebook", path=tmp_path / "x.csv")
    before = path.read_bytes()

    def fail(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("relsurvey.questionnaire.csv_file.inert", fail)
    with pytest.raises(KeyboardInterrupt):
        export_questionnaire(relations, to="codebook", path=path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]


def test_workbook_layout(tmp_path, relations):
    (path,) = export_questionnaire(relations, to="codebook", path=tmp_path / "c.xlsx")
    book = load_workbook(path)
    assert book.sheetnames == ["codebook", "codes", "about"]
    page = book["codebook"]
    assert page.freeze_panes == "A2"
    heading = [cell.value for cell in page[1]]
    text = page.cell(row=20, column=heading.index("text_da") + 1)
    assert text.alignment.wrap_text
    assert page.column_dimensions[text.column_letter].width == 60
    assert all(8 < page.column_dimensions[cell.column_letter].width <= 62 for cell in page[1])
    assert book.properties.title == relations.title["da"]

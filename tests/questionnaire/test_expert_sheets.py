"""Expert sheets go out, are filled in, and come back."""

from __future__ import annotations

import csv
import shutil

import pytest
from openpyxl import load_workbook

from relsurvey.errors import InstrumentError
from relsurvey.instrument.content_validity import content_validity
from relsurvey.instrument.expert_layout import item_numbers
from relsurvey.instrument.expert_ratings import read_expert_sheets
from relsurvey.instrument.library import load_instrument
from relsurvey.questionnaire.export import export_questionnaire


@pytest.fixture(scope="module")
def relations():
    return load_instrument("relations")


@pytest.fixture(scope="module")
def constructs(relations):
    return {item.id: item.construct for item in relations.items}


def _fill_xlsx(path, relations, language, *, relevance=4, clarity=3, sort_right=True):
    """Answer every row as an expert would, by the headings on the sheet."""
    book = load_workbook(path)
    sort, rate = book.worksheets[0], book.worksheets[1]
    names = {number: item for item, number in item_numbers(relations).items()}
    for row in range(6, sort.max_row + 1):
        item = relations.item(names[sort.cell(row, 1).value])
        chosen = item.construct if sort_right else "marker"
        sort.cell(row, 3).value = relations.construct(chosen).name[language]
    for row in range(6, rate.max_row + 1):
        rate.cell(row, 5).value = relevance
        rate.cell(row, 6).value = clarity
    rate.cell(6, 7).value = "=1+1 skal ikke regnes ud"
    rate.cell(6, 7).data_type = "s"
    book.save(path)


def _sheet(tmp_path, relations, name, language="da", form="full"):
    (path,) = export_questionnaire(
        relations, form=form, language=language, to="expert_sheet", path=tmp_path / name
    )
    return path


def test_the_sheet_gives_nothing_away(tmp_path, relations):
    book = load_workbook(_sheet(tmp_path, relations, "anna.xlsx"))
    sort = book.worksheets[0]
    shown = [str(cell.value) for row in sort.iter_rows(min_row=6) for cell in row if cell.value]
    assert not {item.id for item in relations.items} & set(shown)
    assert not {construct.id for construct in relations.constructs} & set(shown)
    order = [relations.items[0].text["da"], relations.items[1].text["da"]]
    assert shown.index(order[0]) + 2 != shown.index(order[1])
    assert len(sort.data_validations.dataValidation) == 1
    assert sort.data_validations.dataValidation[0].formula1 == "lists!$A$1:$A$12"


def test_round_trip_of_three_experts(tmp_path, relations, constructs):
    paths = [
        _sheet(tmp_path, relations, "anna.xlsx", "da"),
        _sheet(tmp_path, relations, "bob.xlsx", "en"),
        _sheet(tmp_path, relations, "carl.xlsx", "en"),
    ]
    _fill_xlsx(paths[0], relations, "da")
    _fill_xlsx(paths[1], relations, "en", relevance=3)
    _fill_xlsx(paths[2], relations, "en", relevance=2, clarity=1, sort_right=False)
    ratings = read_expert_sheets(relations, paths)
    assert list(ratings.problems) == []
    assert len(ratings.frame) == 3 * 55
    assert set(ratings.frame["expert"]) == {"anna", "bob", "carl"}
    assert (ratings.frame["comment"].dropna() == "=1+1 skal ikke regnes ud").all()
    result = content_validity(ratings.frame, constructs)
    table = result.tidy().set_index("item")
    assert table["i_cvi"].unique() == pytest.approx([2 / 3])
    assert table["clarity_i_cvi"].unique() == pytest.approx([2 / 3])
    assert table.loc["ic1", "p_sa"] == pytest.approx(2 / 3)
    assert table.loc["ic1", "c_sv"] == pytest.approx(1 / 3)
    assert table.loc["mk1", "c_sv"] == 1
    assert result.glance().loc[0, "n_experts"] == 3


def _edit_csv(path, change, encoding="utf-8-sig", delimiter=";"):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    change(rows)
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)


def _find(rows, number, start):
    """Return the row of an item's number, after the heading that begins the task."""
    at = next(n for n, row in enumerate(rows) if len(row) > 2 and row[2] == start)
    return next(row for row in rows[at:] if row and row[0] == str(number))


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ";"), ("cp1252", ";"), ("utf-8", "\t")]
)
def test_csv_as_excel_saves_it(tmp_path, relations, encoding, delimiter):
    path = _sheet(tmp_path, relations, "anna.csv", "da", "short")
    number = item_numbers(relations)["tc1"]

    def fill(rows):
        _find(rows, number, "Hører til")[2] = "  opgavekoordinering "
        rated = _find(rows, number, "Begreb")
        rated[4:7] = ["4", "3.0", "fin; ærlig"]

    _edit_csv(path, fill, encoding, delimiter)
    ratings = read_expert_sheets(relations, [path])
    row = ratings.frame.set_index("item").loc["tc1"]
    assert row["belongs_to"] == "task_coordination"
    assert (row["relevance"], row["clarity"], row["comment"]) == (4, 3, "fin; ærlig")
    assert [problem.code for problem in ratings.problems] == ["missing_rating"] * 3
    assert "32: " in ratings.problems.items[0].found


def test_bad_cells_are_named_by_file_row_and_column(tmp_path, relations):
    path = _sheet(tmp_path, relations, "anna.csv", "en")
    numbers = item_numbers(relations)

    def fill(rows):
        _find(rows, numbers["ic1"], "Belongs to")[2] = "Kindness"
        _find(rows, numbers["ic2"], "Belongs to")[2] = "none of THEM"
        _find(rows, numbers["ic1"], "Construct")[4] = "5"
        _find(rows, numbers["ic2"], "Construct")[5] = "clear"
        _find(rows, numbers["ic3"], "Construct")[0] = "999"
        _find(rows, numbers["ic4"], "Construct")[0] = str(numbers["ic5"])
        rows.append(["1", "", "", "", "", "", "again without headings matters not"])

    _edit_csv(path, fill)
    ratings = read_expert_sheets(relations, [path])
    by_code = {}
    for problem in ratings.problems:
        by_code.setdefault(problem.code, []).append(problem)
    (construct,) = by_code["unknown_construct"]
    assert (construct.file, construct.column, construct.found) == (
        "anna.csv",
        "Belongs to",
        "Kindness",
    )
    with path.open(encoding="utf-8-sig") as stream:
        lines = stream.read().splitlines()
    assert "Kindness" in lines[int(construct.row) - 1]
    assert {p.column for p in by_code["unknown_rating"]} == {"Relevance 1-4", "Clarity 1-4"}
    (other,) = by_code["other_item"]
    assert other.found.startswith(f"{numbers['ic5']}: ")
    frame = ratings.frame.set_index("item")
    assert frame.loc["ic2", "belongs_to"] == "none"
    assert frame["relevance"].isna().all()


def test_an_unknown_number_with_an_answer(tmp_path, relations):
    path = _sheet(tmp_path, relations, "anna.csv", "en")

    def fill(rows):
        row = _find(rows, 7, "Construct")
        row[0], row[4] = "999", "4"

    _edit_csv(path, fill)
    (found,) = [
        p for p in read_expert_sheets(relations, [path]).problems if p.code == "unknown_item"
    ]
    assert (found.column, found.found) == ("No.", "999")


def test_an_item_rated_twice_keeps_the_first(tmp_path, relations):
    path = _sheet(tmp_path, relations, "anna.csv", "en")

    def fill(rows):
        row = _find(rows, 7, "Construct")
        row[4] = "4"
        rows.insert(rows.index(row) + 1, [*row[:4], "1", "", ""])

    _edit_csv(path, fill)
    ratings = read_expert_sheets(relations, [path])
    assert [p.found for p in ratings.problems if p.code == "rated_twice"] == ["1"]
    assert ratings.frame["relevance"].dropna().tolist() == [4]


def test_files_that_cannot_be_used(tmp_path, relations):
    good = _sheet(tmp_path, relations, "anna.xlsx")
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK not a workbook")
    for paths, words in [
        ([], "no expert sheet"),
        ([good, good], "twice"),
        ([tmp_path / "nobody.xlsx"], "cannot be read"),
        ([tmp_path / "nobody.csv"], "cannot be read"),
        ([broken], "not a readable XLSX"),
        ([tmp_path / "x.docx"], "kind of file"),
    ]:
        with pytest.raises(InstrumentError, match=words):
            read_expert_sheets(relations, paths)


def test_a_sheet_without_the_headings(tmp_path, relations):
    path = tmp_path / "other.csv"
    path.write_text("a;b\n1;2\n")
    ratings = read_expert_sheets(relations, path)
    assert [problem.code for problem in ratings.problems] == ["no_heading"]
    assert len(ratings.frame) == 0


def test_experts_of_the_same_file_name(tmp_path, relations):
    first = _sheet(tmp_path / "a", relations, "sheet.csv")
    second = tmp_path / "b" / "sheet.csv"
    second.parent.mkdir()
    shutil.copy(first, second)
    assert read_expert_sheets(relations, [first, second]).frame["expert"].nunique() == 2

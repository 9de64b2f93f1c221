"""Every kind of bad file gets a clear error or a row of its own; nothing is half-read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pulse_files import ANSWERS, HEADER, ROWS, codes_of, csv_bytes, with_cell, with_column

from relsurvey.errors import ResponsesError
from relsurvey.instrument.instrument import Instrument
from relsurvey.responses.check import check
from relsurvey.responses.read_responses import read_responses
from relsurvey.responses.responses import Responses

Read = Callable[..., Responses]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"\n\n \n", "blank"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old Excel file"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"PK\x03\x04 not really a zip", "damaged"),
        (b"$FL2@(#) SPSS DATA FILE" + bytes(100), "damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "no table of text"),
        (b"s1,s2\n\x81\x8d\x8f", "no table of text"),
        (b's1,s2\n1,"2\n3,4\n', "quotation marks"),
        (b's1,s2\n1,"2"x\n', "quotation marks"),
        (b"s1,s2\n", "only column names"),
        (b"s1,s2\n,\n,\n", "only column names"),
        (b"1,2,3\n4,5,1\n", "none of the questions"),
        (b"name,mail\nBo,b@x.dk\n", "none of the questions"),
    ],
)
def test_files_that_cannot_be_read_at_all(
    pulse: Instrument, tmp_path: Path, content: bytes, what: str
) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(content)
    with pytest.raises(ResponsesError, match=what) as caught:
        read_responses(file, pulse)
    assert "answers.csv" in str(caught.value)


def test_no_such_file_and_a_folder(pulse: Instrument, tmp_path: Path) -> None:
    with pytest.raises(ResponsesError, match="no such file"):
        read_responses(tmp_path / "nowhere.csv", pulse)
    with pytest.raises(ResponsesError, match="cannot be opened"):
        read_responses(tmp_path, pulse)


def test_a_wrong_encoding_is_an_error_and_an_unknown_one_too(
    pulse: Instrument, tmp_path: Path
) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(ROWS, encoding="cp1252"))
    with pytest.raises(ResponsesError, match="not utf-8"):
        read_responses(file, pulse, encoding="utf-8")
    for name in ("utf-9", "rot13", "a\0b"):
        with pytest.raises(ResponsesError, match="no such encoding"):
            read_responses(file, pulse, encoding=name)
    assert read_responses(file, pulse, encoding="latin1").frame["unit"].iloc[0] == "Øst"


def test_arguments_that_make_no_sense(pulse: Instrument, read: Read) -> None:
    for delimiter in ("", ";;", '"', "a"):
        with pytest.raises(ResponsesError, match="cannot be a delimiter"):
            read(ROWS, delimiter=delimiter)
    with pytest.raises(ResponsesError, match="decimal sign"):
        read(ROWS, decimal="'")
    assert read(ROWS, delimiter=",").source.delimiter == ","


def test_a_delimiter_can_be_said_by_the_file_or_the_caller(
    pulse: Instrument, tmp_path: Path
) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(b"sep=~\r\n" + csv_bytes(ROWS, delimiter="~"))
    said = read_responses(file, pulse)
    assert (said.source.delimiter, len(said)) == ("~", 3)
    assert said.frame.index.tolist() == [2, 3, 4]
    file.write_bytes(csv_bytes(ROWS, delimiter="\t"))
    assert len(read_responses(file, pulse, delimiter="tab")) == 3


def test_semicolons_inside_texts_do_not_fool_the_delimiter(pulse: Instrument, read: Read) -> None:
    rows = with_column(ROWS, "comment", ["a;b;c;d", "e;f;g;h", "i;j;k;l"])
    responses = read(rows)
    assert responses.source.delimiter == ","
    assert codes_of(responses) == ["unknown_column"]


def test_a_file_cut_off_in_its_last_row(pulse: Instrument, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(ROWS)[:-9])
    responses = read_responses(file, pulse)
    (found,) = responses.problems
    assert (found.code, found.row, found.severity) == ("cut_off", "4", "error")
    assert "Export it again" in found.action["en"]


def test_rows_of_the_wrong_length(pulse: Instrument, tmp_path: Path) -> None:
    """A short row keeps what it has; a longer one cannot be trusted and is left out, openly."""
    rows = [HEADER, (*ANSWERS[0], "", ""), (*ANSWERS[1], "x"), ANSWERS[2][:-2], ANSWERS[2]]
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(rows))
    responses = read_responses(file, pulse)
    assert [(p.code, p.row, p.found) for p in responses.problems] == [
        ("short_row", "4", "10 cells"),
        ("long_row", "3", "13 cells"),
    ]
    assert responses.frame.index.tolist() == [2, 4, 5]
    assert [(c.code, c.n) for c in responses.log] == [("long_row", 1)]
    np.testing.assert_array_equal(responses.frame["p3"].to_numpy(), [2, np.nan, 1])


def test_line_breaks_inside_quotes_start_no_row(pulse: Instrument, read: Read) -> None:
    rows = with_column(ROWS, "comment", ["one\ntwo", "", "three"])
    responses = read(with_cell(rows, 4, "s1", "7"))
    (found,) = responses.problems.errors
    assert (found.row, found.column, found.found) == ("4", "s1", "7")


def test_zip_that_is_no_workbook(pulse: Instrument, tmp_path: Path) -> None:
    file = tmp_path / "answers.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("answers.csv", "s1\n1\n")
    with pytest.raises(ResponsesError, match=r"no Excel workbook"):
        read_responses(file, pulse)


def test_zip_bomb_is_refused_before_it_is_unpacked(pulse: Instrument, tmp_path: Path) -> None:
    file = tmp_path / "answers.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(60 << 20))
    with pytest.raises(ResponsesError, match="far more than a survey holds"):
        read_responses(file, pulse)


def test_workbook_cut_off_or_broken_inside(pulse: Instrument, tmp_path: Path) -> None:
    from openpyxl import Workbook

    whole = tmp_path / "whole.xlsx"
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    book.save(whole)
    content = whole.read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(content[: len(content) // 2])
    with pytest.raises(ResponsesError, match="damaged or cut off"):
        read_responses(cut, pulse)
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    with pytest.raises(ResponsesError, match="damaged or cut off"):
        read_responses(broken, pulse)


def test_workbook_packed_in_an_unusual_way(pulse: Instrument, tmp_path: Path) -> None:
    file = tmp_path / "answers.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(1000))
    content = bytearray(file.read_bytes())
    content[150:160] = bytes(10)
    file.write_bytes(content)
    with pytest.raises(ResponsesError):
        read_responses(file, pulse)


def test_an_empty_workbook(pulse: Instrument, tmp_path: Path) -> None:
    from openpyxl import Workbook

    Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(ResponsesError, match="workbook is empty"):
        read_responses(tmp_path / "a.xlsx", pulse)


def test_missing_columns_are_rows_and_name_the_form_that_fits(
    pulse: Instrument, read: Read
) -> None:
    rows = [("unit", "s1", "s2", "c1"), ("Øst", "1", "2", "3")]
    responses = read(rows)
    missing = [p for p in responses.problems if p.code == "missing_column"]
    assert [p.column for p in missing] == ["s3", "c2", "p1", "p2", "p3"]
    assert "has every question of form brief" in missing[0].action["en"]
    assert "har alle spørgsmål i skemaet brief" in missing[0].action["da"]
    assert responses.reasons["s3"].tolist() == ["absent"]
    assert not read(rows, form="brief").problems.errors


def test_codes_out_of_range_are_rows_and_never_silently_coerced(
    pulse: Instrument, read: Read
) -> None:
    rows = with_cell(with_cell(with_cell(ROWS, 2, "s1", "6"), 3, "s2", "3.5"), 4, "p1", "-1")
    responses = read(rows)
    errors = responses.problems.errors
    assert {(p.code, p.row, p.column, p.found) for p in errors} == {
        ("unknown_code", "2", "s1", "6"),
        ("unknown_code", "3", "s2", "3.5"),
        ("unknown_code", "4", "p1", "-1"),
    }
    assert errors[0].expected["en"] == "one of 1, 2, 3, 4, 5, 8, 9, or blank"
    assert responses.reasons["s1"].tolist() == ["invalid", "", ""]
    assert np.isnan(responses.frame["s1"].iloc[0])


def test_unknown_labels_name_the_nearest_known_one(pulse: Instrument, read: Read) -> None:
    responses = read(with_cell(ROWS, 2, "s1", "Nogenlund"))
    (found,) = responses.problems.errors
    assert (found.code, found.row, found.column) == ("unknown_label", "2", "s1")
    assert "the nearest is “Nogenlunde”" in found.expected["en"]
    assert "nærmest er »Nogenlunde«" in found.expected["da"]


def test_version_mismatch(pulse: Instrument, read: Read) -> None:
    versions = ["2.0", "1.0", ""]
    responses = read(with_column(ROWS, "instrument_version", versions))
    (found,) = responses.problems.errors
    assert (found.code, found.row, found.found) == ("version_mismatch", "3", "1.0")
    assert "version 2.0 of pulse" in found.expected["en"]
    assert "instrument_version" not in responses.frame
    assert not read(with_column(ROWS, "instrument_version", ["2", "2.0", "2"])).problems.errors


def test_a_whole_column_of_wrong_codes_costs_few_rows_and_loses_none(
    pulse: Instrument, read: Read
) -> None:
    many = [HEADER, *((f"x{n}", "Øst", "", "", str(60 + n % 2), *["1"] * 7) for n in range(3000))]
    found = read(many).problems.errors
    assert [p.found for p in found] == ["60", "61"]
    assert found[0].row.startswith("2, 4, 6")
    assert sum(p.row.count(",") + 1 for p in found) == 3000
    same = [HEADER, *((f"x{n}", "Øst", "", "", "66", *["1"] * 7) for n in range(3000))]
    assert read(same).problems.errors[0].row == "2–3001"


def test_check_repeats_what_reading_found(pulse: Instrument, read: Read) -> None:
    responses = read(with_cell(ROWS, 2, "s1", "6"))
    checked = list(check(responses))
    assert all(one in checked for one in responses.problems)
    tidy = check(responses).tidy("da")
    assert tidy["action"].str.len().min() > 10
    assert tidy["expected"].str.len().min() > 3

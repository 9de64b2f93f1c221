"""Which columns are read, under which name, and which never are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pulse_files import HEADER, ITEMS, ROWS, codes_of, with_cell, with_column

from relsurvey.errors import ResponsesError
from relsurvey.responses.personal_data import (
    holds_email_addresses,
    holds_personal_numbers,
    without_personal_numbers,
)
from relsurvey.responses.responses import Responses

Read = Callable[..., Responses]
CPR = ["010190-1234", "310777-4321", "290200-9999"]


def renamed(**names: str) -> list[tuple[object, ...]]:
    return [tuple(names.get(name, name) for name in HEADER), *ROWS[1:]]


def test_a_column_map_goes_from_the_files_name_to_ours(read: Read) -> None:
    responses = read(renamed(unit="COMPID", s1="Q1"), columns={"COMPID": "unit", "Q1": "s1"})
    assert responses.frame["unit"].tolist() == ["Øst", "Øst", "Vest"]
    assert responses.frame["s1"].tolist() == [1, 5, 2]
    assert codes_of(responses) == []


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"NOPE": "unit"}, "not in the file"),
        ({"unit": "team"}, "neither a question nor a background field"),
        ({"s1": "s2", "s3": "s2"}, "same name"),
    ],
)
def test_a_wrong_column_map_is_an_error(read: Read, columns: dict[str, str], what: str) -> None:
    with pytest.raises(ResponsesError, match=what):
        read(ROWS, columns=columns)


def test_a_column_map_wins_over_equal_names(read: Read) -> None:
    rows = with_column(ROWS, "real_unit", ["A", "B", "C"])
    responses = read(rows, columns={"real_unit": "unit"})
    assert responses.frame["unit"].tolist() == ["A", "B", "C"]
    assert codes_of(responses) == ["unknown_column"]


def test_names_are_matched_exactly_then_without_case_with_a_note(read: Read) -> None:
    responses = read(renamed(s1="S1", unit=" Unit "))
    assert responses.frame["s1"].tolist() == [1, 5, 2]
    notes = [(p.severity, p.code, p.column, p.found) for p in responses.problems]
    assert notes == [
        ("note", "column_case", "unit", "Unit"),
        ("note", "column_case", "s1", "S1"),
    ]


def test_an_exact_name_wins_over_one_that_differs_in_case(read: Read) -> None:
    rows = with_column(renamed(s1="S1"), "s1", ["3", "3", "3"])
    responses = read(rows)
    assert responses.frame["s1"].tolist() == [3, 3, 3]
    assert [(p.code, p.column) for p in responses.problems] == [("unknown_column", "S1")]


def test_unknown_columns_are_reported_logged_and_not_carried(read: Read) -> None:
    rows = with_column(with_column(ROWS, "name", ["Bo", "Ib", "Åse"]), "lead", ["x", "y", "z"])
    responses = read(rows)
    assert set(responses.frame.columns) == {*HEADER}
    assert [(p.code, p.severity) for p in responses.problems] == [("unknown_column", "warning")] * 2
    assert "Is it leader?" in responses.problems.items[1].action["en"]
    assert [(c.code, c.column) for c in responses.log] == [
        ("unknown_column", "name"),
        ("unknown_column", "lead"),
    ]
    assert "Bo" not in repr(responses.problems)


def test_columns_without_a_name(read: Read) -> None:
    nothing = with_column(ROWS, "", ["", "", ""])
    assert codes_of(read(nothing)) == []
    something = with_column(ROWS, "", ["", "x", ""])
    (found,) = read(something).problems
    assert (found.code, found.column) == ("unknown_column", "(13)")


def test_a_column_that_stands_twice(read: Read) -> None:
    same = with_column(ROWS, "s1", ["1", "5", "2"])
    responses = read(same)
    assert codes_of(responses) == ["repeated_column"]
    assert responses.frame["s1"].tolist() == [1, 5, 2]
    other = read(with_column(ROWS, "s1", ["1", "5", "3"]))
    assert [(p.code, p.severity) for p in other.problems] == [("duplicate_column", "error")]
    assert other.frame["s1"].isna().all()
    assert [(c.code, c.n) for c in other.log] == [("duplicate_column", 2)]


@pytest.mark.parametrize(
    "texts",
    [
        CPR,
        ["0101901234", "3107774321", "2902009999"],
        ["101901234", "3107774321"],  # a spreadsheet dropped the leading zero
        ["610190-1234"],  # replacement number, day + 60
        ["P1", "P2", "P3", "ring til 010190-1234"],
        ["010190 - 1234"],
        ["", "0101901234"],
    ],
)
def test_cpr_numbers_are_recognised(texts: list[str]) -> None:
    assert holds_personal_numbers(texts)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["320190-1234", "011390-1234"],  # no such day, no such month
        ["300290-1234"],
        ["12345678", "20304050"],
        ["2024-0101", "2024-0102"],
        ["0101901234567"],
        ["101901234"],
        ["9999999991", "9999999992", "9999999993", "0101901234"],
        ["1", "2", "3"],
    ],
)
def test_other_numbers_are_not_cpr_numbers(texts: list[str]) -> None:
    assert not holds_personal_numbers(texts)


def test_leap_days_count_where_either_century_has_them() -> None:
    assert holds_personal_numbers(["290200-1234"])
    assert not holds_personal_numbers(["290201-1234"])


def test_texts_are_shown_without_personal_numbers() -> None:
    assert without_personal_numbers("ring 010190-1234!") == "ring (CPR number)!"
    assert without_personal_numbers("0101901234") == "(CPR number)"
    assert without_personal_numbers("bo@by.dk er syg") == "(e-mail address) er syg"
    assert without_personal_numbers("320190-1234") == "320190-1234"
    assert holds_email_addresses(["P1", "bo@by.dk"])
    assert not holds_email_addresses(["P1", "a@b", "@"])


@pytest.mark.parametrize("name", ["respondent", "unit", "leader", "cpr", "noget"])
@pytest.mark.parametrize("hyphen", ["-", ""])
def test_a_column_of_cpr_numbers_is_refused_whatever_its_name(
    read: Read, name: str, hyphen: str
) -> None:
    kept = [tuple(cell for at, cell in enumerate(row) if HEADER[at] != name) for row in ROWS]
    responses = read(with_column(kept, name, [number.replace("-", hyphen) for number in CPR]))
    found = [p for p in responses.problems if p.code == "personal_numbers"]
    assert [(p.severity, p.column) for p in found] == [("error", name)]
    assert name == "respondent" or name not in responses.frame
    everything = responses.frame.to_csv() + repr(responses.problems) + repr(responses.log)
    assert not any(number.replace("-", hyphen) in everything for number in CPR)
    assert responses.frame["respondent"].is_unique


def test_e_mail_addresses_are_refused_as_ids(read: Read) -> None:
    rows = with_cell(ROWS, 3, "respondent", "bo@by.dk")
    responses = read(rows)
    assert codes_of(responses) == ["email_addresses"]
    assert responses.frame["respondent"].tolist() == ["row-2", "row-3", "row-4"]


def test_a_cpr_number_in_an_item_is_a_bad_cell_shown_blanked_out(read: Read) -> None:
    responses = read(with_cell(ROWS, 2, "s1", "010190-1234"))
    (found,) = responses.problems.errors
    assert (found.column, found.found) == ("s1", "(CPR number)")


def test_a_file_without_header_does_not_leak_its_first_row(read: Read) -> None:
    with pytest.raises(ResponsesError) as caught:
        read([["010190-1234", "bo@by.dk", "3"], ["310777-4321", "ib@by.dk", "4"]])
    assert "010190" not in str(caught.value)
    assert "bo@" not in str(caught.value)


def test_ids_are_made_where_there_are_none_and_the_log_says_so(read: Read) -> None:
    responses = read([row[1:] for row in ROWS])
    assert responses.frame["respondent"].tolist() == ["row-2", "row-3", "row-4"]
    assert [(c.code, c.n) for c in responses.log] == [("no_respondent_column", 3)]
    blank = read(with_cell(ROWS, 3, "respondent", " "))
    assert blank.frame["respondent"].tolist() == ["A1", "row-3", "A3"]
    assert [(c.code, c.n) for c in blank.log] == [("blank_respondent", 1)]
    assert codes_of(blank) == ["missing_respondent"]


def test_a_missing_unit_is_an_error_and_missing_background_a_note(read: Read) -> None:
    responses = read([[row[0], *row[4:]] for row in ROWS])
    found = [(p.severity, p.code, p.column) for p in responses.problems]
    assert found == [
        ("error", "missing_background", "unit"),
        ("note", "absent_background", "job"),
        ("note", "absent_background", "hours"),
    ]
    assert list(responses.frame.columns) == ["respondent", *ITEMS]

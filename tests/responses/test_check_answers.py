"""What `check` adds to what reading found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pulse_files import HEADER, ROWS, codes_of, with_cell

from relsurvey.errors import DataError
from relsurvey.problems import Problem
from relsurvey.responses.careless import careless
from relsurvey.responses.check import check
from relsurvey.responses.exclude import exclude
from relsurvey.responses.problem_rows import KINDS, cell_problems, problem, row_ranges
from relsurvey.responses.responses import Responses

Read = Callable[..., Responses]


def of_kind(responses: Responses, code: str) -> list[Problem]:
    return [one for one in check(responses) if one.code == code]


def test_duplicate_respondents_stand_with_all_their_rows(read: Read) -> None:
    rows = [*ROWS, ROWS[1], ("B1", *ROWS[2][1:]), ROWS[1]]
    (found,) = of_kind(read(rows), "duplicate_respondent")
    assert (found.severity, found.row, found.found) == ("error", "2, 5, 7", "A1")


def test_empty_answers(read: Read) -> None:
    rows = [
        *ROWS,
        ("A4", "Øst", "1", "37", *[""] * 8),
        ("A5", "Øst", "", "", *["8"] * 5, "", "", ""),
    ]
    found = of_kind(read(rows), "empty_answers")
    assert [(p.severity, p.row) for p in found] == [("warning", "5"), ("warning", "6")]


def test_items_nobody_answered_or_everybody_answered_alike(read: Read) -> None:
    rows = ROWS
    for row in (2, 3, 4):
        rows = with_cell(with_cell(rows, row, "s1", "8"), row, "s2", "4")
    responses = read(rows)
    assert [(p.severity, p.column) for p in of_kind(responses, "empty_item")] == [("warning", "s1")]
    constant = {p.column: p.found for p in of_kind(responses, "constant_item")}
    assert constant["s2"] == "4"


def test_a_missing_column_is_not_reported_again_as_empty(read: Read) -> None:
    responses = read([row[:-1] for row in ROWS])
    assert "missing_column" in codes_of(check(responses))
    assert of_kind(responses, "empty_item") == []


def test_careless_answers_are_counted_in_a_note(read: Read) -> None:
    found = of_kind(read(ROWS), "careless")
    assert {p.severity for p in found} == {"note"}
    assert ("longstring", "1 / 3") in [(p.column, p.found) for p in found]


def test_rows_of_answers_that_were_not_read_from_a_file(read: Read) -> None:
    from dataclasses import replace

    responses = read([*ROWS, ROWS[1]])
    made = replace(
        responses,
        frame=responses.frame.reset_index(drop=True),
        reasons=responses.reasons.reset_index(drop=True),
    )
    (found,) = of_kind(made, "duplicate_respondent")
    assert found.row == "2, 5"


def test_nobody_left_is_no_crash(read: Read) -> None:
    nobody = exclude(read(ROWS), ["A1", "A2", "A3"], "all withdrew")
    assert check(nobody).errors == ()


def test_check_changes_nothing(read: Read) -> None:
    responses = read(ROWS)
    before = responses.frame.copy()
    check(responses)
    assert responses.frame.equals(before)


def test_every_kind_speaks_both_languages_in_full_sentences() -> None:
    for code, kind in KINDS.items():
        assert kind.severity in ("error", "warning", "note"), code
        assert kind.expected_en, code
        assert kind.expected_da, code
        for text in (kind.action_en, kind.action_da):
            assert text[0].isupper(), code
            assert text.endswith((".", "}")), code
        assert kind.action_en != kind.action_da


@pytest.mark.parametrize(
    ("rows", "text"),
    [([], ""), ([2], "2"), ([2, 3, 4, 9], "2–4, 9"), ([9, 3, 2, 3], "2–3, 9"), ([1, 3], "1, 3")],
)
def test_rows_as_ranges(rows: list[int], text: str) -> None:
    assert row_ranges(np.array(rows)) == text


def test_one_row_per_cell_up_to_a_thousand_then_one_per_text() -> None:
    few = cell_problems("empty_answers", range(2, 1002), ["x"] * 1000)
    assert len(few) == 1000
    assert few[0].expected is few[-1].expected
    many = cell_problems("empty_answers", range(2, 1003), ["x", *["y"] * 1000])
    assert [(p.row, p.found) for p in many] == [("2", "x"), ("3–1002", "y")]


def test_long_texts_are_cut() -> None:
    assert len(problem("empty_answers", found="a " * 100).found) == 80


def test_leaving_respondents_out_is_logged(read: Read) -> None:
    responses = read(ROWS)
    flags = careless(responses).tidy()["flag_longstring"]
    left = exclude(responses, flags, "straight-lined")
    assert left.frame["respondent"].tolist() == ["A1", "A2"]
    assert left.reasons.index.tolist() == [2, 3]
    assert len(responses) == 3
    assert (left.log[-1].code, left.log[-1].n, left.log[-1].why) == (
        "excluded",
        1,
        "straight-lined",
    )
    assert left.log[-1].said("da")[0] == "svarpersoner udeladt"
    by_id = exclude(responses, ["A2"], "asked to be deleted")
    assert by_id.frame["respondent"].tolist() == ["A1", "A3"]
    assert by_id.rows.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("which", "why", "what"),
    [
        ([True], "x", "does not fit"),
        (["A9"], "x", "no such respondent"),
        (["A1"], " ", "needs a reason"),
    ],
)
def test_leaving_out_wrongly(read: Read, which: list[object], why: str, what: str) -> None:
    with pytest.raises(DataError, match=what):
        exclude(read(ROWS), np.array(which), why)


def test_header_is_the_order_of_the_frame(read: Read) -> None:
    responses = read([tuple(reversed(row)) for row in ROWS])
    assert list(responses.frame.columns) == list(HEADER)

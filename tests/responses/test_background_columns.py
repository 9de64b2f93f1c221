"""Background columns: choices, numbers with either decimal sign, texts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pulse_files import HEADER, ROWS, codes_of, with_cell

from relsurvey.responses.responses import Responses

Read = Callable[..., Responses]


def column(read: Read, name: str, cells: list[str], **options: object) -> Responses:
    rows: list[list[object]] = [list(row) for row in ROWS]
    for row, cell in zip(rows[1:], cells, strict=True):
        row[HEADER.index(name)] = cell
    return read(rows, **options)


def test_choices_by_code_or_label(read: Read) -> None:
    responses = column(read, "job", ["Pleje", "office", "2.0"])
    assert responses.frame["job"].tolist() == ["1", "2", "2"]
    assert [(c.code, c.column, c.n) for c in responses.log] == [("label_read", "job", 2)]


def test_unknown_choices_are_problems_and_none(read: Read) -> None:
    responses = column(read, "job", ["3", "Pleie", "NA"])
    assert responses.frame["job"].tolist() == [None, None, None]
    assert [(p.code, p.row, p.found) for p in responses.problems] == [
        ("unknown_option", "2", "3"),
        ("unknown_option", "3", "Pleie"),
    ]
    assert "pleje" in responses.problems.items[1].expected["da"]
    assert [c.code for c in responses.log] == ["mark_read"]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["37,5", "30", "0"], [37.5, 30, 0]),
        (["37.5", "30.25", ""], [37.5, 30.25, np.nan]),
        ([" 1 ", "NA", "#NULL!"], [1, np.nan, np.nan]),
    ],
)
def test_numbers(read: Read, cells: list[str], values: list[float]) -> None:
    responses = column(read, "hours", cells)
    np.testing.assert_array_equal(responses.frame["hours"].to_numpy(), values)
    assert codes_of(responses) == []


def test_numbers_that_are_none(read: Read) -> None:
    responses = column(read, "hours", ["1.000,5", "many", "1e3"])
    assert codes_of(responses) == ["not_a_number"] * 3
    assert responses.frame["hours"].isna().all()


def test_both_decimal_signs_in_one_column_are_not_guessed(read: Read) -> None:
    responses = column(read, "hours", ["1.5", "1,5", "2"])
    assert codes_of(responses) == ["mixed_decimals"] * 2
    np.testing.assert_array_equal(responses.frame["hours"].to_numpy(), [np.nan, np.nan, 2])
    said = column(read, "hours", ["1.5", "1,5", "2"], decimal=",")
    assert codes_of(said) == ["not_a_number"]
    assert said.source.decimal == ","


def test_bounds_of_the_instrument_hold(read: Read) -> None:
    responses = column(read, "hours", ["61", "-1", "60"])
    assert [(p.code, p.found) for p in responses.problems] == [
        ("out_of_bounds", "61"),
        ("out_of_bounds", "-1"),
    ]
    assert responses.problems.items[0].expected["en"] == "a number from 0 to 60"


def test_texts_are_trimmed_and_blank_is_none(read: Read) -> None:
    responses = column(read, "unit", ["  Øst   2 ", "", "Vest"])
    assert responses.frame["unit"].tolist() == ["Øst 2", None, "Vest"]
    assert responses.frame["unit"].dtype == object


def test_leader_and_span_may_stand_in_the_answers(read: Read) -> None:
    rows = [[*row, *more] for row, more in zip(ROWS, EXTRA, strict=True)]
    responses = read(rows)
    assert responses.frame["leader"].tolist() == ["L1", "L1", "L2"]
    np.testing.assert_array_equal(responses.frame["span_of_control"].to_numpy(), [12, 12, 30.5])
    assert codes_of(responses) == []
    impossible = read(with_cell(rows, 4, "span_of_control", "0"))
    assert [(p.code, p.row) for p in impossible.problems] == [("out_of_bounds", "4")]


EXTRA = (("leader", "span_of_control"), ("L1", "12"), ("L1", "12"), ("L2", "30,5"))


def test_span_is_counted_only_where_asked_and_unknown(read: Read) -> None:
    assert "span_of_control" not in read(ROWS).frame
    by_unit = read(ROWS, span_from_answers=True)
    np.testing.assert_array_equal(by_unit.frame["span_of_control"].to_numpy(), [2, 2, 1])
    assert [(c.code, c.n) for c in by_unit.log] == [("counted_by_unit", 3)]
    assert "lower bound" in by_unit.log[0].why
    assert codes_of(by_unit) == ["span_counted"]
    rows = [[*row, *more] for row, more in zip(ROWS, EXTRA, strict=True)]
    by_leader = read([row[:-1] for row in rows], span_from_answers=True)
    np.testing.assert_array_equal(by_leader.frame["span_of_control"].to_numpy(), [2, 2, 1])
    assert [c.code for c in by_leader.log] == ["counted_by_leader"]
    given = read(rows, span_from_answers=True)
    np.testing.assert_array_equal(given.frame["span_of_control"].to_numpy(), [12, 12, 30.5])


def test_span_of_people_without_a_unit_stays_unknown(read: Read) -> None:
    responses = read(with_cell(ROWS, 2, "unit", ""), span_from_answers=True)
    np.testing.assert_array_equal(responses.frame["span_of_control"].to_numpy(), [np.nan, 1, 1])


def test_span_cannot_be_counted_without_units(read: Read) -> None:
    from relsurvey.errors import ResponsesError

    with pytest.raises(ResponsesError, match="cannot be counted"):
        read([[row[0], *row[4:]] for row in ROWS], span_from_answers=True)

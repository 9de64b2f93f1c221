"""The roster: read, checked as a tree, joined to the answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pulse_files import ROWS, Rows, codes_of, csv_bytes, with_cell

from relsurvey.errors import ResponsesError
from relsurvey.instrument.instrument import Instrument
from relsurvey.responses.check import check
from relsurvey.responses.check_units import unit_problems
from relsurvey.responses.read_responses import read_responses
from relsurvey.responses.response_rates import response_rates
from relsurvey.responses.responses import Responses
from relsurvey.responses.roster import Roster, read_roster

ROSTER = (
    ("unit", "parent", "leader", "department", "span_of_control", "headcount"),
    ("Byen", "", "L0", "", "", ""),
    ("Øst", "Byen", "L1", "Care", "12", "4"),
    ("Vest", "Byen", "L2", "Care", "8", "2"),
    ("Syd", "Byen", "L2", "Care", "8", "6"),
)
Write = Callable[..., Path]


def roster_of(write: Write, rows: Rows, pulse: Instrument | None = None) -> Roster:
    return read_roster(write(rows, "roster.csv"), pulse)


def joined(write: Write, pulse: Instrument, rows: Rows, answers: Rows = ROWS) -> Responses:
    return read_responses(write(answers), pulse, roster=write(rows, "roster.csv"))


def of_units(responses: Responses) -> list[str]:
    return [problem.code for problem in unit_problems(responses)]


def test_a_roster_is_one_row_per_unit(answers_file: Write, pulse: Instrument) -> None:
    roster = roster_of(answers_file, ROSTER, pulse)
    assert list(roster.frame.columns) == list(ROSTER[0])
    assert roster.frame["parent"].tolist() == [None, "Byen", "Byen", "Byen"]
    np.testing.assert_array_equal(roster.frame["headcount"].to_numpy(), [np.nan, 4, 2, 6])
    assert roster.frame.index.tolist() == [2, 3, 4, 5]
    assert codes_of(roster) == []
    assert roster.source.n_rows == 4


def test_a_roster_needs_no_instrument_and_takes_a_map(answers_file: Write) -> None:
    rows = [("Enhed", "LederID"), ("A", "1"), ("B", "2")]
    file = answers_file(rows, "roster.csv", delimiter=";", encoding="cp1252")
    roster = read_roster(file, columns={"Enhed": "unit", "LederID": "leader"})
    assert roster.frame.to_dict("list") == {"unit": ["A", "B"], "leader": ["1", "2"]}


def test_shipped_choices_are_read_by_code_or_label(answers_file: Write) -> None:
    rows = [("unit", "sector"), ("A", "day_care"), ("B", "Dagtilbud"), ("C", "School")]
    roster = read_roster(answers_file(rows, "roster.csv"), "relations")
    assert roster.frame["sector"].tolist() == ["day_care", "day_care", "school"]


@pytest.mark.parametrize(
    ("rows", "what"),
    [([("name", "leader"), ("A", "1")], "no column unit"), ([("unit", "leader")], "no units")],
)
def test_a_roster_without_units_is_an_error(answers_file: Write, rows: Rows, what: str) -> None:
    with pytest.raises(ResponsesError, match=what):
        roster_of(answers_file, rows)


def test_the_tree_is_checked(answers_file: Write) -> None:
    rows = [
        ("unit", "parent"),
        ("A", "B"),
        ("B", "C"),
        ("C", "A"),
        ("D", "D"),
        ("E", "Byenn"),
        ("Byen", ""),
        ("F", "A"),
    ]
    found = roster_of(answers_file, rows).problems
    assert [(p.code, p.row, p.found) for p in found] == [
        ("unknown_parent", "6", "Byenn"),
        ("unit_cycle", "2", "A → B → C → A"),
        ("unit_cycle", "5", "D → D"),
    ]
    assert "nearest is Byen" in found.items[0].expected["en"]


def test_units_twice_or_without_a_name(answers_file: Write) -> None:
    rows = [("unit", "leader"), ("A", "1"), ("", "2"), ("A", "3"), ("B", "4")]
    roster = roster_of(answers_file, rows)
    assert [(p.code, p.row, p.found) for p in roster.problems] == [
        ("nameless_unit", "3", ""),
        ("duplicate_unit", "2, 4", "A"),
    ]
    assert roster.frame["leader"].tolist() == ["1", "4"]
    assert [(c.code, c.n) for c in roster.log] == [("nameless_unit", 1), ("duplicate_unit", 1)]


def test_impossible_spans_and_headcounts(answers_file: Write, pulse: Instrument) -> None:
    rows = [
        ("unit", "span_of_control", "headcount"),
        ("A", "0", "3"),
        ("B", "61", "3.5"),
        ("C", "many", "501"),
        ("D", "60", "500"),
    ]
    found = roster_of(answers_file, rows, pulse).problems
    assert {(p.code, p.row, p.column) for p in found} == {
        ("out_of_bounds", "2", "span_of_control"),
        ("out_of_bounds", "3", "span_of_control"),
        ("not_a_number", "4", "span_of_control"),
        ("not_whole", "3", "headcount"),
        ("out_of_bounds", "4", "headcount"),
    }
    without = roster_of(answers_file, [("unit", "span_of_control"), ("A", "201"), ("B", "200")])
    assert [(p.code, p.found) for p in without.problems] == [("out_of_bounds", "201")]


def test_a_leader_has_one_span(answers_file: Write) -> None:
    rows = [("unit", "leader", "span_of_control"), ("A", "L", "9"), ("B", "L", "7"), ("C", "", "3")]
    (found,) = roster_of(answers_file, rows).problems
    assert (found.code, found.row, found.found) == ("span_differs", "3", "7")


def test_cpr_numbers_in_a_roster_are_refused(answers_file: Write) -> None:
    rows = [("unit", "leader"), ("A", "010190-1234"), ("B", "310777-4321")]
    roster = roster_of(answers_file, rows)
    assert list(roster.frame.columns) == ["unit"]
    assert [(p.code, p.severity) for p in roster.problems] == [("personal_numbers", "error")]


def test_facts_are_joined_by_unit(answers_file: Write, pulse: Instrument) -> None:
    responses = joined(answers_file, pulse, ROSTER)
    frame = responses.frame
    assert frame["leader"].tolist() == ["L1", "L1", "L2"]
    assert frame["department"].tolist() == ["Care"] * 3
    np.testing.assert_array_equal(frame["span_of_control"].to_numpy(), [12, 12, 8])
    np.testing.assert_array_equal(frame["headcount"].to_numpy(), [4, 4, 2])
    assert "parent" not in frame
    assert responses.background[:6] == (
        "respondent",
        "unit",
        "leader",
        "department",
        "span_of_control",
        "headcount",
    )
    assert responses.roster is not None
    assert of_units(responses) == ["unit_without_answers"]


def test_unknown_and_silent_units(answers_file: Write, pulse: Instrument) -> None:
    answers = with_cell(with_cell(ROWS, 2, "unit", "Ost"), 3, "unit", "")
    responses = joined(answers_file, pulse, ROSTER, answers)
    assert responses.frame["leader"].tolist() == [None, None, "L2"]
    assert [(c.code, c.n) for c in responses.log] == [("unknown_unit", 2)]
    found = [(p.severity, p.code, p.file, p.row, p.found) for p in unit_problems(responses)]
    assert found == [
        ("warning", "missing_unit", "answers.csv", "3", ""),
        ("error", "unknown_unit", "answers.csv", "2", "Ost"),
        ("note", "unit_without_answers", "roster.csv", "3", "Øst"),
        ("note", "unit_without_answers", "roster.csv", "5", "Syd"),
    ]
    (unknown,) = [p for p in check(responses) if p.code == "unknown_unit"]
    assert "nearest is Øst" in unknown.expected["en"]


def test_the_roster_wins_over_the_answers_openly(answers_file: Write, pulse: Instrument) -> None:
    answers = [(*row, more) for row, more in zip(ROWS, ("leader", "X", "X", "Y"), strict=True)]
    responses = joined(answers_file, pulse, ROSTER, answers)
    assert responses.frame["leader"].tolist() == ["L1", "L1", "L2"]
    assert [(p.severity, p.code) for p in responses.problems] == [("note", "roster_wins")]
    assert [(c.code, c.column, c.n) for c in responses.log] == [("roster_wins", "leader", 3)]


def test_spans_and_headcounts_smaller_than_the_answers(
    answers_file: Write, pulse: Instrument
) -> None:
    rows = [ROSTER[0], ("Øst", "", "L1", "", "2", "1"), ("Vest", "", "L1", "", "2", "1")]
    found = [p for p in check(joined(answers_file, pulse, rows)) if "too_small" in p.code]
    assert [(p.severity, p.code, p.row, p.found) for p in found] == [
        ("error", "headcount_too_small", "2", "1"),
        ("warning", "span_too_small", "2", "2"),
        ("warning", "span_too_small", "3", "2"),
    ]
    assert "at least 2" in found[0].expected["en"]
    assert "at least 3" in found[1].expected["en"]


def test_response_rates(answers_file: Write, pulse: Instrument) -> None:
    empty = ("A4", "Vest", "", "", *[""] * 8)
    stray = ("A5", "Nord", "", "", *["1"] * 8)
    responses = joined(answers_file, pulse, ROSTER, [*ROWS, empty, stray])
    rates = response_rates(responses)
    expected = pd.DataFrame(
        {
            "unit": ["Øst", "Vest", "Syd", "Nord"],
            "answered": [2, 1, 0, 1],
            "headcount": [4, 2, 6, np.nan],
            "rate": [0.5, 0.5, 0.0, np.nan],
        }
    )
    pd.testing.assert_frame_equal(rates, expected, check_dtype=False)


def test_response_rates_without_a_roster_or_a_unit(
    read: Callable[..., Responses],
) -> None:
    rates = response_rates(read(ROWS))
    assert rates["answered"].tolist() == [2, 1]
    assert rates["rate"].isna().all()
    nobody = response_rates(read([[row[0], *row[4:]] for row in ROWS]))
    assert list(nobody.columns) == ["unit", "answered", "headcount", "rate"]
    assert nobody.empty
    own = [(*row, more) for row, more in zip(ROWS, ("headcount", "5", "5", "2"), strict=True)]
    np.testing.assert_allclose(response_rates(read(own))["rate"], [0.4, 0.5])


def test_a_roster_made_in_memory_can_be_joined(pulse: Instrument, tmp_path: Path) -> None:
    frame = pd.DataFrame({"unit": ["Vest", "Øst"], "leader": ["V", "Ø"], "headcount": [3, 4]})
    file = tmp_path / "a.csv"
    file.write_bytes(csv_bytes(ROWS))
    responses = read_responses(file, pulse, roster=Roster(frame))
    assert responses.frame["leader"].tolist() == ["Ø", "Ø", "V"]
    assert responses.frame["headcount"].dtype == np.float64
    assert of_units(responses) == []

"""The quick way reads what the slow way reads, or steps aside."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import relsurvey.responses.csv_table as csv_table
from relsurvey.responses.even_csv import read_even_csv
from relsurvey.responses.read_responses import read_responses
from relsurvey.simulation.simulate import simulate

HEAD = ["respondent", "unit", "a", "b"]
CODES = {"a", "b"}
CELL = st.sampled_from(["", "1", "2", "5", "9", "3,5", "x", " 4", "I høj grad", "7", "-3", "1000"])
WIDE = st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=8)


def written(rows, quoting, end):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";", quoting=quoting, lineterminator=end).writerows(rows)
    return stream.getvalue().encode("utf-8")


@settings(max_examples=150, deadline=None)
@given(
    rows=WIDE,
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_it_reads_is_what_stands_there(tmp_path_factory, rows, quoting, end):
    path = tmp_path_factory.mktemp("even") / "x.csv"
    path.write_bytes(written([HEAD, *rows], quoting, end))
    found = read_even_csv(path, HEAD, ";", "utf-8", CODES)
    assert found is not None
    for place, column in enumerate(found):
        cells = [row[place] for row in rows]
        got = column.cells().tolist()
        if HEAD[place] in CODES:
            assert [cell.strip() for cell in got] == [cell.strip() for cell in cells]
        else:
            assert got == cells


@pytest.mark.parametrize(
    "content",
    [
        b"respondent;unit;a;b\nr1;u;1;2\nr2;u;1\n",
        b"respondent;unit;a;b\nr1;u;1;2;9\nr2;u;1\n",
        b"respondent;unit;a;b\nr1;u;1;2\n\nr2;u;1;2\n",
        b'respondent;unit;a;b\nr1;"u;v";1;2\n',
        b'respondent;unit;a;b\n"r1";"u""v";"1";"2"\n',
        b"respondent;unit;a;b\nr1;u;inf;2\n",
        b"respondent;unit;a;b\nr1;u;1;True\nr2;u;1;False\n",
        b"respondent;unit;a;a\nr1;u;1;2\n",
        b"respondent;unit;a;b\rr1;u;1;2\r",
    ],
)
def test_it_steps_aside_where_something_is_odd(tmp_path, content):
    (tmp_path / "x.csv").write_bytes(content)
    head = content.splitlines()[0].decode().split(";")
    assert read_even_csv(tmp_path / "x.csv", head, ";", "utf-8", CODES) is None


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_a_whole_survey_is_the_same_both_ways(tmp_path, monkeypatch, quoting):
    simulate("article", n_employees=300, form="short", seed=5).write(tmp_path)
    with (tmp_path / "answers.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    (tmp_path / "x.csv").write_bytes(written(rows, quoting, "\r\n"))
    taken = []

    def watched(*given):
        taken.append(read_even_csv(*given))
        return taken[-1]

    monkeypatch.setattr(csv_table, "read_even_csv", watched)
    quick = read_responses(tmp_path / "x.csv", form="short")
    assert taken[0] is not None
    monkeypatch.setattr(csv_table, "read_even_csv", lambda *_: None)
    slow = read_responses(tmp_path / "x.csv", form="short")
    assert quick.frame.equals(slow.frame)
    assert quick.reasons.equals(slow.reasons)
    assert [(p.code, p.row, p.column) for p in quick.problems] == [
        (p.code, p.row, p.column) for p in slow.problems
    ]
    np.testing.assert_array_equal(quick.rows, slow.rows)

"""The same answers read from every format, encoding and delimiter, as codes and as texts."""

from __future__ import annotations

import builtins
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pulse_files import ANSWERS, HEADER, ITEMS, ROWS, codes_of, csv_bytes, with_cell

from relsurvey.errors import InstrumentError, ResponsesError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.responses.read_responses import read_responses
from relsurvey.responses.responses import Responses

VALUES = [
    [1, 2, 3, 4, 5, 0, 1, 2],
    [5, np.nan, np.nan, np.nan, 1, 3, np.nan, 0],
    [2, 2, 2, 2, 2, 1, 1, 1],
]
REASONS = ["", "dont_know", "no_answer", "skipped", "", "", "skipped", ""]


def labelled(pulse: Instrument, language: str) -> list[tuple[str, ...]]:
    """The answers with label texts instead of codes."""

    def text(item: str, code: str) -> str:
        scale = pulse.scale_of(item)
        known = {str(one.code): one.label[language] for one in (*scale.options, *scale.missing)}
        return known[code] if code else ""

    jobs = {option.code: option.label[language] for option in pulse.background_field("job").options}
    return [
        HEADER,
        *((*row[:2], jobs[row[2]], row[3], *map(text, ITEMS, row[4:])) for row in ANSWERS),
    ]


def assert_as_written(responses: Responses) -> None:
    frame = responses.frame
    assert list(frame.columns[: len(HEADER)]) == [
        "respondent",
        "unit",
        *[c for c in frame.columns if c in ("leader", "span_of_control", "headcount")],
        "job",
        "hours",
        *ITEMS,
    ]
    np.testing.assert_array_equal(frame[list(ITEMS)].to_numpy(), np.array(VALUES, dtype=float))
    assert all(frame[item].dtype == np.float64 for item in ITEMS)
    assert frame["respondent"].tolist() == ["A1", "A2", "A3"]
    assert frame["unit"].tolist() == ["Øst", "Øst", "Vest"]
    assert frame["job"].tolist() == ["1", "2", "1"]
    np.testing.assert_array_equal(frame["hours"].to_numpy(), [37, 30, np.nan])
    assert responses.reasons.loc[frame.index[1]].tolist() == REASONS
    assert set(responses.reasons.iloc[0]) == {""}
    assert frame.index.tolist() == [2, 3, 4]
    assert frame.index.name == "row"
    assert not responses.problems.errors


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_in_every_encoding_and_delimiter(
    pulse: Instrument, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(ROWS, delimiter=delimiter, encoding=encoding))
    responses = read_responses(file, pulse)
    assert_as_written(responses)
    source = responses.source
    assert source.encoding == {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    assert (source.delimiter, source.format, source.n_rows) == (delimiter, "csv", 3)
    assert (source.file, len(source.sha256)) == ("answers.csv", 64)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zero_bytes(
    pulse: Instrument, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "answers.txt"
    file.write_bytes(csv_bytes(ROWS, delimiter="\t", encoding=encoding))
    responses = read_responses(file, pulse)
    assert_as_written(responses)
    assert responses.source.encoding == encoding


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_csv_with_label_texts(
    pulse: Instrument, tmp_path: Path, language: str, encoding: str
) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(labelled(pulse, language), delimiter=";", encoding=encoding))
    responses = read_responses(file, pulse)
    assert_as_written(responses)
    read_as_code = [one for one in responses.log if one.code == "label_read"]
    assert {one.column: one.n for one in read_as_code} == {
        **dict.fromkeys(("s1", "s2", "s3", "c2", "p1", "p3"), 3),
        **dict.fromkeys(("c1", "p2"), 2),
        "job": 3,
    }


def test_labels_of_both_languages_in_one_file(pulse: Instrument, tmp_path: Path) -> None:
    danish, english = labelled(pulse, "da"), labelled(pulse, "en")
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes([HEADER, danish[1], english[2], danish[3]]))
    assert_as_written(read_responses(file, pulse))


def test_a_language_that_is_said_is_the_only_one(pulse: Instrument, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(labelled(pulse, "en")))
    responses = read_responses(file, pulse, language="da")
    assert "unknown_label" in codes_of(responses)
    with pytest.raises(ResponsesError, match="no such language"):
        read_responses(file, pulse, language="sv")


def test_labels_differ_in_case_spaces_and_apostrophes(pulse: Instrument, tmp_path: Path) -> None:
    rows = with_cell(labelled(pulse, "en"), 3, "s2", "  DON’T\u00a0 know ")
    rows = with_cell(rows, 2, "s1", "not  at all")
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(rows))
    assert_as_written(read_responses(file, pulse))


def test_danish_letters_composed_in_another_way(pulse: Instrument, tmp_path: Path) -> None:
    import unicodedata

    apart = [[unicodedata.normalize("NFD", cell) for cell in row] for row in labelled(pulse, "da")]
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(apart))
    responses = read_responses(file, pulse)
    assert not responses.problems.errors
    np.testing.assert_array_equal(responses.frame["s3"].to_numpy(), [3, np.nan, 2])


def test_codes_written_as_decimals(pulse: Instrument, tmp_path: Path) -> None:
    decimals = [HEADER, *((*r[:4], *(c and f"{c},0" for c in r[4:])) for r in ANSWERS)]
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(decimals, delimiter=";"))
    assert_as_written(read_responses(file, pulse))


def test_decimal_comma_in_a_background_column(pulse: Instrument, tmp_path: Path) -> None:
    rows = with_cell(ROWS, 2, "hours", "37,5")
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(rows, delimiter=";"))
    responses = read_responses(file, pulse)
    assert responses.frame["hours"].iloc[0] == 37.5
    assert responses.source.decimal == ","


def workbook(path: Path, sheets: dict[str, list[tuple[object, ...]]]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def numbers(rows: tuple[tuple[str, ...], ...]) -> list[tuple[object, ...]]:
    """Cells as a spreadsheet holds them: numbers as floats, blanks as nothing."""
    return [
        tuple(None if not cell else float(cell) if cell.isdigit() else cell for cell in row)
        for row in rows
    ]


def test_xlsx_with_numbers(pulse: Instrument, tmp_path: Path) -> None:
    responses = read_responses(workbook(tmp_path / "a.xlsx", {"Ark1": numbers(ROWS)}), pulse)
    assert_as_written(responses)
    assert (responses.source.format, responses.source.sheet) == ("xlsx", "Ark1")


@pytest.mark.parametrize("language", ["da", "en"])
def test_xlsx_with_label_texts(pulse: Instrument, tmp_path: Path, language: str) -> None:
    file = workbook(tmp_path / "a.xlsx", {"Ark1": labelled(pulse, language)})
    assert_as_written(read_responses(file, pulse))


def test_xlsx_known_by_its_bytes_not_its_name(pulse: Instrument, tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", {"Ark1": numbers(ROWS)})
    assert_as_written(read_responses(file.rename(tmp_path / "a.csv"), pulse))


def test_xlsx_takes_the_sheet_that_holds_the_columns(pulse: Instrument, tmp_path: Path) -> None:
    sheets = {"Forside": [("Survey", 2024)], "Svar": numbers(ROWS), "Tom": []}
    responses = read_responses(workbook(tmp_path / "a.xlsx", sheets), pulse)
    assert_as_written(responses)
    assert responses.source.sheet == "Svar"


def test_xlsx_with_two_sheets_of_answers_asks_for_one(pulse: Instrument, tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", {"2023": numbers(ROWS), "2024": numbers(ROWS)})
    with pytest.raises(ResponsesError, match="several sheets"):
        read_responses(file, pulse)
    assert_as_written(read_responses(file, pulse, sheet="2024"))
    assert read_responses(file, pulse, sheet=1).source.sheet == "2023"
    with pytest.raises(ResponsesError, match="no such sheet"):
        read_responses(file, pulse, sheet="2025")
    with pytest.raises(ResponsesError, match="no such sheet"):
        read_responses(file, pulse, sheet=3)


def test_xlsx_blank_rows_are_passed_over_and_rows_count_as_seen(
    pulse: Instrument, tmp_path: Path
) -> None:
    rows = numbers(ROWS)
    spaced = [(), rows[0], rows[1], (), rows[2], rows[3], ()]
    responses = read_responses(workbook(tmp_path / "a.xlsx", {"Ark1": spaced}), pulse)
    assert responses.frame.index.tolist() == [3, 5, 6]


def test_xlsx_formulas_give_the_saved_value_or_a_problem(pulse: Instrument, tmp_path: Path) -> None:
    """openpyxl saves no values with formulas, so its formulas are the unsaved ones."""
    rows = numbers(ROWS)
    rows[2] = (*rows[2][:4], "=1+1", *rows[2][5:])
    responses = read_responses(workbook(tmp_path / "a.xlsx", {"Ark1": rows}), pulse)
    (found,) = [one for one in responses.problems if one.code == "formula_without_value"]
    assert (found.row, found.column, found.severity) == ("3", "s1", "error")
    assert responses.reasons["s1"].tolist() == ["", "skipped", ""]


def test_xlsx_cells_without_a_heading_are_reported(pulse: Instrument, tmp_path: Path) -> None:
    rows = numbers(ROWS)
    rows[1] = (*rows[1], "remember to call")
    responses = read_responses(workbook(tmp_path / "a.xlsx", {"Ark1": rows}), pulse)
    (found,) = [one for one in responses.problems if one.code == "cell_without_heading"]
    assert (found.row, found.found) == ("2", "")
    assert_as_written(responses)


pyreadstat = pytest.importorskip("pyreadstat")


def sav(path: Path, rows: tuple[tuple[str, ...], ...], **more: object) -> Path:
    frame = pd.DataFrame(list(rows[1:]), columns=list(rows[0]))
    for column in ("job", "hours", *ITEMS):
        frame[column] = pd.to_numeric(frame[column])
    pyreadstat.write_sav(frame, str(path), **more)
    return path


def value_labels(pulse: Instrument, language: str) -> dict[str, dict[float, str]]:
    return {
        item: {
            float(one.code): one.label[language]
            for one in (*pulse.scale_of(item).options, *pulse.scale_of(item).missing)
        }
        for item in ITEMS
    }


def test_sav_with_codes(pulse: Instrument, tmp_path: Path) -> None:
    responses = read_responses(sav(tmp_path / "a.sav", ROWS), pulse)
    assert_as_written(responses)
    assert responses.source.format == "sav"


@pytest.mark.parametrize("language", ["da", "en"])
def test_sav_keeps_user_missing_codes_apart(
    pulse: Instrument, tmp_path: Path, language: str
) -> None:
    missing = {item: [8, 9] for item in ITEMS[:5]}
    labels = value_labels(pulse, language)
    file = sav(tmp_path / "a.sav", ROWS, variable_value_labels=labels, missing_ranges=missing)
    responses = read_responses(file, pulse)
    assert_as_written(responses)
    assert not [one for one in responses.log if "label" in one.code]


def test_sav_value_labels_decide_where_they_contradict_the_codes(
    pulse: Instrument, tmp_path: Path
) -> None:
    """A tool that numbers the answers from the top: 1 is "Completely"."""
    upside_down = {float(6 - o.code): o.label["en"] for o in pulse.response_scale("agree5").options}
    file = sav(tmp_path / "a.sav", ROWS, variable_value_labels={"s1": upside_down})
    responses = read_responses(file, pulse)
    assert responses.frame["s1"].tolist() == [5, 1, 4]
    (change,) = [one for one in responses.log if one.code == "value_label_read"]
    assert (change.column, change.n) == ("s1", 3)
    assert change.said("da")[1].startswith("filens værditekster")


def test_sav_value_labels_that_nobody_knows_are_a_warning(
    pulse: Instrument, tmp_path: Path
) -> None:
    labels = {"s1": {1.0: "rouge", 5.0: "vert"}}
    responses = read_responses(sav(tmp_path / "a.sav", ROWS, variable_value_labels=labels), pulse)
    (found,) = responses.problems
    assert (found.code, found.column) == ("unfamiliar_value_labels", "s1")
    assert_as_written(responses)


def test_sav_declared_missing_values_are_blank_and_logged(
    pulse: Instrument, tmp_path: Path
) -> None:
    rows = tuple(map(tuple, with_cell(ROWS, 3, "s1", "99")))
    file = sav(tmp_path / "a.sav", rows, missing_ranges={"s1": [{"lo": 97, "hi": 99}]})
    responses = read_responses(file, pulse)
    assert responses.reasons["s1"].tolist() == ["", "skipped", ""]
    assert ("declared_missing", "s1", 1) in [(c.code, c.column, c.n) for c in responses.log]
    undeclared = read_responses(sav(tmp_path / "b.sav", rows), pulse)
    assert codes_of(undeclared) == ["unknown_code"]


def test_sav_without_its_package_says_what_to_install(
    pulse: Instrument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sav(tmp_path / "a.sav", ROWS)
    ordinary = builtins.__import__

    def without(name: str, *arguments: object, **more: object) -> object:
        if name == "pyreadstat":
            raise ImportError(name)
        return ordinary(name, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ResponsesError, match=r"pip install relsurvey\[spss\]"):
        read_responses(file, pulse)


def test_the_instrument_may_be_a_name_a_path_or_an_object(
    tmp_path: Path, pulse: Instrument
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(csv_bytes(ROWS))
    by_path = read_responses(file, Path(__file__).with_name("pulse.yaml"))
    assert by_path.instrument == pulse
    relations = load_instrument("relations")
    items = relations.form("short").items
    file.write_bytes(csv_bytes([items, ["3"] * len(items)]))
    assert len(read_responses(file, "relations", "short").items) == 33
    with pytest.raises(InstrumentError, match="no such form"):
        read_responses(file, pulse, form="long")


def test_describe_says_what_was_found(pulse: Instrument, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(ROWS, delimiter=";", encoding="cp1252"))
    text = read_responses(file, pulse).describe()
    assert "answers.csv: csv (encoding cp1252, delimiter ';')" in text
    assert "3 respondents; 8 of 8 questions of form 'full', pulse 2.0" in text
    assert "answered 20, dont_know 1, no_answer 1, skipped 2" in text

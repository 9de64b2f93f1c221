"""Properties: what is written comes back; noise gives a clear error, never a crash."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulse_files import HEADER, ITEMS, ROWS, csv_bytes

from relsurvey.errors import ResponsesError
from relsurvey.instrument.instrument import Instrument
from relsurvey.responses.check import check
from relsurvey.responses.read_responses import read_responses
from relsurvey.responses.response_rates import response_rates
from relsurvey.responses.roster import read_roster

QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
BLANK = None
UNITS = st.text("abcæøå æ-'\"1;,\n", min_size=1, max_size=6).map(str.strip).filter(bool)


@st.composite
def answers(draw: st.DrawFn) -> list[dict[str, object]]:
    agree = st.sampled_from([1, 2, 3, 4, 5, 8, 9, BLANK])
    often = st.sampled_from([0, 1, 2, 3, BLANK])
    n = draw(st.integers(1, 12))
    return [
        {
            "respondent": f"p{number}",
            "unit": draw(UNITS),
            "job": draw(st.sampled_from(["1", "2", ""])),
            "hours": draw(st.one_of(st.none(), st.integers(0, 600).map(lambda x: x / 10))),
            **{item: draw(often if item.startswith("p") else agree) for item in ITEMS},
        }
        for number in range(n)
    ]


def cell(value: object, item: str, pulse: Instrument, language: str, decimal: str) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value}".replace(".", decimal)
    if item in ITEMS and language:
        scale = pulse.scale_of(item)
        labels = {one.code: one.label[language] for one in (*scale.options, *scale.missing)}
        return labels[value]  # type: ignore[index]
    return str(value)


@given(
    rows=answers(),
    language=st.sampled_from(["", "da", "en"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    decimal=st.sampled_from([".", ","]),
    order=st.permutations(HEADER),
)
@QUICK
def test_what_is_written_comes_back(
    pulse: Instrument,
    tmp_path: Path,
    rows: list[dict[str, object]],
    language: str,
    delimiter: str,
    encoding: str,
    decimal: str,
    order: list[str],
) -> None:
    written = [
        order,
        *([cell(row[name], name, pulse, language, decimal) for name in order] for row in rows),
    ]
    file = tmp_path / "answers.csv"
    file.write_bytes(csv_bytes(written, delimiter=delimiter, encoding=encoding))
    responses = read_responses(file, pulse)
    assert not responses.problems.errors
    frame, reasons = responses.frame, responses.reasons
    assert frame["respondent"].tolist() == [row["respondent"] for row in rows]
    assert frame["unit"].tolist() == [" ".join(str(row["unit"]).split()) for row in rows]
    assert frame["job"].tolist() == [row["job"] or None for row in rows]
    hours = [np.nan if row["hours"] is None else row["hours"] for row in rows]
    np.testing.assert_array_equal(frame["hours"].to_numpy(), np.array(hours, dtype=float))
    for item in ITEMS:
        codes = [row[item] for row in rows]
        expected = [np.nan if code in (None, 8, 9) else code for code in codes]
        np.testing.assert_array_equal(frame[item].to_numpy(), np.array(expected, dtype=float))
        why = {None: "skipped", 8: "dont_know", 9: "no_answer"}
        assert reasons[item].tolist() == [why.get(code, "") for code in codes]  # type: ignore[call-overload]


def survives(pulse: Instrument, file: Path) -> None:
    """A file is read, checked and counted, or refused with an error of ours."""
    with suppress(ResponsesError):
        responses = read_responses(file, pulse)
        check(responses).tidy("da")
        response_rates(responses)
    with suppress(ResponsesError):
        read_roster(file, pulse)


@given(content=st.binary(max_size=400))
@QUICK
def test_random_bytes(pulse: Instrument, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "noise"
    file.write_bytes(content)
    survives(pulse, file)


@given(
    content=st.binary(max_size=300), head=st.sampled_from([b"PK\x03\x04", b"$FL2@(#)", b"sep=;"])
)
@QUICK
def test_random_bytes_behind_a_known_beginning(
    pulse: Instrument, tmp_path: Path, content: bytes, head: bytes
) -> None:
    file = tmp_path / "noise"
    file.write_bytes(head + content)
    survives(pulse, file)


@given(noise=st.text(max_size=200))
@QUICK
def test_random_text_under_a_true_header(pulse: Instrument, tmp_path: Path, noise: str) -> None:
    file = tmp_path / "noise.csv"
    text = ",".join(HEADER) + "\n" + noise
    file.write_bytes(text.encode("utf-8", errors="replace"))
    survives(pulse, file)


@given(
    place=st.integers(0, 10_000), byte=st.integers(0, 255), kind=st.sampled_from(["csv", "xlsx"])
)
@QUICK
def test_a_good_file_with_one_byte_changed(
    pulse: Instrument, tmp_path: Path, place: int, byte: int, kind: str
) -> None:
    content = bytearray(csv_bytes(ROWS) if kind == "csv" else workbook())
    content[place % len(content)] = byte
    file = tmp_path / f"answers.{kind}"
    file.write_bytes(content)
    survives(pulse, file)


@given(cut=st.integers(0, 10_000), kind=st.sampled_from(["csv", "xlsx"]))
@QUICK
def test_a_good_file_cut_off(pulse: Instrument, tmp_path: Path, cut: int, kind: str) -> None:
    content = csv_bytes(ROWS) if kind == "csv" else workbook()
    file = tmp_path / f"answers.{kind}"
    file.write_bytes(content[: cut % len(content)])
    survives(pulse, file)


def workbook() -> bytes:
    import io

    from openpyxl import Workbook

    book = Workbook()
    for row in ROWS:
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_two_hundred_thousand_rows(pulse: Instrument, tmp_path: Path) -> None:
    n = 200_000
    rng = np.random.default_rng(1)
    codes = np.array(["1", "2", "3", "4", "5", "8", ""])[rng.integers(0, 7, (n, 5))]
    often = np.array(["0", "1", "2", "3"])[rng.integers(0, 4, (n, 3))]
    file = tmp_path / "answers.csv"
    with file.open("w", encoding="utf-8") as stream:
        stream.write("respondent,unit,s1,s2,s3,c1,c2,p1,p2,p3\n")
        stream.writelines(
            f"p{row},u{row // 20},{','.join(first)},{','.join(second)}\n"
            for row, (first, second) in enumerate(zip(codes.tolist(), often.tolist(), strict=True))
        )
    responses = read_responses(file, pulse)
    assert len(responses) == n
    assert not check(responses).errors
    valid = {code: float(code) for code in "12345"}
    wanted = [valid.get(code, np.nan) for code in codes[:, 0].tolist()]
    np.testing.assert_array_equal(responses.frame["s1"].to_numpy(), wanted)
    assert (
        response_rates(responses)["answered"].sum()
        == responses.frame[list(ITEMS)].notna().any(axis=1).sum()
    )

"""Codes and label texts of one column: what is clear is read, what is not is a problem."""

from __future__ import annotations

import numpy as np
import pytest

from relsurvey.instrument.response_scale import MissingCode, ResponseOption, ResponseScale
from relsurvey.instrument.texts import Texts
from relsurvey.responses.decode_item import Decoded, decode_item
from relsurvey.responses.labels import Meanings, as_code, fold
from relsurvey.responses.table import Column

REASONS = ("", "dont_know", "skipped", "invalid", "absent")


def scale(labels: dict[int, dict[str, str]], missing: dict[int, dict[str, str]]) -> ResponseScale:
    return ResponseScale(
        id="s",
        options=tuple(
            ResponseOption(code=code, label=Texts(tuple(texts.items())))
            for code, texts in labels.items()
        ),
        missing=tuple(
            MissingCode(
                id="dont_know", code=code, kind="not_applicable", label=Texts(tuple(texts.items()))
            )
            for code, texts in missing.items()
        ),
    )


WORDS = scale({1: {"en": "no"}, 2: {"en": "maybe"}, 3: {"en": "yes"}}, {8: {"en": "don't know"}})
SHIFTED = scale({0: {"en": "1"}, 1: {"en": "2"}, 2: {"en": "3"}}, {})
FALSE_FRIENDS = scale(
    {
        1: {"da": "fast", "en": "solid"},
        2: {"da": "hurtig", "en": "fast"},
        3: {"da": "x", "en": "y"},
    },
    {},
)


def decode(cells: list[str], of: ResponseScale, **labels: object) -> Decoded:
    texts = tuple(dict.fromkeys(["", *cells]))
    column = Column("q", texts, np.array([texts.index(cell) for cell in cells]), **labels)
    rows = np.arange(2, len(cells) + 2)
    languages = tuple(of.options[0].label.languages)
    return decode_item(column, Meanings.of(of, languages), REASONS, item="q", file="f", rows=rows)


def reasons(decoded: Decoded) -> list[str]:
    return [REASONS[code] for code in decoded.reasons]


def test_codes_missing_codes_blanks_and_the_rest() -> None:
    read = decode(["1", " 3 ", "8", "", "  ", "4", "no!"], WORDS)
    np.testing.assert_array_equal(read.values, [1, 3, *[np.nan] * 5])
    assert reasons(read) == ["", "", "dont_know", "skipped", "skipped", "invalid", "invalid"]
    assert [(p.code, p.row) for p in read.problems] == [
        ("unknown_code", "7"),
        ("unknown_label", "8"),
    ]


def test_a_mix_of_codes_and_labels_is_read_where_it_is_clear() -> None:
    read = decode(["1", "Maybe", "yes", "don't know"], WORDS)
    np.testing.assert_array_equal(read.values, [1, 2, 3, np.nan])
    assert [(p.severity, p.code) for p in read.problems] == [("note", "codes_and_labels")]
    assert [(c.code, c.n) for c in read.log] == [("label_read", 3)]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["0", "1", "2"], [0, 1, 2]),  # 0 is no label: codes
        (["3", "1", "2"], [2, 0, 1]),  # 3 is no code: labels
    ],
)
def test_labels_that_look_like_codes_are_told_apart_by_the_whole_column(
    cells: list[str], values: list[int]
) -> None:
    read = decode(cells, SHIFTED)
    np.testing.assert_array_equal(read.values, values)
    assert read.problems == ()


def test_a_column_that_can_be_codes_or_labels_is_not_guessed() -> None:
    read = decode(["1", "2", ""], SHIFTED)
    assert reasons(read) == ["invalid", "invalid", "skipped"]
    assert [p.code for p in read.problems] == ["ambiguous_label", "ambiguous_label"]


def test_a_label_with_two_meanings_is_settled_by_the_language_of_the_column() -> None:
    np.testing.assert_array_equal(decode(["fast", "hurtig"], FALSE_FRIENDS).values, [1, 2])
    np.testing.assert_array_equal(decode(["fast", "solid"], FALSE_FRIENDS).values, [2, 1])
    alone = decode(["fast", "fast"], FALSE_FRIENDS)
    assert reasons(alone) == ["invalid", "invalid"]
    assert [p.code for p in alone.problems] == ["ambiguous_label", "ambiguous_label"]
    both = decode(["fast", "hurtig", "solid"], FALSE_FRIENDS)
    assert reasons(both) == ["invalid", "", ""]


def test_marks_that_programs_write_for_nothing_are_blank_and_logged() -> None:
    read = decode(["NA", "1", "#NULL!", "NA"], WORDS)
    assert reasons(read) == ["skipped", "", "skipped", "skipped"]
    assert [(c.code, c.n) for c in read.log] == [("mark_read", 3)]
    assert [p.code for p in decode(["N/A", "."], WORDS).problems] == ["unknown_label"] * 2
    labelled_na = scale({1: {"en": "no"}, 2: {"en": "yes"}}, {8: {"en": "NA"}})
    assert reasons(decode(["NA", "yes"], labelled_na)) == ["dont_know", ""]


def test_a_file_with_value_labels_and_an_unlabelled_code_that_contradicts_them() -> None:
    read = decode(["1", "2", "3"], WORDS, labels={"1": "yes", "2": "maybe"})
    np.testing.assert_array_equal(read.values, [3, 2, np.nan])
    assert [(p.code, p.row) for p in read.problems] == [("unknown_code", "4")]


def test_many_different_texts_stay_bounded() -> None:
    read = decode([f"text {n}" for n in range(5000)], WORDS)
    assert len(read.problems) == 1001
    assert read.problems[-1].found == "(4,000 other texts)"


@pytest.mark.parametrize(
    ("text", "code"),
    [("4", 4), (" 4 ", 4), ("4.0", 4), ("4,00", 4), ("-1", -1), ("+2", 2), ("4.", 4)],
)
def test_whole_numbers(text: str, code: int) -> None:
    assert as_code(text) == code


@pytest.mark.parametrize("text", ["", "4.5", "4,5", "1e3", "four", "٤", "4 5", "1234567", "inf"])
def test_other_texts_are_no_whole_numbers(text: str) -> None:
    assert as_code(text) is None


def test_folding() -> None:
    assert fold("  Don’t\u00a0\tKNOW ") == "don't know"
    assert fold("A\u030ase") == fold("Åse")

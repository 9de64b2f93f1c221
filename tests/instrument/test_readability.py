"""LIX against counts made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relsurvey.errors import InstrumentError
from relsurvey.instrument.readability import Lix, lix, readability


def test_lix_by_hand():
    # 12 words, 2 sentences, 3 long words (lederen, arbejdet, spørgsmål): 12 / 2 + 300 / 12 = 31
    counts = lix(["Her kommer lederen. Han ser på arbejdet og har et godt spørgsmål."])
    assert (counts.n_words, counts.n_sentences, counts.n_long_words) == (12, 2, 3)
    assert counts.lix == 31
    assert counts.band == "easy"


def test_seven_letters_are_long_and_six_are_not():
    assert lix(["Kolleg kollega."]).n_long_words == 1
    assert lix(["4711123 1234567"]).n_long_words == 0


def test_each_text_is_a_sentence_of_its_own():
    assert lix(["Ja tak", "Nej tak"]).n_sentences == 2


def test_abbreviations_and_quotes():
    assert lix(["Det er f.eks. sådan, og det er godt."]).n_sentences == 1
    assert lix(["Hvad siger du? »Ja.« Han går."]).n_sentences == 3
    assert lix(["Han sagde ja... og gik."]).n_sentences == 1
    assert lix(["A face-to-face meeting."]).n_words == 3


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (24, "very_easy"),
        (25, "easy"),
        (34, "easy"),
        (35, "medium"),
        (45, "hard"),
        (55, "very_hard"),
    ],
)
def test_bands(value, band):
    assert Lix(n_words=value, n_sentences=1, n_long_words=0).band == band


@pytest.mark.parametrize("texts", [[], [""], ["... !"]])
def test_no_words(texts):
    with pytest.raises(InstrumentError, match="no words"):
        lix(texts)


@given(st.lists(st.text(alphabet="abcæøå .", max_size=30), max_size=5))
def test_counts_are_consistent(texts):
    try:
        counts = lix(texts)
    except InstrumentError:
        return
    assert 0 <= counts.n_long_words <= counts.n_words
    assert 1 <= counts.n_sentences <= counts.n_words
    assert counts.lix >= 1


def test_table_per_form_block_and_language(small_instrument):
    result = readability(small_instrument)
    table = result.tidy()
    assert list(zip(table["form"], table["language"], strict=True)) == [
        ("full", "da"),
        ("full", "en"),
        ("leader", "da"),
        ("leader", "en"),
    ]
    assert table["n_items"].tolist() == [4, 4, 2, 2]
    # "I ask da." and "I forget da.": 6 words, 2 sentences
    assert table["lix"].tolist()[2] == 3
    assert len(result.glance()) == 1
    assert len(readability(small_instrument, "leader").tidy()) == 2
    assert any("bands usual in Denmark" in note for note in result.notes)


def test_unknown_form(small_instrument):
    with pytest.raises(InstrumentError, match="no such form"):
        readability(small_instrument, "long")

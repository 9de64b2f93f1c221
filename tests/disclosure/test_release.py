"""Answers for research: nobody alone, no id of ours in it, the same pseudonyms by the same key."""

from __future__ import annotations

import os
import stat
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import relsurvey as rs
from relsurvey.cli.release import command
from relsurvey.disclosure.k_anonymity import k_anonymous
from relsurvey.disclosure.release import release
from relsurvey.errors import DataError, StudyError
from relsurvey.responses.join_waves import join_waves

KEY = "a key for the tests alone"
STUDY = """
title = "Trivsel"
instrument = "relations"
form = "short"
[answers]
file = "answers.csv"
[roster]
file = "roster.csv"
"""


@pytest.fixture(scope="module")
def town():
    return rs.simulate("article", n_employees=400, form="short", seed=3).responses


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 80),
    categories=st.lists(st.integers(1, 6), min_size=1, max_size=5),
    k=st.integers(2, 8),
)
def test_everybody_looks_like_enough_others(seed, n, categories, k):
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {f"f{at}": generator.integers(0, c, n).astype(str) for at, c in enumerate(categories)}
    )
    frame = frame.mask(generator.random(frame.shape) < 0.1)
    found = k_anonymous(frame, list(frame), k)
    if found.kept.any():
        sizes = found.frame.groupby(list(frame)).size()
        assert sizes.min() == found.smallest >= k
    else:
        assert n < k
    true = frame[found.kept].astype(object)
    assert ((found.frame == "") | (found.frame == true)).all(axis=None)
    if found.smallest_before >= k:  # nothing to do: nothing done
        assert not found.report["blanked"].any()


def test_a_value_that_all_share_is_kept():
    frame = pd.DataFrame({"language": "da", "unit": [*"aaaaabb"]})
    found = k_anonymous(frame, ["language", "unit"], 5)
    assert found.frame["language"].tolist() == ["da"] * 5
    assert found.frame["unit"].tolist() == [*"aaaaa"]
    assert (~found.kept).sum() == 2


def test_ids_are_pseudonyms_by_a_key(town):
    made = release(town, key=KEY)
    again, other = release(town, key=KEY), release(town, key=KEY + "!")
    pd.testing.assert_frame_equal(made.frame, again.frame)
    assert not set(made.frame["respondent"]) & set(other.frame["respondent"])
    assert made.frame["respondent"].is_unique
    ours = {str(one) for field in ("respondent", "unit", "leader") for one in town.frame[field]}
    texts = made.frame.select_dtypes(exclude="number")
    assert not ours & set(texts.to_numpy().ravel())
    assert "headcount" not in made.frame
    assert "span_of_control" not in made.frame
    assert set(made.frame["tenure"]) <= {"", "1-2", "3-4", "5"}


def test_answers_stay_with_their_person(town):
    made = release(town, key=KEY)
    items = list(town.items)
    ours = town.frame[items].fillna(-1).apply(tuple, axis=1).value_counts()
    theirs = made.frame[items].fillna(-1).apply(tuple, axis=1).value_counts()
    assert made.n_left_out == ours.sum() - theirs.sum()
    assert (theirs <= ours.reindex(theirs.index)).all()
    assert made.frame["respondent"].is_monotonic_increasing  # the file's order is gone
    own = {
        unit: set(rows[items].fillna(-1).apply(tuple, axis=1))
        for unit, rows in town.frame.groupby("unit")
    }
    for unit, rows in made.frame[made.frame["unit"] != ""].groupby("unit"):
        answers = set(rows[items].fillna(-1).apply(tuple, axis=1))
        assert sum(answers <= given for given in own.values()) == 1, unit


def test_fields_left_out_leave_more_of_the_others(town):
    blanked = release(town, key=KEY).report.set_index("field")["blanked"]
    made = release(town, key=KEY, without=["away_share", "tenure", "language"])
    assert not {"away_share", "tenure", "language"} & set(made.frame)
    assert made.report.set_index("field")["blanked"]["job_group"] < blanked["job_group"]


def test_linked_people_have_one_pseudonym_in_all_waves(town):
    joined = join_waves({"2024": town, "2026": town})
    apart = release(joined, key=KEY).frame
    linked = release(joined, key=KEY, linked=True).frame
    assert apart["respondent"].is_unique
    assert linked["respondent"].value_counts().max() == 2


def test_what_protects_nobody_is_refused(town):
    with pytest.raises(DataError, match="too short"):
        release(town, key="short")
    with pytest.raises(DataError, match="do not hide"):
        release(town, key=KEY, k=1)
    with pytest.raises(DataError, match="no such background"):
        release(town, key=KEY, without=["shoe_size"])
    with pytest.raises(DataError, match="no such background"):
        release(town, key=KEY, coarse=["shoe_size"])
    few = replace(town, frame=town.frame.head(3), reasons=town.reasons.head(3))
    with pytest.raises(DataError, match="Nobody looks like"):
        release(few, key=KEY)


def test_the_command_writes_a_release_and_keeps_the_key_apart(tmp_path):
    rs.simulate("article", n_employees=300, form="short", seed=3).write(tmp_path)
    study, folder = tmp_path / "study.toml", tmp_path / "out"
    study.write_text(STUDY, encoding="utf-8")
    done = CliRunner().invoke(command, [str(study), "-o", str(folder)])
    assert done.exit_code == 0, done.output
    assert {path.name for path in folder.iterdir()} == {
        "answers.csv",
        "codebook.csv",
        "k_anonymity.csv",
        "release.txt",
    }
    answers = pd.read_csv(folder / "answers.csv", dtype=str, keep_default_na=False)
    book = pd.read_csv(folder / "codebook.csv", dtype=str, keep_default_na=False)
    assert list(book["id"]) == list(answers)
    background = [name for name in answers if name in book.loc[book["kind"] != "item", "id"].values]
    background.remove("respondent")
    assert answers.groupby(background).size().min() >= 5
    secret = (tmp_path / "study.key").read_text(encoding="utf-8").strip()
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / "study.key").stat().st_mode) == 0o600
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8-sig")
        assert secret not in text
        assert "r00001" not in text
    first = (folder / "answers.csv").read_bytes()
    CliRunner().invoke(command, [str(study), "-o", str(folder)])
    assert (folder / "answers.csv").read_bytes() == first
    inside = CliRunner().invoke(
        command, [str(study), "-o", str(folder), "--key", str(folder / "x.key")]
    )
    assert isinstance(inside.exception, StudyError)
    assert "must not lie" in str(inside.exception)

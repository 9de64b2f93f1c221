from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from relsurvey.errors import StudyError
from relsurvey.instrument.instrument import Instrument
from relsurvey.responses.read_responses import read_responses
from relsurvey.shipped import shipped_folder
from relsurvey.simulation.simulate import simulate
from relsurvey.simulation.simulation import Simulation


@pytest.fixture(scope="module")
def town(relations: Instrument) -> Simulation:
    return simulate("article", n_employees=800, instrument=relations, seed=5)


def test_files_hold_what_the_frames_hold(town: Simulation, tmp_path: Path) -> None:
    paths = town.write(tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["answers.csv", "roster.csv", "truth.json"]
    assert sorted(p.name for p in paths[0].parent.iterdir()) == sorted(p.name for p in paths)
    raw = paths[0].read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    text = pd.read_csv(paths[0], dtype=str, keep_default_na=False)
    expected = town.answers.astype("string").fillna("")
    assert text.to_numpy().tolist() == expected.to_numpy().tolist()
    roster = pd.read_csv(paths[1], dtype=str)
    assert roster.to_numpy().tolist() == town.roster.astype("string").to_numpy().tolist()


def test_writing_again_replaces_only_its_own_files(town: Simulation, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("old", encoding="utf-8")
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    town.write(tmp_path)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "answers.csv").read_text(encoding="utf-8").startswith("respondent,unit")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["answers.csv", "mine.txt", "roster.csv", "truth.json"]


def test_a_failure_leaves_the_old_files_whole(
    town: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.write(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("relsurvey.simulation.write.json.dumps", full)
    with pytest.raises(StudyError, match="cannot be written") as caught:
        simulate("article", n_employees=50, instrument=town.instrument).write(tmp_path)
    assert "No space" in caught.value.got
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_in_the_way_is_named(town: Simulation, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(StudyError, match="cannot be written") as caught:
        town.write(tmp_path / "taken")
    assert "taken" in caught.value.where


def test_responses_equal_those_read_from_the_files(town: Simulation, tmp_path: Path) -> None:
    answers, roster, _ = town.write(tmp_path)
    read = read_responses(answers, town.instrument, "full", roster=roster)
    made = town.responses
    assert not read.problems.errors
    pd.testing.assert_frame_equal(made.frame, read.frame.reset_index(drop=True))
    pd.testing.assert_frame_equal(made.reasons, read.reasons.reset_index(drop=True))
    assert made.roster is not None
    assert read.roster is not None
    there = read.roster.frame.reset_index(drop=True)
    pd.testing.assert_frame_equal(made.roster.frame, there[list(made.roster.frame.columns)])
    assert made.source.format == "simulated"
    assert town.responses is made


def close(found: Any, expected: Any) -> bool:
    """Equal, but numbers only to nine digits: linear algebra differs in the last ones."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(close(found[k], expected[k]) for k in found)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(close, found, expected))
    if isinstance(expected, float):
        return bool(found == pytest.approx(expected, rel=1e-9, abs=1e-12))
    return bool(found == expected)


def test_drawing_again_gives_the_shipped_files(tmp_path: Path) -> None:
    shipped = shipped_folder("synthetic_data") / "article_2000"
    simulate("article", seed=1).write(tmp_path)
    for name in ("answers.csv", "roster.csv"):
        assert (tmp_path / name).read_bytes() == (shipped / name).read_bytes(), (
            f"{name}: draw the shipped files again, "
            "relsurvey simulate article --seed 1 -o synthetic_data/article_2000"
        )
    found, expected = (
        json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        for folder in (tmp_path, shipped)
    )
    assert found.pop("versions").keys() == expected.pop("versions").keys()
    assert close(found, expected)


def test_the_shipped_draw_has_about_two_thousand_answers() -> None:
    shipped = shipped_folder("synthetic_data") / "article_2000"
    answers = pd.read_csv(shipped / "answers.csv", dtype=str)
    assert 1900 < len(answers) < 2100
    for name in ("answers.csv", "roster.csv", "truth.json"):
        assert b"\r" not in (shipped / name).read_bytes()

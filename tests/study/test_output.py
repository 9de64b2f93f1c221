from __future__ import annotations

from pathlib import Path

import pytest

from relsurvey.errors import StudyError
from relsurvey.study.output import whole_folder


def test_the_folder_appears_only_when_the_work_is_done(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    with whole_folder(target) as folder:
        (folder / "run.json").write_text("1", encoding="utf-8")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["run.json"]
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_a_failed_run_leaves_the_earlier_one_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with whole_folder(target) as folder:
        (folder / "run.json").write_text("first", encoding="utf-8")

    def fails() -> None:
        with whole_folder(target) as folder:
            (folder / "half").write_text("half", encoding="utf-8")
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        fails()
    assert (target / "run.json").read_text(encoding="utf-8") == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_earlier_run_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    for name in ("first", "second"):
        with whole_folder(target) as folder:
            (folder / "run.json").write_text(name, encoding="utf-8")
            (folder / name).touch()
    assert sorted(path.name for path in target.iterdir()) == ["run.json", "second"]


def test_what_is_not_ours_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for target in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(StudyError), whole_folder(target):
            raise AssertionError("the block must not run")
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"

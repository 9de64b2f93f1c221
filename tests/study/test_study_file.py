from __future__ import annotations

from pathlib import Path

import pytest

from relsurvey.errors import StudyError
from relsurvey.study.study_file import load_study

SMALL = 'title = "t"\ninstrument = "relations"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_and_paths_are_relative_to_the_study_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("unit\n", encoding="utf-8")
    study = load_study(written(tmp_path, SMALL + '[answers]\nfile = "a.csv"\n'))
    assert (study.form, study.min_n, study.analysis.n_boot) == ("full", 5, 5000)
    assert study.answers_path() == tmp_path / "a.csv"
    assert study.roster_path() is None


def test_a_byte_order_mark_as_windows_editors_write_it_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(SMALL, encoding="utf-8-sig")
    assert load_study(path).title == "t"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (SMALL + "sead = 3\n", "sead"),
        (SMALL + "min_n = 0\n", "min_n"),
        (SMALL + 'language = "sv"\n', "language"),
        (SMALL + "[analysis]\nn_boot = 3\n", "n_boot"),
        (SMALL + "seed = -1\n", "seed"),
        (SMALL + "[analysis]\nvcov = 'HC9'\n", "vcov"),
        (SMALL + "[analysis]\nspan_breaks = [35, 20]\n", "span_breaks"),
        (SMALL + "folder = '/'\n", "folder"),
        ("title = 't'\n", "instrument"),
        ("title = \n", "line 1"),
    ],
)
def test_every_fault_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(StudyError) as caught:
        load_study(written(tmp_path, text))
    assert named in str(caught.value)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no such study"):
        load_study(tmp_path / "none.toml")
    study = load_study(written(tmp_path, SMALL))
    with pytest.raises(StudyError, match="names no file of answers"):
        study.answers_path()
    study = load_study(written(tmp_path, SMALL + '[roster]\nfile = "r.csv"\n'))
    with pytest.raises(StudyError, match="roster is not there"):
        study.roster_path()

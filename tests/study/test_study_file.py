from __future__ import annotations

from pathlib import Path

import pytest

from relsurvey.errors import StudyError
from relsurvey.simulation.simulate import simulate
from relsurvey.study.read_answers import read_answers
from relsurvey.study.record import make_record
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
    assert study.answers_paths() == {"": (tmp_path / "a.csv",)}
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
        (SMALL + "[answers]\nfile = 'a'\nwaves = { 2025 = 'b' }\n", "either a file or waves"),
        (SMALL + "[answers]\nunits = 'b'\n", "units belong to waves"),
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
        study.answers_paths()
    study = load_study(written(tmp_path, SMALL + '[roster]\nfile = "r.csv"\n'))
    with pytest.raises(StudyError, match="roster is not there"):
        study.roster_path()


def test_waves_and_their_files_are_read_as_one(tmp_path: Path) -> None:
    town = simulate("article", n_employees=300, form="short", seed=5)
    town.write(tmp_path)
    (tmp_path / "more.csv").write_bytes((tmp_path / "answers.csv").read_bytes())
    (tmp_path / "units.csv").write_text(
        "wave,unit,compared_as\n2024,none,other\n", encoding="utf-8"
    )
    study = load_study(
        written(
            tmp_path,
            SMALL + 'form = "short"\n[answers]\nunits = "units.csv"\n'
            'waves = { 2024 = "answers.csv", 2026 = ["answers.csv", "more.csv"] }\n'
            '[roster]\nfile = "roster.csv"\n',
        )
    )
    joined = read_answers(study)
    n = len(town.responses)
    assert joined.frame["wave"].value_counts().to_dict() == {"2024": n, "2026": 2 * n}
    assert joined.frame["respondent"].is_unique
    assert joined.frame["leader"].notna().all()
    files = make_record(study, None, joined)["files"]
    assert [one["file"] for one in files] == ["answers.csv", "answers.csv", "more.csv"]
    assert all(one["sha256"] for one in files)


@pytest.mark.parametrize(
    ("waves", "said"),
    [
        ('{ 2024 = "gone.csv" }', "is not there"),
        ("{ 2024 = [] }", "has no file"),
        ('{ 2024 = ["a.csv", "a.csv"] }', "names of their own"),
    ],
)
def test_a_wave_without_files_is_told(tmp_path: Path, waves: str, said: str) -> None:
    simulate("article", n_employees=100, form="short", seed=5).write(tmp_path)
    (tmp_path / "answers.csv").rename(tmp_path / "a.csv")
    study = load_study(written(tmp_path, SMALL + f'form = "short"\n[answers]\nwaves = {waves}\n'))
    with pytest.raises(StudyError, match=said):
        read_answers(study)

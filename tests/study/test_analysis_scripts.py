"""The numbered scripts and the study files in analysis/ do what they say."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from relsurvey.shipped import shipped_folder
from relsurvey.study.study_file import load_study

ANALYSIS = shipped_folder("analysis")
SCRIPTS = sorted(ANALYSIS.glob("0*.py"))


def quick_study(folder: Path) -> Path:
    text = (ANALYSIS / "demo.toml").read_text(encoding="utf-8")
    data = (ANALYSIS.parent / "synthetic_data").as_posix()
    text = text.replace("../synthetic_data", data).replace("n_boot = 5000", "n_boot = 300")
    path = folder / "quick.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_each_script_answers_its_question(script: Path, tmp_path: Path) -> None:
    assert len(SCRIPTS) == 6
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script), str(quick_study(tmp_path))],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 5


def test_the_readme_shows_every_key_of_a_study_file(tmp_path: Path) -> None:
    readme = (ANALYSIS / "README.md").read_text(encoding="utf-8")
    example = readme.split("```toml\n")[1].split("```")[0]
    path = tmp_path / "study.toml"
    path.write_text(example, encoding="utf-8")
    study = load_study(path)
    shown = tomllib.loads(example)
    instead = {"waves", "units"}  # of a file; shown as remarks
    assert all(f"\n# {key} = " in example for key in instead)
    for part, table in (
        (study, shown),
        (study.answers, shown["answers"]),
        (study.roster, shown["roster"]),
        (study.scorecards, shown["scorecards"]),
        (study.analysis, shown["analysis"]),
    ):
        keys = set(part.__dataclass_fields__) - {"folder", "stem", *instead}
        assert keys == set(table), type(part).__name__


def test_the_study_files_name_instruments_that_ship() -> None:
    for path in ANALYSIS.glob("*.toml"):
        assert load_study(path).instrument in {"relations", "lq2002"}

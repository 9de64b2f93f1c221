"""The wheel, installed in an empty environment, brings the command and all shipped data."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, folder: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, folder=ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_shipped_file(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("instruments", "analysis", "synthetic_data"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                inside = f"relsurvey/_shipped/{path.relative_to(ROOT).as_posix()}"
                assert inside in names
    assert "relsurvey/py.typed" in names
    assert any(name.startswith("relsurvey/report/templates/") for name in names)


def test_the_installed_command_works_in_another_folder(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "--without-pip", "empty", folder=tmp_path)
    scripts = tmp_path / "empty" / ("Scripts" if os.name == "nt" else "bin")
    run(
        *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--system-certs"),
        *("--python", scripts / "python", "-c", ROOT / ".ci" / "constraints.txt", wheel),
        folder=tmp_path,
    )
    command = scripts / "relsurvey"
    assert "relations" in run(command, "instruments", "--language", "en", folder=tmp_path)
    run(command, "simulate", "article", "--employees", "300", "-o", "town", folder=tmp_path)
    assert (tmp_path / "town" / "truth.json").is_file()
    listed = run(command, "check", "town/answers.csv", "--roster", "town/roster.csv",
                 "--language", "en", folder=tmp_path)  # fmt: skip
    assert "answers" in listed

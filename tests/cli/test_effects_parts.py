"""Every part of ``relsurvey effects`` on a small survey: fits the terminal, and goes to a file."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner

from relsurvey.cli.effects import PARTS, command
from relsurvey.simulation.simulate import simulate

OTHER = (
    "outcome,predictor,estimate,std_error\n"
    "within_group_relations,task_coordination,0.25,0.05\n"
    "within_group_relations,shared_vision,-0.60,0.05\n"
)


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey")
    simulate("article", n_employees=700, seed=4, form="short").write(folder)
    (folder / "other.csv").write_text(OTHER, encoding="utf-8")
    return folder


def run(folder, *more):
    files = [str(folder / "answers.csv"), "--roster", str(folder / "roster.csv")]
    return CliRunner().invoke(command, [*files, "--form", "short", *more])


@pytest.mark.parametrize("part", PARTS)
def test_a_part_fits_the_terminal_and_stands_whole_in_its_file(survey, part, tmp_path):
    more = ["--part", part, *(["--published", str(survey / "other.csv")] * (part == "replication"))]
    shown = run(survey, *more)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.startswith(part.upper())
    assert max(map(len, (shown.stdout + shown.stderr).splitlines())) <= 80
    assert len(shown.stdout.splitlines()) > 3
    if part == "specifications":  # half a minute; the file is written as for the others
        return
    path = tmp_path / "table.csv"
    written = run(survey, *more, "-o", str(path))
    assert written.exit_code == 0, written.output
    assert len(pd.read_csv(path)) >= 2


def test_a_published_study_is_compared_when_asked(survey):
    lost = run(survey, "--part", "replication")
    assert lost.exit_code == 2
    assert "--published" in lost.stderr
    shown = run(survey, "--part", "replication", "--published", str(survey / "other.csv"))
    own = [line for line in shown.stdout.splitlines() if "shared_vision" in line]
    assert own
    assert "differs" in " ".join(shown.stdout.split()) or "disagree" in shown.stdout

from __future__ import annotations

import json

from click.testing import CliRunner

from relsurvey.cli.power import command


def test_tables_fit_the_terminal_and_progress_is_no_data():
    call = ["--leaders", "30", "--draws", "10", "--workers", "1"]
    done = CliRunner().invoke(command, call)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert max(len(line) for line in lines) <= 80
    assert [line for line in lines if line.isupper()] == ["EFFECTS", "RANKING", "NEEDED"]
    assert "Surveys drawn" not in done.stdout
    assert "assumptions" in done.stderr


def test_one_table_goes_to_a_file(tmp_path):
    path = tmp_path / "ranking.json"
    call = ["--leaders", "30", "--draws", "10", "--workers", "1", "--part", "ranking"]
    done = CliRunner().invoke(command, [*call, "-o", str(path)])
    assert done.exit_code == 0, done.output
    assert {row["finding"] for row in json.loads(path.read_text())} >= {"first_right"}
    done = CliRunner().invoke(command, [*call[:-2], "-o", str(path)])
    assert done.exit_code == 2
    assert "--part" in done.stderr

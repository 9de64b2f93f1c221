"""Load our survey into a real LimeSurvey on loopback, answer it through its API, read it back.

Not part of the tests: it needs a copy of LimeSurvey 6 with its vendor folder, php-cli with mysql,
gd, mbstring, xml, zip, curl and intl, and mariadb-server. Call:

    make acceptance-limesurvey LIMESURVEY=/path/to/limesurvey

Nothing is installed outside a temporary folder, which is removed at the end. A second argument of
the script is a folder to keep the exports in; ``tests/responses/limesurvey_*.csv`` come from there.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import relsurvey as rs
from relsurvey.instrument.asked import Asked, asked
from relsurvey.instrument.tool_codes import limesurvey_codes

PORT, DATABASE_PORT = 8099, 33306
FORMS = ("full", "short")
EXPORTS = (
    ("code", "short", "da"),
    ("full", "long", "da"),
    ("full", "long", "en"),
    ("code", "long", "en"),
    ("full", "short", "da"),
)
PASSWORD = "only-on-loopback"
CONFIG = """<?php if (!defined('BASEPATH')) exit('No direct script access allowed');
return array(
  'components' => array(
    'db' => array(
      'connectionString' => 'mysql:host=127.0.0.1;port={port};dbname=limesurvey;',
      'emulatePrepare' => true, 'username' => 'survey', 'password' => '{password}',
      'charset' => 'utf8mb4', 'tablePrefix' => 'lime_'),
    'urlManager' => array('urlFormat' => 'get', 'rules' => array(), 'showScriptName' => true),
  ),
  'config' => array('debug' => 0, 'debugsql' => 0, 'RPCInterface' => 'json'));
"""


@contextmanager
def database(folder: Path) -> Iterator[None]:
    """Run a MariaDB of its own in a folder."""
    data, socket = folder / "data", folder / "socket"
    own = ["--user=root"] if os.geteuid() == 0 else []
    run(["mariadb-install-db", f"--datadir={data}", *own])
    server = subprocess.Popen(
        [
            shutil.which("mariadbd") or "/usr/sbin/mariadbd",
            *["--no-defaults", *own, f"--datadir={data}", f"--socket={socket}"],
            *["--bind-address=127.0.0.1", f"--port={DATABASE_PORT}"],
            f"--pid-file={folder / 'pid'}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        commands = (
            "CREATE DATABASE limesurvey CHARACTER SET utf8mb4;"
            f"CREATE USER 'survey'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';"
            "GRANT ALL ON limesurvey.* TO 'survey'@'127.0.0.1';"
        )
        for _ in range(60):
            done = subprocess.run(
                ["mariadb", "--no-defaults", "-uroot", f"--socket={socket}", "-e", commands],
                capture_output=True,
                check=False,
            )
            if done.returncode == 0:
                break
            time.sleep(0.5)
        else:
            raise SystemExit(f"MariaDB did not start: {done.stderr.decode()}")
        yield
    finally:
        server.terminate()
        server.wait(30)


@contextmanager
def website(folder: Path) -> Iterator[None]:
    """Serve LimeSurvey by PHP's own server."""
    server = subprocess.Popen(
        ["php", "-S", f"127.0.0.1:{PORT}", "-t", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(2)
        yield
    finally:
        server.terminate()
        server.wait(30)


def say(text: str) -> None:
    """Tell what was found."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(command: list[str], **more: Any) -> str:
    """Run a command; its output, or the end of this script with what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def console(folder: Path, *call: str) -> str:
    """Call LimeSurvey's console."""
    script = str(folder / "application" / "commands" / "console.php")
    return run(
        ["php", "-d", "error_reporting=0", script, *call], env=os.environ | {"DBENGINE": "InnoDB"}
    )


def remote(method: str, *params: object) -> Any:
    """Call LimeSurvey's JSON-RPC."""
    body = json.dumps({"method": method, "params": params, "id": 1}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/index.php?r=admin/remotecontrol",
        data=body,
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        found = json.loads(answer.read())
    if found.get("error"):
        raise SystemExit(f"{method}: {found['error']}")
    return found["result"]


def import_survey(folder: Path, work: Path, form: str) -> int:
    """Import our file; LimeSurvey deletes it."""
    (path,) = rs.export_questionnaire(
        "relations", form=form, to="limesurvey", path=work / f"{form}.txt"
    )
    said = console(folder, "importsurvey", str(path))
    return int([word for word in said.split() if word.isdigit()][-1])


def count(key: str, survey: int, whole: Asked) -> dict[str, str]:
    """Hold what was imported to what we asked; return answer fields by our ids."""
    groups = remote("list_groups", key, survey)
    numbers = {group["gid"] for group in groups}
    assert len(numbers) == len(whole.pages), (len(numbers), len(whole.pages))
    questions = remote("list_questions", key, survey)
    by_id = {int(one["qid"]): one for one in questions}
    parents = {int(n): one for n, one in by_id.items() if not int(one["parent_qid"])}
    codes = limesurvey_codes(whole)
    wanted = {codes[one.id] for one in (*whole.questions, *whole.filled)}
    assert {one["title"] for one in parents.values()} == wanted
    fields: dict[str, str] = {}
    for one in by_id.values():
        parent = int(one["parent_qid"])
        top = by_id[parent] if parent else one
        stem = f"{survey}X{top['gid']}X{top['qid']}"
        fields[one["title"]] = stem + one["title"] if parent else stem
    rows = {row.id for question in whole.questions for row in question.rows}
    assert rows <= set(fields), rows - set(fields)
    options = 0
    for number, one in parents.items():
        question = next((q for q in whole.questions if codes[q.id] == one["title"]), None)
        if question is None or not question.choices:
            continue
        for language in whole.languages:
            found = remote("get_question_properties", key, number, ["answeroptions"], language)
            got = {code: entry["answer"] for code, entry in found["answeroptions"].items()}
            expected = {choice.code: choice.label[language] for choice in question.choices}
            assert got == expected, (one["title"], language, got)
            options += len(got)
    say(
        f"  groups {len(numbers)}, questions {len(parents)}, items {len(rows)}, "
        f"answer labels checked {options} in {' and '.join(whole.languages)}"
    )
    own = {name: code for name, code in codes.items()}
    return {
        name: fields[own.get(name, name)] for name in [*rows, *own] if own.get(name, name) in fields
    }


def answer(key: str, survey: int, fields: dict[str, str], raw: pd.DataFrame) -> None:
    """Send every answer."""
    for row in raw.to_dict(orient="records"):
        sent = {fields[name]: value for name, value in row.items() if name in fields and value}
        sent |= {"startlanguage": row["language"], "submitdate": "2026-11-28 12:00:00"}
        remote("add_response", key, survey, sent)


def main() -> None:
    """Do it for each form, and print what was counted."""
    source = Path(sys.argv[1])
    relations = rs.load_instrument("relations")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        folder = work / "limesurvey"
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".git"))
        config = folder / "application" / "config" / "config.php"
        config.write_text(CONFIG.format(port=DATABASE_PORT, password=PASSWORD), encoding="utf-8")
        with database(work), website(folder):
            console(folder, "install", "admin", PASSWORD, "Admin", "a@example.dk")
            key = remote("get_session_key", "admin", PASSWORD)
            for form in FORMS:
                say(f"form {form}")
                survey = import_survey(folder, work, form)
                whole = asked(relations, relations.form(form), ("da", "en"))
                fields = count(key, survey, whole)
                rs.simulate("article", n_employees=60, form=form, seed=4).write(work / form)
                home = rs.read_responses(work / form / "answers.csv", form=form)
                raw = pd.read_csv(work / form / "answers.csv", dtype=str, keep_default_na=False)
                remote("activate_survey", key, survey)
                answer(key, survey, fields, raw)
                for heads, cells, language in EXPORTS:
                    got = remote(
                        "export_responses", key, survey, "csv", language, "complete", heads, cells
                    )
                    path = work / f"{form}_{heads}_{cells}_{language}.csv"
                    path.write_bytes(base64.b64decode(got))
                    if len(sys.argv) > 2:
                        shutil.copy(path, sys.argv[2])
                    back = rs.read_responses(path, form=form)
                    items = list(relations.form(form).items)
                    np.testing.assert_array_equal(back.frame[items], home.frame[items])
                    np.testing.assert_array_equal(back.reasons[items], home.reasons[items])
                    for field in ("unit", "wave", "job_group", "language"):
                        assert back.frame[field].tolist() == home.frame[field].tolist(), field
                    kinds = sorted({problem.code for problem in back.problems})
                    say(
                        f"  headings {heads}, answers {cells}, {language}: {len(back)} come home "
                        f"from {back.source.tool}; problems {kinds}"
                    )


if __name__ == "__main__":
    main()

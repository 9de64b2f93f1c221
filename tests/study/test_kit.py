"""The survey kit: whole or not at all, true of the settings, in both languages."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from relsurvey.cli.kit import command
from relsurvey.errors import RelsurveyError
from relsurvey.shipped import shipped_folder
from relsurvey.simulation.simulate import simulate
from relsurvey.study.kit import write_kit
from relsurvey.study.kit_guide import day
from relsurvey.study.output import whole_folder
from relsurvey.study.study_file import load_study
from relsurvey.study.survey_settings import SurveySettings

pytest.importorskip("docx", reason="python-docx is not installed")
pytest.importorskip("typst", reason="typst is not installed")
STUDY = """
title = "Trivsel"
instrument = "relations"
form = "short"
min_n = 7
[roster]
file = "roster.csv"
[survey]
organisation = "Prøve Kommune"
contact = "Anne Berg"
opens = 2027-03-02
closes = 2027-03-19
retention_months = 11
readers = [{da = "HR ser alt.", en = "HR sees all."}]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kit")
    simulate("article", n_employees=500, form="short", seed=3).write(folder)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def kit(folder):
    done = CliRunner().invoke(
        command, [str(folder / "study.toml"), "-o", str(folder / "kit"), "--draws", "10"]
    )
    assert done.exit_code == 0, done.output
    written = {path.name for path in (folder / "kit").iterdir()}
    assert set(done.stdout.split()) == written - {"kit.json"}
    return folder / "kit"


def text_of(path):
    import docx

    document = docx.Document(io.BytesIO(path.read_bytes()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_guide_says_what_the_settings_say(kit, language):
    text = text_of(kit / f"guide_{language}.docx")
    assert day(date(2028, 2, 19), language) in text
    assert day(date(2027, 3, 2), language) in text
    assert {"da": "mindst 7 svar", "en": "at least 7 answers"}[language] in text
    assert {"da": "HR ser alt.", "en": "HR sees all."}[language] in text
    assert "Prøve Kommune" in text
    for path in kit.iterdir():
        assert path.name == "kit.json" or path.name in text
    assert "{" not in text


def test_whoever_answers_is_told_about_personal_data(kit):
    survey = (kit / "limesurvey.txt").read_text(encoding="utf-8-sig")
    page = (kit / "preview_da.html").read_text(encoding="utf-8")
    for language in ("da", "en"):
        assert f"11 {'måneder' if language == 'da' else 'months'}" in survey
        assert day(date(2028, 2, 19), language) in survey
    assert "Dataansvarlig er Prøve Kommune. Kontakt: Anne Berg." in page
    rows = [row for row in survey.splitlines() if "surveyls_welcometext" in row]
    assert len(rows) == 2
    assert all("<br /><br />" in row for row in rows)


def test_no_sentence_on_anonymity_is_untrue(folder, tmp_path):
    study = load_study(folder / "study.toml")
    personal = replace(study, person_level=True, survey=replace(study.survey, link="personal"))
    write_kit(personal, tmp_path / "kit", languages=["en"], n_draws=10)
    text = text_of(tmp_path / "kit" / "guide_en.docx")
    assert "confidential but not anonymous" in text
    assert "cannot see who has answered" not in text
    assert "A file with a row per person" in text
    assert "nothing about single persons" not in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("retention_months = 11", "retention_months"),
        ("closes = 2027-03-19", "closes"),
        (', en = "HR sees all."', "readers"),
    ],
)
def test_what_lacks_is_named_and_nothing_is_left_behind(folder, tmp_path, change, words):
    (tmp_path / "roster.csv").write_bytes((folder / "roster.csv").read_bytes())
    (tmp_path / "study.toml").write_text(STUDY.replace(change, ""), encoding="utf-8")
    with pytest.raises(RelsurveyError, match=words):
        write_kit(tmp_path / "study.toml", tmp_path / "kit", n_draws=10)
    assert not (tmp_path / "kit").exists()


def test_a_study_without_a_survey_is_told_so(folder, tmp_path):
    (tmp_path / "study.toml").write_text('title = "x"\ninstrument = "relations"\n')
    with pytest.raises(RelsurveyError, match="how the survey is carried out"):
        write_kit(tmp_path / "study.toml", tmp_path / "kit")


@pytest.mark.parametrize(
    ("closes", "months", "deleted"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 12, 15), 12, date(2028, 12, 15)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2027, 11, 30), 1, date(2027, 12, 30)),
    ],
)
def test_the_day_of_deletion(closes, months, deleted):
    settings = SurveySettings(
        organisation="x",
        contact="x",
        opens=date(2026, 1, 1),
        closes=closes,
        retention_months=months,
        readers=({"da": "x"},),
    )
    assert settings.deleted == deleted


def test_a_kit_and_a_run_do_not_replace_each_other(kit, folder, tmp_path):
    with pytest.raises(RelsurveyError, match="no earlier run made"), whole_folder(kit):
        pytest.fail("a run would have replaced the kit")
    with whole_folder(tmp_path / "out") as made:
        (made / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RelsurveyError, match=r"kit\.json"):
        write_kit(folder / "study.toml", tmp_path / "out", n_draws=10)
    write_kit(folder / "study.toml", kit, n_draws=10)  # an earlier kit is


def other_instrument(folder, minutes):
    """The leadership items under other construct names: no population knows them."""
    relations = Path(shipped_folder("instruments") / "relations")
    for part in relations.iterdir():
        text = part.read_text(encoding="utf-8")
        if part.name == "forms.yaml" and not minutes:
            text = re.sub(r"\n    minutes: .*", "", text)
        text = text.replace("shared_vision", "direction")
        (folder / part.name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("minutes", [True, False])
def test_a_questionnaire_that_is_not_ours(folder, tmp_path, minutes):
    (tmp_path / "own").mkdir()
    other_instrument(tmp_path / "own", minutes)
    (tmp_path / "roster.csv").write_bytes((folder / "roster.csv").read_bytes())
    study = STUDY.replace('instrument = "relations"', 'instrument = "own"')
    (tmp_path / "study.toml").write_text(study, encoding="utf-8")
    if not minutes:
        with pytest.raises(RelsurveyError, match="how long it takes"):
            write_kit(tmp_path / "study.toml", tmp_path / "kit", n_draws=10)
        assert not (tmp_path / "kit").exists()
        return
    write_kit(tmp_path / "study.toml", tmp_path / "kit", languages=["en"], n_draws=10)
    assert "cannot be worked out" in text_of(tmp_path / "kit" / "guide_en.docx")


def test_the_command_tells_faults_without_a_traceback(tmp_path):
    (tmp_path / "study.toml").write_text('title = "x"\ninstrument = "relations"\n')
    call = [sys.executable, "-m", "relsurvey", "kit", "study.toml", "-o", "kit"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "[survey]" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "kit").exists()

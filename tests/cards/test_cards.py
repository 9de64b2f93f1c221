"""The cards as people get them: pages in a real browser, tables, workbook, exit codes."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from relsurvey.cli.audit import command as audit_command
from relsurvey.cli.scorecards import command
from relsurvey.simulation.simulate import simulate

STUDY = """
title = "Trivsel"
instrument = "relations"
form = "short"
language = "{language}"
synthetic = true
[answers]
file = "answers.csv"
[roster]
file = "roster.csv"
[scorecards]
organisation = "Prøve Kommune"
cuts = ["tenure"]
"""
PDF = {"da": ["--pdf"] if find_spec("typst") else [], "en": []}
LONG = "Socialpsykiatrisk bo- og aktivitetscenter Æblehaven-Østergårdsparken, afdeling 1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cards")
    simulate("article", n_employees=500, form="short", seed=7).write(folder)
    for name in ("answers.csv", "roster.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(re.sub(r"\bu001\b", f'"{LONG}"', text), encoding="utf-8")
    for language in ("da", "en"):
        (folder / f"{language}.toml").write_text(STUDY.format(language=language), encoding="utf-8")
        done = CliRunner().invoke(
            command,
            [str(folder / f"{language}.toml"), "-o", str(folder / language), *PDF[language]],
        )
        assert done.exit_code == 0, done.output
    return folder


def test_every_unit_has_a_card_that_the_index_links_to(folder):
    index = (folder / "da" / "index.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'href="(cards/\d+\.html)"', index))
    assert linked == {f"cards/{path.name}" for path in (folder / "da" / "cards").iterdir()}
    titles = {
        re.search(r"<h1>(.*?)</h1>", path.read_text(encoding="utf-8")).group(1)
        for path in (folder / "da" / "cards").iterdir()
    }
    assert LONG in titles
    assert not any("*" in title for title in titles)


def test_what_is_published_passes_the_audit_and_a_leak_does_not(folder, tmp_path):
    done = CliRunner().invoke(audit_command, [str(folder / "da")])
    assert done.exit_code == 0, done.output
    leaky = tmp_path / "leaky"
    shutil.copytree(folder / "da", leaky)
    truth = {}
    with (leaky / "owner_only" / "hidden.csv").open(encoding="utf-8-sig") as stream:
        for row in csv.DictReader(stream):
            truth[row["unit"], row["cut"], row["measure"]] = row
    with (leaky / "published.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:  # the plain rule: whoever has five answers is shown
        known = truth.get((row["unit"], row["cut"], row["measure"]))
        if known and int(known["n"]) >= 5 and not row["cut"] and row["measure"] == "answers":
            row["n"], row["status"] = known["n"], "shown"
    with (leaky / "published.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    done = CliRunner().invoke(audit_command, [str(leaky), "-o", str(tmp_path / "found.csv")])
    assert done.exit_code == 1, done.output
    assert "recovered" in done.output
    assert (tmp_path / "found.csv").stat().st_size > 100


def test_every_card_is_a_tagged_pdf_too(folder):
    pytest.importorskip("typst", reason="typst is not installed")
    if shutil.which("pdftotext") is None:
        pytest.skip("no poppler on this machine")

    def out(*call):
        return subprocess.run(call, capture_output=True, check=True).stdout.decode(errors="replace")

    pages = sorted(path.stem for path in (folder / "da" / "cards").iterdir())
    assert sorted(path.stem for path in (folder / "da" / "pdf").iterdir()) == [*pages, "index"]
    long = cards_to_look_at(folder / "da")[2]
    pdf = str(folder / "da" / "pdf" / f"{long.stem}.pdf")
    facts = out("pdfinfo", pdf)
    assert re.search(r"Tagged: +yes", facts)
    assert LONG in facts
    assert "CreationDate" not in facts
    text = " ".join(out("pdftotext", "-layout", pdf, "-").split())
    for title in re.findall(r"<h[23][^>]*>(?:<[^>]*>\d+</span> )?([^<]+)", long.read_text("utf-8")):
        assert " ".join(title.split()) in text
    structure = out("pdfinfo", "-struct", pdf)
    for tag in ("H1", "H2", "Table", "THead", "Figure"):
        assert re.search(rf"^ *{tag}\b", structure, re.MULTILINE), tag
    assert not (folder / "en" / "pdf").exists()


def test_answers_without_units_are_told_and_nothing_is_written(folder, tmp_path):
    text = (folder / "answers.csv").read_text(encoding="utf-8").replace(",unit,", ",team,", 1)
    (tmp_path / "answers.csv").write_text(text, encoding="utf-8")
    study = tmp_path / "study.toml"
    study.write_text(STUDY.replace('[roster]\nfile = "roster.csv"\n', "").format(language="da"))
    done = CliRunner().invoke(command, [str(study), "-o", str(tmp_path / "cards")])
    assert "which unit they come from" in str(done.exception)
    assert {path.name for path in tmp_path.iterdir()} == {"answers.csv", "study.toml"}


def test_too_few_answers_for_weights_are_said(folder, tmp_path):
    lines = (folder / "answers.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "answers.csv").write_text("".join(lines[:6]), encoding="utf-8")
    shutil.copy(folder / "roster.csv", tmp_path)
    study = tmp_path / "study.toml"
    study.write_text(STUDY.format(language="en"), encoding="utf-8")
    done = CliRunner().invoke(command, [str(study), "-o", str(tmp_path / "cards")])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "cards" / "index.html").read_text(encoding="utf-8")
    assert "too few answers to say which themes" in page


def test_a_folder_without_cards_is_told(tmp_path):
    from relsurvey.errors import StudyError

    done = CliRunner().invoke(audit_command, [str(tmp_path)])
    assert isinstance(done.exception, StudyError)
    assert "holds no scorecards" in str(done.exception)


def test_all_that_the_cards_show_is_in_the_table(folder):
    with (folder / "da" / "published.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    top = {row["cut"] for row in rows if row["unit"] == "Prøve Kommune"}
    assert {"", "~weight", "~roster", "~shrunk"} <= top
    page = (folder / "da" / "cards" / "0001.html").read_text(encoding="utf-8")
    for row in rows:
        if row["unit"] == "Prøve Kommune" and row["cut"] == "~weight":
            assert f"{row['score']} %" in page.replace("\u00a0", " ")
            assert 0 <= int(row["conf_low"]) <= int(row["score"]) <= int(row["conf_high"]) <= 100


def test_the_workbook_shades_scores_and_says_hidden(folder):
    book = openpyxl.load_workbook(folder / "da" / "heat_map.xlsx")
    page = book.worksheets[0]
    assert len(page.conditional_formatting)
    cells = [cell.value for row in page.iter_rows() for cell in row]
    assert "skjult" in cells
    assert any(isinstance(cell, int) for cell in cells)
    assert f"· · {LONG}" in cells


def test_cards_replace_cards_and_nothing_else(folder, tmp_path):
    target = tmp_path / "mine"
    target.mkdir()
    (target / "diary.txt").write_text("dear", encoding="utf-8")
    done = CliRunner().invoke(command, [str(folder / "da.toml"), "-o", str(target)])
    assert done.exit_code != 0
    assert [path.name for path in target.iterdir()] == ["diary.txt"]


def cards_to_look_at(folder: Path) -> list[Path]:
    pages = sorted((folder / "cards").iterdir())
    texts = {path: path.read_text(encoding="utf-8") for path in pages}
    long = next(path for path, text in texts.items() if f"<h1>{LONG}" in text)
    words = ("Her kan intet vises", "Nothing can be shown here")
    hidden = next(path for path, text in texts.items() if any(one in text for one in words))
    return [folder / "index.html", pages[0], long, hidden]


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_nothing_and_nothing_overflows(browser, folder, language, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    for path in cards_to_look_at(folder / language):
        page.goto(path.as_uri())
        found = axe.run(page).response["violations"]
        assert not found, (path.name, [(one["id"], len(one["nodes"])) for one in found])
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, path.name
    context.close()

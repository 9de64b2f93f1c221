"""The page: valid, self-contained, honest about what is missing, safe with hostile text."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from page_parser import read_page

from relsurvey.errors import StudyError
from relsurvey.instrument.library import load_instrument
from relsurvey.problems import Problem, Problems
from relsurvey.report.contents import ReportContents
from relsurvey.report.html import CHAPTERS, render, write_report
from relsurvey.report.numbers import Numbers
from relsurvey.report.wording import read_wording
from relsurvey.responses.responses import Responses
from relsurvey.scoring.score import score

HOSTILE = "<script>alert(1)</script>\"'&"


@pytest.fixture(scope="module")
def pages(danish, english, bare):
    return {"da": render(danish), "en": render(english), "bare": render(bare)}


@pytest.mark.parametrize("which", ["da", "en", "bare"])
def test_the_page_is_valid_and_self_contained(pages, which):
    page = read_page(pages[which])
    assert pages[which].startswith("<!doctype html>")
    assert len(page.ids) == len(set(page.ids))
    assert set(page.references) <= set(page.ids)
    assert page.outside == []
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "iframe", "object", "embed", "link", "img", "form"}
    style = pages[which].split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)


@pytest.mark.parametrize("which", ["da", "en", "bare"])
def test_the_page_can_be_read_without_eyes(pages, which):
    page = read_page(pages[which])
    by_tag = {tag for tag, _ in page.tags}
    assert {"main", "nav", "header", "footer"} <= by_tag
    html = next(attrs for tag, attrs in page.tags if tag == "html")
    assert html["lang"] == ("en" if which == "en" else "da")
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = zip(page.headings[:-1], page.headings[1:], strict=True)
    assert all(deeper - level <= 1 for level, deeper in steps)
    tables = pages[which].count("<table>")
    assert pages[which].count("<caption") == tables
    heads = [attrs for tag, attrs in page.tags if tag == "th"]
    assert all(attrs.get("scope") in {"col", "row"} for attrs in heads)
    drawings = [attrs for tag, attrs in page.tags if tag == "svg" and attrs.get("role") == "img"]
    assert all(len((attrs["aria-labelledby"] or "").split()) == 2 for attrs in drawings)
    hidden = [a for t, a in page.tags if t == "svg" and a.get("aria-hidden") == "true"]
    assert len(drawings) + len(hidden) == pages[which].count("<svg")


@pytest.mark.parametrize(("which", "language"), [("da", "da"), ("en", "en"), ("bare", "da")])
def test_every_chapter_is_there_in_order_with_its_reading_help(pages, which, language):
    words = read_wording(language)
    sections = re.findall(r'<section id="([^"]+)"', pages[which])
    assert len(sections) == len(CHAPTERS) == 12
    assert sections[0] == "summary"
    assert sections[-1] == "limits"
    text = read_page(pages[which]).text
    for key in ("people.lead.1", "checks.lead.1", "scores.lead.1", "measurement.lead.1"):
        assert words.sentences[key] in text
    assert "{" not in text.replace("{}", "")


def test_the_first_screen_states_the_limits(pages, danish):
    start = read_page(pages["da"].split('<section id="people"')[0] + "</main></div></body></html>")
    words = read_wording("da")
    assert words("limits.synthetic") in start.text
    assert danish.instrument.status["da"] in start.text
    for limit in danish.instrument.limits:
        assert limit["da"] in start.text
    assert words("limits.snapshot.2") in start.text


def test_answers_of_people_are_not_called_made_up(danish):
    text = read_page(render(replace(danish, synthetic=False))).text
    assert read_wording("da")("limits.synthetic") not in text


def test_what_is_missing_is_said_with_its_reason(pages):
    text = read_page(pages["bare"]).text
    words = read_wording("da")
    for reason in ("no_units", "no_outcome", "no_moderator", "unknown"):
        assert words(f"reason.{reason}", min_n=5) in text
    assert "The data lack columns. where: <b>x</b>" in text
    assert "<b>x</b>" not in pages["bare"]


def test_the_ranking_says_its_verdicts_and_the_claimed_order(pages, danish):
    text = read_page(pages["da"]).text
    found = danish.rankings["dimensions"]
    codes = {verdict.code for verdict in found.verdicts()}
    assert codes & {"strongest_established", "strongest_not_established"}
    assert "Opgavekoordinering og Fælles vision, derefter Sociale interaktioner, derefter" in text
    share = Numbers("da").percent(found.order_support()["support"][0])
    assert " ".join(f"{share} af de gentagne udtræk".split()) in text


def test_all_names_come_from_the_instrument():
    instrument = load_instrument("lq2002")
    rng = np.random.default_rng(1)
    items = instrument.form("full").items
    frame = pd.DataFrame({item: rng.integers(1, 5, 60).astype(float) for item in items})
    reasons = pd.DataFrame("", index=frame.index, columns=frame.columns)
    frame.insert(0, "respondent", [f"r{i}" for i in range(60)])
    responses = Responses(instrument, "full", frame, reasons)
    page = render(
        ReportContents(
            title="Foreign",
            language="en",
            instrument=instrument,
            form="full",
            responses=responses,
            problems=Problems(),
            scores=score(responses),
        )
    )
    text = read_page(page).text
    assert "Hostility" in text
    for word in ("relations", "Task coordination", "municipality", "five dimensions"):
        assert word not in text


def test_hostile_text_is_only_text(danish):
    rates = danish.response_rates.copy()
    rates.loc[rates["answered"].idxmax(), "unit"] = HOSTILE
    found = Problem("odd", "error", action={"da": HOSTILE, "en": HOSTILE})
    page = render(
        replace(
            danish,
            title=HOSTILE,
            response_rates=rates,
            problems=Problems((found,)),
            record={"relsurvey": HOSTILE},
            omitted=((HOSTILE, HOSTILE),),
        )
    )
    assert "<script" not in page
    parsed = read_page(page)
    assert HOSTILE in parsed.text
    assert parsed.text.count(HOSTILE) >= 5


def test_answers_too_few_to_show_leave_a_report_without_numbers(danish):
    few = replace(
        danish.responses,
        frame=danish.responses.frame.iloc[:3],
        reasons=danish.responses.reasons.iloc[:3],
    )
    scores = replace(
        danish.scores,
        frame=danish.scores.frame.iloc[:3],
        frame_100=danish.scores.frame_100.iloc[:3],
    )
    contents: ReportContents = replace(danish, responses=few, scores=scores)
    page = read_page(render(contents))
    assert read_wording("da")("reason.too_few_answers") in page.text
    figures = [attrs for tag, attrs in page.tags if tag == "figure"]
    assert all(attrs["id"].startswith(("scores-", "spread-", "items-")) for attrs in figures)
    shown = re.findall(r"\d+,\d \(", page.text)
    assert shown == []


def test_the_file_lies_where_it_is_said(danish, tmp_path):
    path = write_report(danish, tmp_path)
    assert path == tmp_path / "index.html"
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_another_language_is_refused(danish):
    with pytest.raises(StudyError, match="does not speak"):
        render(replace(danish, language="fr"))

"""Word and PDF: everything asked is in them, in order, with names and codes; the PDF is tagged."""

from __future__ import annotations

import io
import shutil
import subprocess

import pytest

from relsurvey.instrument.asked import asked
from relsurvey.instrument.library import load_instrument
from relsurvey.questionnaire.export import export_questionnaire

FORMS = ("full", "short", "leader")


@pytest.fixture(scope="module")
def relations():
    return load_instrument("relations")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["da", "en"])
def test_word_holds_every_name_text_and_code(tmp_path, relations, form, language):
    docx = pytest.importorskip("docx", reason="python-docx is not installed")
    (path,) = export_questionnaire(
        relations, form=form, language=language, to="word", path=tmp_path / "q.docx"
    )
    document = docx.Document(io.BytesIO(path.read_bytes()))
    whole = asked(relations, relations.form(form), (language,))
    grids = [question for question in whole.questions if question.rows]
    assert len(document.tables) == len(grids)
    for table, question in zip(document.tables, grids, strict=True):
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        assert rows[0][2:] == [f"{one.label[language]} ({one.code})" for one in question.choices]
        assert [row[:2] for row in rows[1:]] == [
            [row.id, row.text[language]] for row in question.rows
        ]
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for question in whole.questions:
        if not question.rows:
            assert f"{question.text[language]} ({question.id})" in text
            assert all(f"{one.label[language]} ({one.code})" in text for one in question.choices)
    assert document.core_properties.title == relations.title[language]


@pytest.fixture(scope="module")
def pdf(tmp_path_factory, relations):
    pytest.importorskip("typst", reason="typst is not installed")
    if shutil.which("pdftotext") is None:
        pytest.skip("no poppler on this machine")
    (path,) = export_questionnaire(
        relations,
        form="short",
        language="da",
        to="paper",
        path=tmp_path_factory.mktemp("pdf") / "q.pdf",
    )
    return path


def out(*call):
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout


def test_the_paper_is_a4_tagged_and_names_its_form_on_every_page(pdf):
    facts = out("pdfinfo", str(pdf))
    assert "Tagged:          yes" in facts
    assert "(A4)" in facts
    pages = out("pdftotext", "-layout", str(pdf), "-").split("\f")[:-1]
    assert len(pages) >= 2
    for number, page in enumerate(pages, start=1):
        assert "relations 0.1.0 · short · da" in page
        assert f"side {number} af {len(pages)}" in page


def test_the_paper_reads_in_the_order_asked(pdf, relations):
    told = " ".join(out("pdfinfo", "-struct-text", str(pdf)).replace('"', " ").split())
    places = [told.find(relations.wording(item, "da")) for item in relations.form("short").items]
    assert all(place >= 0 for place in places)
    assert places == sorted(places)
    structure = out("pdfinfo", "-struct", str(pdf))
    assert structure.count("Table") >= len(relations.form("short").blocks)
    assert "TH" in structure
    assert "H1" in structure


def test_texts_cannot_leave_their_quotes(relations):
    from dataclasses import replace

    from relsurvey.instrument.texts import Texts
    from relsurvey.questionnaire.paper import paper

    pytest.importorskip("typst", reason="typst is not installed")
    nasty = Texts.model_validate({"da": 'a"] #panic("x") \\ $ _b_ <c> @d', "en": "x"})
    items = tuple(replace(item, text=nasty) for item in relations.items)
    bad = replace(relations, items=items)
    assert paper(asked(bad, bad.form("short"), ("da",))).startswith(b"%PDF")

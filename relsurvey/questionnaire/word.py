"""Word: the questionnaire to read, to discuss, and to set up in tools that import nothing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from relsurvey.errors import InstrumentError
from relsurvey.instrument.asked import Asked, Question

if TYPE_CHECKING:
    from docx.document import Document

_WORDS = {
    "da": {
        "id": "Navn",
        "statement": "Udsagn",
        "code": "Kode",
        "answer": "Svar",
        "number": "Skriv et tal.",
        "text": "Skriv en tekst.",
        "filled": "Udfyldes af afsenderen eller af linket",
        "names": "Giv spørgsmålene i værktøjet de navne, der står i første kolonne, og svarene de "
        "koder, der står i parentes. Så kan svarene læses ind igen uden omskrivning.",
    },
    "en": {
        "id": "Name",
        "statement": "Statement",
        "code": "Code",
        "answer": "Answer",
        "number": "Write a number.",
        "text": "Write a text.",
        "filled": "Filled in by the sender or by the link",
        "names": "Give the questions in the tool the names in the first column, and the answers "
        "the codes in brackets. The answers can then be read back without recoding.",
    },
}


def word(asked: Asked) -> bytes:
    """Write the form in one language, with names and codes beside questions and answers.

    For tools without an import of questionnaires, such as SurveyXact, Enalyzer and Microsoft Forms.

    Parameters
    ----------
    asked : Asked
        In one language; headings of the document itself are Danish or English.

    Raises
    ------
    InstrumentError
        python-docx is not installed.
    """
    try:
        from docx import Document
    except ImportError as error:
        raise InstrumentError(
            "Writing Word files needs the package python-docx.",
            hint="pip install relsurvey[print]",
        ) from error
    language = asked.languages[0]
    words = _WORDS.get(language, _WORDS["en"])
    document = Document()
    _set_up(document, asked, language)
    document.add_heading(asked.instrument.title[language], 0)
    document.add_paragraph(f"{asked.form.title[language]}. {asked.instrument.status[language]}")
    document.add_paragraph(words["names"], style="Intense Quote")
    if asked.form.welcome is not None:
        document.add_paragraph(asked.form.welcome[language])
    for page in asked.pages:
        document.add_heading(page.title[language], 1)
        for question in page.questions:
            (_grid if question.rows else _single)(document, question, language, words)
    if asked.filled:
        document.add_heading(words["filled"], 1)
        for question in asked.filled:
            document.add_paragraph(f"{question.id}: {question.text[language]}")
    if asked.form.closing is not None:
        document.add_paragraph(asked.form.closing[language])
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_up(document: Document, asked: Asked, language: str) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(1.8)
    section.top_margin = section.bottom_margin = Cm(1.6)
    document.core_properties.title = asked.instrument.title[language]
    document.core_properties.author = "relsurvey"
    document.core_properties.language = language
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10.5)
    tongue = style.element.get_or_add_rPr().makeelement(
        qn("w:lang"), {qn("w:val"): {"da": "da-DK", "en": "en-GB"}.get(language, language)}
    )
    style.element.get_or_add_rPr().append(tongue)
    section.footer.paragraphs[0].text = _code(asked, language)


def _code(asked: Asked, language: str) -> str:
    return f"{asked.instrument.id} {asked.instrument.version} · {asked.form.id} · {language}"


def _grid(document: Document, question: Question, language: str, words: dict[str, str]) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    lead = document.add_paragraph()
    lead.add_run(question.text[language]).bold = True
    lead.paragraph_format.keep_with_next = True
    heads = [words["id"], words["statement"]]
    heads += [f"{one.label[language]} ({one.code})" for one in question.choices]
    table = _table(document, heads)
    for row in question.rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = row.id, row.text[language]
        for cell in cells[2:]:
            cell.text = "☐"
            cell.paragraphs[0].alignment = 1
    left = 25.9 - 1.5 - 8.4
    widths = [1.5, 8.4, *[left / max(len(question.choices), 1)] * len(question.choices)]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for line in table.rows:
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(line.cells, widths, strict=True):
            cell.width = Cm(width)
    document.add_paragraph()


def _single(document: Document, question: Question, language: str, words: dict[str, str]) -> None:
    lead = document.add_paragraph()
    lead.add_run(f"{question.text[language]} ").bold = True
    lead.add_run(f"({question.id})")
    lead.paragraph_format.keep_with_next = True
    if question.help is not None:
        document.add_paragraph(question.help[language])
    for choice in question.choices:
        document.add_paragraph(f"{choice.label[language]} ({choice.code})", style="List Bullet")
    if not question.choices:
        document.add_paragraph(words["number" if question.kind == "number" else "text"])


def _table(document: Document, heads: list[str]) -> Any:  # noqa: ANN401  (a table)
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    table.autofit = False
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = head
        for run in cell.paragraphs[0].runs:
            run.bold = True
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    return table

"""Word: the questionnaire to read, to discuss, and to set up in tools that import nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relsurvey.instrument.asked import Asked, Question, form_code
from relsurvey.questionnaire.word_file import add_table, document_bytes, new_document

if TYPE_CHECKING:
    from docx.document import Document

_WORDS = {
    "da": {
        "id": "Navn",
        "statement": "Udsagn",
        "number": "Skriv et tal.",
        "text": "Skriv en tekst.",
        "filled": "Udfyldes af afsenderen eller af linket",
        "names": "Giv spørgsmålene i værktøjet de navne, der står i første kolonne, og svarene de "
        "koder, der står i parentes. Så kan svarene læses ind igen uden omskrivning.",
    },
    "en": {
        "id": "Name",
        "statement": "Statement",
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
    language = asked.languages[0]
    words = _WORDS.get(language, _WORDS["en"])
    document = new_document(asked.instrument.title[language], language, landscape=True)
    document.sections[0].footer.paragraphs[0].text = form_code(asked)
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
    return document_bytes(document)


def _grid(document: Document, question: Question, language: str, words: dict[str, str]) -> None:
    lead = document.add_paragraph()
    lead.add_run(question.text[language]).bold = True
    lead.paragraph_format.keep_with_next = True
    n = len(question.choices)
    heads = [f"{one.label[language]} ({one.code})" for one in question.choices]
    rows = [[words["id"], words["statement"], *heads]]
    rows += [[row.id, row.text[language], *["☐"] * n] for row in question.rows]
    add_table(document, rows, [1.5, 8.4, *[16.0 / max(n, 1)] * n], centred_from=2)


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

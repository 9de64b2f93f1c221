"""The questionnaire as a respondent sees it: one HTML page without scripts or outside resources."""

from __future__ import annotations

from typing import Any

from relsurvey.instrument.asked import Asked, Question
from relsurvey.instrument.texts import Texts
from relsurvey.questionnaire.html_page import html_page

WORDS: dict[str, dict[str, str]] = {
    "da": {
        "preview": "Forhåndsvisning",
        "note": "Sådan ser spørgeskemaet ud for den, der svarer. Svar på denne side bliver "
        "hverken sendt eller gemt.",
        "minutes": "Det tager omkring {n} minutter.",
        "page": "Side {number} af {all}",
        "required": "skal besvares",
        "status": "Om spørgeskemaet",
    },
    "en": {
        "preview": "Preview",
        "note": "This is what the questionnaire looks like to the person who answers. Answers on "
        "this page are neither sent nor kept.",
        "minutes": "It takes about {n} minutes.",
        "page": "Page {number} of {all}",
        "required": "must be answered",
        "status": "About the questionnaire",
    },
}


def html_preview(asked: Asked) -> bytes:
    """Write the form in one language.

    Every statement is a group of radio buttons with its own legend, so that a phone, a keyboard and
    a screen reader all reach it; from about 60 letters of width on the answers stand in a row.

    Parameters
    ----------
    asked : Asked
        In one language; headings of the page itself are Danish or English.
    """
    language = asked.languages[0]
    words = WORDS.get(language, WORDS["en"])
    minutes = asked.form.minutes
    page = html_page(
        "preview.html.j2",
        language=language,
        words=words,
        title=asked.instrument.title[language],
        form=asked.form.title[language],
        minutes="" if minutes is None else words["minutes"].format(n=f"{minutes:g}"),
        welcome=_text(asked.form.welcome, language),
        closing=_text(asked.form.closing, language),
        status=asked.instrument.status[language],
        pages=[
            {
                "id": page.id,
                "title": page.title[language],
                "place": words["page"].format(number=number, all=len(asked.pages)),
                "questions": [_question(question, language) for question in page.questions],
            }
            for number, page in enumerate(asked.pages, start=1)
        ],
    )
    return page.encode("utf-8")


def _text(text: Texts | None, language: str) -> str:
    return text[language] if text is not None else ""


def _question(question: Question, language: str) -> dict[str, Any]:
    return {
        "id": question.id,
        "kind": question.kind,
        "text": question.text[language],
        "help": _text(question.help, language),
        "required": question.required,
        "low": question.low,
        "high": question.high,
        "rows": [{"id": row.id, "text": row.text[language]} for row in question.rows],
        "choices": [
            {"code": one.code, "label": one.label[language], "missing": one.missing}
            for one in question.choices
        ],
    }

"""LimeSurvey: the tab-separated survey structure, all languages in one file."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator, Mapping

from relsurvey.errors import InstrumentError
from relsurvey.instrument.asked import Asked, Page, Question
from relsurvey.instrument.texts import Texts
from relsurvey.instrument.tool_codes import limesurvey_codes

COLUMNS = (
    "class",
    "type/scale",
    "name",
    "relevance",
    "text",
    "help",
    "language",
    "mandatory",
    "other",
    "random_order",
    "hidden",
    "min_num_value_n",
    "max_num_value_n",
)
SETTINGS = {
    "format": "G",
    "anonymized": "Y",
    "datestamp": "N",
    "ipaddr": "N",
    "refurl": "N",
    "savetimings": "N",
    "allowprev": "Y",
    "showprogress": "Y",
    "shownoanswer": "N",
}
_TYPES = {"grid": "F", "choice": "L", "number": "N", "text": "S"}
_LONGEST_ANSWER_CODE = 5
_ANSWER_CODE = re.compile(r"[A-Za-z0-9]{1,5}")
_ITEM_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}")


def limesurvey(asked: Asked) -> bytes:
    """Write the survey as LimeSurvey's tab-separated values, UTF-8 with byte order mark.

    One group a page, an array a grid. What the link fills in (the unit) is a hidden question of the
    same name without underscores: ``…?unit=A17``. Import it as a survey file ending in ``.txt``.

    Parameters
    ----------
    asked : Asked

    Raises
    ------
    InstrumentError
        A code that LimeSurvey would drop or refuse: answer codes over five characters vanish on
        import without a word.

    Notes
    -----
    Format: manual.limesurvey.org, "Tab Separated Value survey structure".
    """
    _check_codes(asked)
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS, delimiter="\t", lineterminator="\r\n", restval="")
    writer.writeheader()
    writer.writerows(_survey_rows(asked))
    for language in asked.languages:
        writer.writerows(_language_rows(asked, language))
    return stream.getvalue().encode("utf-8-sig")


def _check_codes(asked: Asked) -> None:
    for question in asked.questions:
        for choice in question.choices:
            if not _ANSWER_CODE.fullmatch(choice.code):
                raise InstrumentError(
                    "LimeSurvey cannot carry this answer code.",
                    where=question.id,
                    got=choice.code,
                    expected=f"1 to {_LONGEST_ANSWER_CODE} letters and digits",
                    hint="LimeSurvey drops longer codes on import without a word; shorten the "
                    "code in the instrument, or choose another tool.",
                )
        for row in question.rows:
            if not _ITEM_CODE.fullmatch(row.id):
                raise InstrumentError(
                    "LimeSurvey cannot carry this item id.",
                    where=question.id,
                    got=row.id,
                    expected="a letter, then at most 19 letters and digits, no underscore",
                    hint="Change the id in the instrument, or choose another tool.",
                )


def _survey_rows(asked: Asked) -> Iterator[dict[str, str]]:
    settings = {
        "language": asked.languages[0],
        "additional_languages": " ".join(asked.languages[1:]),
        **SETTINGS,
    }
    for name, value in settings.items():
        yield {"class": "S", "name": name, "text": value}
    for language in asked.languages:
        texts = {
            "surveyls_title": asked.instrument.title,
            "surveyls_welcometext": asked.form.welcome,
            "surveyls_endtext": asked.form.closing,
        }
        for name, text in texts.items():
            if text is not None:
                yield {
                    "class": "SL",
                    "name": name,
                    "text": _shown(text, language),
                    "language": language,
                }


def _language_rows(asked: Asked, language: str) -> Iterator[dict[str, str]]:
    """Return every group of one language; attributes stand in the first language only."""
    codes = limesurvey_codes(asked)
    first = language == asked.languages[0]
    pages = list(asked.pages)
    if asked.filled:
        last = pages[-1]
        pages[-1] = Page(last.id, last.title, (*last.questions, *asked.filled))
    for number, page in enumerate(pages, start=1):
        yield {
            "class": "G",
            "type/scale": str(number),
            "name": _shown(page.title, language),
            "relevance": "1",
            "language": language,
        }
        for question in page.questions:
            yield from _question_rows(question, codes, language, first=first)


def _question_rows(
    question: Question, codes: Mapping[str, str], language: str, *, first: bool
) -> Iterator[dict[str, str]]:
    kind = "text" if question.filled else question.kind
    yield {
        "class": "Q",
        "type/scale": _TYPES[kind],
        "name": codes[question.id],
        "relevance": "1",
        "text": _shown(question.text, language),
        "help": _shown(question.help, language) if question.help else "",
        "language": language,
        "mandatory": "Y" if question.required and not question.filled else "N",
        "other": "N",
        **(_attributes(question) if first else {}),
    }
    for row in question.rows:
        yield {
            "class": "SQ",
            "type/scale": "0",
            "name": row.id,
            "relevance": "1",
            "text": _shown(row.text, language),
            "language": language,
        }
    for choice in question.choices if kind != "text" else ():
        yield {
            "class": "A",
            "type/scale": "0",
            "name": choice.code,
            "text": _shown(choice.label, language),
            "language": language,
        }


def _attributes(question: Question) -> dict[str, str]:
    found = {}
    if question.random_order:
        found["random_order"] = "1"
    if question.filled:
        found["hidden"] = "1"
    if question.kind == "number" and not question.filled:
        found["min_num_value_n"] = "" if question.low is None else f"{question.low:g}"
        found["max_num_value_n"] = "" if question.high is None else f"{question.high:g}"
    return found


def _shown(text: Texts, language: str) -> str:
    """HTML of a text; braces would be taken for an expression."""
    plain = html.escape(text[language], quote=False).replace("\n", "<br />")
    return plain.replace("{", "&#123;").replace("}", "&#125;")

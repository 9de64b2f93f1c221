"""Qualtrics: a survey in the advanced text format, one language a file."""

from __future__ import annotations

import html
from collections.abc import Iterator

from relsurvey.instrument.asked import Asked, Choice, Question


def qualtrics(asked: Asked) -> bytes:
    """Write the survey for Tools, Import/Export, Import Survey.

    A grid becomes a matrix whose export columns are ``<id>_1``, ``<id>_2`` … in the order of its
    statements; answers keep their codes as recode values. The format knows no embedded data: add
    ``unit`` and ``wave`` to the survey flow by hand, so that the link can fill them in.

    Parameters
    ----------
    asked : Asked
        In one language; the second goes in through Qualtrics' translations.
    """
    language = asked.languages[0]
    lines = ["[[AdvancedFormat]]", ""]
    for number, page in enumerate(asked.pages):
        lines += [f"[[Block:{_plain(page.title[language])}]]", ""]
        if number == 0 and asked.form.welcome is not None:
            lines += [*_text("welcome", asked.form.welcome[language]), "[[PageBreak]]", ""]
        for question in page.questions:
            lines += [*_question(question, language), ""]
    if asked.form.closing is not None:
        lines += ["[[PageBreak]]", *_text("closing", asked.form.closing[language])]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8")


def _text(name: str, text: str) -> list[str]:
    return ["[[Question:DB]]", f"[[ID:{name}]]", _shown(text), ""]


def _question(question: Question, language: str) -> Iterator[str]:
    kind = {
        "grid": "Matrix",
        "choice": "MC:SingleAnswer:Vertical",
    }.get(question.kind, "TE:SingleLine")
    yield f"[[Question:{kind}]]"
    yield f"[[ID:{question.id}]]"
    yield _shown(question.text[language])
    if question.help is not None:
        yield f"<br><small>{_shown(question.help[language])}</small>"
    if question.kind == "grid":
        yield "[[AdvancedChoices]]"
        for number, row in enumerate(question.rows, start=1):
            yield from (f"[[Choice:{number}]]", _shown(row.text[language]))
        yield "[[AdvancedAnswers]]"
        yield from _answers(question.choices, "Answer", language)
    elif question.kind == "choice":
        yield "[[AdvancedChoices]]"
        yield from _answers(question.choices, "Choice", language)


def _answers(choices: tuple[Choice, ...], tag: str, language: str) -> Iterator[str]:
    for choice in choices:
        yield f"[[{tag}:{choice.code}]]"
        yield _shown(choice.label[language])


def _shown(text: str) -> str:
    """HTML of a text on one line; double brackets and ``${`` have a meaning of their own."""
    plain = html.escape(" ".join(text.split()), quote=False)
    return plain.replace("[[", "[&#91;").replace("${", "&#36;{")


def _plain(text: str) -> str:
    return " ".join(text.replace("[", "(").replace("]", ")").split())

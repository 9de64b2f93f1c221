"""Paper: the questionnaire as a tagged PDF on A4, to be filled in by pen."""

from __future__ import annotations

import json

from relsurvey.errors import InstrumentError
from relsurvey.instrument.asked import Asked, Page, Question, form_code

_WORDS = {
    "da": {
        "how": "Sæt ét kryds i hver linje. Har du krydset forkert, så fyld feltet helt ud, og sæt "
        "et nyt kryds.",
        "how_one": "Sæt ét kryds.",
        "write": "Skriv tydeligt:",
        "sender": "Udfyldes af afsenderen",
        "statement": "Udsagn",
        "page": "side",
        "of": "af",
    },
    "en": {
        "how": "Put one cross in each line. If you crossed the wrong box, fill it completely and "
        "put a new cross.",
        "how_one": "Put one cross.",
        "write": "Please write clearly:",
        "sender": "Filled in by the sender",
        "statement": "Statement",
        "page": "page",
        "of": "of",
    },
}


def paper(asked: Asked) -> bytes:
    """Write the form in one language as PDF/UA-1, with its code at the foot of every page.

    Each box carries the code that the entry template (``answer_template``) takes, each line the
    name of its column.

    Parameters
    ----------
    asked : Asked
        In one language; headings of the paper itself are Danish or English.

    Raises
    ------
    InstrumentError
        typst is not installed.
    """
    try:
        import typst
    except ImportError as error:
        raise InstrumentError(
            "Writing PDF needs the package typst.", hint="pip install relsurvey[print]"
        ) from error
    made = typst.compile(typst_source(asked).encode("utf-8"), format="pdf", pdf_standards="ua-1")
    if not isinstance(made, bytes):
        raise InstrumentError("The PDF came out in several parts.", got=type(made).__name__)
    return made


def typst_source(asked: Asked) -> str:
    """Return the document in typst's language; every text stands in it as a quoted string."""
    language = asked.languages[0]
    words = _WORDS.get(language, _WORDS["en"])
    title = asked.instrument.title[language]
    code = _text(form_code(asked))
    lines = [
        f"#set document(title: {_text(title)}, author: {_text('relsurvey')})",
        f"#set text(lang: {_text(language)}, size: 10.5pt, font: {_FONTS})",
        "#set page(paper: " + _text("a4") + ", margin: (x: 17mm, top: 15mm, bottom: 18mm), "
        f"footer: context [#text(size: 8.5pt)[#{code} #h(1fr) #{_text(words['page'])} "
        f"#counter(page).display() #{_text(words['of'])} #counter(page).final().first()]])",
        "#set par(leading: 0.6em)",
        "#set table(stroke: 0.5pt + luma(150), inset: 5pt)",
        "#show heading.where(level: 2): it => block(above: 1.3em, below: 0.7em, sticky: true, it)",
        f"#let box_(lowered, code) = {_BOX}",
        f"#heading(level: 1, {_text(title)})",
        f"#par({_text(asked.form.title[language])})",
    ]
    if asked.filled:
        names = " #h(2em) ".join(
            f"#{_text(f'{one.text[language]}: ______________')}" for one in asked.filled
        )
        lines.append(
            f"#block(stroke: 0.5pt + luma(150), inset: 7pt, width: 100%)[#{_text(words['sender'])}"
            f" #linebreak() {names}]"
        )
    if asked.form.welcome is not None:
        lines.append(f"#par({_text(asked.form.welcome[language])})")
    lines.append(f"#par(strong({_text(words['how'])}))")
    for page in asked.pages:
        lines += _page(page, language, words)
    if asked.form.closing is not None:
        lines.append(f"#v(1em)\n#par({_text(asked.form.closing[language])})")
    return "\n".join(lines) + "\n"


_BOX = (
    "box(width: 4.6mm, height: 4.6mm, stroke: 0.7pt, baseline: lowered, "
    "align(center + horizon, text(size: 6pt, fill: luma(130), code)))"
)
_FONTS = '("Calibri", "Carlito", "DejaVu Sans", "Libertinus Serif")'


def _page(page: Page, language: str, words: dict[str, str]) -> list[str]:
    lines = [f"#heading(level: 2, {_text(page.title[language])})"]
    for question in page.questions:
        make = _grid if question.rows else _single
        lines += make(question, language, words)
    return lines


def _grid(question: Question, language: str, words: dict[str, str]) -> list[str]:
    n = len(question.choices)
    heads = ", ".join(
        f"align(center + bottom, text(size: 7.5pt, {_text(one.label[language])}))"
        for one in question.choices
    )
    rows = [
        f"  [#{_text(row.text[language])} #text(size: 7pt, fill: luma(90), {_text(row.id)})], "
        + ", ".join(_box(one.code) for one in question.choices)
        + ","
        for row in question.rows
    ]
    return [
        f"#block(below: 0.6em, sticky: true, strong({_text(question.text[language])}))",
        f"#table(columns: (1fr, {', '.join(['15mm'] * n)}), align: horizon,",
        f"  table.header([#{_text(words['statement'])}], {heads}),",
        *rows,
        ")",
    ]


def _single(question: Question, language: str, words: dict[str, str]) -> list[str]:
    hint = question.help[language] if question.help else ""
    told = words["how_one"] if question.choices else words["write"]
    lines = [
        f"#block(breakable: false, below: 1em)[#strong({_text(question.text[language])}) "
        f"#text(size: 7pt, fill: luma(90), {_text(question.id)}) #linebreak() "
        f"#text(size: 9pt, {_text(f'{hint} {told}'.strip())})",
    ]
    if question.choices:
        lines.append("#list(marker: none, indent: 2mm, body-indent: 0pt,")
        lines += [
            f"  [#{_box(one.code, aligned=False)} #h(2mm) #{_text(one.label[language])}],"
            for one in question.choices
        ]
        lines.append(")]")
    else:
        lines.append("#v(2mm) #line(length: 60%, stroke: 0.5pt)]")
    return lines


def _box(code: str, *, aligned: bool = True) -> str:
    return f"align(center, box_(20%, {_text(code)}))" if aligned else f"box_(5%, {_text(code)})"


def _text(text: str) -> str:
    """Quote a text as a string of typst."""
    plain = " ".join(text.split())
    return json.dumps(plain, ensure_ascii=False)

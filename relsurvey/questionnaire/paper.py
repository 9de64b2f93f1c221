"""Paper: the questionnaire as a tagged PDF on A4, to be filled in by pen."""

from __future__ import annotations

from relsurvey.instrument.asked import Asked, Page, Question, form_code
from relsurvey.questionnaire.typst_file import FONT_LIST, quoted, write_pdf

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
    return write_pdf(typst_source(asked))


def typst_source(asked: Asked) -> str:
    """Return the document in typst's language; every text stands in it as a quoted string."""
    language = asked.languages[0]
    words = _WORDS.get(language, _WORDS["en"])
    title = asked.instrument.title[language]
    code = quoted(form_code(asked))
    lines = [
        f"#set document(title: {quoted(title)}, author: {quoted('relsurvey')})",
        f"#set text(lang: {quoted(language)}, size: 10.5pt, font: {FONT_LIST})",
        "#set page(paper: " + quoted("a4") + ", margin: (x: 17mm, top: 15mm, bottom: 18mm), "
        f"footer: context [#text(size: 8.5pt)[#{code} #h(1fr) #{quoted(words['page'])} "
        f"#counter(page).display() #{quoted(words['of'])} #counter(page).final().first()]])",
        "#set par(leading: 0.6em)",
        "#set table(stroke: 0.5pt + luma(150), inset: 5pt)",
        "#show heading.where(level: 2): it => block(above: 1.3em, below: 0.7em, sticky: true, it)",
        f"#let box_(lowered, code) = {_BOX}",
        f"#heading(level: 1, {quoted(title)})",
        f"#par({quoted(asked.form.title[language])})",
    ]
    if asked.filled:
        names = " #h(2em) ".join(
            f"#{quoted(f'{one.text[language]}: ______________')}" for one in asked.filled
        )
        lines.append(
            f"#block(stroke: 0.5pt + luma(150), inset: 7pt, width: 100%)[#{quoted(words['sender'])}"
            f" #linebreak() {names}]"
        )
    if asked.form.welcome is not None:
        lines.append(f"#par({quoted(asked.form.welcome[language])})")
    lines.append(f"#par(strong({quoted(words['how'])}))")
    for page in asked.pages:
        lines += _page(page, language, words)
    if asked.form.closing is not None:
        lines.append(f"#v(1em)\n#par({quoted(asked.form.closing[language])})")
    return "\n".join(lines) + "\n"


_BOX = (
    "box(width: 4.6mm, height: 4.6mm, stroke: 0.7pt, baseline: lowered, "
    "align(center + horizon, text(size: 6pt, fill: luma(130), code)))"
)


def _page(page: Page, language: str, words: dict[str, str]) -> list[str]:
    lines = [f"#heading(level: 2, {quoted(page.title[language])})"]
    for question in page.questions:
        make = _grid if question.rows else _single
        lines += make(question, language, words)
    return lines


def _grid(question: Question, language: str, words: dict[str, str]) -> list[str]:
    n = len(question.choices)
    heads = ", ".join(
        f"align(center + bottom, text(size: 7.5pt, {quoted(one.label[language])}))"
        for one in question.choices
    )
    rows = [
        f"  [#{quoted(row.text[language])} #text(size: 7pt, fill: luma(90), {quoted(row.id)})], "
        + ", ".join(_box(one.code) for one in question.choices)
        + ","
        for row in question.rows
    ]
    return [
        f"#block(below: 0.6em, sticky: true, strong({quoted(question.text[language])}))",
        f"#table(columns: (1fr, {', '.join(['15mm'] * n)}), align: horizon,",
        f"  table.header([#{quoted(words['statement'])}], {heads}),",
        *rows,
        ")",
    ]


def _single(question: Question, language: str, words: dict[str, str]) -> list[str]:
    hint = question.help[language] if question.help else ""
    told = words["how_one"] if question.choices else words["write"]
    lines = [
        f"#block(breakable: false, below: 1em)[#strong({quoted(question.text[language])}) "
        f"#text(size: 7pt, fill: luma(90), {quoted(question.id)}) #linebreak() "
        f"#text(size: 9pt, {quoted(f'{hint} {told}'.strip())})",
    ]
    if question.choices:
        lines.append("#list(marker: none, indent: 2mm, body-indent: 0pt,")
        lines += [
            f"  [#{_box(one.code, aligned=False)} #h(2mm) #{quoted(one.label[language])}],"
            for one in question.choices
        ]
        lines.append(")]")
    else:
        lines.append("#v(2mm) #line(length: 60%, stroke: 0.5pt)]")
    return lines


def _box(code: str, *, aligned: bool = True) -> str:
    return f"align(center, box_(20%, {quoted(code)}))" if aligned else f"box_(5%, {quoted(code)})"

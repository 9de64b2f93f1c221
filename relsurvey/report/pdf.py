"""A page as a tagged PDF on A4: the same chapters and parts as in HTML."""

from __future__ import annotations

import html
import re
from functools import cache

from markupsafe import Markup

from relsurvey.questionnaire.typst_file import FONT_LIST, FONTS, quoted, write_pdf
from relsurvey.report.html import page_style
from relsurvey.report.page import (
    Bullets,
    Cell,
    Chapter,
    Figure,
    Grouped,
    Heading,
    More,
    Note,
    Page,
    Part,
    Table,
    Text,
    Tiles,
)
from relsurvey.report.wording import Wording

_FRAMES = {
    "plain": ("#55646f", "#f3f6f8"),
    "caution": ("#8a4b08", "#fdf5ea"),
    "finding": ("#0b5c8a", "#eef5f9"),
}
WIDE = 8  # columns of a table up to which paper stands upright
_WRITTEN = "10mm"  # height of a row that is filled in by pen


def render_pdf(page: Page, words: Wording) -> bytes:
    """Return a page as PDF/UA-1 without a date.

    Parameters
    ----------
    page : Page
    words : Wording
        In the language of the page.

    Raises
    ------
    InstrumentError
        typst is not installed.
    """
    lines = [
        f"#set document(title: {quoted(page.title)}, author: {quoted('relsurvey')}, date: none)",
        f"#set text(lang: {quoted(page.language)}, size: 9.5pt, font: {FONT_LIST})",
        f"#set page(paper: {quoted('a4')}, flipped: {_landscape(page)}, "
        "margin: (x: 17mm, top: 15mm, bottom: 18mm), "
        f"footer: context [#text(size: 8pt)[#{quoted(page.title)} #h(1fr) "
        f"#{quoted(words('page.sheet'))} #counter(page).display() / "
        "#counter(page).final().first()]])",
        "#set par(leading: 0.62em, spacing: 0.9em)",
        "#set table(stroke: (x: none, y: 0.5pt + luma(200)), inset: (x: 4pt, y: 4.5pt))",
        "#show heading.where(level: 2): it => block(above: 1.7em, below: 0.8em, sticky: true, it)",
        "#show heading.where(level: 3): it => block(above: 1.4em, below: 0.7em, sticky: true, it)",
        "#let named(it) = block(above: 1.2em, below: 0.6em, sticky: true, strong(it))",
        _soft(page.eyebrow),
        f"#heading(level: 1, {quoted(page.title)})",
        _soft(page.byline),
    ]
    for chapter in page.chapters:
        lines += _chapter(chapter)
    lines.append(_soft(page.footer))
    return write_pdf("\n".join(lines) + "\n")


def _landscape(page: Page) -> str:
    """Whether a table is too wide for upright paper."""
    tables = (part for chapter in page.chapters for part in chapter.parts)
    wide = any(isinstance(part, Table) and len(part.columns) > WIDE for part in tables)
    return "true" if wide else "false"


def _soft(text: str) -> str:
    return f"#par(text(size: 8.5pt, fill: rgb(85, 100, 111), {quoted(text)}))"


def _chapter(chapter: Chapter) -> list[str]:
    number = f"{chapter.number}  " if chapter.number else ""
    lines = [f"#heading(level: 2, {quoted(number + chapter.title)})"]
    if chapter.lead:
        lines.append(_paragraph(chapter.lead))
    return lines + [line for part in chapter.parts for line in _part(part)]


def _part(part: Part) -> list[str]:
    if isinstance(part, Text):
        return [_paragraph(part.sentences)]
    if isinstance(part, Heading):
        return [f"#heading(level: 3, {quoted(part.text)})"]
    if isinstance(part, Bullets):
        return [_list(part.items)]
    if isinstance(part, Grouped):
        return _grouped(part)
    if isinstance(part, Note):
        return _note(part)
    if isinstance(part, Tiles):
        return _tiles(part)
    if isinstance(part, Table):
        return _table(part)
    if isinstance(part, Figure):
        return _figure(part)
    return _more(part)


def _paragraph(sentences: tuple[str, ...]) -> str:
    return f"#par({quoted(' '.join(sentences))})"


def _list(items: tuple[str, ...]) -> str:
    return "#list(" + ", ".join(f"[#{quoted(item)}]" for item in items) + ")"


def _grouped(part: Grouped) -> list[str]:
    lines = []
    for name, sentences in part.groups:
        lines += [f"#named({quoted(name)})", _list(sentences)]
    return lines


def _note(part: Note) -> list[str]:
    edge, ground = _FRAMES[part.tone]
    inner = [f"#strong({quoted(part.title)})"]
    inner += [_paragraph(part.sentences)] if part.sentences else []
    inner += [_list(part.bullets)] if part.bullets else []
    inner += _grouped(part.groups) if part.groups else []
    body = "\n\n".join(inner)
    return [
        f"#block(width: 100%, inset: 8pt, fill: rgb({quoted(ground)}), "
        f"stroke: (left: 2.5pt + rgb({quoted(edge)})))[{body}]"
    ]


def _tiles(part: Tiles) -> list[str]:
    cells = ", ".join(
        f"[#text(size: 15pt, weight: 600, {quoted(one.value)}) #linebreak() #{quoted(one.label)}]"
        for one in part.items
    )
    columns = ", ".join(["1fr"] * len(part.items))
    return [f"#grid(columns: ({columns},), stroke: 0.5pt + luma(200), inset: 8pt, {cells})"]


def _table(part: Table) -> list[str]:
    few_words = sum(not column.numeric for column in part.columns) == 1
    widths = ["auto" if column.numeric else "1fr" for column in part.columns]
    if len(part.columns) > 4 and few_words:  # long heads of numbers are broken
        widths = ["2fr", *["1fr"] * (len(part.columns) - 1)]
    sides = ["right" if column.numeric else "left" for column in part.columns]
    heads = ", ".join(f"[#strong({quoted(column.head)})]" for column in part.columns)
    rows = [", ".join(_cells(row)) + "," for row in part.rows]
    size = "8pt" if len(part.columns) > 4 else "9pt"
    lines = [
        f"#named({quoted(part.caption)})",
        f"#[#set text(size: {size}, hyphenate: {str(len(part.columns) > WIDE).lower()})",
        f"#table(columns: ({', '.join(widths)},), align: ({', '.join(sides)},),",
        f"table.header({heads}),",
        *rows,
        ")]",
    ]
    return lines + ([_soft(part.note)] if part.note else [])


def _cells(row: tuple[str | Cell, ...]) -> list[str]:
    texts = [cell if isinstance(cell, str) else cell.text for cell in row]
    empty = not any(texts[1:])
    found = []
    for cell, text in zip(row, texts, strict=True):
        body = f"[#{quoted(text)}]" if text or not empty else f"[#v({_WRITTEN})]"
        if isinstance(cell, Cell) and cell.fill:
            ink, fill = quoted(cell.ink or "#000000"), quoted(cell.fill)
            body = f"table.cell(fill: rgb({fill}), text(fill: rgb({ink}), {quoted(text)}))"
        found.append(body)
    return found


def _figure(part: Figure) -> list[str]:
    lines = [f"#named({quoted(part.caption)})"]
    if part.legend:
        entries = " #h(1em) ".join(
            f"#box[#box(baseline: 15%, pdf.artifact({_image(entry.swatch, '', width='9pt')})) "
            f"#{quoted(entry.label)}]"
            for entry in part.legend
        )
        lines.append(f"#block(below: 0.6em, sticky: true, text(size: 8.5pt)[{entries}])")
    told = re.search(r"<desc[^>]*>(.*?)</desc>", part.wide, re.DOTALL)
    spoken = f"{part.caption}. {html.unescape(told.group(1)) if told else ''}"
    lines.append(f"#{_image(part.wide, spoken, width='100%')}")
    return lines + (_table(part.numbers) if part.numbers else [])


def _image(drawing: Markup, spoken: str, *, width: str) -> str:
    """Place a drawing that stands alone: with the page's style, and fonts that paper has."""
    style = f"<style>{_drawing_style()}</style>"
    names = ", ".join(f"'{font}'" for font in FONTS)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{names}" '
    alone = re.sub(r"<svg ([^>]*)>", lambda tag: f"{head}{tag.group(1)}>{style}", drawing, count=1)
    alt = f", alt: {quoted(spoken)}" if spoken else ""
    return f"image(bytes({quoted(alone)}), format: {quoted('svg')}, width: {width}{alt})"


@cache
def _drawing_style() -> str:
    """Return the page's rules for drawings, with the colours put in and no outside names."""
    style = page_style()
    colours = dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6})", style))
    rules = [line.removeprefix(".drawing ") for line in style.splitlines() if ".drawing " in line]
    text = " ".join(rules).replace(".drawing ", "").replace("font-family: inherit; ", "")
    return re.sub(r"var\((--[a-z-]+)\)", lambda name: colours[name.group(1)], text)


def _more(part: More) -> list[str]:
    inner = [line for one in part.parts for line in _part(one)]
    first = part.parts[0] if part.parts else None
    if isinstance(first, Table) and first.caption == part.title:  # said once
        return inner
    return [f"#heading(level: 3, {quoted(part.title)})", *inner]

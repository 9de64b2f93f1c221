"""A Word document of headings, paragraphs, lists and tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from relsurvey.errors import StudyError


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a document; ``rows`` are a table's, the first its heads; ``widths`` in cm."""

    kind: Literal["title", "heading", "text", "bullets", "table"]
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[float, ...] = ()


def document_bytes(blocks: Sequence[Block], title: str, language: str) -> bytes:
    """Return a ``.docx`` of the blocks.

    Raises
    ------
    StudyError
        python-docx is not installed.
    """
    try:
        from docx import Document
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt
    except ImportError as error:
        raise StudyError(
            "Writing Word files needs the package python-docx.",
            hint="pip install relsurvey[print]",
        ) from error
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    document.core_properties.title = title
    document.core_properties.author = "relsurvey"
    document.core_properties.language = language
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    properties = style.element.get_or_add_rPr()
    spoken = {"da": "da-DK", "en": "en-GB"}.get(language, language)
    properties.append(properties.makeelement(qn("w:lang"), {qn("w:val"): spoken}))
    for block in blocks:
        _add(document, block)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _add(document: Any, block: Block) -> None:  # noqa: ANN401  (python-docx)
    if block.kind == "table":
        _table(document, block.rows, block.widths)
    for line in block.lines:
        if block.kind == "title":
            document.add_heading(line, 0)
        elif block.kind == "heading":
            document.add_heading(line, 1)
        else:
            style = "List Bullet" if block.kind == "bullets" else None
            document.add_paragraph(line, style=style)


def _table(
    document: Any,  # noqa: ANN401
    rows: tuple[tuple[str, ...], ...],
    widths: tuple[float, ...],
) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm

    table = document.add_table(rows=0, cols=len(rows[0]))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for place, row in enumerate(rows):
        line = table.add_row()
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text, width in zip(line.cells, row, widths, strict=True):
            cell.text, cell.width = text, Cm(width)
            for run in cell.paragraphs[0].runs:
                run.bold = place == 0
        if place == 0:
            repeated = OxmlElement("w:tblHeader")
            repeated.set(qn("w:val"), "true")
            line._tr.get_or_add_trPr().append(repeated)
    document.add_paragraph()

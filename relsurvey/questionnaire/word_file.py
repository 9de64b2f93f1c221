"""Word documents: set up in a language, tables whose heads repeat and whose rows stay whole."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from relsurvey.errors import InstrumentError

if TYPE_CHECKING:
    from docx.document import Document

_SPOKEN = {"da": "da-DK", "en": "en-GB"}


def new_document(title: str, language: str, *, landscape: bool = False) -> Document:
    """Return an empty A4 document.

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
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    sides = (Cm(21.0), Cm(29.7))
    section.page_width, section.page_height = sides[::-1] if landscape else sides
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Cm(1.8 if landscape else 2.2)
    section.top_margin = section.bottom_margin = Cm(1.6 if landscape else 2.2)
    document.core_properties.title = title
    document.core_properties.author = "relsurvey"
    document.core_properties.language = language
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10.5 if landscape else 11)
    properties = style.element.get_or_add_rPr()
    spoken = _SPOKEN.get(language, language)
    properties.append(properties.makeelement(qn("w:lang"), {qn("w:val"): spoken}))
    return document


def add_table(
    document: Document,
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    centred_from: int | None = None,
) -> None:
    """Add a table; the first row are its heads, ``widths`` are in cm.

    ``centred_from`` is the first column whose cells stand in the middle, below the heads.
    """
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm

    table = document.add_table(rows=0, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for place, row in enumerate(rows):
        line = table.add_row()
        properties = line._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        for at, (cell, text, width) in enumerate(zip(line.cells, row, widths, strict=True)):
            cell.text, cell.width = text, Cm(width)
            for run in cell.paragraphs[0].runs:
                run.bold = place == 0
            if place and centred_from is not None and at >= centred_from:
                cell.paragraphs[0].alignment = 1
        if place == 0:
            repeated = OxmlElement("w:tblHeader")
            repeated.set(qn("w:val"), "true")
            properties.append(repeated)
    document.add_paragraph()


def document_bytes(document: Document) -> bytes:
    """Return the file."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()

"""Word documents: set up in a language, tables whose heads repeat and whose rows stay whole."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from relsurvey.errors import InstrumentError

if TYPE_CHECKING:
    from docx.document import Document

_TWIPS_IN_CM, _EMU_IN_TWIP = 1440 / 2.54, 635
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
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    table: Any = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.autofit = False
    spans = [round(width * _TWIPS_IN_CM) for width in widths]
    for column, span in zip(table._tbl.tblGrid.gridCol_lst, spans, strict=True):
        column.w = span * _EMU_IN_TWIP
    for place, row in enumerate(rows):
        centred = len(row) if centred_from is None or place == 0 else centred_from
        cells = "".join(
            _cell(text, span, bold=place == 0, centred=at >= centred)
            for at, (text, span) in enumerate(zip(row, spans, strict=True))
        )
        head = "<w:tblHeader/>" if place == 0 else ""
        table._tbl.append(
            parse_xml(f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/>{head}</w:trPr>{cells}</w:tr>")
        )
    document.add_paragraph()


def _cell(text: str, span: int, *, bold: bool, centred: bool) -> str:
    """Cell of a table as XML; python-docx builds the same, at ten times the cost."""
    middle = '<w:pPr><w:jc w:val="center"/></w:pPr>' if centred else ""
    strong = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{span}"/></w:tcPr><w:p>{middle}'
        f'<w:r>{strong}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )


def document_bytes(document: Document) -> bytes:
    """Return the file."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()

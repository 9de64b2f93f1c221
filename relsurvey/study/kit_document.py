"""A guide in parts, and the Word document of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from relsurvey.questionnaire.word_file import add_table, document_bytes, new_document


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a document; ``rows`` are a table's, the first its heads; ``widths`` in cm."""

    kind: Literal["title", "heading", "text", "bullets", "table"]
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[float, ...] = ()


def guide_document(blocks: Sequence[Block], title: str, language: str) -> bytes:
    """Return a ``.docx`` of the blocks; an InstrumentError where python-docx is not installed."""
    document = new_document(title, language)
    for block in blocks:
        if block.kind == "table":
            add_table(document, block.rows, block.widths)
        for line in block.lines:
            if block.kind in ("title", "heading"):
                document.add_heading(line, 0 if block.kind == "title" else 1)
            else:
                style = "List Bullet" if block.kind == "bullets" else None
                document.add_paragraph(line, style=style)
    return document_bytes(document)

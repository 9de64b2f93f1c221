"""Documents in typst's language: quoted texts, and the way to a tagged PDF."""

from __future__ import annotations

import json
import re

from relsurvey.errors import InstrumentError

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # JSON writes them in another way than typst
FONTS = ("Calibri", "Carlito", "DejaVu Sans", "Libertinus Serif")
FONT_LIST = "(" + ", ".join(f'"{font}"' for font in FONTS) + ")"


def quoted(text: str) -> str:
    """Quote a text as a string of typst, white space and control characters as single blanks."""
    plain = " ".join(_CONTROLS.sub(" ", text).split())
    return json.dumps(plain, ensure_ascii=False)


def write_pdf(source: str) -> bytes:
    """Compile a document to PDF/UA-1.

    Parameters
    ----------
    source : str
        In typst's language.

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
    made = typst.compile(source.encode("utf-8"), format="pdf", pdf_standards="ua-1")
    if not isinstance(made, bytes):
        raise InstrumentError("The PDF came out in several parts.", got=type(made).__name__)
    return made

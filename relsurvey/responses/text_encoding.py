"""The encoding of a text file, found from all of its bytes."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from relsurvey.errors import ResponsesError

_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def find_encoding(file: Path) -> str:
    """Find a text file's encoding.

    A byte order mark decides; then the zero bytes of UTF-16; then UTF-8, if every byte of the file
    agrees with it; else CP1252 (Western European Windows), if every byte does.

    Returns
    -------
    str
        A name that `open` takes; ``"utf-8-sig"`` where a mark has to be passed over.

    Raises
    ------
    ResponsesError
        The file holds bytes of none of these: it is no text.
    """
    with file.open("rb") as stream:
        head = stream.read(4096)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    wide = _wide(head)
    if wide:
        return wide
    if any(b"\0" in chunk for chunk in _chunks(file)):
        raise _no_text(file, "zero bytes")
    for name in ("utf-8", "cp1252"):
        if _decodes(file, name):
            return name
    raise _no_text(file, "bytes that are neither UTF-8 nor CP1252")


def given_encoding(file: Path, name: str) -> str:
    """Check the name of an encoding that the caller gave; UTF-8 passes over a byte order mark."""
    try:
        found = codecs.lookup(name).name
        "".encode(found)
    except (LookupError, ValueError) as error:
        raise ResponsesError(
            "There is no such encoding.",
            where=file.name,
            got=name,
            expected="for example utf-8, cp1252 or utf-16",
        ) from error
    return "utf-8-sig" if found == "utf-8" else found


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte is zero in Western text."""
    half = len(head) // 2
    if half < 2:
        return ""
    even, odd = head[: 2 * half : 2].count(0) / half, head[1 : 2 * half : 2].count(0) / half
    if odd > 0.5 and even < 0.1:
        return "utf-16-le"
    if even > 0.5 and odd < 0.1:
        return "utf-16-be"
    return ""


def _decodes(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(file):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _no_text(file: Path, found: str) -> ResponsesError:
    return ResponsesError(
        "The file is no table of text.",
        where=file.name,
        got=found,
        expected="CSV, XLSX or SPSS .sav",
        hint="Export the answers again as CSV with encoding UTF-8.",
    )

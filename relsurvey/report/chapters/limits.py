"""Chapter: limits, sources, how to cite, and the record of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from relsurvey.report.desk import Desk
from relsurvey.report.page import Bullets, Chapter, Column, Heading, More, Note, Part, Table, Text
from relsurvey.report.record import run_record

BASES = ("sourced", "derived", "assumed")


def limits(desk: Desk, number: int) -> Chapter:
    """Write the chapter on limits, on what each claim rests on, and on the run itself."""
    words = desk.words
    parts: list[Part] = [
        limits_note(desk),
        Bullets(words.lines("limits.further")),
        Heading(words("limits.basis_title")),
        *_basis(desk),
        Heading(words("limits.cite_title")),
        Bullets(_citations(desk)),
        Heading(words("limits.record_title")),
        Text(words.lines("limits.record")),
        More(words("limits.record_more"), (_record(desk),)),
    ]
    return Chapter(
        "limits", number, words("limits.title"), words.lines("limits.lead"), tuple(parts)
    )


def limits_note(desk: Desk) -> Note:
    """Return what a reader must know before using any number: status, design, limits."""
    words, instrument = desk.words, desk.contents.instrument
    sentences = [desk.names.text(instrument.status), *words.lines("limits.snapshot")]
    if desk.contents.synthetic:
        sentences.insert(0, words("limits.synthetic"))
    return Note(
        "caution",
        words("limits.note_title"),
        tuple(sentences),
        tuple(desk.names.text(limit) for limit in instrument.limits),
    )


def _basis(desk: Desk) -> list[Part]:
    words, provenance = desk.words, desk.contents.instrument.provenance
    columns = (
        Column(words("limits.claim"), numeric=False),
        Column(words("limits.rests_on"), numeric=False),
    )
    rows = tuple(
        (claim, words(f"limits.{basis}"))
        for basis in BASES
        for claim in words.lines(f"limits.claims_{basis}", min_n=desk.contents.min_n)
    )
    language = "en" if words.language != "en" else ""
    own: list[Part] = [Text((words("limits.own_source"),)), Text((provenance.source,))]
    for basis in BASES:
        claims = getattr(provenance, basis)
        if claims:
            own += [Text((words(f"limits.{basis}") + ":",)), Bullets(tuple(claims), language)]
    return [
        Text(words.lines("limits.basis")),
        Table(words("limits.basis_caption"), columns, rows),
        More(words("limits.instrument_more"), tuple(own)),
        More(words("limits.methods_more"), (Bullets(words.lines("limits.methods"), language),)),
    ]


def _citations(desk: Desk) -> tuple[str, ...]:
    version = str(desk.contents.record.get("relsurvey", ""))
    return (
        desk.words("limits.cite_questionnaire", citation=desk.contents.instrument.citation),
        desk.words("limits.cite_program", version=version),
        desk.words("limits.licence", licence=desk.contents.instrument.licence),
    )


def _record(desk: Desk) -> Table:
    words = desk.words
    columns = (
        Column(words("limits.key"), numeric=False),
        Column(words("limits.value"), numeric=False),
    )
    rows = tuple(pair for pair in _flat(run_record(desk.contents)) if pair[1])
    return Table(words("limits.record_caption"), columns, rows)


def _flat(content: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from _flat(value, f"{prefix}{key}.")
    elif isinstance(content, list) and any(isinstance(part, list | Mapping) for part in content):
        for i, value in enumerate(content, start=1):
            yield from _flat(value, f"{prefix}{i}.")
    elif isinstance(content, list):
        yield prefix.rstrip("."), ", ".join(str(part) for part in content)
    else:
        yield prefix.rstrip("."), "" if content is None else str(content)

"""The codebook: one row per item and background field, with codes, labels and keying."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from relsurvey.instrument.background import BackgroundField
from relsurvey.instrument.form import Form
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.item import Item
from relsurvey.instrument.response_scale import MissingCode, ResponseOption
from relsurvey.questionnaire.sheet import Sheet

_FIXED = (
    "id",
    "file",
    "kind",
    "type",
    "block",
    "construct",
    "facet",
    "reverse",
    "required",
    "low",
    "high",
)


def codebook(instrument: Instrument, form: Form, languages: Sequence[str]) -> tuple[Sheet, ...]:
    """Build the codebook of a form.

    Parameters
    ----------
    instrument : Instrument
    form : Form
        Its background fields come first, then roster fields it does not ask for, then its items.
    languages : sequence of str
        Languages of texts and labels, in the order of the columns.

    Returns
    -------
    tuple of Sheet
        ``codebook`` (one row per column of the data), ``codes`` (one row per code), ``about``.
    """
    fields = _fields(instrument, form)
    block_of = {item: block.id for block in form.blocks for item in block.items}
    rows = [_field_row(field, form, languages) for field in fields]
    rows += [
        _item_row(instrument, instrument.item(name), block_of[name], form, languages)
        for name in form.items
    ]
    per_language = ("text", "construct_name", "answers", "missing", "help")
    columns = (*_FIXED, *(f"{part}_{lang}" for lang in languages for part in per_language))
    main = Sheet(
        title="codebook",
        columns=columns,
        rows=tuple(rows),
        widths={f"text_{lang}": 60 for lang in languages} | {"id": 18},
    )
    return main, _codes(instrument, form, fields, languages), _about(instrument, form, languages)


def field_codes(
    fields: Sequence[BackgroundField], languages: Sequence[str]
) -> list[tuple[object, ...]]:
    """Rows of the table of codes for choice fields: id, code, kind, a label per language."""
    return [
        (field.id, option.code, "answer", *(option.label.get(lang) for lang in languages))
        for field in fields
        for option in field.options
    ]


def code_columns(languages: Sequence[str]) -> tuple[str, ...]:
    """Headings of the table of codes."""
    return ("id", "code", "kind", *(f"label_{language}" for language in languages))


def _codes(
    instrument: Instrument, form: Form, fields: Sequence[BackgroundField], languages: Sequence[str]
) -> Sheet:
    rows = field_codes(fields, languages)
    for name in form.items:
        scale = instrument.scale_of(name)
        rows += [(name, part.code, "answer", *_labels(part, languages)) for part in scale.options]
        rows += [(name, part.code, part.kind, *_labels(part, languages)) for part in scale.missing]
    return Sheet(title="codes", columns=code_columns(languages), rows=tuple(rows), in_csv=False)


def _labels(part: ResponseOption | MissingCode, languages: Sequence[str]) -> list[str]:
    return [part.label.get(language) for language in languages]


def _fields(instrument: Instrument, form: Form) -> list[BackgroundField]:
    asked = [instrument.background_field(name) for name in form.background]
    roster = [field for field in instrument.background if field.asked_of == "roster"]
    return [*asked, *(field for field in roster if field.id not in form.background)]


def _field_row(field: BackgroundField, form: Form, languages: Sequence[str]) -> tuple[object, ...]:
    places = ["answers"] if field.id in form.background else []
    places += ["roster"] if field.asked_of == "roster" else []
    fixed = (
        field.id,
        ", ".join(places),
        f"background ({field.asked_of})",
        field.type,
        "",
        "",
        "",
        "",
        "yes" if field.required else "no",
        field.low,
        field.high,
    )
    texts: list[object] = []
    for lang in languages:
        answers = _joined((option.code, option.label.get(lang)) for option in field.options)
        described = field.help.get(lang) if field.help is not None else ""
        texts += [field.text.get(lang), "", answers or field.unit, "", described]
    return (*fixed, *texts)


def _item_row(
    instrument: Instrument, item: Item, block: str, form: Form, languages: Sequence[str]
) -> tuple[object, ...]:
    scale, construct = instrument.scale_of(item.id), instrument.construct(item.construct)
    fixed = (
        item.id,
        "answers",
        "item",
        "choice",
        block,
        item.construct,
        item.facet,
        "yes" if item.reverse else "no",
        "no",
        scale.low,
        scale.high,
    )
    texts: list[object] = []
    for lang in languages:
        texts += [
            instrument.wording(item.id, lang, form.audience),
            construct.name.get(lang),
            _joined((option.code, option.label.get(lang)) for option in scale.options),
            _joined((missing.code, missing.label.get(lang)) for missing in scale.missing),
            "",
        ]
    return (*fixed, *texts)


def _joined(coded: Iterable[tuple[object, str]]) -> str:
    return "; ".join(f"{code} = {label}" for code, label in coded)


def _about(instrument: Instrument, form: Form, languages: Sequence[str]) -> Sheet:
    rows: list[tuple[object, ...]] = [
        ("instrument", instrument.id),
        ("version", instrument.version),
    ]
    for lang in languages:
        rows += [(f"title ({lang})", instrument.title.get(lang))]
        rows += [(f"form ({lang})", f"{form.id}: {form.title.get(lang)}")]
        rows += [(f"status ({lang})", instrument.status.get(lang))]
        rows += [(f"limit ({lang})", limit.get(lang)) for limit in instrument.limits]
    rows += [
        ("licence", instrument.licence),
        ("citation", instrument.citation),
        ("source", instrument.provenance.source),
    ]
    return Sheet(
        title="about",
        columns=("what", "content"),
        rows=tuple(rows),
        widths={"content": 90},
        in_csv=False,
    )

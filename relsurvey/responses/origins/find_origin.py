"""Which tool a file of answers comes from."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from relsurvey.responses.background_fields import RESPONDENT
from relsurvey.responses.origins.companions import Companions
from relsurvey.responses.origins.kobo import kobo
from relsurvey.responses.origins.limesurvey import limesurvey
from relsurvey.responses.origins.names import Names
from relsurvey.responses.origins.origin import Origin
from relsurvey.responses.origins.qualtrics import qualtrics
from relsurvey.responses.origins.redcap import redcap
from relsurvey.responses.origins.surveyxact import surveyxact
from relsurvey.responses.origins.web_forms import google_forms, microsoft_forms
from relsurvey.responses.table import Table

RECOGNISERS: tuple[Callable[[Table, Names], Origin | None], ...] = (
    qualtrics,
    limesurvey,
    surveyxact,
    redcap,
    kobo,
    microsoft_forms,
    google_forms,
)


def find_origin(
    table: Table,
    names: Names,
    given: Collection[str],
    beside: Companions = Companions(),  # noqa: B008  (frozen)
) -> Origin:
    """Recognise the tool by its columns, and take headings that are questions for those questions.

    Parameters
    ----------
    table : Table
        As read.
    names : Names
        Of the form that was fielded.
    given : collection of str
        Headings that the caller has mapped; they are left alone.
    beside : Companions
        Texts and labels that came in files of their own.
    """
    found = next((origin for one in RECOGNISERS if (origin := one(table, names))), Origin(""))
    own = {column.name for column in table.columns} & {RESPONDENT, *names.ids}
    columns = {place: name for place, name in found.columns.items() if name not in own}
    mapped = {place for place, column in enumerate(table.columns) if column.name in given}
    taken = set(columns.values()) | own
    plain = {name.casefold() for name in names.ids}
    for place, column in enumerate(table.columns):
        if place in columns or column.name.casefold() in plain:
            continue
        target = names.by_text(column.name) or names.by_text(beside.texts.get(column.name, ""))
        if target and target not in taken:
            columns[place] = target
            taken.add(target)
    labels = {
        columns.get(place, column.name): beside.labels[column.name]
        for place, column in enumerate(table.columns)
        if column.name in beside.labels
    }
    return replace(
        found,
        labels=labels,
        columns={place: name for place, name in columns.items() if place not in mapped},
        left_out={place: code for place, code in found.left_out.items() if place not in mapped},
    )

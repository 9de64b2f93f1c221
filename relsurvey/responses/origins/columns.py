"""Columns that tools add to what was asked."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from relsurvey.responses.table import Column, Table

# Headings, without regard to case, under which tools put what tells who somebody is.
PERSONAL = frozenset(
    {
        "email",
        "e-mail",
        "mail",
        "emailaddress",
        "recipientemail",
        "username",
        "name",
        "navn",
        "fornavn",
        "efternavn",
        "firstname",
        "lastname",
        "recipientfirstname",
        "recipientlastname",
        "ipaddr",
        "ipaddress",
        "ip",
        "locationlatitude",
        "locationlongitude",
        "phone",
        "telefon",
        "mobil",
        "cpr",
        "cprnr",
        "cpr-nr",
        "cprnummer",
        "externalreference",
        "externaldatareference",
        "token",
        "redcap_survey_identifier",
        "_submitted_by",
        "deviceid",
        "mailadresse",
        "brugernavn",
    }
) | {
    "email address",
    "e-mail address",
    "e-mailadresse",
    "full name",
    "ip address",
    "ip-adresse",
    "survey identifier",
    "access code",
    "adgangskode",
    "cpr-nummer",
}


def places(table: Table) -> dict[str, int]:
    """Place of each heading in lower case; the first where one repeats."""
    found: dict[str, int] = {}
    for place, column in enumerate(table.columns):
        found.setdefault(column.name.casefold(), place)
    return found


def left_out(table: Table, technical: Collection[str]) -> dict[int, str]:
    """Say which columns are the tool's own and which tell who somebody is."""
    found = {}
    for place, column in enumerate(table.columns):
        name = column.name.casefold()
        if name in PERSONAL:
            found[place] = "personal_column"
        elif name in technical:
            found[place] = "tool_column"
    return found


def holds(column: Column, texts: Collection[str]) -> NDArray[np.bool_]:
    """Which rows hold one of the texts, without regard to case and blanks."""
    marked = np.array([text.strip().casefold() in texts for text in column.texts])
    rows: NDArray[np.bool_] = marked[column.codes]
    return rows

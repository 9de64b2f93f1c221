"""Parts on invariance: what may be compared between which groups."""

from __future__ import annotations

from relsurvey.measurement.compared_groups import ComparedGroups
from relsurvey.measurement.invariance import Invariance
from relsurvey.report.desk import Desk
from relsurvey.report.page import Column, More, Part, Table, Text
from relsurvey.report.technical import remarks


def invariance_parts(desk: Desk) -> list[Part]:
    """Return the table of what may be compared, and how it was found out."""
    words, contents = desk.words, desk.contents
    kinds = ("associations", "means", "scores")
    rows = tuple(_row(desk, division, kinds) for division in contents.compared_groups)
    columns = (
        Column(words("invariance.groups"), numeric=False),
        *(Column(words(f"invariance.what.{kind}"), numeric=False) for kind in kinds),
    )
    table = Table(words("invariance.caption"), columns, rows, words("invariance.note"))
    parts: list[Part] = [table]
    for division in contents.compared_groups:
        found = contents.invariances.get(division.name)
        if found is not None:
            parts += _freed(desk, division, found)
    details: list[Part] = [Text(words.lines("invariance.method"))]
    for name, found in contents.invariances.items():
        details += [_levels(desk, name, found), *remarks(desk, found.remarks())]
    if contents.invariances:
        parts.append(More(words("invariance.more"), tuple(details)))
    return parts


def _row(desk: Desk, division: ComparedGroups, kinds: tuple[str, ...]) -> tuple[str, ...]:
    words, names = desk.words, desk.names
    found = desk.contents.invariances.get(division.name)
    title = names.term(division.name)
    if found is None:
        reason = desk.reason(division.reason or "groups_failed")
        return (f"{title} ({reason})", *([words("invariance.holds.untested")] * len(kinds)))
    groups = ", ".join(_label(desk, division.name, label) for label in found.groups)
    holds = found.comparable().set_index("what")["holds"]
    return (
        words("invariance.division", title=title, groups=groups),
        *(words(f"invariance.holds.{holds[kind]}") for kind in kinds),
    )


def _label(desk: Desk, division: str, label: str) -> str:
    """Name of a group: the label of its code, where the background field has labels."""
    for field in desk.contents.instrument.background:
        if field.id == division:
            for option in field.options:
                if option.code == label:
                    return desk.names.text(option.label)
    return label


def _freed(desk: Desk, division: ComparedGroups, found: Invariance) -> list[Part]:
    freed = found.freed()
    if freed.empty:
        return []
    items = "; ".join(desk.names.item(str(item)) for item in dict.fromkeys(freed["item"]))
    title = desk.names.term(division.name)
    return [Text((desk.words("invariance.freed", groups=title, items=items),))]


def _levels(desk: Desk, name: str, found: Invariance) -> Table:
    words, numbers = desk.words, desk.numbers
    table = found.tidy()
    ending = next((end for end in ("_robust", "_scaled", "") if f"cfi{end}" in table), "")
    columns = [f"cfi{ending}", f"rmsea{ending}", "srmr"]
    rows = tuple(
        (
            words.either(f"invariance.level.{row['level']}", str(row["level"])),
            *(numbers.decimal(row[column], 3) for column in columns),
            numbers.p_value(row["p_value_diff"]),
        )
        for row in table.to_dict(orient="records")
    )
    heads = (
        Column(words("invariance.level_title"), numeric=False),
        *(Column(words(f"fact.{column}")) for column in columns),
        Column(words("invariance.p")),
    )
    return Table(words("invariance.levels", title=desk.names.term(name)), heads, rows)

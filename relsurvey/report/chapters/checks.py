"""Chapter: what was checked and changed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import numpy as np
import pandas as pd

from relsurvey.problems import Problem
from relsurvey.report.contents import ReportContents
from relsurvey.report.desk import Desk
from relsurvey.report.page import Chapter, Column, Heading, More, Part, Table, Text
from relsurvey.report.technical import remarks
from relsurvey.responses.careless import Careless
from relsurvey.responses.source import Change

SEVERITIES = ("error", "warning", "note")
FEW_COLUMNS = 4
OWN_SECTION = "careless"


def checks(desk: Desk, number: int) -> Chapter:
    """Write the chapter on problems found, changes made, careless answers and missing answers."""
    words = desk.words
    parts: list[Part] = [Heading(words("checks.problems_title")), *_problems(desk)]
    parts += [Heading(words("checks.changes_title")), *_changes(desk)]
    parts += [Heading(words("checks.careless_title")), *_careless(desk)]
    parts += [Heading(words("checks.absent_title")), *_absent(desk)]
    return Chapter(
        "checks", number, words("checks.title"), words.lines("checks.lead"), tuple(parts)
    )


def problem_kinds(problems: Iterable[Problem]) -> list[tuple[list[Problem], int]]:
    """Group problems by severity and code; with each group the number of places it concerns."""

    def kind(problem: Problem) -> tuple[int, str]:
        return SEVERITIES.index(problem.severity), problem.code

    groups = [list(group) for _, group in groupby(sorted(problems, key=kind), key=kind)]
    return [(group, sum(n_rows(problem.row) for problem in group)) for group in groups]


def n_rows(row: str) -> int:
    """Count the rows that a problem names: ``"2–40, 57"`` is 40; no row at all counts as one."""
    total = 0
    for part in row.split(","):
        first, _, last = part.strip().partition("–")
        total += int(last) - int(first) + 1 if first.isdigit() and last.isdigit() else 1
    return total


def _problems(desk: Desk) -> list[Part]:
    words = desk.words
    others = [problem for problem in desk.contents.problems if problem.code != OWN_SECTION]
    kinds = problem_kinds(others)
    if not kinds:
        return [Text((words("checks.no_problems"),))]
    rows = tuple(
        (
            words.either(f"problem.{group[0].code}", group[0].code),
            words(f"severity.{group[0].severity}"),
            desk.numbers.whole(count),
            _action(desk, group),
        )
        for group, count in kinds
    )
    columns = (
        Column(words("checks.kind"), numeric=False),
        Column(words("checks.severity"), numeric=False),
        Column(words("checks.count")),
        Column(words("checks.action"), numeric=False),
    )
    note = words("checks.problems_note")
    return [Table(words("checks.problems_caption"), columns, rows, note)]


def _action(desk: Desk, group: list[Problem]) -> str:
    """Return the sentences that every problem of the group gives as what to do."""
    language = desk.words.language
    texts = [problem.action.get(language, problem.action.get("en", "")) for problem in group]
    sentences = [text.split(". ") for text in dict.fromkeys(texts)]
    shared = [one for one in sentences[0] if all(one in other for other in sentences[1:])]
    text = ". ".join(shared)
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."


def _changes(desk: Desk) -> list[Part]:
    words = desk.words
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in desk.contents.responses.log:
        groups.setdefault((change.what, change.why), []).append(change)
    if not groups:
        return [Text((words("checks.no_changes"),))]
    rows = tuple(
        (
            _what(desk, what),
            _columns(desk, [change.column for change in group]),
            desk.numbers.whole(sum(change.n for change in group)),
            words.either(f"why.{why}", why),
        )
        for (what, why), group in groups.items()
    )
    heads = ("what", "column", "count", "why")
    columns = tuple(Column(words(f"checks.{head}"), numeric=head == "count") for head in heads)
    return [Table(words("checks.changes_caption"), columns, rows)]


def _what(desk: Desk, what: str) -> str:
    text, blank, rest = what.partition(" read as blank")
    if blank and not rest:
        return desk.words("change.read as blank", text=text)
    return desk.words.either(f"change.{what}", what)


def _columns(desk: Desk, names: list[str]) -> str:
    if len(names) > FEW_COLUMNS:
        return desk.words("checks.n_columns", n=desk.numbers.whole(len(names)))
    return ", ".join(name for name in names if name) or desk.words("checks.whole_rows")


def _careless(desk: Desk) -> list[Part]:
    words, numbers, found = desk.words, desk.numbers, desk.contents.careless
    if found is None:
        return [desk.missing("careless")]
    counts = careless_counts(found)
    anyone = counts[counts["sign"] == "any"].iloc[0]
    flagged = int(anyone["n"])
    if not flagged:
        return [Text((words("checks.careless_none"),))]
    share = numbers.percent(anyone["share"], 1)
    sentence = words.counted("checks.careless_text", flagged, share=share)
    rows = tuple(
        (
            words.either(f"sign.{row['sign']}", row["sign"]),
            numbers.whole(row["n"]),
            numbers.percent(row["share"], 1),
        )
        for row in counts[counts["sign"] != "any"].to_dict(orient="records")
    )
    columns = (
        Column(words("checks.sign"), numeric=False),
        Column(words("checks.persons")),
        Column(words("checks.share")),
    )
    table = Table(words("checks.careless_caption"), columns, rows)
    more = More(words("checks.careless_more"), (table, *remarks(desk, found.remarks())))
    return [Text((sentence, words("checks.careless_meaning"))), more]


def _absent(desk: Desk) -> list[Part]:
    words, numbers = desk.words, desk.numbers
    shares = reasons_by_construct(desk.contents)
    if shares.empty:
        return [Text((words("reason.too_few_answers"),))]
    reasons = [name for name in shares.columns if name != "construct"]
    columns = (
        Column(words("checks.construct"), numeric=False),
        *(Column(_reason_name(desk, reason)) for reason in reasons),
    )
    rows = tuple(
        (desk.names.construct(row["construct"]), *(numbers.percent(row[r], 1) for r in reasons))
        for row in shares.to_dict(orient="records")
    )
    table = Table(words("checks.absent_caption"), columns, rows)
    return [Text((words("checks.absent_text"),)), More(words("checks.absent_more"), (table,))]


def _reason_name(desk: Desk, reason: str) -> str:
    for scale in desk.contents.instrument.response_scales:
        for code in scale.missing:
            if code.id == reason:
                return desk.names.text(code.label)
    return desk.words.either(f"absent.{reason}", reason)


def reasons_by_construct(contents: ReportContents) -> pd.DataFrame:
    """Share of answers (column ``answered``), and of each reason for none, per construct.

    Empty when fewer people answered than may be shown.
    """
    reasons = contents.responses.reasons
    if len(reasons) < contents.min_n:
        return pd.DataFrame()
    rows = []
    for construct, items in contents.instrument.model(contents.form).items():
        present = [item for item in items if item in reasons]
        if present:
            pooled = np.concatenate([reasons[item].astype(str).to_numpy() for item in present])
            names, counts = np.unique(pooled, return_counts=True)
            shares = dict(zip(names, counts / pooled.size, strict=True))
            rows.append({"construct": construct, "answered": shares.pop("", 0.0), **shares})
    return pd.DataFrame(rows).fillna(0.0)


def careless_counts(found: Careless) -> pd.DataFrame:
    """Return ``sign n share``: people with each sign of careless answering, and with any."""
    frame = found.tidy()
    signs = {str(name).removeprefix("flag_"): frame[name] for name in frame if "flag_" in str(name)}
    rows = [{"sign": name, "n": int(flag.sum())} for name, flag in signs.items()]
    rows.append({"sign": "any", "n": int((frame["n_flags"] > 0).sum())})
    table = pd.DataFrame(rows)
    table["share"] = table["n"] / max(len(frame), 1)
    return table

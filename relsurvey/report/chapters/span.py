"""Chapter: whether the moderator (span of control) changes the picture."""

from __future__ import annotations

import pandas as pd

from relsurvey.effects.moderate import Moderation
from relsurvey.effects.moderation_model import ALL_INTERACTIONS
from relsurvey.report.desk import Desk
from relsurvey.report.figures.axis import span_of
from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow
from relsurvey.report.figures.slopes_plot import SlopePanel, SlopesPlot
from relsurvey.report.figures.svg import both_widths
from relsurvey.report.interval_figure import interval_figure, mark_of
from relsurvey.report.page import (
    Chapter,
    Column,
    Figure,
    Grouped,
    Heading,
    More,
    Note,
    Part,
    Table,
    Text,
)
from relsurvey.report.technical import model_facts, remarks

FORMS = ("log", "classes")
COUNTED = "span_counted"
BOUNDS = ["estimate", "conf_low", "conf_high"]


def span(desk: Desk, number: int) -> Chapter:
    """Write the chapter on slopes along the moderator, and in its classes."""
    words, moderations = desk.words, desk.contents.moderations
    name = desk.names.moderator(desk.contents.moderator)
    parts: list[Part] = []
    if not moderations:
        parts.append(desk.missing("moderations"))
    elif any(problem.code == COUNTED for problem in desk.contents.problems):
        parts.append(Note("caution", words("span.counted_title"), (words("span.counted"),)))
    for form in FORMS:
        if form in moderations:
            parts += _form(desk, form, moderations[form])
    title = words("span.title", moderator=name)
    return Chapter("span", number, title, words.lines("span.lead", moderator=name), tuple(parts))


def _form(desk: Desk, form: str, moderation: Moderation) -> list[Part]:
    words = desk.words
    outcomes = list(dict.fromkeys(moderation.joint_tests()["outcome"]))
    parts: list[Part] = [Heading(words(f"span.{form}_title"))]
    parts.append(Text(words.lines(f"span.{form}")))
    if form == "log":
        parts.append(span_verdicts(desk, moderation))
    draw = _curves if form == "log" else _classes
    parts += [draw(desk, moderation, i, outcome) for i, outcome in enumerate(outcomes)]
    details: list[Part] = [Text(words.lines("span.method"))]
    details += [_tests(desk, moderation, outcome) for outcome in outcomes]
    details += [model_facts(desk, moderation.glance()), *remarks(desk, moderation.remarks())]
    return [*parts, More(words(f"span.{form}_more"), tuple(details))]


def span_verdicts(desk: Desk, moderation: Moderation) -> Grouped:
    """Say per outcome whether slopes depend on the moderator, by Holm-adjusted tests."""
    tests = moderation.joint_tests()
    joint = tests[tests["model"] == "joint"]
    return Grouped(
        tuple(
            (desk.names.term(str(outcome)), (_verdict(desk, moderation.moderator, rows),))
            for outcome, rows in joint.groupby("outcome", sort=False)
        )
    )


def _verdict(desk: Desk, moderator: str, tests: pd.DataFrame) -> str:
    name = desk.names.moderator(moderator)
    single = tests[tests["predictor"] != ALL_INTERACTIONS]
    clear = [desk.names.term(term) for term in single[single["p_holm"] < 0.05]["predictor"]]
    if clear:
        return desk.words("span.found", moderator=name, themes=desk.numbers.listed(clear))
    together = tests[tests["predictor"] == ALL_INTERACTIONS]["p_value"]
    found = "found_together" if len(together) and together.iloc[0] < 0.05 else "not_found"
    return desk.words(f"span.{found}", moderator=name)


def _joint(frame: pd.DataFrame, outcome: str) -> pd.DataFrame:
    return frame[(frame["outcome"] == outcome) & (frame["model"] == "joint")]


def _curves(desk: Desk, moderation: Moderation, position: int, outcome: str) -> Figure:
    words, name = desk.words, desk.names.moderator(moderation.moderator)
    curve = _joint(moderation.slopes(), outcome)
    regions = _joint(moderation.johnson_neyman(), outcome)
    regions = regions[regions["sign"] != "not_established"]
    panels = tuple(
        SlopePanel(
            desk.names.term(str(predictor)),
            at=tuple(rows["value"].astype(float)),
            estimate=tuple(rows["estimate"].astype(float)),
            low=tuple(rows["conf_low"].astype(float)),
            high=tuple(rows["conf_high"].astype(float)),
            clear=tuple(
                (float(row["low"]), float(row["high"]))
                for row in regions[regions["predictor"] == predictor].to_dict(orient="records")
            ),
        )
        for predictor, rows in curve.groupby("predictor", sort=False)
    )
    x_bounds = (float(curve["value"].min()), float(curve["value"].max()))
    y_bounds = span_of(curve[BOUNDS].to_numpy(dtype=float).ravel(), include=(0.0,))
    plot = SlopesPlot(
        panels, x_bounds, y_bounds, desk.names.term(moderation.moderator), desk.numbers
    )
    called = desk.names.term(outcome)
    caption = words("span.log_caption", outcome=called, moderator=name)
    key = f"slopes-{position}"
    wide, narrow = both_widths(key, caption, words("span.log_described", moderator=name), plot)
    return Figure(f"{key}-figure", caption, wide, narrow, (), _marks(desk, moderation, outcome))


def _marks(desk: Desk, moderation: Moderation, outcome: str) -> Table:
    words, numbers = desk.words, desk.numbers
    marks = moderation.simple_slopes()
    rows = tuple(
        (
            desk.names.term(row["predictor"]),
            numbers.decimal(row["value"], 0),
            numbers.decimal(row["estimate"]),
            numbers.interval(row["conf_low"], row["conf_high"]),
            numbers.p_bare(row["p_value"]),
        )
        for row in _joint(marks, outcome).to_dict(orient="records")
    )
    heads = ("predictor", "at", "slope", "interval", "p")
    columns = tuple(Column(words(f"span.{head}"), numeric=head != "predictor") for head in heads)
    return Table(words("span.marks", outcome=desk.names.term(outcome)), columns, rows)


def _classes(desk: Desk, moderation: Moderation, position: int, outcome: str) -> Figure:
    words, numbers = desk.words, desk.numbers
    name = desk.names.moderator(moderation.moderator)
    marks = _joint(moderation.simple_slopes(), outcome)
    labels = list(dict.fromkeys(marks["at"]))
    rows = []
    for predictor, group in marks.groupby("predictor", sort=False):
        drawn = tuple(
            mark_of(row, numbers, series=labels.index(row["at"]))
            for row in group.to_dict(orient="records")
        )
        rows.append(IntervalRow(desk.names.term(str(predictor)), drawn))
    low, high = span_of(marks[BOUNDS].to_numpy(dtype=float).ravel(), include=(0.0,))
    axis = words("effects.axis")
    plot = IntervalPlot(tuple(rows), low, high, axis, numbers, reference=0.0, value_width=162.0)
    caption = words("span.classes_caption", outcome=desk.names.term(outcome), moderator=name)
    series = [class_name(desk, moderation.moderator, label) for label in labels]
    described = words("span.classes_described")
    return interval_figure(f"classes-{position}", caption, described, plot, series)


def class_name(desk: Desk, moderator: str, label: str) -> str:
    """Return a class such as ``<20``, ``20-35`` or ``>35`` in words."""
    sign = label.rstrip("0123456789.-")
    text = label.removeprefix(sign).replace("-", "–")
    kind = {"<": "below", ">": "above", ">=": "from"}.get(sign if "–" not in text else "", "range")
    return desk.words(f"span.{kind}", moderator=desk.names.term(moderator), bound=text)


def _tests(desk: Desk, moderation: Moderation, outcome: str) -> Table:
    words, numbers = desk.words, desk.numbers
    rows = tuple(
        (
            words("span.all")
            if row["predictor"] == ALL_INTERACTIONS
            else desk.names.term(row["predictor"]),
            numbers.decimal(row["statistic"]),
            numbers.decimal(row["df_numerator"], 0),
            numbers.decimal(row["df_denominator"], 1),
            numbers.p_bare(row["p_value"]),
            numbers.p_bare(row["p_holm"]),
        )
        for row in _joint(moderation.joint_tests(), outcome).to_dict(orient="records")
    )
    heads = ("predictor", "f", "df_numerator", "df_denominator", "p", "p_holm")
    columns = tuple(Column(words(f"span.{head}"), numeric=head != "predictor") for head in heads)
    return Table(
        words(
            "span.tests",
            outcome=desk.names.term(outcome),
            moderator=desk.names.moderator(moderation.moderator),
        ),
        columns,
        rows,
    )

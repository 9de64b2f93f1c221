"""Answers in the shape that survey tools export, built from their documented formats.

None of these files was written by the tool itself; `acceptance` scripts do that where the tool can
be started. Each function takes the answers as a frame of texts and returns a frame of texts.
"""

from __future__ import annotations

import pandas as pd

from relsurvey.instrument.asked import Asked
from relsurvey.instrument.tool_codes import limesurvey_codes


def labels_of(asked: Asked, language: str) -> dict[str, dict[str, str]]:
    """Column to code to label."""
    found: dict[str, dict[str, str]] = {}
    for question in asked.questions:
        own = {choice.code: choice.label[language] for choice in question.choices}
        for name in [row.id for row in question.rows] or [question.id]:
            found[name] = own
    return found


def labelled(raw: pd.DataFrame, asked: Asked, language: str) -> pd.DataFrame:
    labels = labels_of(asked, language)
    return pd.DataFrame(
        {name: [labels.get(name, {}).get(cell, cell) for cell in raw[name]] for name in raw.columns}
    )


def _grid_of(asked: Asked) -> dict[str, str]:
    return {row.id: question.id for question in asked.questions for row in question.rows}


def limesurvey(raw: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    codes, grids = limesurvey_codes(asked), _grid_of(asked)
    found = pd.DataFrame({"id": raw["respondent"], "submitdate": "1980-01-01 00:00:00"})
    found = found.assign(lastpage="6", startlanguage=raw["language"], seed="12345", token="t1")
    for name in [*grids, *(question.id for question in asked.questions if not question.rows)]:
        head = f"{codes[grids[name]]}[{name}]" if name in grids else codes[name]
        found[head] = raw[name]
    for question in asked.filled:
        found[codes[question.id]] = raw[question.id]
    return found


def limesurvey_texts(raw: pd.DataFrame, asked: Asked, language: str) -> pd.DataFrame:
    lead = {row.id: (question, row) for question in asked.questions for row in question.rows}
    said = labelled(raw, asked, language)
    found = pd.DataFrame({"Response ID": raw["respondent"], "Date submitted": "1980-01-01"})
    found = found.assign(**{"Last page": "6", "Start language": raw["language"]})
    for name, (question, row) in lead.items():
        found[f"{question.text[language]} [{row.text[language]}]"] = said[name]
    for question in (*asked.questions, *asked.filled):
        if not question.rows:
            found[question.text[language]] = said[question.id]
    return found


def kobo(raw: pd.DataFrame, asked: Asked, separator: str = "/") -> pd.DataFrame:
    found = pd.DataFrame({"start": "2026-01-01T08:00:00", "end": "2026-01-01T08:07:00"}, raw.index)
    for question in asked.filled:
        found[question.id] = raw[question.id]
    for page in asked.pages:
        for question in page.questions:
            if question.rows:
                found[f"page_{page.id}{separator}lead_{question.id}"] = ""
            for name in [row.id for row in question.rows] or [question.id]:
                found[f"page_{page.id}{separator}{name}"] = raw[name]
    return found.assign(
        _id=raw["respondent"], _uuid="u", _submission_time="2026-01-01", _submitted_by="anna"
    )


def redcap(raw: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    found = pd.DataFrame({"record_id": raw["respondent"], "redcap_survey_identifier": ""})
    found["short_timestamp"] = "2026-01-01 08:00"
    for question in (*asked.filled, *asked.questions):
        for name in [row.id for row in question.rows] or [question.id]:
            found[name] = raw[name]
    return found.assign(short_complete="2")


def redcap_labels(raw: pd.DataFrame, asked: Asked, language: str) -> pd.DataFrame:
    """Labels as headings and as answers."""
    said = labelled(raw, asked, language)
    found = pd.DataFrame({"Record ID": raw["respondent"], "Survey Identifier": ""})
    found["Survey Timestamp"] = "2026-01-01 08:00"
    for question in (*asked.filled, *asked.questions):
        for row in question.rows:
            found[row.text[language]] = said[row.id]
        if not question.rows:
            found[question.text[language]] = said[question.id]
    return found.assign(**{"Complete?": "Complete"})


def qualtrics(raw: pd.DataFrame, asked: Asked, language: str, *, texts: bool) -> pd.DataFrame:
    """With the two rows of texts and import ids below the headings, and one preview."""
    said = labelled(raw, asked, language) if texts else raw
    found = pd.DataFrame({"StartDate": "2026-01-01", "Status": "IP Address"}, raw.index)
    found = found.assign(IPAddress="192.0.2.1", Progress="100", Finished="True")
    found = found.assign(ResponseId=raw["respondent"], RecipientEmail="a@example.dk")
    found["UserLanguage"] = raw["language"].str.upper()
    heads = {name: name for name in found.columns}
    for question in asked.questions:
        names = [row.id for row in question.rows] or [question.id]
        for place, name in enumerate(names, start=1):
            head = f"{question.id}_{place}" if question.rows else name
            found[head] = said[name]
            text = question.rows[place - 1].text if question.rows else question.text
            heads[head] = f"{question.text[language]} - {text[language]}"
    for question in asked.filled:
        found[question.id] = raw[question.id]
        heads[question.id] = question.id
    imports = {name: f'{{"ImportId":"QID{place}"}}' for place, name in enumerate(found.columns)}
    preview = found.iloc[:1].assign(Status="Survey Preview", ResponseId="R_preview")
    top = pd.DataFrame([heads, imports], columns=found.columns)
    return pd.concat([top, preview, found], ignore_index=True)


def surveyxact(raw: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """With the five columns of status, and two people who gave no answer."""
    found = pd.DataFrame({"respondent": raw["respondent"]})
    for question in (*asked.filled, *asked.questions):
        for name in [row.id for row in question.rows] or [question.id]:
            found[name] = raw[name]
    found["language"] = raw["language"]
    for state in range(1, 6):
        found[f"stato_{state}"] = "1" if state == 4 else "0"
    silent = pd.DataFrame(
        {"respondent": ["s1", "s2"], "stato_1": ["1", "0"], "stato_2": ["0", "1"]}
    )
    silent[["stato_3", "stato_4", "stato_5"]] = "0"
    return pd.concat([found, silent], ignore_index=True).fillna("")


def google_forms(raw: pd.DataFrame, asked: Asked, language: str) -> pd.DataFrame:
    said = labelled(raw, asked, language)
    stamp = {"da": "Tidsstempel", "en": "Timestamp"}[language]
    found = pd.DataFrame({stamp: "01/01/2026 08.00.00"}, raw.index)
    for question in (*asked.filled, *asked.questions):
        for row in question.rows:
            found[f"{question.text[language]} [{row.text[language]}]"] = said[row.id]
        if not question.rows:
            found[question.text[language]] = said[question.id]
    return found


def microsoft_forms(raw: pd.DataFrame, asked: Asked, language: str) -> pd.DataFrame:
    said = labelled(raw, asked, language)
    found = pd.DataFrame({"ID": raw["respondent"], "Start time": "1", "Completion time": "2"})
    found = found.assign(Email="anonymous", Name="")
    for question in (*asked.filled, *asked.questions):
        for row in question.rows:
            found[row.text[language]] = said[row.id]
        if not question.rows:
            found[question.text[language]] = said[question.id]
    return found

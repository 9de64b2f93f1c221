"""From places of categories to the frames a person works with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.response_scale import ResponseScale
from relsurvey.responses.read_items import reason_categories
from relsurvey.responses.responses import Responses
from relsurvey.responses.roster import Roster
from relsurvey.responses.source import Source
from relsurvey.simulation.answers_draw import Blueprint
from relsurvey.simulation.drawn import Drawn
from relsurvey.simulation.roster_draw import RosterDraw


def answers_frame(
    instrument: Instrument, plan: Blueprint, roster: RosterDraw, drawn: Drawn
) -> pd.DataFrame:
    """Lay out the answers as a municipality would get them.

    Returns
    -------
    DataFrame
        One row per respondent: ``respondent``, ``unit``, the background questions, then every item
        as a whole number (missing codes among them), missing where the answer was left blank.
    """
    units = np.array(roster.unit_ids(), dtype=object)
    columns: dict[str, object] = {
        "respondent": pd.Series(drawn.respondents(), dtype=object),
        "unit": pd.Series(units[drawn.unit], dtype=object),
    }
    for place, field in enumerate(plan.background.fields):
        options = np.array(plan.background.options[place], dtype=object)
        columns[field] = pd.Series(options[drawn.background[:, place]], dtype=object)
    for place, item in enumerate(plan.items.items):
        columns[item] = _codes(instrument.scale_of(item), drawn.categories[:, place])
    return pd.DataFrame(columns)


def latent_frame(plan: Blueprint, roster: RosterDraw, drawn: Drawn) -> pd.DataFrame:
    """Lay out the true values, one row per respondent in the order of the answers.

    Returns
    -------
    DataFrame
        ``respondent``, ``unit``, ``leader``, ``log_span_std`` (log-span in standard deviations),
        then every construct (mean 0, variance 1 over answering employees).
    """
    frame = roster.frame()
    span = roster.span[roster.leader[drawn.unit]]
    columns: dict[str, object] = {
        "respondent": pd.Series(drawn.respondents(), dtype=object),
        "unit": pd.Series(frame["unit"].to_numpy(object)[drawn.unit], dtype=object),
        "leader": pd.Series(frame["leader"].to_numpy(object)[drawn.unit], dtype=object),
        "log_span_std": plan.latent.span.standardised(span),
    }
    columns |= {name: drawn.latent[:, row] for row, name in enumerate(plan.latent.names)}
    return pd.DataFrame(columns)


def as_responses(
    instrument: Instrument, form: str, answers: pd.DataFrame, roster: pd.DataFrame
) -> Responses:
    """Give simulated answers the shape in which answers are read from a file."""
    units = _floats_and_texts(roster)
    place = pd.Index(units["unit"]).get_indexer(pd.Index(answers["unit"]))
    of_unit = units.drop(columns="unit").iloc[place].reset_index(drop=True)
    items = list(instrument.form(form).items)
    asked = answers.drop(columns=["respondent", "unit", *items])
    kinds = reason_categories(instrument, form)
    values: dict[str, npt.NDArray[np.float64]] = {}
    reasons: dict[str, pd.Categorical[str]] = {}
    for item in items:
        scale = instrument.scale_of(item)
        codes = answers[item].to_numpy(np.float64, na_value=np.nan)
        values[item] = np.where(np.isin(codes, scale.codes), codes, np.nan)
        reasons[item] = _reasons(scale, codes, kinds)
    parts = [answers[["respondent", "unit"]], of_unit, asked, pd.DataFrame(values)]
    return Responses(
        instrument=instrument,
        form=form,
        frame=pd.concat(parts, axis=1),
        reasons=pd.DataFrame(reasons),
        roster=Roster(frame=units, source=Source(format="simulated", n_rows=len(units))),
        source=Source(format="simulated", n_rows=len(answers)),
    )


def _codes(scale: ResponseScale, categories: npt.NDArray[np.int8]) -> pd.Series:
    """Codes of one item. Places -3, -2, -1 count from the end: refused, don't know, blank."""
    of_kind = {missing.kind: missing.code for missing in reversed(scale.missing)}
    table = [*scale.codes, of_kind.get("refused"), of_kind.get("not_applicable"), None]
    blank = np.array([code is None for code in table])[categories]
    known = np.array([0 if code is None else code for code in table], dtype=np.int64)
    if np.abs(known).max() <= np.iinfo(np.int8).max:
        return pd.Series(pd.arrays.IntegerArray(known.astype(np.int8)[categories], blank))
    return pd.Series(pd.arrays.IntegerArray(known[categories], blank))


def _reasons(
    scale: ResponseScale, codes: npt.NDArray[np.float64], kinds: tuple[str, ...]
) -> pd.Categorical[str]:
    reason = np.zeros(codes.size, dtype=np.int8)
    for missing in scale.missing:
        reason[codes == missing.code] = kinds.index(missing.id)
    reason[np.isnan(codes)] = kinds.index("skipped")
    return pd.Categorical.from_codes(reason, categories=pd.Index(kinds))


def _floats_and_texts(frame: pd.DataFrame) -> pd.DataFrame:
    is_number = {name: pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns}
    return frame.astype({name: np.float64 if is_number[name] else object for name in is_number})

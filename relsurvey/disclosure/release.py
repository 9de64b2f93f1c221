"""Answers for research elsewhere: pseudonyms, coarse background, nobody alone in it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.disclosure.k_anonymity import BLANK, k_anonymous
from relsurvey.errors import DataError
from relsurvey.responses.responses import Responses
from relsurvey.results import Result

PSEUDONYMS = ("respondent", "unit", "leader", "department")
SPAN, SPAN_CLASS = "span_of_control", "span_class"
# what is known of a person, the least needed in research first
FIELDS = ("language", "away_share", "tenure", "job_group", "unit", "leader", "department")
LATER = ("sector", SPAN_CLASS, "wave")
COARSE = ("tenure",)
SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True, eq=False)
class Release(Result):
    """Answers that may leave the house under an agreement; still personal data for the key's owner.

    Attributes
    ----------
    frame : DataFrame
        One row a person, in the order of the pseudonyms: pseudonyms, background, items (codes; NaN
        without an answer).
    report : DataFrame
        One row per field of what others may know of a person: ``field known blanked``.
    labels : dict of str to dict of str to tuple of str
        For every coarse field its codes, and the codes of the answers that each holds.
    k, k_before, k_after : int
        People who at least look alike: asked for, in the answers, and in ``frame``.
    n_left_out : int
        People who looked like too few with every field blank.
    """

    title: ClassVar[str] = "Release for research"
    frame: pd.DataFrame
    report: pd.DataFrame
    labels: dict[str, dict[str, tuple[str, ...]]]
    k: int
    k_before: int
    k_after: int
    n_left_out: int

    def tidy(self) -> pd.DataFrame:
        """One row per field: a copy of ``report``."""
        return self.report.copy()

    def glance(self) -> pd.DataFrame:
        """One row: people, people left out, and how many look alike at least."""
        return pd.DataFrame(
            {
                "n": [len(self.frame)],
                "n_left_out": [self.n_left_out],
                "k": [self.k],
                "k_before": [self.k_before],
                "k_after": [self.k_after],
            }
        )

    def summary(self) -> str:
        """Say how many are in it and what was blanked."""
        lines = [self.title, "=" * len(self.title), self.glance().T.to_string(header=False), ""]
        return "\n".join([*lines, self.report.to_string(index=False)])


def release(
    responses: Responses,
    *,
    key: str,
    k: int = 5,
    without: Sequence[str] = (),
    coarse: Sequence[str] | None = None,
    span_breaks: Sequence[float] = (20, 35),
    linked: bool = False,
) -> Release:
    """Make answers ready to be handed to researchers.

    Ids become pseudonyms by a key (HMAC-SHA-256, the first 12 hexadecimal digits): the same key
    gives the same pseudonyms again, without it nobody can work them out or try them. Span of
    control becomes a class, neighbouring categories of ``coarse`` fields become one, headcount and
    every other column is left out. Then values are blanked until at least ``k`` people look alike
    in all that is left (`k_anonymous`). That does not hide an answer that all of them share.

    Parameters
    ----------
    responses : Responses
    key : str
        A secret of at least 16 characters, kept by the owner of the answers.
    k : int, default 5
        At least 2.
    without : sequence of str
        Background fields to leave out altogether, so that others need not be blanked.
    coarse : sequence of str, optional
        Fields of ordered categories, two of which become one; default ``tenure`` where known.
    span_breaks : sequence of float
        Lower bounds of the classes of span after the first.
    linked : bool, default False
        Respondents have the same id in every wave, and get the same pseudonym.

    Raises
    ------
    DataError
        A key too short, a ``k`` below 2, a field that is not there, or nobody left.
    """
    if len(key) < SHORTEST_KEY:
        raise DataError("The key is too short.", expected=f"{SHORTEST_KEY} characters or more")
    if k < 2:
        raise DataError("So few do not hide anybody.", where="k", got=str(k), expected="2 or more")
    frame = responses.frame
    wanted = tuple(coarse) if coarse is not None else COARSE
    made, labels = _background(responses, wanted, span_breaks)
    unknown = [name for name in (*without, *(coarse or ())) if name not in made]
    if unknown:
        raise DataError(
            "There is no such background field.",
            got=", ".join(unknown),
            expected=", ".join(map(str, made.columns)),
        )
    fields = [str(one) for one in made.columns if one not in without]
    ids = frame["respondent"].astype(str)
    if linked and "wave" in frame:
        prefixes = frame["wave"].astype(str) + "-"
        ids = pd.Series(
            [one.removeprefix(wave) for one, wave in zip(ids, prefixes, strict=True)], frame.index
        )
    own = pd.DataFrame({"respondent": _pseudonyms(ids, "respondent", key)}, index=frame.index)
    for field in fields:
        if field in PSEUDONYMS:
            made[field] = _pseudonyms(made[field], field, key)
    found = k_anonymous(made, fields, k)
    if not found.kept.any():
        raise DataError("Nobody looks like enough others.", got=f"{len(frame)} people", where="k")
    parts = [own[found.kept], found.frame, frame.loc[found.kept, list(responses.items)]]
    whole = pd.concat(parts, axis=1).sort_values(["respondent", *_wave(found.frame)])
    return Release(
        frame=whole.reset_index(drop=True),
        report=found.report,
        labels=labels,
        k=k,
        k_before=found.smallest_before,
        k_after=found.smallest,
        n_left_out=int((~found.kept).sum()),
    )


def _wave(frame: pd.DataFrame) -> list[str]:
    return ["wave"] if "wave" in frame else []


def _background(
    responses: Responses, coarse: Sequence[str], breaks: Sequence[float]
) -> tuple[pd.DataFrame, dict[str, dict[str, tuple[str, ...]]]]:
    """Return the fields that may be told, as texts, and what the codes of coarse ones hold."""
    frame = responses.frame
    made = pd.DataFrame(index=frame.index)
    labels: dict[str, dict[str, tuple[str, ...]]] = {}
    for field in _fields(responses):
        made[field] = frame[field].astype(object).where(frame[field].notna(), BLANK).astype(str)
        if field in coarse:
            labels[field] = _pairs(responses, field)
            into = {code: name for name, pair in labels[field].items() for code in pair}
            made[field] = [into.get(code, BLANK) for code in made[field]]
    if SPAN in frame:
        made[SPAN_CLASS] = _span_class(frame[SPAN].to_numpy(dtype=float), breaks)
    return made, labels


def _fields(responses: Responses) -> list[str]:
    """Return the columns that may be told: the instrument's own choices first, then the usual."""
    known = (*FIELDS, *LATER, SPAN)
    own = [
        one.id
        for one in responses.instrument.background
        if one.type == "choice" and one.id not in known
    ]
    return [field for field in (*own, *FIELDS, *LATER) if field in responses.frame]


def _pairs(responses: Responses, field: str) -> dict[str, tuple[str, ...]]:
    asked = [one for one in responses.instrument.background if one.id == field]
    codes = [option.code for one in asked for option in one.options]
    pairs = [tuple(codes[at : at + 2]) for at in range(0, len(codes), 2)]
    return {"-".join(pair): pair for pair in pairs}


def _span_class(spans: NDArray[np.float64], breaks: Sequence[float]) -> NDArray[np.object_]:
    edges = [float(edge) for edge in breaks]
    names = [f"under {edges[0]:g}", *(f"{a:g} to under {b:g}" for a, b in pairwise(edges))]
    texts = np.array([*names, f"{edges[-1]:g} and over"], dtype=object)
    return np.where(np.isfinite(spans), texts[np.searchsorted(edges, spans, side="right")], BLANK)


def _pseudonyms(values: pd.Series, field: str, key: str) -> pd.Series:
    """Return a letter of the field and the first digits of a keyed hash for each value."""
    found = {BLANK: BLANK}
    for value in values.unique():
        if value != BLANK:
            digest = hmac.new(key.encode(), f"{field}:{value}".encode(), hashlib.sha256)
            found[value] = f"{field[0]}{digest.hexdigest()[:12]}"
    return values.map(found)

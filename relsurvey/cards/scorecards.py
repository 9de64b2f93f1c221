"""The door of the room: answers go in, one published table comes out, checked by the auditor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.cards.comparisons import comparisons, unit_rows
from relsurvey.cards.organisation import Organisation, organisation
from relsurvey.cards.self_ratings import self_ratings
from relsurvey.disclosure.audit import Audit, audit
from relsurvey.disclosure.protect import protect
from relsurvey.disclosure.rules import Rules
from relsurvey.errors import DataError
from relsurvey.instrument.instrument import Instrument
from relsurvey.responses.responses import Responses
from relsurvey.responses.roster import Roster
from relsurvey.results import Result

COLUMNS = (
    "unit",
    "parent",
    "wave",
    "cut",
    "measure",
    "n",
    "score",
    "conf_low",
    "conf_high",
    "status",
)
CUTS = ("job_group", "tenure")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Scorecards(Result):
    """What may be published of a survey, unit by unit.

    Attributes
    ----------
    instrument : Instrument
        What was asked.
    form : str
    organisation : Organisation
        Units and people; not for publication.
    rules : Rules
    published : DataFrame
        ``COLUMNS``, one row per unit, wave, cut and measure; ``n`` and ``score`` are empty where
        ``status`` is ``hidden``. ``cut`` is empty for all people of a unit, ``field=category`` for
        some, or begins with ``~`` where the row follows from others: ``~shrunk`` (the mean shrunk
        towards the unit above; its interval; ``n`` is empty), ``~reliability`` (of such means, 0 to
        100), and differences with their intervals, ``status`` then says ``above``, ``below`` or
        ``unclear``: ``~parent``, ``~organisation``, ``~job_group`` and ``~last_wave``. ``~roster``
        gives ``invited`` and ``span_of_control`` as ``n``.
    hidden : DataFrame
        For the owner of the survey alone: ``unit wave cut measure n reason`` of what is hidden.
    self_ratings : DataFrame
        Leaders' ratings of themselves, each one person's: for the leader's own card alone. Columns
        as in ``published``, ``cut`` is ``~own`` (the rating) or ``~self`` (employees' mean less the
        rating, with interval and ``status`` as other differences).
    audit : Audit
        What an auditor found who has only ``published``.
    """

    title: ClassVar[str] = "Scorecards"
    instrument: Instrument
    form: str
    organisation: Organisation
    rules: Rules
    published: pd.DataFrame
    hidden: pd.DataFrame
    self_ratings: pd.DataFrame
    audit: Audit

    def tidy(self) -> pd.DataFrame:
        """One row per unit, wave, cut and measure: a copy of ``published``."""
        return self.published.copy()

    def glance(self) -> pd.DataFrame:
        """One row: units, waves, cells shown and hidden, cells that the auditor recovered."""
        plain = self.published[~self.published["cut"].str.startswith("~")]
        return pd.DataFrame(
            {
                "n_units": [plain["unit"].nunique()],
                "n_waves": [plain["wave"].nunique()],
                "n_shown": [int((plain["status"] == "shown").sum())],
                "n_hidden": [int((plain["status"] != "shown").sum())],
                "n_recovered": [len(self.audit.recovered)],
            }
        )

    def summary(self) -> str:
        """Count what is shown and hidden; the numbers are in ``tidy()``."""
        return "\n".join(
            [self.title, "=" * len(self.title), self.glance().T.to_string(header=False)]
        )


def scorecards(
    responses: Responses,
    roster: Roster | None = None,
    *,
    leaders: Responses | None = None,
    name: str = "organisation",
    cuts: Sequence[str] | None = None,
    rules: Rules | None = None,
    linked: bool = False,
    min_answered: float = 0.5,
    workers: int = 1,
    progress: Progress | None = None,
) -> Scorecards:
    """Make everything that scorecards show, with nobody recognisable in it.

    Parameters
    ----------
    responses : Responses
        Answers with a column ``unit``; several waves below each other, as `join_waves` makes them.
    roster : Roster, optional
        Units with parent (or department and sector), leader, headcount and span of control;
        default: the one that came with the answers.
    leaders : Responses, optional
        Leaders' answers to their own form, with a column ``leader`` as in the roster.
    name : str
        Of the whole organisation.
    cuts : sequence of str, optional
        Background columns that divide units; default ``job_group`` and ``tenure`` where known.
    rules : Rules, optional
        When a number may be shown.
    linked : bool, default False
        Respondents have the same id in every wave; a unit that only a few joined or left is then
        hidden in the later wave.
    min_answered : float
        Share of a construct's items that a score needs.
    workers : int
        Processes.
    progress : callable, optional
        Called with the step, work done and work in all.

    Raises
    ------
    DataError
        No units, an unknown cut, leaders' answers that fit no unit, or hidden numbers
        that the auditor could recover; nothing is given then.
    """
    limits = rules or Rules()
    known = roster if roster is not None else responses.roster
    if cuts is None:
        cuts = [cut for cut in CUTS if cut in responses.frame]
    people = organisation(
        responses, known, name=name, cuts=cuts, linked=linked, min_answered=min_answered
    )
    selves = self_ratings(people, leaders, min_answered) if leaders is not None else {}
    cells = protect(
        people.tree,
        people.waves,
        limits,
        workers=workers,
        progress=_step("protect", progress),
    )
    published = _published(cells)
    found = audit(
        published,
        min_n=limits.min_n,
        width=limits.width,
        workers=workers,
        progress=_step("audit", progress),
    )
    if len(found.recovered):
        first = found.recovered.iloc[0]
        raise DataError(
            f"{len(found.recovered)} hidden number(s) could be worked out from what is shown; "
            "nothing was written.",
            where=f"unit {first['unit']}, wave {first['wave']}, {first['measure']}",
            hint="Raise min_n, or use fewer cuts.",
        )
    derived = comparisons(people, published, limits.min_n, selves)
    of_leaders = derived["cut"] == "~self"
    whole = pd.concat([published, derived[~of_leaders], _roster(people)], ignore_index=True)
    why = cells[cells["reason"] != ""]
    return Scorecards(
        instrument=responses.instrument,
        form=responses.form,
        organisation=people,
        rules=limits,
        published=whole[list(COLUMNS)],
        hidden=why[["unit", "wave", "cut", "measure", "n", "reason"]].reset_index(drop=True),
        self_ratings=_with_ratings(people, derived[of_leaders], selves),
        audit=found,
    )


def _roster(people: Organisation) -> pd.DataFrame:
    """People invited and span of control of each unit, where they are known."""
    known = {"invited": people.invited, "span_of_control": people.span}
    parts = [
        unit_rows(people, people.waves[-1], "~roster", measure).assign(
            n=[float(facts.get(unit) or np.nan) for unit in people.tree.names],
            score=np.nan,
            conf_low=np.nan,
            conf_high=np.nan,
            status="shown",
        )
        for measure, facts in known.items()
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset="n")


def _with_ratings(
    people: Organisation, differences: pd.DataFrame, selves: Mapping[str, NDArray[np.float64]]
) -> pd.DataFrame:
    """Put each rating beside its difference; none stands where the unit's mean is hidden."""
    place = {unit: at for at, unit in enumerate(people.tree.names)}
    rated = [
        selves[str(row["measure"])][place[str(row["unit"])]]
        for row in differences.to_dict(orient="records")
    ]
    own = differences.assign(
        cut="~own", score=np.round(rated), conf_low=np.nan, conf_high=np.nan, status="shown"
    )
    return pd.concat([own, differences], ignore_index=True)[list(COLUMNS)]


def _step(step: str, progress: Progress | None) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, of: progress(step, done, of)


def _published(cells: pd.DataFrame) -> pd.DataFrame:
    """Round what may be shown and empty the rest."""
    shown = (cells["reason"] == "").to_numpy()
    n = cells["n"].to_numpy(dtype=float)
    score = np.round(cells["total"].to_numpy() / np.maximum(n, 1))
    score[(cells["measure"] == "answers").to_numpy()] = np.nan
    return cells[["unit", "parent", "wave", "cut", "measure"]].assign(
        n=np.where(shown, n, np.nan),
        score=np.where(shown, score, np.nan),
        conf_low=np.nan,
        conf_high=np.nan,
        status=np.where(shown, "shown", "hidden"),
    )

"""What the analyses of one study share: the question asked, and what had to be left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import pandas as pd

from relsurvey.errors import RelsurveyError
from relsurvey.responses.keyed_items import keyed_items
from relsurvey.responses.responses import Responses
from relsurvey.scoring.scores import Scores
from relsurvey.study.plan import Plan
from relsurvey.study.study_file import Study

Found = TypeVar("Found")


@dataclass(slots=True)
class Analyst:
    """Runs the parts of a study one by one and remembers what had to be left out.

    Attributes
    ----------
    study, plan : Study, Plan
        What is asked for.
    responses, scores : Responses, Scores
        What it is asked of.
    omitted : list of (part, reason)
        The reason is an id that the report puts into words, or a sentence.
    """

    study: Study
    plan: Plan
    responses: Responses
    scores: Scores
    omitted: list[tuple[str, str]] = field(default_factory=list)

    def factor_frame(self) -> pd.DataFrame:
        """Items, all keyed the same way, and the column of clusters."""
        items = keyed_items(self.responses)
        cluster = self.plan.cluster
        return items.assign(**{cluster: self.scores.frame[cluster]}) if cluster else items

    def _model(self) -> dict[str, list[str]]:
        return self.scores.instrument.model(self.study.form)

    def _leave(self, part: str, reason: str) -> None:
        self.omitted.append((part, reason))

    def _try(self, part: str, work: Callable[..., Found]) -> Found | None:
        try:
            return work()
        except RelsurveyError as error:
            self.omitted.append((part, " ".join(str(error).split())))
            return None

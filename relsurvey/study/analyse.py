"""All analyses of one study, each tried: what cannot be computed is left out with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pandas as pd

from relsurvey.effects.effect_ranking import EffectRanking
from relsurvey.effects.moderate import Moderation, moderate
from relsurvey.effects.rank_effects import rank_effects
from relsurvey.effects.regress import Regression, regress
from relsurvey.effects.replication import Replication, replication
from relsurvey.effects.sensitivity import Sensitivity, sensitivity
from relsurvey.effects.specification_curve import SpecificationCurve, specification_curve
from relsurvey.effects.split_groups import SplitGroups, split_groups
from relsurvey.errors import RelsurveyError
from relsurvey.measurement.agreement import Agreement, agreement
from relsurvey.measurement.compare import ModelComparison, compare_models
from relsurvey.measurement.compared_groups import FEWEST_ANSWERS, ComparedGroups, compared_groups
from relsurvey.measurement.invariance import Invariance, invariance
from relsurvey.measurement.marker import marker_correlations
from relsurvey.measurement.reliability import Reliability, reliability
from relsurvey.measurement.standard_models import standard_models
from relsurvey.measurement.two_level_cfa import two_level_cfa
from relsurvey.responses.careless import Careless, careless
from relsurvey.responses.keyed_items import keyed_items
from relsurvey.responses.response_rates import response_rates
from relsurvey.responses.responses import Responses
from relsurvey.scoring.scores import Scores
from relsurvey.study.data_variants import data_variants
from relsurvey.study.group_labels import group_labels
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

    def careless(self) -> Careless | None:
        """Flag answers that may have been given without care."""
        return self._try("careless", lambda: careless(self.responses))

    def response_rates(self) -> pd.DataFrame | None:
        """Answers and headcount of each unit."""
        if "unit" not in self.responses.frame:
            self._leave("response_rates", "no_units")
            return None
        return self._try("response_rates", lambda: response_rates(self.responses))

    def reliability(self, *, ordered: bool = True) -> Reliability | None:
        """Coefficients of every construct with at least two items, of answers and of ranks."""
        model = self._model()
        scales = {name: items for name, items in model.items() if len(items) > 1}
        items = keyed_items(self.responses)
        return self._try("reliability", lambda: reliability(items, scales, ordered=ordered))

    def general_factor(self) -> Reliability | None:
        """Take the predictors as the parts of one scale: what they share (bifactor model)."""
        model = {name: self._model()[name] for name in self.plan.predictors}
        parts = {name: items for name, items in model.items() if len(items) > 1}
        if len(parts) < 3:
            self._leave("general_factor", "few_parts")
            return None
        frame = keyed_items(self.responses)
        return self._try(
            "general_factor", lambda: reliability(frame, {"leadership": parts}, ordered=True)
        )

    def level_reliability(self) -> pd.DataFrame | None:
        """Return omegas within and between clusters, construct by construct."""
        cluster = self.plan.cluster
        if not cluster:
            self._leave("level_reliability", "no_clusters")
            return None
        frame = self.factor_frame()
        found = []
        for name, items in self._model().items():
            if len(items) < 3:
                continue
            own = {name: items}
            fit = self._try(
                "level_reliability",
                lambda own=own: two_level_cfa(frame, own, own, cluster, estimator="mlr"),
            )
            if fit is not None:
                found.append(fit.reliability())
        return pd.concat(found, ignore_index=True) if found else None

    def agreement(self) -> Agreement | None:
        """Agreement in units and reliability of their means."""
        unit = "unit" if "unit" in self.scores.frame else self.plan.cluster
        if not unit:
            self._leave("agreement", "no_units")
            return None
        items = keyed_items(self.responses).assign(**{unit: self.scores.frame[unit]})
        model = self._model()
        scales = [self.scores.instrument.scale_of(names[0]) for names in model.values()]
        points = {name: scale.points for name, scale in zip(model, scales, strict=True)}
        low = {name: scale.low for name, scale in zip(model, scales, strict=True)}
        return self._try(
            "agreement", lambda: agreement(items, model, group=unit, points=points, low=low)
        )

    def model_comparison(
        self, estimator: str = "wlsmv", missing: str = "pairwise"
    ) -> ModelComparison | None:
        """Compare the factor models that the instrument's constructs suggest.

        By default answers are ordinal, errors allow for the plan's clusters, and people who
        skipped some questions count with what they answered.
        """
        models = standard_models(self.scores.instrument, self.study.form)
        return self._try(
            "model_comparison",
            lambda: compare_models(
                self.factor_frame(),
                models,
                estimator=estimator,
                cluster=self.plan.cluster or None,
                missing=missing,
            ),
        )

    def compared_groups(self) -> tuple[ComparedGroups, ...]:
        """Which groups are large enough to ask whether the questions mean the same in them."""
        clusters = self.scores.frame[self.plan.cluster] if self.plan.cluster else None
        fewest = max(FEWEST_ANSWERS, self.study.min_n)
        return tuple(
            compared_groups(name, self._labels(name), clusters, fewest=fewest)
            for name in self.plan.compare_groups
        )

    def invariances(
        self, divisions: Sequence[ComparedGroups], estimator: str = "wlsmv"
    ) -> dict[str, Invariance]:
        """Ask of each division whether predictors and outcomes are measured alike in its groups."""
        model = {name: self._model()[name] for name in (*self.plan.predictors, *self.plan.outcomes)}
        found = {}
        for division in divisions:
            if division.reason:
                continue
            labels = self._labels(division.name)
            kept = labels.isin(division.sizes)
            frame = self.factor_frame()[kept].assign(**{division.name: labels[kept]})
            found[division.name] = self._try(
                "invariances",
                lambda frame=frame, name=division.name: invariance(
                    frame,
                    model or self._model(),
                    group=name,
                    estimator=estimator,
                    cluster=self.plan.cluster or None,
                    missing="pairwise" if estimator == "wlsmv" else "listwise",
                    partial=True,
                ),
            )
        return {name: fit for name, fit in found.items() if fit is not None}

    def factor_frame(self) -> pd.DataFrame:
        """Items, all keyed the same way, and the column of clusters."""
        items = keyed_items(self.responses)
        cluster = self.plan.cluster
        return items.assign(**{cluster: self.scores.frame[cluster]}) if cluster else items

    def _labels(self, name: str) -> pd.Series:
        return group_labels(self.scores.frame, name, self.study.analysis.span_breaks)

    def marker(self) -> pd.DataFrame | None:
        """Correlations of predictors and outcomes, plain and adjusted for the marker."""
        plan = self.plan
        if not plan.marker:
            self._leave("marker", "no_marker")
            return None
        predictors = [*plan.predictors, *plan.further_predictors]
        return self._try(
            "marker",
            lambda: marker_correlations(
                self.scores.frame, predictors, plan.outcomes, plan.marker
            ).tidy(),
        )

    def regressions(self) -> dict[str, Regression]:
        """Regress each outcome on the predictors, with errors that respect the clusters."""
        plan = self.plan
        if self._nothing_to_explain("regressions"):
            return {}
        vcov, cluster = self._errors()
        terms = " + ".join([*plan.predictors, *plan.controls])
        found = {
            outcome: self._try(
                "regressions",
                lambda outcome=outcome: regress(
                    self.scores.frame,
                    f"{outcome} ~ {terms}",
                    vcov=vcov,
                    cluster=cluster,
                    standardise=True,
                ),
            )
            for outcome in plan.outcomes
        }
        return {outcome: fit for outcome, fit in found.items() if fit is not None}

    def moderations(self) -> dict[str, Moderation]:
        """Ask whether span of control changes the effects: by its log, and in classes."""
        plan = self.plan
        if not plan.moderator:
            self._leave("moderations", "no_moderator")
            return {}
        if self._nothing_to_explain("moderations"):
            return {}
        vcov, cluster = self._errors()
        found = {
            form: self._try(
                "moderations",
                lambda form=form: moderate(
                    self.scores.frame,
                    plan.outcomes,
                    plan.predictors,
                    plan.moderator,
                    form=form,
                    breaks=self.study.analysis.span_breaks,
                    controls=plan.controls,
                    vcov=vcov,
                    cluster=cluster,
                ),
            )
            for form in ("log", "classes")
        }
        return {form: fit for form, fit in found.items() if fit is not None}

    def rankings(self) -> dict[str, EffectRanking]:
        """Rank the predictors, alone and together with the further ones."""
        plan = self.plan
        if self._nothing_to_explain("rankings"):
            return {}
        if len(plan.predictors) < 2:
            self._leave("rankings", "one_predictor")
            return {}
        wanted = {"dimensions": (plan.predictors, plan.claimed_order)}
        if plan.further_predictors:
            together = (*plan.predictors, *plan.further_predictors)
            wanted["dimensions_and_proximity"] = (together, ())
        found = {
            name: self._try("rankings", lambda p=p, order=order: self._rank(p, order))
            for name, (p, order) in wanted.items()
        }
        return {name: ranking for name, ranking in found.items() if ranking is not None}

    def level_rankings(self) -> dict[str, EffectRanking]:
        """Rank the predictors without measurement error, between groups, and by the other half."""
        plan = self.plan
        if self._nothing_to_explain("level_rankings") or len(plan.predictors) < 2:
            return {}
        if not plan.cluster:
            self._leave("level_rankings", "no_clusters")
        found = {}
        for level in ("corrected", "between", "split"):
            if level != "corrected" and not plan.cluster:
                continue
            found[level] = self._try("level_rankings", lambda level=level: self._rank_at(level))
        return {name: ranking for name, ranking in found.items() if ranking is not None}

    def _rank_at(self, level: str) -> EffectRanking:
        plan, corrected = self.plan, level == "corrected"
        needed = [*plan.predictors, *plan.outcomes]
        return rank_effects(
            self.factor_frame() if corrected else self.scores.frame,
            outcome=plan.outcomes,
            predictors=plan.predictors,
            controls=() if corrected else plan.controls,
            cluster=plan.cluster or None,
            level=level,
            model={name: self._model()[name] for name in needed} if corrected else None,
            order=plan.claimed_order or None,
            n_boot=self.study.analysis.n_boot,
            seed=self.study.seed,
        )

    def split_groups(self) -> SplitGroups | None:
        """Correlate predictors with the outcome of the other half of the group."""
        plan = self.plan
        if self._nothing_to_explain("split_groups"):
            return None
        if not plan.cluster:
            self._leave("split_groups", "no_clusters")
            return None
        return self._try(
            "split_groups",
            lambda: split_groups(
                self.scores.frame,
                plan.outcomes,
                plan.predictors,
                cluster=plan.cluster,
                seed=self.study.seed,
            ),
        )

    def sensitivity(self) -> Sensitivity | None:
        """Ask how strong something unmeasured must be to change effects or their order."""
        plan = self.plan
        if self._nothing_to_explain("sensitivity"):
            return None
        vcov, cluster = self._errors()
        return self._try(
            "sensitivity",
            lambda: sensitivity(
                self.scores.frame,
                plan.outcomes,
                plan.predictors,
                controls=plan.controls,
                cluster=cluster,
                vcov=vcov,
            ),
        )

    def replication(self, published: str | Path | None) -> Replication | None:
        """Compare the effects with another study's."""
        if published is None or self._nothing_to_explain("replication"):
            return None
        vcov, cluster = self._errors()
        return self._try(
            "replication",
            lambda: replication(
                self.scores.frame,
                published,
                predictors=self.plan.predictors,
                controls=self.plan.controls,
                cluster=cluster,
                vcov=vcov,
            ),
        )

    def specification_curve(self) -> SpecificationCurve | None:
        """Estimate the effects under every combination of defensible choices."""
        plan = self.plan
        if self._nothing_to_explain("specification_curve"):
            return None
        if not plan.cluster:
            self._leave("specification_curve", "no_clusters")
            return None
        sets = {"none": ()} | ({"controls": plan.controls} if plan.controls else {})
        if "sector" in self.scores.frame and "sector" not in plan.controls:
            sets["sector"] = (*plan.controls, "sector")
        return self._try(
            "specification_curve",
            lambda: specification_curve(
                data_variants(self.responses, self.scores),
                plan.outcomes,
                plan.predictors,
                cluster=plan.cluster,
                controls=sets,
                moderator=plan.moderator or None,
            ),
        )

    def _rank(
        self, predictors: tuple[str, ...], order: tuple[tuple[str, ...], ...]
    ) -> EffectRanking:
        plan = self.plan
        blocks = {
            block: [name for name in names if name in predictors]
            for block, names in plan.blocks.items()
        }
        blocks = {block: names for block, names in blocks.items() if names}
        return rank_effects(
            self.scores.frame,
            outcome=plan.outcomes,
            predictors=predictors,
            controls=plan.controls,
            cluster=plan.cluster or None,
            blocks=blocks if len(blocks) > 1 else None,
            order=order or None,
            n_boot=self.study.analysis.n_boot,
            seed=self.study.seed,
        )

    def _model(self) -> dict[str, list[str]]:
        return self.scores.instrument.model(self.study.form)

    def _errors(self) -> tuple[str, str | None]:
        """Kind of covariance, and the clusters if that kind knows any."""
        vcov, cluster = self.study.analysis.vcov, self.plan.cluster
        if not vcov.startswith("CR"):
            return vcov, None
        return (vcov, cluster) if cluster else ("HC3", None)

    def _nothing_to_explain(self, part: str) -> bool:
        if not self.plan.outcomes:
            self._leave(part, "no_outcome")
        elif not self.plan.predictors:
            self._leave(part, "no_predictors")
        return not (self.plan.outcomes and self.plan.predictors)

    def _leave(self, part: str, reason: str) -> None:
        self.omitted.append((part, reason))

    def _try(self, part: str, work: Callable[..., Found]) -> Found | None:
        try:
            return work()
        except RelsurveyError as error:
            self.omitted.append((part, " ".join(str(error).split())))
            return None

"""Analyses of one study's effects: which predictors matter, for whom, and how sure that is."""

from __future__ import annotations

from pathlib import Path

from relsurvey.effects.effect_ranking import EffectRanking
from relsurvey.effects.moderate import Moderation, moderate
from relsurvey.effects.rank_effects import rank_effects
from relsurvey.effects.regress import Regression, regress
from relsurvey.effects.replication import Replication, replication
from relsurvey.effects.sensitivity import Sensitivity, sensitivity
from relsurvey.effects.specification_curve import SpecificationCurve, specification_curve
from relsurvey.effects.split_groups import SplitGroups, split_groups
from relsurvey.study.analyst import Analyst
from relsurvey.study.data_variants import data_variants


class EffectsAnalyst(Analyst):
    """Asks what predicts the outcomes and how far that can be trusted; leaves out what fails."""

    __slots__ = ()

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

    def _nothing_to_explain(self, part: str) -> bool:
        if not self.plan.outcomes:
            self._leave(part, "no_outcome")
        elif not self.plan.predictors:
            self._leave(part, "no_predictors")
        return not (self.plan.outcomes and self.plan.predictors)

    def _errors(self) -> tuple[str, str | None]:
        """Kind of covariance, and the clusters if that kind knows any."""
        vcov, cluster = self.study.analysis.vcov, self.plan.cluster
        if not vcov.startswith("CR"):
            return vcov, None
        return (vcov, cluster) if cluster else ("HC3", None)

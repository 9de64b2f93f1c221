"""Analyses of one study's answers: rates, careless answers, reliability, factors, groups."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

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
from relsurvey.study.analyst import Analyst
from relsurvey.study.group_labels import group_labels


class MeasurementAnalyst(Analyst):
    """Asks whether the answers can be used and what they measure; leaves out what fails."""

    __slots__ = ()

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

    def _labels(self, name: str) -> pd.Series:
        return group_labels(self.scores.frame, name, self.study.analysis.span_breaks)

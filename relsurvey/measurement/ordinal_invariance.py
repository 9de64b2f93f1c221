"""Models of invariance for ordinal items, in the identification of Wu and Estabrook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relsurvey.measurement.cfa_data import CfaData, ordinal_data
from relsurvey.measurement.invariance_ladder import Difference, LevelFit
from relsurvey.measurement.model_matrices import linear_model
from relsurvey.measurement.model_text import Term
from relsurvey.measurement.ordinal_notes import ordinal_notes
from relsurvey.measurement.ordinal_release import ordinal_releases
from relsurvey.measurement.parameter_table import Parameter, ParameterTable, parameter_table
from relsurvey.measurement.release_parameters import OWN, renumbered, split
from relsurvey.stats import fit_indices
from relsurvey.stats.fit_measures import TestPair, fit_measures
from relsurvey.stats.moment_tests import difference_test, scaled_shifted
from relsurvey.stats.ordinal_fit import OrdinalMoments, ordinal_moments
from relsurvey.stats.ordinal_groups import (
    GroupSample,
    GroupsFit,
    fit_ordinal_groups,
    group_sample,
)
from relsurvey.stats.score_tests import ScoreTest
from relsurvey.stats.threshold_moments import ThresholdModel

Array = NDArray[np.float64]
LEVELS = ("configural", "thresholds", "loadings", "intercepts", "residuals")
STEP = {level: at for at, level in enumerate(LEVELS)}


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalLevel(LevelFit):
    """A level with its least-squares solution and the models it was fitted with."""

    fit: GroupsFit
    models: tuple[ThresholdModel, ...]


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalLadder:
    """Models of ordinal answers of several groups.

    Factor variances are 1 and means 0 in the first group, where latent responses have intercept 0
    and residual variance 1. Equal thresholds free the intercepts and residual variances of the
    other groups, equal loadings their factor variances, equal intercepts their factor means. Items
    with two answers have intercept 0 and residual variance 1 in all groups: their thresholds,
    intercepts and residuals are equal together or not at all. An item whose thresholds are freed
    has intercept 0 and residual variance 1 in all groups too. In delta or theta parameterisation
    the fit is the same, except that equal residuals can only be had in theta.

    References
    ----------
    Wu, H., & Estabrook, R. (2016). Psychometrika, 81, 1014-1045. R: ``semTools::measEq.syntax(…,
    ID.cat = "Wu.Estabrook.2016", parameterization = "theta")``.
    """

    terms: tuple[Term, ...]
    points: dict[str, int]
    moments: tuple[OrdinalMoments, ...]
    samples: tuple[GroupSample, ...]
    notes: tuple[str, ...]
    levels: tuple[str, ...] = LEVELS
    mean_levels: tuple[str, ...] = ("intercepts", "residuals")
    ending: str = "_scaled"

    def fit(self, level: str, freed: Mapping[str, str]) -> OrdinalLevel:
        """Fit a level with some items free."""
        table = self._table(level, freed)
        thresholds, total = self._thresholds(table, level, freed)
        models, start = self._models(table, thresholds, total)
        fit = fit_ordinal_groups(models, self.samples, start)
        df = sum(len(sample.moments) for sample in self.samples) - total
        return OrdinalLevel(
            level=level,
            freed=freed,
            table=table,
            thresholds=thresholds,
            threshold_items=tuple(table.items[at] for at in models[0].item),
            theta=fit.theta,
            covariance=fit.covariance,
            measures=self._measures(fit, df),
            df=df,
            n_parameters=total,
            fit=fit,
            models=models,
        )

    def difference(self, freer: OrdinalLevel, held: OrdinalLevel) -> Difference | None:
        """Satorra's (2000) scaled and shifted test."""
        df = held.df - freer.df
        if df <= 0:
            return None
        test = difference_test(
            held.fit.chi2 - freer.fit.chi2,
            df,
            freer.fit.sandwich,
            [part.slopes for part in freer.fit.parts],
            [part.slopes for part in held.fit.parts],
        )
        return Difference(test.statistic, test.df, test.p_value, "satorra_2000")

    def releases(self, at: OrdinalLevel, items: Sequence[str]) -> dict[str, ScoreTest]:
        """Robust score tests of the items that have something to free at the level."""
        return ordinal_releases(
            at.fit,
            at.models,
            at.table,
            at.level,
            [(item, self.points[item]) for item in items],
            self.samples,
        )

    def _table(self, level: str, freed: Mapping[str, str]) -> ParameterTable:
        step = STEP[level]
        equal = ("loadings",) if step >= STEP["loadings"] else ()
        table = parameter_table(
            self.terms, std_lv=True, means=True, n_groups=len(self.samples), equal=equal
        )
        rows: list[Parameter] = []
        for row in table.rows:
            residual = row.op == "~~" and row.lhs == row.rhs and row.lhs in table.items
            if residual or row.op == "~1":
                rows.append(self._mean_or_residual(row, table, step, freed, residual=residual))
            else:
                rows.append(split(row, freed) if equal else row)
        return renumbered(table, rows)

    def _mean_or_residual(
        self,
        row: Parameter,
        table: ParameterTable,
        step: int,
        freed: Mapping[str, str],
        *,
        residual: bool,
    ) -> Parameter:
        later = row.group > 0
        if row.lhs not in table.items:
            free = later and step >= STEP["intercepts"]
            return replace(row, index=OWN if free else -1, value=0.0)
        released = STEP[freed.get(row.lhs, "configural")]
        tied = STEP["residuals" if residual else "intercepts"]
        free = later and self.points[row.lhs] > 2 and step >= 1 and released != 1
        free = free and (step < tied or 0 < released <= tied)
        return replace(row, index=OWN if free else -1, value=1.0 if residual else 0.0)

    def _thresholds(
        self, table: ParameterTable, level: str, freed: Mapping[str, str]
    ) -> tuple[tuple[NDArray[np.int64], ...], int]:
        """Give thresholds the numbers after the other parameters; equal ones share one."""
        own = np.array(
            [
                level == "configural" or freed.get(item) == "thresholds"
                for item in table.items
                for _ in range(self.points[item] - 1)
            ]
        )
        first = table.n_free + np.arange(len(own))
        found, total = [first], table.n_free + len(own)
        for _ in self.samples[1:]:
            places = first.copy()
            places[own] = total + np.arange(own.sum())
            total += int(own.sum())
            found.append(places)
        return tuple(found), total

    def _models(
        self, table: ParameterTable, thresholds: tuple[NDArray[np.int64], ...], total: int
    ) -> tuple[tuple[ThresholdModel, ...], Array]:
        item = np.repeat(np.arange(len(table.items)), [self.points[i] - 1 for i in table.items])
        start, models = np.zeros(total), []
        for group in reversed(range(len(self.samples))):
            estimates = self.moments[group].estimates
            linear = linear_model(table, group, estimates.matrix())
            own = linear.parameter >= 0
            start[linear.parameter[own]] = linear.value[own]
            start[thresholds[group]] = 1.3 * np.concatenate(estimates.thresholds)
            pairs = estimates.tables.first, estimates.tables.second
            wide = replace(linear, size=total)
            models.append(ThresholdModel(wide, item, thresholds[group], *pairs))
        for row in table.rows:
            if row.index >= 0 and row.op == "~~" and row.lhs == row.rhs:
                start[row.index] = 1.0
        return tuple(models[::-1]), start

    def _measures(self, fit: GroupsFit, df: int) -> dict[str, float]:
        degrees = sum(group.n for group in self.samples) - len(self.samples)
        chi2_null = trace = square = 0.0
        df_null = 0
        for group in self.samples:
            apart = slice(group.n_thresholds, None)
            distances = group.weight[apart] * group.moments[apart] ** 2
            chi2_null += (group.n - 1) * float(np.sum(distances))
            trace, square = trace + group.traces_null[0], square + group.traces_null[1]
            df_null += len(distances)
        tests = TestPair(fit.chi2, df, chi2_null, df_null, degrees, len(self.samples))
        scaled = (
            scaled_shifted(fit.chi2, df, fit.sandwich.trace, fit.sandwich.trace_of_square),
            scaled_shifted(chi2_null, df_null, trace, square),
        )
        measures = fit_measures(tests, scaled if df > 0 else None)
        measures["srmr"] = sum(
            part.share * _srmr(at.covariance, group)
            for part, group, at in zip(fit.parts, self.moments, fit.at, strict=True)
        )
        return measures


def ordinal_ladder(terms: tuple[Term, ...], data: CfaData) -> OrdinalLadder:
    """Estimate thresholds and correlations of every group once, for all levels.

    Raises
    ------
    DataError
        When the groups have fewer than two answers to an item in common.
    """
    parts, notes = ordinal_data(data)
    clusters = data.clusters or (None,) * len(parts)
    moments = tuple(
        ordinal_moments(part, own, jointly=True) for part, own in zip(parts, clusters, strict=True)
    )
    points = dict(zip(data.items, (int(k) for k in parts[0].points), strict=True))
    few = [item for item, k in points.items() if k == 3]
    if few:
        notes = (
            *notes,
            f"Equal thresholds cannot be tested for items with three answers ({', '.join(few)}).",
        )
    if 2 in points.values():
        notes = (
            *notes,
            "Items with two answers: equal thresholds hold intercepts and residuals equal too.",
        )
    notes = (*notes, *ordinal_notes(moments, data.items))
    samples = tuple(group_sample(group) for group in moments)
    return OrdinalLadder(terms, points, moments, samples, notes)


def _srmr(covariance: Array, group: OrdinalMoments) -> float:
    width = np.sqrt(np.diag(covariance))
    return fit_indices.srmr(group.estimates.matrix(), covariance / np.outer(width, width))

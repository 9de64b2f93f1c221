"""Measurement invariance: do the items mean the same in all groups, so that groups compare."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.cfa_data import CfaData, cfa_data
from relsurvey.measurement.continuous_invariance import ContinuousLadder
from relsurvey.measurement.invariance_ladder import ALPHA, Climb, Ladder, Step, climb
from relsurvey.measurement.invariance_notes import invariance_notes
from relsurvey.measurement.invariance_tables import (
    comparable_frame,
    factor_mean_frame,
    freed_frame,
)
from relsurvey.measurement.model_text import Model, read_terms
from relsurvey.measurement.ordinal_invariance import ordinal_ladder
from relsurvey.measurement.parameter_table import parameter_table, refuse_structural
from relsurvey.results import Result

MISSING = {
    "wlsmv": ("listwise", "pairwise"),
    "ml": ("listwise", "fiml"),
    "mlr": ("listwise", "fiml"),
}
RULES = ("fit", "test")


@dataclass(frozen=True, slots=True, eq=False)
class Invariance(Result):
    """Models of growing invariance over groups.

    Attributes
    ----------
    table : DataFrame
        What `tidy` returns.
    groups : tuple of str
        Names of the groups, in their order; the first is the reference.
    notes : tuple of str
        Answers merged, small groups, what cannot be tested, how to read the differences.
    """

    title: ClassVar[str] = "Measurement invariance"
    table: pd.DataFrame
    groups: tuple[str, ...]
    notes: tuple[str, ...]
    _climb: Climb
    _comparable: pd.DataFrame
    _confidence: float

    def tidy(self) -> pd.DataFrame:
        """One row per ``level``: fit, and the difference from the row named ``against``.

        ``level`` ends in ``(partial)`` where items were freed at it; ``n_freed`` counts all items
        freed so far. ``chi2_diff df_diff p_value_diff`` are the test of what the level holds equal,
        ``difference_test`` its name; ``delta_cfi delta_rmsea delta_srmr`` the change of the
        indices, robust or scaled where the test is. ``accepted`` says what the rule made of it, and
        ``reason`` why: ``first_level not_rejected small_change nothing_to_test rejected``.
        """
        return self.table.copy()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The fitted levels, the freest first."""
        return self._climb.steps

    def glance(self) -> pd.DataFrame:
        """One row: rows, groups, the last level not rejected at 5 %, and the last one accepted.

        Levels are counted up to the first that fails; partial levels count as theirs.
        """
        steps = self._climb.steps
        held = steps[0].name
        for step in steps[1:]:
            if step.difference is not None and step.difference.p_value < ALPHA:
                break
            held = step.name
        return pd.DataFrame(
            {
                "n_obs": [self.table["n_obs"].iloc[0]],
                "n_groups": [len(self.groups)],
                "estimator": [self.table["estimator"].iloc[0]],
                "last_level_not_rejected": [held],
                "last_level_accepted": [self._climb.last.name],
                "n_freed": [len(self._climb.last.fit.freed)],
            }
        )

    def freed(self) -> pd.DataFrame:
        """One row per freed parameter and group, in the order in which items were freed.

        ``score_statistic score_df score_p_value`` test the item, all groups at once, and chose it.
        ``estimate`` with its error and bounds is the parameter's difference from the ``reference``
        group, in units of the model: for ordinal answers of the latent response, whose residual has
        variance 1 in the first group. ``mean_shift`` is what freeing the item did to the difference
        of the ``factor``'s means between the two groups, in standard deviations of the factor in
        the first group; NaN where means are not compared. No rows where nothing was freed.
        """
        return freed_frame(self._climb, self.groups, self._confidence)

    def comparable(self) -> pd.DataFrame:
        """One row per kind of comparison between the groups: ``what level holds evidence freed``.

        ``what`` is ``structure`` (the same items measure the same factors), ``associations``
        (covariances and regressions of factors), ``means`` (of factors) or ``scores`` (sums and
        means of items); ``level`` the level that it needs, with all before it. ``holds`` is
        ``yes``;
        ``partly`` where it rests on the items not freed (named in ``freed``): factor means of the
        partial model may be compared, scores only if made of the other items; ``no``; ``untested``.
        ``evidence`` is the weakest on the way: ``not_rejected small_change good_fit items_freed
        rejected earlier_level_rejected poor_fit nothing_to_test level_not_reached``. The structure
        is judged by the first level: not rejected, or CFI at least .90 and RMSEA at most .08.
        """
        return self._comparable.copy()

    def factor_means(self, reference: str | None = None) -> pd.DataFrame:
        """Differences of factor means from a group, in the last accepted level.

        ``factor group reference estimate std_error statistic p_value conf_low conf_high`` in
        standard deviations of the first group's factor, ``std_estimate`` in the root of the mean
        variance of the two groups. No rows when no level was accepted at which means may be
        compared.

        Parameters
        ----------
        reference : str, optional
            Another group than the first to compare with.
        """
        if reference is not None and reference not in self.groups:
            raise DataError(
                "There is no such group.", got=str(reference), expected=", ".join(self.groups)
            )
        at = 0 if reference is None else self.groups.index(reference)
        return factor_mean_frame(self._climb, self.groups, self._confidence, at)


def invariance(
    frame: pd.DataFrame,
    model: Model,
    *,
    group: str,
    estimator: str = "wlsmv",
    cluster: str | None = None,
    missing: str = "listwise",
    partial: bool = False,
    rule: str = "fit",
    confidence: float = 0.95,
) -> Invariance:
    """Fit models that hold more and more equal over groups, and test each step.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent; rows that lack the group are left out.
    model : mapping or str
        As `cfa` takes it.
    group : str
        Column of groups. They are ordered as numbers, as an ordered categorical column says, or by
        name; the first is the reference.
    estimator : {"wlsmv", "ml", "mlr"}
        For ordinal answers configural, thresholds, loadings, intercepts, residuals in the
        identification of Wu and Estabrook; else configural, metric, scalar, strict.
    cluster : str, optional
        Column of clusters that the tests allow for.
    missing : {"listwise", "pairwise", "fiml"}
        As `cfa` takes it: ``"pairwise"`` for ordinal answers, ``"fiml"`` for maximum likelihood.
    partial : bool
        Where a level is rejected, free the parameter of the item whose score test is strongest, one
        item at a time, in all groups, until the level is accepted or a factor would keep fewer than
        two items that are equal. A freed item stays free at later levels, with its intercept and
        residual variance. A level that fails in spite of this ends the search; without ``partial``
        every level is fitted.
    rule : {"fit", "test"}
        When a level is accepted: ``"test"``, when its test has p ≥ .05; ``"fit"``, also when CFI
        falls by at most .010 and RMSEA rises by at most .015 (Chen 2007). The first lets small
        differences of large groups pass as little as large ones; the second lets pass what hardly
        changes the fit of the whole model, be it one item's large difference.
    confidence : float
        Coverage of the intervals of differences.

    Returns
    -------
    Invariance
        ``tidy()``, ``freed()``, ``comparable()``, ``factor_means()``.

    Raises
    ------
    DataError, ModelError
        As `cfa`; also when groups share fewer than two answers to an item.

    Notes
    -----
    An answer that a group never gives is merged with its neighbour towards the middle of the scale,
    in all groups, and a note says so. R: ``lavTestLRT`` of ``lavaan::cfa(…, group = …, group.equal
    = …, group.partial = …)``, or of models written by ``semTools::measEq.syntax``. Ordinal
    differences are Satorra's (2000) scaled and shifted tests, MLR's are those of Satorra, A., &
    Bentler, P. M. (2001). Psychometrika, 66, 507-514, or where these are negative of the same
    (2010). Score tests are robust where errors are (lavaan's ``lavTestScore`` is not). There are no
    robust indices of ordinal levels: like lavaan's they would see correlations only, not what
    thresholds and intercepts hold equal. Wu, H., & Estabrook, R. (2016). Psychometrika, 81,
    1014-1045. Chen, F. F. (2007). Structural Equation Modeling, 14, 464-504. Byrne, B. M.,
    Shavelson, R. J., & Muthén, B. (1989). Psychological Bulletin, 105, 456-466.
    """
    _check_options(estimator, missing, rule, confidence)
    refuse_structural(parameter_table(read_terms(model)))
    terms = read_terms(model)
    items = parameter_table(terms).items
    data = cfa_data(frame, items, group=group, cluster=cluster, complete=missing == "listwise")
    if estimator == "wlsmv":
        ordinal = ordinal_ladder(terms, data)
        found = climb(ordinal, partial=partial, rule=rule)
        return _result(ordinal, found, data, estimator, ordinal.notes, confidence)
    robust = estimator == "mlr" or data.n_clusters > 0
    ladder = ContinuousLadder(terms, data, robust=robust, fiml=missing == "fiml")
    found = climb(ladder, partial=partial, rule=rule)
    return _result(ladder, found, data, estimator, (), confidence)


def _check_options(estimator: str, missing: str, rule: str, confidence: float) -> None:
    if estimator not in MISSING:
        raise ModelError(
            "There is no such estimator.", got=repr(estimator), expected="'wlsmv', 'ml', 'mlr'"
        )
    if missing not in MISSING[estimator]:
        raise ModelError(
            "There is no such rule for missing answers.",
            where=f"estimator {estimator!r}",
            got=repr(missing),
            expected=", ".join(repr(name) for name in MISSING[estimator]),
        )
    if rule not in RULES:
        raise ModelError("There is no such rule.", got=repr(rule), expected="'fit', 'test'")
    if not 0.0 < confidence < 1.0:
        raise ModelError("The confidence must lie between 0 and 1.", got=repr(confidence))


def _result(
    ladder: Ladder[Any],
    found: Climb,
    data: CfaData,
    estimator: str,
    notes: tuple[str, ...],
    confidence: float,
) -> Invariance:
    return Invariance(
        table=pd.DataFrame([_row(step, data, estimator) for step in found.steps]),
        groups=data.labels,
        notes=(*data.notes, *notes, *invariance_notes(found, data, ladder.levels)),
        _climb=found,
        _comparable=comparable_frame(found, ladder.levels, ladder.ending),
        _confidence=confidence,
    )


def _row(step: Step, data: CfaData, estimator: str) -> dict[str, object]:
    row: dict[str, object] = {"level": step.name, "n_obs": data.n_obs}
    if data.n_clusters:
        row["n_clusters"] = data.n_clusters
    row |= {"estimator": estimator, "n_parameters": step.fit.n_parameters}
    row |= step.fit.measures
    test = step.difference
    row |= {
        "chi2_diff": math.nan if test is None else test.statistic,
        "df_diff": math.nan if test is None else float(test.df),
        "p_value_diff": math.nan if test is None else test.p_value,
    }
    row |= {f"delta_{name}": value for name, value in step.change.items()}
    return row | {
        "against": step.against,
        "difference_test": "" if test is None else test.method,
        "n_freed": len(step.fit.freed),
        "accepted": step.accepted,
        "reason": step.reason,
    }

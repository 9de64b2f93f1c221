"""Confirmatory factor analysis: do the items measure what they are meant to measure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa_data import CfaData, cfa_data
from relsurvey.measurement.cfa_fit import CfaFit
from relsurvey.measurement.cfa_notes import solution_notes
from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.cfa_tables import parameter_frame
from relsurvey.measurement.conditional_solution import conditional_solution
from relsurvey.measurement.continuous_solution import continuous_solution
from relsurvey.measurement.fiml_solution import fiml_solution
from relsurvey.measurement.model_text import Model, Term, read_terms
from relsurvey.measurement.ordinal_solution import WEIGHTINGS, ordinal_solution
from relsurvey.measurement.parameter_table import ParameterTable, check_equal, parameter_table

CONTINUOUS = ("ml", "mlr")
ORDINAL = tuple(WEIGHTINGS)
MISSING = {"listwise": CONTINUOUS + ORDINAL, "pairwise": ORDINAL, "fiml": CONTINUOUS}


def cfa(
    frame: pd.DataFrame,
    model: Model,
    *,
    estimator: str = "ml",
    cluster: str | None = None,
    group: str | None = None,
    group_equal: Sequence[str] = (),
    missing: str = "listwise",
    ordered: Sequence[str] | None = None,
    std_lv: bool = False,
    confidence: float = 0.95,
) -> CfaFit:
    """Fit a confirmatory factor model, or a structural model among its factors.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    model : mapping or str
        Factor to items, ``{"visual": ["x1", "x2", "x3"]}`` (all factors correlate), or lavaan's
        lines: ``visual =~ x1 + x2 + x3``, ``x1 ~~ x2``, ``f1 ~~ 0*f2``, ``g =~ f1 + f2 + f3``,
        ``f2 ~ f1``, with ``1*``, ``NA*`` and labels before names. Equal labels are equal
        parameters. Observed variables may predict and be outcomes: ``relations ~ vision + span``
        with factors ``relations`` and ``vision`` and a column ``span``. Those that only predict are
        taken as they are (fixed): no row may lack one.
    estimator : {"ml", "mlr", "wlsmv", "ulsmv", "wls"}
        Maximum likelihood with errors from the expected information, or with robust errors and
        test; for ordinal answers polychoric correlations weighted by their inverse variances
        (robust errors, scaled and shifted test), unweighted, or fully weighted (plain test; only
        for small models and very many rows).
    cluster : str, optional
        Column of clusters (teams) that errors and scaled tests allow for. With ``"ml"`` the errors
        are those of ``"mlr"``; the factor that scales the test leaves out how the model's moments
        bend with its parameters, as lavaan's does (the two agree as rows grow).
    group : str, optional
        Column of groups; every group has its own parameters. The first one, of which factor means
        are 0 where they are compared, is the first by name or of an ordered categorical column.
    group_equal : sequence of str
        What is equal over groups: ``loadings intercepts residuals residual_covariances
        factor_variances factor_covariances means regressions``; equal intercepts free the factor
        means of all groups but the first. Ordinal thresholds stay free: see `invariance`.
    missing : {"listwise", "pairwise", "fiml"}
        Rows that lack any item are left out; or, for ordinal estimators, each pair of items uses
        the rows that have both; or, for maximum likelihood, every answer that is there counts
        (errors from the observed information).
    ordered : sequence of str, optional
        For ordinal estimators, the items that are ordinal; by default all that measure a factor.
        The others are numeric: their relations with ordinal ones are polyserial.
    std_lv : bool
        Fix the factor variances at 1 instead of each factor's first loading.
    confidence : float
        Coverage of the intervals of parameters; RMSEA's is 90 % by convention.

    Returns
    -------
    CfaFit
        ``tidy()``, ``glance()``, ``loadings()``, ``factor_correlations()``, ``correlations()``,
        ``residuals()``, ``modification_indices()``, ``factor_scores()``, ``score_reliability()``,
        ``second_opinion()``.

    Raises
    ------
    DataError
        When an item is not a numeric column, does not vary, or there are too few rows.
    ModelError
        When the model cannot be read, is not identified, a matrix is singular, or the steps do not
        converge.

    Notes
    -----
    R: ``lavaan::sem(model, data, estimator = "WLSMV", ordered = TRUE, …)`` with
    ``parameterEstimates``, ``standardizedSolution`` and ``fitMeasures``. lavaan's default optimiser
    stops a little before the optimum, so estimates differ in the sixth digit. lavaan 0.6 ignores
    clusters of ordinal answers; 0.7 does what is done here. Jöreskog, K. G. (1969). Psychometrika,
    34, 183-202; sources of estimators and indices stand in `relsurvey.stats`.
    """
    _check_options(estimator, missing, confidence, group, group_equal)
    terms = read_terms(model)
    plain = parameter_table(terms)
    data = cfa_data(
        frame,
        plain.items,
        group=group,
        cluster=cluster,
        complete=missing == "listwise",
        needed=plain.exogenous,
    )
    ordinal = _ordinal_items(plain, estimator, ordered)
    solution = _fit(terms, data, estimator, missing, ordinal, std_lv=std_lv, equal=group_equal)
    return CfaFit(
        parameters=parameter_frame(solution, data.labels, confidence),
        fit=_glance(solution, data, estimator),
        solution=solution,
        data=data,
        groups=data.labels,
        model=solution.table.first_order(),
        notes=(*data.notes, *solution_notes(solution, estimator, data.n_clusters)),
    )


def _fit(
    terms: tuple[Term, ...],
    data: CfaData,
    estimator: str,
    missing: str,
    items: frozenset[str],
    *,
    std_lv: bool,
    equal: Sequence[str],
) -> Solution:
    ordinal, fiml = estimator in ORDINAL, missing == "fiml"
    robust = estimator == "mlr" or data.n_clusters > 0
    curved = estimator == "mlr"
    means = not ordinal and (
        fiml
        or data.n_clusters > 0
        or len(data.labels) > 1
        or any(term.op == "~1" for term in terms)
    )
    table = parameter_table(
        terms,
        std_lv=std_lv,
        means=means,
        ordinal=items,
        n_groups=len(data.labels),
        equal=equal,
    )
    if ordinal and (table.structural or items != set(table.items)):
        return conditional_solution(table, data, items, WEIGHTINGS[estimator])
    if ordinal:
        return ordinal_solution(table, data, estimator)
    if fiml:
        return fiml_solution(table, data, robust=robust, curved=curved)
    return continuous_solution(table, data, means=means, robust=robust, curved=curved)


def _ordinal_items(
    table: ParameterTable, estimator: str, ordered: Sequence[str] | None
) -> frozenset[str]:
    """Items taken as ordinal: none for estimators of numbers."""
    if estimator in CONTINUOUS:
        if ordered:
            raise ModelError(
                "This estimator takes all items as numbers.",
                where="ordered",
                got=f"estimator {estimator!r}",
                expected=", ".join(repr(name) for name in ORDINAL),
            )
        return frozenset()
    measuring = {row.rhs for row in table.rows if row.op == "=~"} & set(table.items)
    if ordered is None:
        return frozenset(measuring)
    wrong = [name for name in ordered if name not in table.items or name in table.exogenous]
    if isinstance(ordered, str) or wrong:
        raise ModelError(
            "What is ordinal is a list of items or outcomes of the model.",
            where="ordered",
            got=repr(ordered) if isinstance(ordered, str) else ", ".join(map(str, wrong)),
        )
    return frozenset(ordered)


def _check_options(
    estimator: str, missing: str, confidence: float, group: str | None, equal: Sequence[str]
) -> None:
    if estimator not in CONTINUOUS + ORDINAL:
        raise ModelError(
            "There is no such estimator.",
            got=repr(estimator),
            expected=", ".join(repr(name) for name in CONTINUOUS + ORDINAL),
        )
    if missing not in MISSING or estimator not in MISSING[missing]:
        raise ModelError(
            "There is no such rule for missing answers.",
            where=f"estimator {estimator!r}",
            got=repr(missing),
            expected=", ".join(repr(name) for name, rule in MISSING.items() if estimator in rule),
        )
    if not 0.0 < confidence < 1.0:
        raise ModelError("The confidence must lie between 0 and 1.", got=repr(confidence))
    if isinstance(equal, str) or (equal and group is None):
        raise ModelError(
            "What is held equal over groups is a list, and needs a column of groups.",
            got=repr(equal),
            expected='group="…", group_equal=["loadings"]',
        )
    check_equal(equal)


def _glance(solution: Solution, data: CfaData, estimator: str) -> pd.DataFrame:
    row: dict[str, object] = {"n_obs": data.n_obs}
    if data.n_clusters:
        row["n_clusters"] = data.n_clusters
    if len(data.labels) > 1:
        row["n_groups"] = len(data.labels)
    thresholds = sum(len(group.estimate) for group in solution.thresholds)
    row |= {"estimator": estimator, "n_parameters": solution.table.n_free + thresholds}
    row |= solution.measures
    row["converged"] = bool(np.isfinite(solution.theta).all())
    return pd.DataFrame([row])

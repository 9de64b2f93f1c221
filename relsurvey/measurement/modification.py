"""Modification indices: what freeing one more parameter would gain."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa_data import CfaData
from relsurvey.measurement.cfa_solution import Rest, Solution
from relsurvey.measurement.model_matrices import cell_place, rows_of
from relsurvey.stats.incomplete_information import IncompleteInformation, incomplete_information
from relsurvey.stats.linear_model import LinearModel
from relsurvey.stats.rank_two_slopes import (
    CellSlopes,
    cell_slopes,
    information_between,
    own_information,
    pulled_slopes,
    slopes_at,
)

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    solution: Solution
    gaps: tuple[IncompleteInformation | None, ...]


def modification_frame(solution: Solution, data: CfaData, labels: tuple[str, ...]) -> pd.DataFrame:
    """Score test and expected change of every parameter that is fixed, largest first.

    Sörbom, D. (1989). Psychometrika, 54, 371-384. Loadings, covariances of residuals and of
    factors, and, where the model has regressions, those among their factors; by the expected
    information, for rows with gaps that of the answers which are there. R:
    ``lavaan::modindices(fit, sort. = TRUE)``, which also takes the plain, unscaled test with
    ordinal items (and there lists scaling factors ``~*~``, which are no parameters here).

    Returns
    -------
    DataFrame
        ``lhs op rhs mi epc``, with ``group`` where there are groups.
    """
    if not solution.rest:
        raise ModelError(
            "There are no modification indices for ordinal items with predictors or numeric items.",
            hint="residuals() shows where the model does not fit.",
        )
    problem = _Problem(solution, _gaps(solution, data))
    inverse = np.linalg.pinv(_information(problem), hermitian=True)
    total = sum(solution.n_obs)
    frames = []
    for group, label in enumerate(labels):
        names = _candidates(solution, group)
        if not names:
            continue
        extra = _extended(solution, group, names)
        score, own, crossed = _terms(problem, group, extra)
        left = own - np.einsum("eq,eq->e", crossed @ inverse, crossed)
        left = np.where(left > 1e-6 * np.maximum(own, 1e-12), left, np.nan)
        frame = pd.DataFrame(names, columns=["lhs", "op", "rhs"]).astype(str)
        if len(labels) > 1:
            frame["group"] = label
        frame["mi"] = total * score**2 / left
        frame["epc"] = score / left
        frames.append(frame)
    if not frames:
        return pd.DataFrame(columns=["lhs", "op", "rhs", "mi", "epc"])
    table = pd.concat(frames, ignore_index=True).dropna(subset=["mi"])
    return table.sort_values("mi", ascending=False, kind="stable").reset_index(drop=True)


def _gaps(solution: Solution, data: CfaData) -> tuple[IncompleteInformation | None, ...]:
    """Information of the rows of groups in which answers lack; none for ordinal items."""
    return tuple(
        incomplete_information(at, rows)
        if not solution.ordinal and not np.isfinite(rows).all()
        else None
        for at, rows in zip(solution.at, data.values, strict=True)
    )


def _candidates(solution: Solution, group: int) -> list[tuple[str, str, str]]:
    """List loadings, covariances of residuals and of factors that are fixed or absent."""
    table = solution.table
    rows = rows_of(table, group)
    free = {(row.lhs, row.op, row.rhs) for row in rows if row.index >= 0}
    free |= {(rhs, op, lhs) for lhs, op, rhs in free if op == "~~"}
    lower = {row.lhs for row in rows if row.op == "~"} | {
        row.rhs for row in rows if row.op == "=~" and row.rhs in table.factors
    }
    found = [(factor, "=~", item) for factor in table.factors for item in table.measured]
    for names in (table.measured, table.factors):
        found += [(a, "~~", b) for at, a in enumerate(names) for b in names[at:]]
    among = {name for row in rows if row.op == "~" for name in (row.lhs, row.rhs)}
    found += [
        (a, "~", b)
        for a in table.latents
        for b in table.latents
        if a != b and {a, b} <= among and a not in table.exogenous
    ]
    wanted = [place for place in found if place not in free]
    if solution.ordinal:
        wanted = [p for p in wanted if p[1] != "~~" or p[0] != p[2] or p[0] in table.factors]
    return [p for p in wanted if p[1] != "~~" or not {p[0], p[2]} & lower or p[0] != p[2]]


def _extended(solution: Solution, group: int, names: list[tuple[str, str, str]]) -> CellSlopes:
    places = np.array([cell_place(solution.table, *name) for name in names])
    number = len(names)
    extra: LinearModel = replace(
        solution.models[group],
        matrix=places[:, 0],
        row=places[:, 1],
        column=places[:, 2],
        parameter=np.arange(number),
        value=np.zeros(number),
    )
    return cell_slopes(extra, solution.at[group], np.arange(number))


def _information(problem: _Problem) -> FloatArray:
    solution = problem.solution
    q = len(solution.theta)
    total = np.zeros((q, q))
    for group, rest in enumerate(solution.rest):
        cells = cell_slopes(solution.models[group], solution.at[group])
        total += rest.share * cells.gather(_crossed(problem, group, cells).T, q)
    return total


def _crossed(problem: _Problem, group: int, extra: CellSlopes) -> FloatArray:
    """Information between some cells and the free parameters, without the share; (c, q)."""
    solution, gaps = problem.solution, problem.gaps[group]
    rest, at = solution.rest[group], solution.at[group]
    own = cell_slopes(solution.models[group], at)
    q = len(solution.theta)
    if gaps is not None:
        return own.gather(gaps.between(extra, own), q)
    if not len(rest.distance):
        return own.gather(information_between(extra, own, _inverse(at.covariance)), q)
    weighted = _weighted(rest, slopes_at(own, rest.first, rest.second))
    return own.gather(slopes_at(extra, rest.first, rest.second).T @ weighted, q)


def _terms(
    problem: _Problem, group: int, extra: CellSlopes
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Score, own information, and information shared with the free parameters; of all rows."""
    solution, gaps = problem.solution, problem.gaps[group]
    rest, at = solution.rest[group], solution.at[group]
    crossed = rest.share * _crossed(problem, group, extra)
    if not len(rest.distance):
        score = pulled_slopes(extra, rest.covariance, rest.mean)
        own = gaps.own(extra) if gaps else own_information(extra, _inverse(at.covariance))
    else:
        slopes = slopes_at(extra, rest.first, rest.second)
        weighted = _weighted(rest, slopes)
        score = rest.distance @ weighted
        own = np.einsum("re,re->e", slopes, weighted)
    return rest.share * score, rest.share * own, crossed


def _inverse(matrix: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _weighted(rest: Rest, slopes: FloatArray) -> FloatArray:
    if rest.weight.ndim == 1:
        return rest.weight[:, None] * slopes
    return rest.weight @ slopes

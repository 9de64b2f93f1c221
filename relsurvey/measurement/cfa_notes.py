"""Sentences that belong to a factor solution: what is improper, and what the estimator assumes."""

from __future__ import annotations

import numpy as np

from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.parameter_table import ParameterTable

ASSUMES = {
    "ml": "Maximum likelihood takes the answers as continuous and the rows as independent: with "
    "few answer categories, skewed answers or respondents in teams, chi-square and the errors are "
    "approximate.",
    "mlr": "Maximum likelihood takes the answers as continuous; errors and the scaled chi-square "
    "allow for answers that are not normal.",
    "wlsmv": "The answers are taken as ordinal. Conventional cut-offs of CFI and RMSEA were made "
    "for maximum likelihood: with WLSMV they are reached too easily; the robust indices and SRMR "
    "are nearer to them.",
    "ulsmv": "The answers are taken as ordinal. Conventional cut-offs of CFI and RMSEA were made "
    "for maximum likelihood; the robust indices and SRMR are nearer to them.",
    "wls": "Full weighted least squares needs very many rows: with few, its chi-square is too "
    "large and its errors are too small.",
}


def solution_notes(solution: Solution, estimator: str, n_clusters: int) -> tuple[str, ...]:
    """Return the notes of a solution.

    Parameters
    ----------
    solution : Solution
        What was fitted.
    estimator : str
        Its estimator.
    n_clusters : int
        Clusters that the errors allow for; 0 for none.
    """
    assumed = ASSUMES[estimator]
    if n_clusters:
        assumed = ASSUMES["mlr"] if estimator == "ml" else assumed
        assumed += f" Errors and scaled statistics allow for the {n_clusters} clusters."
        if n_clusters <= len(solution.theta):
            assumed += (
                " There are fewer clusters than parameters: the errors are uncertain, and so is "
                "the scaled test."
            )
    return (*improper_notes(solution), *solution.notes, *_remarks(solution), assumed)


def improper_notes(solution: Solution) -> list[str]:
    """Sentences on negative variances and impossible correlations."""
    notes = []
    for group, at in enumerate(solution.at):
        residuals = np.diag(at.residuals)
        if solution.ordinal:
            own = solution.residuals[group]
            residuals = np.where(own.follows, own.value, residuals)
        negative = [
            str(item)
            for item, value in zip(solution.table.items, residuals, strict=True)
            if value < 0.0
        ]
        if negative:
            notes.append(
                f"Improper solution: the residual variance of {', '.join(negative)} is below zero "
                "(a Heywood case). Do not interpret it; look for items that are nearly the same, "
                "factors with few items, or too few rows."
            )
        notes += _improper_factors(solution.table, at.latent_covariance, np.diag(at.factors))
    return list(dict.fromkeys(notes))


def _improper_factors(table: ParameterTable, covariance: np.ndarray, own: np.ndarray) -> list[str]:
    names = [str(name) for name in table.latents]
    variances = np.diag(covariance)
    low = [name for name, value in zip(names, np.minimum(variances, own), strict=True) if value < 0]
    if low:
        return [
            f"Improper solution: the variance of factor {', '.join(low)} is below zero. Do not "
            "interpret it."
        ]
    width = np.sqrt(np.maximum(variances, 1e-300))
    between = covariance / np.outer(width, width)
    pairs = [
        f"{names[a]} with {names[b]}"
        for a, b in zip(*np.triu_indices(len(names), k=1), strict=True)
        if abs(between[a, b]) > 1.0 + 1e-9
    ]
    if pairs:
        return [
            f"Improper solution: the correlation of {', '.join(pairs)} lies beyond 1. The answers "
            "do not tell these factors apart."
        ]
    if names and np.linalg.eigvalsh(between)[0] < -1e-9:
        return ["Improper solution: the factor correlations contradict each other."]
    return []


def _remarks(solution: Solution) -> list[str]:
    notes = []
    table = solution.table
    short = [str(name) for name in table.factors if len(table.indicators(name)) == 2]
    if short:
        notes.append(
            f"Factors of two items ({', '.join(short)}) are identified only by their correlation "
            "with other factors."
        )
    if solution.measures["df"] == 0:
        notes.append("The model has no degrees of freedom: its fit cannot be tested.")
    return notes

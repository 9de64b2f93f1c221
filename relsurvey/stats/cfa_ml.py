"""Maximum-likelihood estimation of a factor model by Fisher scoring, with expected information."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from relsurvey.errors import ModelError
from relsurvey.stats.cfa_start import Solution, first_guess, on_unit_scale
from relsurvey.stats.factor_model import FactorModel

FloatArray = NDArray[np.float64]

MAX_ITERATIONS = 500
SHORTEST_STEP = 1e-3
# Newton decrement per row at which scoring stops: the step is then 1e-8 standard errors at n = 1e4.
SMALLEST_DECREMENT = 1e-20
# Decrement at which rounding, not distance, may be what stops further progress.
ROUNDING_DECREMENT = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class MlFit:
    """A maximum-likelihood solution.

    Attributes
    ----------
    model : FactorModel
        Which parameters there are.
    theta : ndarray, shape (q,)
        Estimates, in the order that `FactorModel` documents.
    theta_cov : ndarray, shape (q, q)
        Their covariance matrix, inverse of the expected information.
    implied : ndarray, shape (p, p)
        Covariances that the estimates imply.
    discrepancy : float
        F = log|S| of implied minus observed, plus trace, minus p; chi-square is ``n_obs`` times F.
    n_obs, iterations : int
        Rows, and scoring steps taken.
    """

    model: FactorModel
    theta: FloatArray
    theta_cov: FloatArray
    implied: FloatArray
    discrepancy: float
    n_obs: int
    iterations: int

    @property
    def chi2(self) -> float:
        """Likelihood-ratio chi-square against the saturated model (lavaan: N times F)."""
        return max(self.n_obs * self.discrepancy, 0.0) if self.model.df > 0 else 0.0


def fit_ml(
    cov: FloatArray,
    n_obs: int,
    model: FactorModel,
    start: Solution | None = None,
) -> MlFit:
    """Fit a factor model by maximum likelihood.

    The scoring runs on correlations with factor variances of 1, where it does not depend on which
    item is the marker, and the solution is then put on the model's own scale; maximum likelihood is
    invariant to both. Residual variances may become negative (a Heywood case): the caller looks.

    Parameters
    ----------
    cov : ndarray, shape (p, p)
        Covariances of the items with divisor ``n_obs``.
    n_obs : int
        Complete rows.
    model : FactorModel
        The model.
    start : tuple of ndarray, optional
        Loadings (p, m), factor covariances (m, m), residual variances (p,) to begin from.

    Raises
    ------
    ModelError
        When the covariances are singular, the model is not identified, or scoring does not
        converge.

    References
    ----------
    Lawley, D. N., & Maxwell, A. E. (1971). Factor analysis as a statistical method. Jöreskog, K. G.
    (1969). Psychometrika, 34, 183-202.
    R: ``lavaan::cfa(model, data, estimator = "ML", likelihood = "normal")``.
    """
    check_estimable(cov, model)
    scale = np.sqrt(np.diag(cov))
    corr = cov / np.outer(scale, scale)
    unit = FactorModel(model.loads)
    begin = first_guess(corr, model.loads)
    if start is not None:
        begin = on_unit_scale(start, scale) or begin
    theta, steps = _estimate(corr, unit, unit.vector(*begin))
    loadings, factors, residuals = unit.matrices(theta)
    solution = _on_scale(model, loadings.real, factors.real, residuals.real, scale)
    estimates = model.vector(*solution)
    implied = model.implied(estimates)
    return MlFit(
        model=model,
        theta=estimates,
        theta_cov=_parameter_cov(model, estimates, implied, n_obs),
        implied=implied,
        discrepancy=_discrepancy(unit.implied(theta), corr),
        n_obs=n_obs,
        iterations=steps,
    )


def check_estimable(cov: FloatArray, model: FactorModel) -> None:
    """Raise `ModelError` when there are too many parameters or the covariances are singular."""
    if model.df < 0:
        raise ModelError(
            "The model has more parameters than there are covariances.",
            got=f"{model.n_parameters} parameters, "
            f"{model.n_items * (model.n_items + 1) // 2} variances and covariances",
            hint="One factor needs at least three items.",
        )
    scale = np.sqrt(np.diag(cov))
    proper = bool(np.isfinite(cov).all() and scale.min() > 0.0)
    if not proper or np.linalg.eigvalsh(cov / np.outer(scale, scale))[0] < 1e-10:
        raise ModelError(
            "The covariance matrix of the items is singular.",
            hint="Items that are sums or copies of others, items without variance, or fewer rows "
            "than items make it so.",
        )


def _estimate(corr: FloatArray, unit: FactorModel, theta: FloatArray) -> tuple[FloatArray, int]:
    """Score; where scoring gets stuck, search by quasi-Newton steps first and score from there."""
    if not np.isfinite(_discrepancy(unit.implied(theta), corr)):
        raise ModelError("The starting values imply no proper covariance matrix.")
    found, first, done = _score(corr, unit, theta)
    if done:
        return found, first
    found, second, done = _score(corr, unit, _quasi_newton(corr, unit, theta))
    if done:
        return found, first + second
    raise ModelError(
        "The model did not converge: no maximum of the likelihood was found.",
        got=f"{first + second} scoring steps",
        hint="Look for items that hardly correlate with their factor, factors that are the same, "
        "or too few rows for the number of items.",
    )


def _score(corr: FloatArray, unit: FactorModel, theta: FloatArray) -> tuple[FloatArray, int, bool]:
    value = _discrepancy(unit.implied(theta), corr)
    for step in range(1, MAX_ITERATIONS + 1):
        information, gradient = _information(unit, theta, corr)
        direction = _solve(information, gradient)
        decrement = float(gradient @ direction)
        if decrement < SMALLEST_DECREMENT:
            return theta, step, True
        length = 1.0
        while length > SHORTEST_STEP:
            trial = theta + length * direction
            trial_value = _discrepancy(unit.implied(trial), corr)
            if trial_value < value:
                break
            length /= 2.0
        else:
            return theta, step, decrement < ROUNDING_DECREMENT
        theta, value = trial, trial_value
    return theta, MAX_ITERATIONS, False


def _quasi_newton(corr: FloatArray, unit: FactorModel, theta: FloatArray) -> FloatArray:
    """Return where BFGS ends; outside proper matrices the discrepancy is as good as infinite."""

    def downhill(at: FloatArray) -> tuple[float, FloatArray]:
        value = _discrepancy(unit.implied(at), corr)
        if not np.isfinite(value):
            return 1e10, np.zeros_like(at)
        return value, -2.0 * _information(unit, at, corr)[1]

    found = optimize.minimize(
        downhill, theta, jac=True, method="BFGS", options={"maxiter": MAX_ITERATIONS, "gtol": 1e-9}
    )
    return np.asarray(found.x, dtype=np.float64)


def _information(
    model: FactorModel, theta: FloatArray, cov: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return expected information per row (q, q) and half the negative gradient of F (q,)."""
    root = np.linalg.cholesky(model.implied(theta))
    inverse = linalg.solve_triangular(root, np.eye(model.n_items), lower=True)
    whitened = inverse @ model.derivatives(theta) @ inverse.T
    flat = whitened.reshape(model.n_parameters, -1)
    residual = inverse @ cov @ inverse.T - np.eye(model.n_items)
    return 0.5 * flat @ flat.T, 0.5 * flat @ residual.ravel()


def _solve(information: FloatArray, gradient: FloatArray) -> FloatArray:
    scale = 1.0 / np.sqrt(np.maximum(np.diag(information), 1e-300))
    scaled = information * np.outer(scale, scale)
    try:
        factor = linalg.cho_factor(scaled)
    except linalg.LinAlgError:
        solution: FloatArray = np.linalg.lstsq(scaled, gradient * scale, rcond=1e-12)[0] * scale
        return solution
    return np.asarray(linalg.cho_solve(factor, gradient * scale) * scale, dtype=np.float64)


def _parameter_cov(
    model: FactorModel, theta: FloatArray, implied: FloatArray, n_obs: int
) -> FloatArray:
    information, _ = _information(model, theta, implied)
    scale = 1.0 / np.sqrt(np.diag(information))
    scaled = information * np.outer(scale, scale)
    values = np.linalg.eigvalsh(scaled)
    if values[0] < 1e-10 * values[-1]:
        raise ModelError(
            "The model is not identified with these data: some parameters can change together "
            "without changing what the model says.",
            hint="A factor with two items must correlate with another factor; a factor whose items "
            "do not correlate cannot be estimated.",
        )
    inverse: FloatArray = np.linalg.inv(scaled) * np.outer(scale, scale) / n_obs
    return inverse


def _discrepancy(implied: FloatArray, observed: FloatArray) -> float:
    try:
        root = np.linalg.cholesky(implied)
    except np.linalg.LinAlgError:
        return np.inf
    half = linalg.solve_triangular(root, linalg.cholesky(observed, lower=True), lower=True)
    diagonal = np.diag(half)
    excess = half**2
    np.fill_diagonal(excess, 0.0)
    # trace minus p and minus the log determinant, each as a sum of small terms: no cancellation
    squares = diagonal**2
    return float(np.sum(excess) + np.sum(squares - 1.0 - np.log(squares)))


def _on_scale(
    model: FactorModel,
    loadings: FloatArray,
    factors: FloatArray,
    residuals: FloatArray,
    scale: FloatArray,
) -> Solution:
    loadings = loadings * scale[:, None]
    every = np.arange(model.n_factors)
    firsts = model.loads.argmax(axis=0) if model.markers is None else model.markers
    width = loadings[firsts, every]
    if model.markers is None:
        width = np.where(width < 0.0, -1.0, 1.0)
    elif np.any(np.abs(width) < 1e-6 * scale[firsts]):
        raise ModelError(
            "An item that should set the scale of its factor does not load on it.",
            hint="Put another item first, or fix the factor variances: std_lv=True.",
        )
    return loadings / width, factors * np.outer(width, width), residuals * scale**2

"""First estimates of a factor model from semopy, with names and numbers it cannot misread."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.stats.factor_model import FactorModel

FloatArray = NDArray[np.float64]
Estimates = tuple[FloatArray, FloatArray, FloatArray]


def semopy_estimates(cov: FloatArray, n_obs: int, model: FactorModel) -> Estimates | None:
    """Return semopy's loadings (p, m), factor covariances (m, m), residual variances (p,).

    Only the estimates are taken: of its tables the log-likelihood, AIC, BIC, GFI and the errors
    beside standardised estimates are wrong. It is given plain ASCII names and a covariance matrix
    without gaps, so that spaces, keywords, numbers as names, or missing answers cannot mislead it.
    The first item of each factor is the marker. None when semopy fails or does not converge.
    """
    from semopy import Model

    items = [f"y{number}" for number in range(model.n_items)]
    factors = [f"f{number}" for number in range(model.n_factors)]
    lines = [
        f"{factor} =~ " + " + ".join(items[row] for row in np.flatnonzero(model.loads[:, column]))
        for column, factor in enumerate(factors)
    ]
    # every latent pair is named: semopy would leave out none, but this does not rest on its default
    lines += [f"{a} ~~ {b}" for at, a in enumerate(factors) for b in factors[at + 1 :]]
    frame = pd.DataFrame(cov, index=items, columns=items)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its optimiser's complaints; the result is checked below
        try:
            fitted = Model("\n".join(lines))
            result = fitted.fit(cov=frame, n_samples=n_obs)
        except Exception:  # whatever it raises: these are first values, and there are others
            return None
    if not result.success:
        return None
    loadings = _table(fitted.mx_lambda, fitted.names_lambda).loc[items, factors]
    between = _table(fitted.mx_psi, fitted.names_psi).loc[factors, factors]
    residuals = _table(fitted.mx_theta, fitted.names_theta).loc[items, items]
    return loadings.to_numpy(), between.to_numpy(), np.diag(residuals.to_numpy()).copy()


def _table(matrix: FloatArray, names: tuple[list[str], list[str]]) -> pd.DataFrame:
    """Semopy's matrix with its own row and column names, which it sorts in its own way."""
    rows, columns = names
    return pd.DataFrame(np.asarray(matrix, dtype=np.float64), list(rows), list(columns))

"""Best linear unbiased predictions of the random effects of a mixed model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.mixed_fit import MixedFit

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GroupEffects:
    """Effects of the groups of one level, all arrays (G, q).

    ``std_errors`` take the fixed part and the variances as known, ``prediction_errors`` only the
    variances.
    """

    effects: FloatArray
    std_errors: FloatArray
    prediction_errors: FloatArray


def group_effects(fit: MixedFit, at: int) -> GroupEffects:
    """Predict the effects of the groups of level ``at`` (0 the innermost), on the given columns.

    Notes
    -----
    ``b = D Z'V^-1 (y - X beta)``, with errors ``D - D Z'V^-1 Z D`` and that plus what the
    uncertainty of beta adds. Robinson (1991), Statistical Science 6, 15-32. The same in R:
    ``as.data.frame(lme4::ranef(fit, condVar = TRUE))``.
    """
    products, state = fit.products, fit.state
    level, factor = products.levels[at], state.factors[at]
    relative = factor @ factor.T
    scores, information = state.scores[at], state.information[at]
    fixed = scores[:, :, products.fixed]
    back = level.to_raw
    effects = (scores[:, :, -1] - fixed @ state.change) @ relative @ back.T
    given = relative - relative @ information @ relative
    half = np.linalg.solve(
        np.broadcast_to(state.fixed_root, (len(fixed), *state.fixed_root.shape)),
        (relative @ fixed).transpose(0, 2, 1),
    )
    uncertain = given + half.transpose(0, 2, 1) @ half
    found = []
    for spread in (given, uncertain):
        raw = back @ spread @ back.T
        found.append(np.sqrt(fit.sigma2 * np.diagonal(raw, axis1=1, axis2=2).clip(0.0)))
    return GroupEffects(effects, found[0], found[1])

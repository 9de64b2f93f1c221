"""Heterotrait-monotrait ratios of correlations, for many correlation matrices at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def htmt_ratios(correlations: Array, membership: NDArray[np.bool_], *, version: int = 1) -> Array:
    r"""Return the HTMT of every pair of constructs.

    The mean absolute correlation between the items of two constructs, over the geometric mean of
    the mean absolute correlations within each. With version 2 all means are geometric, which holds
    for items that measure their construct unequally well.

    Parameters
    ----------
    correlations : ndarray, shape (b, p, p)
        Of the items.
    membership : ndarray of bool, shape (p, c)
        Which item measures which construct; an item may stand in several.
    version : {1, 2}
        Arithmetic or geometric.

    Returns
    -------
    ndarray, shape (b, c, c)
        1 on the diagonal. NaN where a construct has a single item or its items do not correlate;
        with version 2 where any correlation is exactly zero, because a geometric mean of it says
        nothing (semTools gives 0 there, or an infinite ratio).

    References
    ----------
    Henseler, J., Ringle, C. M., & Sarstedt, M. (2015). Journal of the Academy of Marketing Science,
    43, 115-135. Version 2: Roemer, E., Schuberth, F., & Henseler, J. (2021). Industrial Management
    & Data Systems, 121, 2637-2650.
    R: ``semTools::htmt(model, data, htmt2 = FALSE)``, absolute correlations as by default.
    """
    sizes = membership.sum(axis=0).astype(np.float64)
    belongs = membership.astype(np.float64)
    values = np.abs(correlations)
    zero = np.zeros_like(values)
    if version == 2:
        zero = (values == 0.0).astype(np.float64)
        values = np.log(np.where(values == 0.0, 1.0, values))
    own = np.diagonal(values, axis1=1, axis2=2)
    values = values - own[:, :, None] * np.eye(values.shape[1])
    # An item that measures both constructs has no correlation with itself to add.
    together = belongs.T @ belongs
    counts = sizes[:, None] * sizes[None, :] - together
    sums = belongs.T @ values @ belongs
    means = np.where(counts > 0.0, sums / np.maximum(counts, 1.0), np.nan)
    if version == 2:
        means = np.where(belongs.T @ zero @ belongs > 0.0, np.nan, np.exp(means))
    within = np.diagonal(means, axis1=1, axis2=2)
    scale = np.sqrt(within[:, :, None] * within[:, None, :])
    ratios = np.where(scale > 0.0, means / np.where(scale > 0.0, scale, 1.0), np.nan)
    every = np.arange(membership.shape[1])
    ratios[:, every, every] = 1.0
    return np.asarray(ratios)

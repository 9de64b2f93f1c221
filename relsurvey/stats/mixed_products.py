"""What a linear mixed model needs of the rows: cross-products per group, summed once.

With random effects ``b_g`` of group g on the columns ``Z_g``, every quantity of the likelihood
follows from ``Z_g'[Z X y]`` per group and ``[Z X y]'[Z X y]`` in all; rows are not touched again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class LevelProducts:
    """Groups of one level.

    Attributes
    ----------
    products : array (G, q, m)
        ``Z_g'[Z X y]``, Z of all levels.
    first : int
        Place of this level's first column of Z among the m.
    starts : int array (H,)
        Where the groups of the next level begin among these; empty for the last level.
    to_raw : array (q, q)
        Turns effects on the columns as scaled here into effects on the columns as given.
    """

    products: FloatArray
    first: int
    starts: IntArray
    to_raw: FloatArray

    @property
    def n_groups(self) -> int:
        """How many groups there are."""
        return int(self.products.shape[0])

    @property
    def n_effects(self) -> int:
        """How many random effects a group has."""
        return int(self.products.shape[1])

    @property
    def own(self) -> slice:
        """Places of this level's columns of Z among the m."""
        return slice(self.first, self.first + self.n_effects)


@dataclass(frozen=True, slots=True, eq=False)
class MixedProducts:
    """Cross-products of a mixed model with ``n`` rows, ``p`` fixed terms and L levels.

    The m columns are Z of every level from the innermost, an orthonormal basis Q of the fixed
    design ``X = Q R``, and what Q leaves of the outcome.

    Attributes
    ----------
    total : array (m, m)
    levels : tuple of LevelProducts
        From the innermost.
    n_rows, n_fixed : int
    start : array (p,)
        Least-squares coefficients, to which the model adds.
    inverse_root : array (p, p)
        Inverse of R.
    log_root : float
        Logarithm of the determinant of R (absolute).
    """

    total: FloatArray
    levels: tuple[LevelProducts, ...]
    n_rows: int
    n_fixed: int
    start: FloatArray
    inverse_root: FloatArray
    log_root: float

    @property
    def fixed(self) -> slice:
        """Places of the fixed basis among the m columns."""
        return slice(-1 - self.n_fixed, -1)

    def members(self) -> tuple[IntArray, ...]:
        """Return for each level the group of every innermost group, int array (G,)."""
        found = [np.arange(self.levels[0].n_groups)]
        for level in self.levels[:-1]:
            sizes = np.diff(np.r_[level.starts, level.n_groups])
            found.append(np.repeat(np.arange(len(level.starts)), sizes)[found[-1]])
        return tuple(found)


def mixed_products(
    outcome: FloatArray,
    fixed: FloatArray,
    random: Sequence[FloatArray],
    groups: Sequence[IntArray],
) -> MixedProducts:
    """Sum the cross-products.

    Parameters
    ----------
    outcome : array (n,)
    fixed : array (n, p)
        Independent columns.
    random : sequence of array (n, q)
        Columns with random effects, per level from the innermost.
    groups : sequence of int array (n,)
        Group of every row at each level, as codes; a group lies within one of the next level.

    Raises
    ------
    ModelError
        Groups that do not nest, or no group with two rows.
    """
    codes, starts = _nested(groups)
    order = np.argsort(codes[0], kind="stable")
    basis, root = np.linalg.qr(fixed)
    inverse_root = np.linalg.solve(root, np.eye(fixed.shape[1]))
    scores = basis.T @ outcome
    scaled = [_scaled(columns) for columns in random]
    columns = np.column_stack(
        [*(own for own, _ in scaled), basis, outcome - basis @ scores],
    )[order]
    levels, first = [], 0
    for depth, (own, to_raw) in enumerate(scaled):
        effects = own.shape[1]
        here = codes[depth][order]
        begins = np.flatnonzero(np.r_[True, np.diff(here) > 0])
        products = np.stack(
            [
                np.add.reduceat(columns[:, first + k, None] * columns, begins, axis=0)
                for k in range(effects)
            ],
            axis=1,
        )
        levels.append(LevelProducts(products, first, starts[depth], to_raw))
        first += effects
    return MixedProducts(
        total=columns.T @ columns,
        levels=tuple(levels),
        n_rows=len(outcome),
        n_fixed=fixed.shape[1],
        start=inverse_root @ scores,
        inverse_root=inverse_root,
        log_root=float(np.log(np.abs(np.diag(root))).sum()),
    )


def _nested(groups: Sequence[IntArray]) -> tuple[list[IntArray], list[IntArray]]:
    """Return codes of each level such that the groups of one higher group stand together."""
    outermost = np.unique(groups[-1], return_inverse=True)[1]
    codes, starts = [outermost], [np.empty(0, dtype=np.int64)]
    for level in reversed(groups[:-1]):
        above = codes[0]
        inner = np.unique(level, return_inverse=True)[1]
        pairs, place = np.unique(
            above.astype(np.int64) * (inner.max() + 1) + inner, return_inverse=True
        )
        if len(pairs) > inner.max() + 1:
            raise ModelError("A group of an inner level lies in more than one of the next level.")
        parents = pairs // (inner.max() + 1)
        starts.insert(0, np.flatnonzero(np.r_[True, np.diff(parents) > 0]))
        codes.insert(0, place)
    return codes, starts


def _scaled(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Centre and scale all but constant columns; also return what leads effects back.

    Centring needs a constant column to take up the mean; without one columns are only scaled.
    """
    spread = columns.std(axis=0)
    constant = spread <= 1e-12 * np.abs(columns).max(axis=0)
    scale = np.where(constant, 1.0, spread)
    at = int(np.argmax(constant)) if constant.any() else -1
    means = np.where(constant, 0.0, columns.mean(axis=0)) if at >= 0 else np.zeros(len(spread))
    back = np.diag(1.0 / scale)
    if at >= 0:
        level = columns[0, at]
        back[at] -= means / scale / level
        back[at, at] = 1.0
    return (columns - means) / scale, back

"""Ranks of several quantities over many draws of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def ranks(values: FloatArray) -> IntArray:
    """Return ranks along the last axis, 1 for the largest; equal values keep their order.

    Parameters
    ----------
    values : array (..., k)

    Returns
    -------
    int array (..., k)
        A permutation of 1 … k along the last axis.
    """
    order = np.argsort(-values, axis=-1, kind="stable")
    return np.asarray(np.argsort(order, axis=-1, kind="stable") + 1)


def rank_shares(draws: FloatArray) -> FloatArray:
    """Return the share of draws in which each quantity has each rank.

    Parameters
    ----------
    draws : array (B, k)

    Returns
    -------
    array (k, k)
        Row: quantity, column: rank 1 … k; rows and columns sum to one.
    """
    found = ranks(draws)
    places = np.arange(1, draws.shape[1] + 1)
    return np.asarray((found[:, :, None] == places).mean(axis=0))


def share_above(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the share of draws in which ``first`` exceeds ``second``; a tie counts half.

    Parameters
    ----------
    first, second : array (B, ...)
    """
    return np.asarray(((first > second) + 0.5 * (first == second)).mean(axis=0))

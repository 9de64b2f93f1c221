"""Shares of the answer categories, per construct and per item; hidden where too few answered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.instrument.item import Item
from relsurvey.instrument.response_scale import ResponseScale
from relsurvey.report.contents import ReportContents


def item_shares(contents: ReportContents, scale: ResponseScale) -> dict[str, tuple[float, ...]]:
    """Share of each category of a response scale, per item of the form, as it was answered.

    Returns
    -------
    dict of str to tuple of float
        Lowest category first; an empty tuple where fewer than ``min_n`` people answered.
    """
    return {
        item.id: _shares(_counts(contents, item, scale, turned=False), contents.min_n)
        for item in _items(contents, scale)
    }


def construct_shares(
    contents: ReportContents, scale: ResponseScale
) -> dict[str, tuple[float, ...]]:
    """Share of each category over all items of a construct, reverse-keyed items turned.

    Returns
    -------
    dict of str to tuple of float
        Empty tuple where an item of the construct has fewer than ``min_n`` answers.
    """
    pooled: dict[str, list[NDArray[np.int64]]] = {}
    for item in _items(contents, scale):
        counts = _counts(contents, item, scale, turned=item.reverse)
        pooled.setdefault(item.construct, []).append(counts)
    return {
        construct: _shares(np.sum(counts, axis=0), contents.min_n)
        if min(count.sum() for count in counts) >= contents.min_n
        else ()
        for construct, counts in pooled.items()
    }


def _items(contents: ReportContents, scale: ResponseScale) -> list[Item]:
    asked = contents.instrument.form(contents.form).items
    frame = contents.responses.frame
    items = [contents.instrument.item(name) for name in asked if name in frame]
    return [item for item in items if contents.instrument.scale_of(item.id).id == scale.id]


def _counts(
    contents: ReportContents, item: Item, scale: ResponseScale, *, turned: bool
) -> NDArray[np.int64]:
    answers = contents.responses.frame[item.id].to_numpy(dtype=float)
    counts = np.array([np.sum(answers == code) for code in scale.codes], dtype=np.int64)
    return counts[::-1] if turned else counts


def _shares(counts: NDArray[np.int64], min_n: int) -> tuple[float, ...]:
    total = int(counts.sum())
    if total < max(min_n, 1):
        return ()
    return tuple(float(count) / total for count in counts)

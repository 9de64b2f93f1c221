"""Hold numbers to R's, and remember how far off they were for `pytest --differences`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Difference:
    """What was compared under one name: how many numbers, and the largest differences."""

    count: int = 0
    absolute: float = 0.0
    relative: float = 0.0


SEEN: dict[str, Difference] = {}


def like_r(quantity, found, wanted, *, rtol=0.0, atol=0.0, where=""):
    """Assert that numbers equal R's within a tolerance; NaN equals NaN only.

    The relative difference is taken where R's number is not nearly zero (1e-3 or more).
    """
    found, wanted = np.broadcast_arrays(np.asarray(found, float), np.asarray(wanted, float))
    assert found.size, f"{quantity} {where}: nothing to compare"
    np.testing.assert_allclose(
        found, wanted, rtol=rtol, atol=atol, err_msg=f"{quantity} {where}".strip()
    )
    off = np.abs(found - wanted)[np.isfinite(wanted)]
    size = np.abs(wanted[np.isfinite(wanted)])
    so_far = SEEN.setdefault(quantity, Difference())
    so_far.count += off.size
    so_far.absolute = max(so_far.absolute, off.max(initial=0.0))
    so_far.relative = max(so_far.relative, (off / np.maximum(size, 1e-3)).max(initial=0.0))

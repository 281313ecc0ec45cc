"""Hold a twin's paths and accounts against the kernel's before anything is timed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from majung.dims import ACCOUNT_ARRAYS

__all__ = ["TOLERANCE", "differences"]

TOLERANCE = 1e-9
_RETURNED, _BUDGET = ([array.name for array in ACCOUNT_ARRAYS].index(name) for name in ("returned", "budget"))

Floats = NDArray[np.float64]


def differences(ours: tuple[Floats, Floats], theirs: tuple[Floats, Floats]) -> Floats:
    """Return the largest difference of each replication, relative to the size of the array it is in.

    Parameters
    ----------
    ours, theirs
        Paths (arrays, T, K, n) and accounts (arrays, T, n). What is returned of a budget is held against the budget,
        for it is a difference of nearly equal amounts.
    """
    worst = np.zeros(ours[0].shape[-1])
    for accounts, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        flat = np.abs(a).reshape(a.shape[0], -1, a.shape[-1])
        size = flat.max(axis=1)
        if accounts:
            size[_RETURNED] = np.maximum(size[_RETURNED], size[_BUDGET])
        gap = np.abs(a - b).reshape(flat.shape).max(axis=1)
        worst = np.maximum(worst, (gap / np.where(size > 0, size, 1)).max(axis=0))
    return worst

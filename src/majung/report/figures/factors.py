"""Axes of what was varied, and the rules of a box on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from majung.messages import Lang
from majung.report.factors import OF_HUNDRED, unit_name
from majung.report.figures.worlds import Axis, Region

if TYPE_CHECKING:
    from majung.decision.explore.discovery import Box
    from majung.decision.worlds.factors import Factor

__all__ = ["factor_axis", "region_of"]

Ends = tuple[float | None, float | None]


def factor_axis(factor: Factor, values: NDArray[np.float64], lang: Lang) -> Axis:
    """Return the axis of a factor over its range; shares in hundredths."""
    times = _times(factor)
    label, unit = factor.label.text(lang) or factor.name, unit_name(factor, lang)
    title = f"{label} ({unit})" if unit else label
    return Axis(title, times * values, times * factor.low, times * factor.high, factor.log)


def region_of(box: Box, x: Factor, y: Factor) -> Region:
    """Return what a rule leaves of two factors; open where it limits neither end."""
    ends: dict[str, Ends] = {limit.name: (limit.low, limit.high) for limit in box.limits}
    return Region(_scaled(ends.get(x.name, (None, None)), x), _scaled(ends.get(y.name, (None, None)), y))


def _scaled(ends: Ends, factor: Factor) -> Ends:
    low, high = (None if end is None else _times(factor) * end for end in ends)
    return low, high


def _times(factor: Factor) -> float:
    return 100.0 if factor.unit in OF_HUNDRED else 1.0

"""What is fitted: values of intervals, or levels at moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Observations"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Observations:
    """Values of one series on an axis of time whose origin is the launch, or where it is unknown, the first moment.

    Parameters
    ----------
    starts, ends : (n,) array
        Of each interval, in years or periods. A start of -inf makes the value a level: what was reached by its end.
    values : (n,) array
        Adoptions in the interval, or the level; in the series' unit.
    driver0, driver1 : (n,) array or None
        ln of the driver at the interval's start and end over its first value.
    """

    starts: Floats
    ends: Floats
    values: Floats
    driver0: Floats
    driver1: Floats
    driven: bool = False

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        *,
        starts: ArrayLike | None = None,
        ends: ArrayLike | None = None,
        level: bool = False,
        before: float | None = None,
        driver: ArrayLike | None = None,
    ) -> Observations:
        """Make observations from arrays, without those that are missing.

        Parameters
        ----------
        values : (n,) array
            NaN where a value is missing; that interval is left out.
        starts, ends : (n,) array, optional
            By default the intervals from 0 to 1, 1 to 2 and so on. Without starts, an interval begins where the one
            before it ends, and the first is as long as the second.
        level : bool
            Whether values are levels at the ends.
        before : float, optional
            What had been adopted in all before the first interval; it tells how long ago the launch was.
        driver : (n,) array, optional
            Positive; such as the price in each period, taken at its end.

        Raises
        ------
        ValueError
            Arrays of different length, ends that do not rise, intervals that end before they start, infinite values,
            or a driver that is not positive.
        """
        y = np.array(values, dtype=np.float64).ravel()
        e = np.arange(1.0, y.size + 1) if ends is None else np.array(ends, dtype=np.float64).ravel()
        if level:
            s = np.full(y.size, -np.inf)
        elif starts is None:
            opening = e[0] - (e[1] - e[0] if e.size > 1 else 1.0) if e.size else 0.0
            s = np.concatenate([[opening], e[:-1]])[: y.size]
        else:
            s = np.array(starts, dtype=np.float64).ravel()
        if not s.size == e.size == y.size:
            raise ValueError(f"{y.size} values have {s.size} starts and {e.size} ends")
        if not (np.isfinite(e).all() and (np.diff(e) > 0).all() and (s < e).all() and not np.isnan(s).any()):
            raise ValueError("ends must rise, and every interval must end after it starts")
        if np.isinf(y).any():
            raise ValueError("a value is infinite")
        z0, z1 = _driver(driver, y.size)
        if before is not None and y.size and not level:
            s, e, y = (np.concatenate([[first], rest]) for first, rest in ((-np.inf, s), (s[0], e), (before, y)))
            z0, z1 = np.concatenate([[0.0], z0]), np.concatenate([[0.0], z1])
        kept = ~np.isnan(y)
        return cls(s[kept], e[kept], y[kept], z0[kept], z1[kept], driver is not None)

    @property
    def size(self) -> int:
        """How many observations there are."""
        return int(self.values.size)

    @property
    def level(self) -> bool:
        """Whether all are levels."""
        return bool(np.isneginf(self.starts).all())

    @property
    def unit(self) -> float:
        """Return the mean distance between observations: the unit of time in which parameters have their bounds."""
        if self.size < 2:
            return 1.0
        return float((self.ends[-1] - self.ends[0]) / (self.size - 1))

    @property
    def greatest(self) -> float:
        """Return the greatest cumulative value that is seen: of levels the highest, of intervals their sum."""
        levels = np.isneginf(self.starts)
        highest = float(self.values[levels].max(initial=0.0))
        return max(highest, float(np.maximum(self.values[~levels], 0.0).sum()))


def _driver(driver: ArrayLike | None, size: int) -> tuple[Floats, Floats]:
    if driver is None:
        return np.zeros(size), np.zeros(size)
    d = np.array(driver, dtype=np.float64).ravel()
    if d.size != size or not (np.isfinite(d).all() and (d > 0).all()):
        raise ValueError("the driver needs a positive value for every period")
    logged = np.log(d / d[0])
    return np.concatenate([[0.0], logged[:-1]]), logged

"""Many series as the arrays of the compiled code: time in mean intervals, values over a power of two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from majung.evidence.diffusion.estimate.starts import grid, to_search
from majung.evidence.diffusion.models import Model
from majung.evidence.diffusion.observations import Observations

__all__ = ["Market", "Problems", "prepare"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Market: TypeAlias = float | tuple[float | None, float | None] | None
"""A fixed potential, or its bounds, or nothing known of it."""

MOST_TIMES_SEEN = 1000.0
"""The potential is searched up to so many times what has been seen."""
_LEAST_TIMES_SEEN = 1e-3


@dataclass(frozen=True, eq=False)
class Problems:
    """K least-squares problems, in the scale of the compiled code.

    Parameters
    ----------
    starts, ends, driver0, driver1 : (N,) array
        Of all designs, one after another, counted from the origin in mean intervals.
    first, count, place : (K,) array of int
        Where the design of problem k begins, how many observations it has, and where its values begin.
    values : array
    unit, scale, origin : (K,) array
        Length of a mean interval; the power of two that values were divided by; the moment from which time is counted.
    low, high : (K, P) array
        Bounds in the scale of the search.
    m_low, m_high : (K,) array
    guesses : (U, G, P) array
        Tables of starting values, and ``which`` (K,) is used; ``extra`` (K, P) has one more, or NaN.
    """

    model: Model
    dense: bool
    starts: Floats
    ends: Floats
    driver0: Floats
    driver1: Floats
    first: Ints
    count: Ints
    values: Floats
    place: Ints
    unit: Floats
    scale: Floats
    origin: Floats
    low: Floats
    high: Floats
    m_low: Floats
    m_high: Floats
    guesses: Floats
    which: Ints
    extra: Floats

    @property
    def size(self) -> int:
        """How many problems there are."""
        return int(self.first.size)

    @property
    def time_powers(self) -> NDArray[np.float64]:
        """Power of the unit of time that brings each parameter into the user's scale, the potential first."""
        powers = {"rate": -1.0, "time": 1.0, "number": 0.0}
        return np.array([0.0, *(powers[parameter.dimension] for parameter in self.model.parameters)])

    def factors(self) -> Floats:
        """Return what parameters (K, 1 + P) of the compiled code are multiplied by to be in the user's scale."""
        found = self.unit[:, None] ** self.time_powers
        found[:, 0] = self.scale
        return found

    def offsets(self) -> Floats:
        """Return what is added to parameters (K, 1 + P) after that: a place on the axis is counted from its zero."""
        found = np.zeros((self.size, len(self.model.names)))
        if self.model.located:
            found[:, self.model.names.index("peak")] = self.origin
        return found

    def started(self, guesses: Floats) -> Problems:
        """Return the same problems with starting values (K, G, P) of their own, in the scale of the search."""
        return replace(self, guesses=np.ascontiguousarray(guesses), which=np.arange(self.size, dtype=np.int64))

    def again(self, which: Ints, values: Floats, theta: Floats) -> Problems:
        """Return problems with other values for designs of these, each started at given parameters.

        Parameters
        ----------
        which : (R,) array of int
            Whose design, bounds and scale each new problem has.
        values : array
            Of all new problems, one after another, in the scale of the compiled code.
        theta : (K, P) array
            Where to start, by old problem, in the scale of the search.
        """
        count = self.count[which]
        return replace(
            self,
            first=self.first[which],
            count=count,
            values=np.ascontiguousarray(values),
            place=np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64),
            unit=self.unit[which],
            scale=self.scale[which],
            origin=self.origin[which],
            low=self.low[which],
            high=self.high[which],
            m_low=self.m_low[which],
            m_high=self.m_high[which],
            guesses=np.ascontiguousarray(theta[:, None, :]),
            which=which,
            extra=np.full((which.size, theta.shape[1]), np.nan),
        )


def prepare(
    observed: Sequence[Observations],
    model: Model,
    *,
    dense: bool,
    market: Sequence[Market] | Market = None,
    origin: float | None = None,
    extra: Floats | None = None,
) -> Problems:
    """Bring series into the scale of the compiled code.

    Parameters
    ----------
    observed : sequence of Observations
    model : Model
    dense : bool
        Whether a value is the density at its interval's end rather than what is adopted in the interval.
    market : float, pair, None, or a sequence of these, one a series
        A fixed potential, or bounds of it.
    origin : float, optional
        The moment of the launch, by default 0. For a model with a place of its own on the axis it says nothing.
    extra : (K, P) array, optional
        More starting values, in the user's scale; NaN where there are none.
    """
    markets = (
        list(market) if isinstance(market, Sequence) and not isinstance(market, tuple) else [market] * len(observed)
    )
    sizes = np.array([series.size for series in observed], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    units = np.array([series.unit for series in observed])
    origins = np.array([_origin(series, model, origin) for series in observed])
    scales = np.array([_power_of_two(series.values) for series in observed])
    tables: dict[tuple[float, float], int] = {}
    grids: list[Floats] = []
    which = np.zeros(sizes.size, dtype=np.int64)
    low, high = (np.empty((sizes.size, len(model.parameters))) for _ in range(2))
    for k, series in enumerate(observed):
        begin, end = ((series.ends[[0, -1]] - origins[k]) / units[k]).tolist() if series.size else (0.0, 1.0)
        if (begin, end) not in tables:
            tables[begin, end] = len(grids)
            grids.append(to_search(model, grid(model, begin, max(end, 1.0))))
        which[k] = tables[begin, end]
        low[k], high[k] = _bounds(model, begin, end)
    bounds = [_market_bounds(given, series) for given, series in zip(markets, observed, strict=True)]
    m_low, m_high = np.array(bounds).reshape(-1, 2).T / scales
    powers = np.array([{"rate": 1.0, "time": -1.0, "number": 0.0}[p.dimension] for p in model.parameters])
    more = np.full(low.shape, np.nan) if extra is None else to_search(model, extra * units[:, None] ** powers)
    return Problems(
        model=model,
        dense=dense,
        starts=_joined([(s.starts - o) / u for s, o, u in zip(observed, origins, units, strict=True)]),
        ends=_joined([(s.ends - o) / u for s, o, u in zip(observed, origins, units, strict=True)]),
        driver0=_joined([series.driver0 for series in observed]),
        driver1=_joined([series.driver1 for series in observed]),
        first=first,
        count=sizes,
        values=_joined([series.values / scale for series, scale in zip(observed, scales, strict=True)]),
        place=first,
        unit=units,
        scale=scales,
        origin=origins,
        low=low,
        high=high,
        m_low=np.ascontiguousarray(m_low),
        m_high=np.ascontiguousarray(m_high),
        guesses=np.stack(grids) if grids else np.empty((0, 1, len(model.parameters))),
        which=which,
        extra=more,
    )


def _joined(parts: list[Floats]) -> Floats:
    return np.ascontiguousarray(np.concatenate(parts)) if parts else np.empty(0)


def _origin(series: Observations, model: Model, given: float | None) -> float:
    if not model.located:
        return 0.0 if given is None else float(given)
    if not series.size:
        return 0.0
    return float(series.ends[0] if math.isinf(series.starts[0]) else series.starts[0])


def _power_of_two(values: Floats) -> float:
    """Return a power of two near the greatest value: dividing by it is exact, so that a fit has no scale."""
    greatest = float(np.abs(values).max(initial=0.0))
    return math.ldexp(1.0, math.frexp(greatest)[1]) if greatest > 0.0 else 1.0


def _bounds(model: Model, begin: float, end: float) -> tuple[Floats, Floats]:
    length = max(end - begin, 1.0)
    rows = []
    for parameter in model.parameters:
        low, high = parameter.low, parameter.high
        if parameter.dimension == "time":
            low, high = low * length, high * length
            if parameter.name == "peak":
                low, high = begin + low, begin + high
        rows.append((math.log(low), math.log(high)) if parameter.positive else (low, high))
    low_row, high_row = np.array(rows).T
    return low_row, high_row


def _market_bounds(given: Market, series: Observations) -> tuple[float, float]:
    seen = series.greatest or 1.0
    low, high = given if isinstance(given, tuple) else (given, given)
    if (high is not None and not high > 0) or (low is not None and high is not None and low > high):
        raise ValueError(f"the market potential must be positive, and its bounds in order: {given}")
    if high is None:
        high = max(MOST_TIMES_SEEN * seen, 10.0 * (low or 0.0))
    return min(_LEAST_TIMES_SEEN * seen, high) if low is None else float(low), float(high)

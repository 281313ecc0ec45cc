"""What is uncertain of a scenario, as the axes of a box: parameters within their ranges, and its uncertain inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from majung.errors import InputError, Problem
from majung.messages import text
from majung.parameters import LocalText
from majung.scenario.tables.schema import TABLES
from majung.scenario.varying import Change, changed

if TYPE_CHECKING:
    from majung.scenario import Scenario

__all__ = ["Factor", "central_point", "factors_of", "identity_of", "points", "varied"]

Floats = NDArray[np.float64]

_DECADE: Final = 10.0
"""A range that spans so many times its lower end is drawn from evenly in the logarithm."""
_NOT_OF_THE_MARKET: Final = ("decision",)
"""Groups of parameters that say how results are judged, not what happens."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A number that nobody knows for sure.

    Parameters
    ----------
    name : str
        A parameter's, such as ``quality_weight`` or ``markup.large``, or an uncertain input's id.
    label : LocalText
    unit : str
    low, high : float
        What is plausible, inclusive.
    central : float
        As the scenario has it: the parameter's value, or what leaves an input as it is. It may lie outside the range.
    log : bool
        Whether it is drawn evenly in its logarithm: where the range spans a decade or the number is a factor.
    """

    name: str
    label: LocalText
    unit: str
    low: float
    high: float
    central: float
    log: bool = False

    def at(self, u: Floats) -> Floats:
        """Return the values at places between 0 (the lower end) and 1 (the upper)."""
        if self.log:
            return np.asarray(self.low * (self.high / self.low) ** u)
        return np.asarray(self.low + (self.high - self.low) * u)

    def unit_of(self, x: Floats) -> Floats:
        """Return the places of values; the inverse of `at`."""
        if self.log:
            return np.asarray(np.log(np.asarray(x) / self.low) / np.log(self.high / self.low))
        return np.asarray((np.asarray(x) - self.low) / (self.high - self.low))


def factors_of(scenario: Scenario) -> tuple[Factor, ...]:
    """Return all that is uncertain of a scenario.

    A parameter that only stands for empty cells of columns which have none is left out: it moves nothing. So are those
    that say how results are judged (such as the confidence of intervals).

    Raises
    ------
    InputError
        When a parameter's range is inverted.
    """
    found = [*_of_parameters(scenario), *_of_inputs(scenario)]
    wrong = [
        Problem(key="decision.worlds.range", column=factor.name, found=f"[{factor.low:g}, {factor.high:g}]")
        for factor in found
        if not factor.low < factor.high
    ]
    if wrong:
        raise InputError(wrong)
    return tuple(found)


def identity_of(factors: Sequence[Factor], scenario: Scenario) -> list[object]:
    """Return all of the factors that decides results, as JSON."""
    axes = [[factor.name, factor.low, factor.high, factor.central, factor.log] for factor in factors]
    return [*axes, *(repr(one.change) for one in scenario.uncertain)]


def points(factors: Sequence[Factor], count: int, seed: int) -> Floats:
    """Return worlds: values of all factors, spread evenly over the box.

    A Latin hypercube (McKay, Beckman and Conover 1979) that grows by doubling (Sallaberry, Helton and Hora 2008): the
    first worlds are a hypercube at each power of two, and more worlds are the same worlds and further ones. A Sobol
    sequence would fill most pairs of factors more evenly, but of sixty factors and five hundred worlds it leaves one
    pair in fourteen with large holes.

    Parameters
    ----------
    factors : sequence of d Factor
    count : int
    seed : int

    Returns
    -------
    (count, d) ndarray
    """
    places = np.stack([_strata(count, rng) for rng in np.random.default_rng(seed).spawn(len(factors))], axis=-1)
    return np.stack([factor.at(places[:, column]) for column, factor in enumerate(factors)], axis=1)


def central_point(factors: Sequence[Factor]) -> Floats:
    """Return the scenario as it stands as a point, (d,)."""
    return np.array([factor.central for factor in factors])


def varied(scenario: Scenario, factors: Sequence[Factor], point: Floats) -> Scenario:
    """Return the scenario of a world.

    Parameters
    ----------
    scenario : Scenario
    factors : sequence of d Factor
        Of it, all or some; the others stay as they are.
    point : (d,) array
    """
    inputs = {one.id: one.change for one in scenario.uncertain}
    changes = (inputs.get(factor.name) or Change(how="set", parameter=factor.name) for factor in factors)
    return changed(scenario, zip(changes, map(float, point), strict=True))


def _strata(count: int, rng: np.random.Generator) -> Floats:
    """Return places between 0 and 1, (count,); of the first 2^k one lies in each part of 2^k."""
    places = rng.random(1)
    while places.size < count:
        parts = 2 * places.size
        free = np.setdiff1d(np.arange(parts), np.floor(places * parts).astype(np.int64))
        places = np.concatenate([places, (rng.permutation(free) + rng.random(places.size)) / parts])
    return places[:count]


def _of_parameters(scenario: Scenario) -> Iterator[Factor]:
    idle = _idle(scenario)
    for parameter in scenario.parameters.values():
        if parameter.group in _NOT_OF_THE_MARKET or parameter.name in idle:
            continue
        cells = parameter.cells()
        if len(set(cells.values())) == 1:
            # All classes alike are one number that nobody knows, not as many as there are classes.
            cells = {parameter.name: next(iter(cells.values()))}
        for name, (value, (low, high)) in cells.items():
            # A range of one point is known; one that is inverted is refused by the caller.
            if low != high:
                label, size_class = parameter.label, name.partition(".")[2]
                if size_class:
                    ko, en = (text(f"decision.worlds.class.{size_class}", lang) for lang in ("ko", "en"))
                    label = LocalText(ko=f"{label.ko}({ko})", en=f"{label.en} ({en})")
                yield Factor(name, label, parameter.unit, low, high, value, low > 0 and high >= _DECADE * low)


def _of_inputs(scenario: Scenario) -> Iterator[Factor]:
    for one in scenario.uncertain:
        factor = one.change.how == "times"
        yield Factor(one.id, one.label, "1" if factor else "", one.low, one.high, one.change.nothing, factor)


def _idle(scenario: Scenario) -> set[str]:
    """Return parameters that stand for empty cells alone, where there are none."""
    filling: dict[str, bool] = {}
    for kind in TABLES:
        table = getattr(scenario, kind.stem)
        for column in kind.columns():
            if column.parameter is not None:
                empty = bool(table.filled[column.attribute].any())
                filling[column.parameter] = filling.get(column.parameter, False) or empty
    return {name for name, any_empty in filling.items() if not any_empty}

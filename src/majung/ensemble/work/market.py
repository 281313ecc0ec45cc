"""A scenario's market as the ensemble uses it: what runs a block, and what the arrays' rows are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, get_type_hints

import numpy as np
from numpy.typing import NDArray

from majung import dims
from majung.market import kernel
from majung.market.lower import Lowered, lower, policy
from majung.market.world import Policy, World

if TYPE_CHECKING:
    from majung.market.kernel import Block
    from majung.scenario import Scenario, Strategy

__all__ = ["CalibrationGap", "Kernel", "Market", "Simulate", "lowered", "market_of"]

_TOLERANCE: Final = 0.005
"""Part of the observed sales below which a difference is not reported."""


class Simulate(Protocol):
    """What runs a block: the kernel on lowered arrays, or a stand-in of a test."""

    def __call__(self, strategy: int, seed: int, first: int, count: int) -> Block:
        """Simulate some replications of a strategy, given by its row in the design."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """The compiled kernel on a lowered world, and the policies of a design's strategies in their order."""

    world: World
    policies: tuple[Policy, ...]

    def __call__(self, strategy: int, seed: int, first: int, count: int) -> Block:
        """Simulate up to sixteen replications of a strategy."""
        return kernel.simulate(self.world, self.policies[strategy], seed, first, count)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that it holds as arrays by name, so that it can be stored."""
        named = dict(_flattened("world", self.world))
        for row, of_strategy in enumerate(self.policies):
            named |= _flattened(f"policy{row}", of_strategy)
        return named

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Kernel:
        """Build it again from `arrays`."""
        rows = {name.partition(".")[0] for name in arrays if name.startswith("policy")}
        policies = (_built(Policy, f"policy{row}", arrays) for row in range(len(rows)))
        return cls(_built(World, "world", arrays), tuple(policies))


@dataclass(frozen=True, slots=True)
class CalibrationGap:
    """A technology and region whose first quarter does not meet the observed sales; money per quarter."""

    technology: str
    region: str
    observed: float
    difference: float


@dataclass(frozen=True, slots=True)
class Market:
    """A lowered market.

    Parameters
    ----------
    simulate : Simulate
    lines : tuple of str
        Ids of the world's lines, entry slots included: what the array ``leader`` counts.
    calibration : tuple of CalibrationGap
        Where the model's first quarter differs from what was observed.
    """

    simulate: Simulate
    lines: tuple[str, ...]
    calibration: tuple[CalibrationGap, ...] = ()


def lowered(scenario: Scenario, strategies: Sequence[Strategy]) -> Market:
    """Lower a scenario and its strategies to the arrays of the compiled kernel."""
    return market_of(scenario)(strategies)


def market_of(scenario: Scenario) -> Callable[[Sequence[Strategy]], Market]:
    """Lower a scenario once, and return what makes its market for strategies that are only known later."""
    low = lower(scenario)
    return lambda strategies: _market(scenario, low, strategies)


def _market(scenario: Scenario, low: Lowered, strategies: Sequence[Strategy]) -> Market:
    simulate = Kernel(low.world, tuple(policy(scenario, strategy) for strategy in strategies))
    observed, difference = low.calibration.observed, low.calibration.modelled - low.calibration.observed
    gaps = tuple(
        CalibrationGap(
            str(scenario.technologies.id[k]), dims.REGIONS[r], float(observed[k, r]), float(difference[k, r])
        )
        for k, r in np.argwhere(np.abs(difference) > _TOLERANCE * np.abs(observed))
    )
    return Market(simulate, low.line_ids, gaps)


def _flattened(name: str, value: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the arrays and numbers of a named tuple, and of those in it, by their dotted names."""
    if hasattr(value, "_fields"):
        for field in value._fields:
            yield from _flattened(f"{name}.{field}", getattr(value, field))
    else:
        yield name, np.asarray(value)


def _built(kind: Any, name: str, arrays: Mapping[str, NDArray[Any]]) -> Any:
    """Return what `_flattened` took apart: a named tuple, an array or a number."""
    if hasattr(kind, "_fields"):
        hints = get_type_hints(kind)
        return kind(*(_built(hints[field], f"{name}.{field}", arrays) for field in kind._fields))
    return kind(arrays[name].item()) if kind in (int, float, bool) else arrays[name]

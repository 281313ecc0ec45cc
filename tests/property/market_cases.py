"""Small markets drawn at random, and their results by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from hypothesis import note
from hypothesis import strategies as st
from tests.oracle import builder

from majung.dims import ACCOUNT_ARRAYS, FIRM_ARRAYS, PATH_ARRAYS
from majung.market import kernel
from majung.market.world import Policy, World

ARRAYS = (PATH_ARRAYS, ACCOUNT_ARRAYS, FIRM_ARRAYS)


class Case(NamedTuple):
    """A world, a strategy and whose luck."""

    world: World
    policy: Policy
    seed: int
    first: int

    def __repr__(self) -> str:
        return f"Case({len(self.world.lines.key)} lines, {self.world.quarters} quarters, {self.seed=}, {self.first=})"


@st.composite
def cases(draw: Callable[..., Any], fewest_technologies: int = 1, **others: Any) -> Case:
    number = draw(st.integers(0, 2**32 - 1))
    sizes = {
        "technologies": draw(st.integers(fewest_technologies, 4)),
        "firms": draw(st.integers(4, 12)),
        "slots": draw(st.integers(0, 3)),
        "quarters": draw(st.integers(2, 12)),
    }
    note(f"make_world(default_rng({number}), **{sizes | others})")
    rng = np.random.default_rng(number)
    world = builder.make_world(rng, **sizes, **others)
    seed, first = draw(st.integers(0, 2**64 - 1)), draw(st.integers(0, 10_000))
    return Case(world, builder.make_policy(rng, world), seed, first)


def run(world: World, policy: Policy, seed: int = 1, first: int = 0, count: int = 3) -> dict[str, np.ndarray]:
    """Results by name: (T, K, n), (T, n) or, summed over replications, (I,)."""
    block = kernel.simulate(world, policy, seed, first, count)
    return {
        a.name: found
        for arrays, all_ in zip(ARRAYS, block[:3], strict=True)
        for a, found in zip(arrays, all_, strict=True)
    }


def total(found: dict[str, np.ndarray], *names: str) -> np.ndarray:
    """Sum of path arrays over technologies, (T, n)."""
    return sum((found[name].sum(axis=1) for name in names), np.zeros(1))


def same_bytes(one: kernel.Block, other: kernel.Block) -> bool:
    return all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


def with_rates(world: World, **rates: Any) -> World:
    return world._replace(rates=world.rates._replace(**rates))

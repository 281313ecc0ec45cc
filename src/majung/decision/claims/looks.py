"""Just enough luck in each world: those that do not tell whether a claim holds are looked at again.

After each look, the replications of all that a mixed claim contrasts are doubled in the worlds where a t-test does not
tell the effect from the smallest that matters. The level is shared by the looks (Bonferroni), within a world and over
the worlds, so that looking often makes nothing true. See Whitehead (1997) on stopping by what was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from majung.decision.claims.result import Verdict
from majung.decision.claims.verdict import WorldEffects, undecided, world_effects
from majung.errors import InputError, Problem

if TYPE_CHECKING:
    from majung.decision.claims.plan import ClaimsPlan
    from majung.decision.worlds.panel import Panel

__all__ = ["Looks", "Simulate", "looked_at"]

Flags = NDArray[np.bool_]

Simulate: TypeAlias = "Callable[[Flags | None, int, int], Panel]"
"""Simulates the arms that are asked for, (W, A), or all; so many times the least replications; at which look."""


class Looks(NamedTuple):
    """What the worlds show.

    Parameters
    ----------
    panel : Panel
        All replications.
    at_first, effects : list of WorldEffects
        Of each claim, by the first look and by all.
    simulated : int
        Arms x worlds, each time that they were given the least number of replications.
    """

    panel: Panel
    at_first: list[WorldEffects]
    effects: list[WorldEffects]
    simulated: int


def looked_at(plan: ClaimsPlan, simulate: Simulate) -> Looks:
    """Look at all worlds, and again at those that do not tell, up to the most replications.

    Raises
    ------
    InputError
        When every world failed.
    """
    panel = simulate(None, 1, 0)
    if panel.failed.all():
        raise InputError([Problem(key="decision.worlds.all_failed", found=str(plan.worlds))])
    simulated = plan.worlds * len(plan.arms)
    at_first = effects = _effects(plan, panel)
    for again in range(1, plan.looks):
        asked = _asked(plan, effects)
        if not asked.any():
            break
        times = 1 << (again - 1)
        panel = panel.and_then(simulate(asked, times, again))
        simulated += times * int(asked.sum())
        effects = _effects(plan, panel)
    return Looks(panel, at_first, effects, simulated)


def _effects(plan: ClaimsPlan, panel: Panel) -> list[WorldEffects]:
    return [world_effects(claim, panel, plan.nothing) for claim in plan.claims]


def _asked(plan: ClaimsPlan, effects: Sequence[WorldEffects]) -> Flags:
    """Return which arms need more replications in which worlds, (W, A)."""
    level = (1 - plan.confidence) / plan.looks
    asked = np.zeros((plan.worlds, len(plan.arms)), dtype=np.bool_)
    for claim, found in zip(plan.claims, effects, strict=True):
        if plan.judged(claim, found).verdict is Verdict.MIXED:
            asked |= undecided(claim, found, level)[:, np.newaxis] & np.array(plan.needs(claim))
    return asked

"""Put claims to the test in plausible worlds."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from majung.decision.claims.looks import looked_at
from majung.decision.claims.plan import KIND, ClaimsPlan, planned_claims
from majung.decision.claims.result import Claims, ClaimTest
from majung.decision.claims.verdict import world_effects
from majung.decision.explore.discovery import discover
from majung.decision.explore.importance import FEWEST_TO_EXPLAIN, importance
from majung.decision.steps import Step
from majung.decision.worlds.factors import central_point, points
from majung.decision.worlds.panel import Panel, simulated_panel
from majung.ensemble import Session

if TYPE_CHECKING:
    from majung.scenario import Scenario

__all__ = ["claims", "tested"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_CENTRAL: Final = 1 << 20
"""Number of the world that is the scenario as it stands: its luck is no other's."""
_AGAIN: Final = 1 << 22
"""From this number of world on is the luck of further replications, for each time that worlds are looked at again."""
_CENTRAL_BLOCKS: Final = 4
"""It is looked at so many times as often as the others, as it is one."""
_RAREST: Final = 0.05
"""Share of the rarer answer below which there are too few worlds to say where it is."""
_FEWEST: Final = 20
"""Worlds, likewise."""


def claims(
    scenario: Scenario,
    claims: Sequence[str] | None = None,
    *,
    folder: str | Path | None = None,
    worlds: int | None = None,
    replications: int | None = None,
    max_replications: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    store: str | Path | None = None,
    cluster: str | None = None,
    progress: Callable[[Step], None] | None = None,
    cancel: Event | None = None,
) -> Claims:
    """Put claims to the test: in how many plausible worlds each holds, by how much, and where it turns.

    A plausible world is a point of the box of all parameters' plausible ranges and of the scenario's uncertain inputs.
    In each, what a claim contrasts is simulated under the same luck.

    Parameters
    ----------
    scenario : Scenario
        From `majung.load`.
    claims : sequence of str, optional
        Ids such as ``M4``; all by default.
    folder : path, optional
        Of files of claims, instead of majung's own.
    worlds : int, optional
        500 by default. More are the same worlds and further ones.
    replications : int, optional
        Of each arm in each world: 16 by default, which take the kernel as long as one. The result's `ClaimTest.noise`
        says whether they are enough.
    max_replications : int, optional
        While a claim is mixed, its replications are doubled, up to this number, in worlds where luck hides whether it
        holds. As many as `replications` by default: none is added.
    seed : int, optional
        The scenario's own by default.
    threads, store, cluster, progress, cancel
        As of `majung.allocate`.

    Returns
    -------
    Claims

    Raises
    ------
    InputError
        When the files are wrong, a claim is unknown or does not fit, a number is out of bounds, or every world failed.
    StoreError, ClusterError
        When the store or the cluster is in trouble; finished blocks are kept.
    Interrupted
        When `cancel` was set.
    """
    plan = planned_claims(
        scenario,
        claims=claims,
        folder=None if folder is None else Path(folder),
        worlds=worlds,
        replications=replications,
        max_replications=max_replications,
        seed=seed,
    )
    with Session(store, threads=threads, cluster=cluster, cancel=cancel) as session:
        session.begin(plan.record(KIND, {}))
        return tested(plan, session, progress)


def tested(plan: ClaimsPlan, session: Session, progress: Callable[[Step], None] | None = None) -> Claims:
    """Run a plan in a session that has begun; see `claims`."""
    started = time.perf_counter()
    drawn = points(plan.factors, plan.worlds, plan.seed)

    def simulated(where: Floats, stage: str, first: int, times: int, asked: Flags | None = None) -> Panel:
        return simulated_panel(
            plan.scenario,
            plan.factors,
            where,
            plan.arms,
            session,
            seed=plan.seed,
            replications=times * plan.replications,
            first=first,
            asked=asked,
            stage=stage,
            progress=progress,
        )

    looks = looked_at(plan, lambda asked, times, again: simulated(drawn, *_stage(again), times, asked))
    central = simulated(
        central_point(plan.factors)[np.newaxis], "central", _CENTRAL // _CENTRAL_BLOCKS, _CENTRAL_BLOCKS
    )
    simulating = time.perf_counter() - started

    started = time.perf_counter()
    tests = []
    for number, claim in enumerate(plan.claims):
        if progress is not None:
            progress(Step("flips", number, len(plan.claims)))
        here = world_effects(claim, central, plan.nothing).effects[0]
        test = plan.judged(claim, looks.effects[number], float(here), at_first=looks.at_first[number])
        tests.append(_explained(test, plan, drawn))
    if progress is not None:
        progress(Step("flips", len(plan.claims), len(plan.claims)))
    return Claims(
        run_id=plan.run_id,
        result_hash=_result_hash(plan, looks.panel, central),
        scenario=plan.scenario.id,
        title=plan.scenario.title,
        day=plan.scenario.as_of,
        unit=plan.scenario.unit,
        seed=plan.seed,
        worlds=plan.worlds,
        replications=plan.replications,
        max_replications=plan.max_replications,
        factors=plan.factors,
        points=drawn,
        tests=tuple(tests),
        verdicts=plan.verdicts,
        not_asked=plan.not_asked,
        confidence=plan.confidence,
        most=plan.most,
        simulated=looks.simulated + _CENTRAL_BLOCKS * len(plan.arms),
        seconds={"simulating": simulating, "explaining": time.perf_counter() - started},
    )


def _stage(again: int) -> tuple[str, int]:
    """Return what a look is called, and the number of its first world, which decides the luck."""
    return ("again" if again else "worlds"), again * _AGAIN


def _explained(test: ClaimTest, plan: ClaimsPlan, drawn: Floats) -> ClaimTest:
    """Return a test with where the claim turns and what moves its effect."""
    answers = test.answers
    answered = int(answers.sum())
    if answered < FEWEST_TO_EXPLAIN or not plan.factors:
        return test
    drivers = importance(drawn[answers], test.effects[answers], plan.factors, seed=plan.seed, level=plan.confidence)
    test = replace(test, drivers=drivers)
    # The rarer answer is the one whose place is asked for.
    rarer = bool(test.share < 0.5)
    rare = test.holds[answers] == rarer
    if rare.sum() < max(_FEWEST, _RAREST * answered):
        return test
    return replace(test, flips=discover(drawn[answers], rare, plan.factors, seed=plan.seed), flips_to=rarer)


def _result_hash(plan: ClaimsPlan, *panels: Panel) -> str:
    """Return SHA-256 of what was simulated and what was asked of it."""
    content: Mapping[str, object] = {
        "simulated": [panel.digest for panel in panels],
        "claims": [claim.hash for claim in plan.claims],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

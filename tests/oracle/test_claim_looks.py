"""Worlds that are looked at again: what luck hid is seen, and what is not there is not seen more often."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import binom
from tests.unit.fake_market import small_scenario

from majung.decision.claims.formula import Formula
from majung.decision.claims.looks import Looks, looked_at
from majung.decision.claims.model import Claim
from majung.decision.claims.plan import ClaimsPlan
from majung.decision.claims.result import Verdict
from majung.decision.worlds.panel import COLUMNS, Arm, Panel
from majung.parameters import LocalText
from majung.scenario import Strategy

SALES = COLUMNS.index("private_domestic_sales")
BLOCK = 16


def arm(name: str) -> Arm:
    return Arm(Strategy(id=name, quarters=4, budget=float(sum(map(ord, name))), mix={"subsidy": 1.0}))


def claim(name: str, *arms: str) -> Claim:
    return Claim(
        id=name,
        sentence=LocalText(en="t", ko="t"),
        outcome="private_domestic_sales",
        effect=Formula(" - ".join(arms)),
        smallest=0.0,
        unit=LocalText(),
        arms={one: arm(one) for one in arms},
        titles=dict.fromkeys(arms, LocalText()),
    )


def plan(*claims: Claim, worlds: int, most: int) -> ClaimsPlan:
    return ClaimsPlan(small_scenario(), claims, {}, (), worlds, BLOCK, most, 1, 0.75)


def luck(
    plan: ClaimsPlan, truth: dict[str, np.ndarray], rng: np.random.Generator, seen: list[np.ndarray]
) -> Callable[[np.ndarray | None, int, int], Panel]:
    """What each arm truly comes to in each world, and luck of standard deviation one beside it."""

    def simulate(asked: np.ndarray | None, times: int, _: int) -> Panel:
        wanted = np.ones((plan.worlds, len(plan.arms)), dtype=bool) if asked is None else asked
        seen.append(wanted)
        values = np.zeros((plan.worlds, len(plan.arms), times * plan.replications, len(COLUMNS)))
        for row, one in enumerate(plan.arms):
            values[:, row, :, SALES] = truth[one.strategy.id][:, None] + rng.normal(size=values.shape[::2][:2])
        values[~wanted] = np.nan
        return Panel(values, plan.arms, str(len(seen)))

    return simulate


def look(put: ClaimsPlan, truth: dict[str, np.ndarray], seed: int) -> tuple[Looks, list[np.ndarray]]:
    seen: list[np.ndarray] = []
    return looked_at(put, luck(put, truth, np.random.default_rng(seed), seen)), seen


def test_what_luck_hid_is_seen_and_only_there_is_looked_again() -> None:
    truth = {"one": np.where(np.arange(200) < 180, 0.3, -0.3), "other": np.zeros(200)}
    few = plan(claim("T", "one", "other"), worlds=200, most=BLOCK)
    many = plan(claim("T", "one", "other"), worlds=200, most=32 * BLOCK)
    before, seen = look(few, truth, 1)
    assert len(seen) == 1
    once = few.judged(few.claims[0], before.effects[0])
    assert once.verdict is Verdict.MIXED
    after, seen = look(many, truth, 1)
    found = many.judged(many.claims[0], after.effects[0], at_first=after.at_first[0])
    assert found.verdict is Verdict.HOLDS
    assert found.share == pytest.approx(0.9, abs=0.03)
    assert found.noise < once.noise
    share_asked = [float(asked.mean()) for asked in seen]
    assert share_asked[0] == 1
    assert all(later < earlier for earlier, later in pairwise(share_asked))
    assert after.simulated == sum(
        int(asked.sum()) * (1 if number == 0 else 1 << (number - 1)) for number, asked in enumerate(seen)
    )
    settled = ~seen[1][:, 0]
    assert (found.replications[settled] == BLOCK).all()
    assert (found.replications[~settled] >= 2 * BLOCK).all()
    # The mean is that of the first look.
    assert found.effect.mean == once.effect.mean


def test_only_mixed_claims_and_their_arms_are_looked_at_again() -> None:
    truth = {"big": np.full(60, 9.0), "one": np.zeros(60), "other": np.zeros(60), "idle": np.full(60, -9.0)}
    put = plan(claim("C", "big", "idle"), claim("D", "one", "other"), worlds=60, most=2 * BLOCK)
    _, seen = look(put, truth, 2)
    names = [one.strategy.id for one in put.arms]
    asked = {name: bool(seen[1][:, row].any()) for row, name in enumerate(names)}
    assert asked == {"big": False, "idle": False, "one": True, "other": True}


def test_no_luck_is_not_looked_at_again() -> None:
    put = plan(claim("T", "one", "other"), worlds=40, most=4 * BLOCK)
    calls: list[int] = []

    def simulate(asked: np.ndarray | None, times: int, _: int) -> Panel:
        calls.append(times)
        values = np.zeros((put.worlds, 2, times * put.replications, len(COLUMNS)))
        values[:20, 0, :, SALES] = 1.0
        return Panel(values, put.arms, "")

    found = looked_at(put, simulate)
    assert calls == [1]
    assert put.judged(put.claims[0], found.effects[0]).verdict is Verdict.MIXED


def test_looking_often_makes_nothing_true() -> None:
    """Of 200 trials of two arms that are the same, at most the stated level end in a verdict."""
    truth = {"one": np.zeros(100), "other": np.zeros(100)}
    put = plan(claim("T", "one", "other"), worlds=100, most=8 * BLOCK)
    wrong = sum(
        put.judged(put.claims[0], look(put, truth, 100 + trial)[0].effects[0]).verdict is not Verdict.MIXED
        for trial in range(200)
    )
    assert wrong <= binom.ppf(0.999, 200, 0.05)


def test_worlds_that_are_called_decided_are_rarely_wrong() -> None:
    """The level within a world is shared by the looks: effects next to nothing do not pass for either side."""
    truth = {"one": np.full(400, 0.02), "other": np.zeros(400)}
    put = plan(claim("T", "one", "other"), worlds=400, most=8 * BLOCK)
    found, seen = look(put, truth, 3)
    stopped = found.effects[0].replications < 8 * BLOCK
    wrong = int((found.effects[0].effects[stopped] < 0).sum())
    assert wrong <= binom.ppf(0.999, 400, 0.05 / 2)
    assert len(seen) == 4


def test_limits_are_doublings() -> None:
    put = plan(claim("T", "one", "other"), worlds=1, most=8 * BLOCK)
    assert (put.looks, put.verdicts) == (4, 4)
    assert math.isclose(put.confidence, 0.95)

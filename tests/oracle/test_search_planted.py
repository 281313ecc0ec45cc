"""A search held against worlds whose best strategy, trade-off and true values are known."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.search_models import MIX, WINNERS, Planted, planted, space

from majung.decision.search import Effort, Found, best_strategy
from majung.decision.search.looks import Looks, Watch
from majung.decision.search.measures import undominated
from majung.decision.search.study import Aims, studied
from majung.dims import INSTRUMENTS
from majung.scenario import Strategy

OTHERS = ("sme_share",)
AIMS = Aims(Planted.objectives, "additionality", OTHERS)
SHORT = Effort(trials=18, more=2, best=4, front=2, fresh=8, rungs=(2, 6))
REPEATS = 40


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_best_is_found(seed: int) -> None:
    found = best_strategy(space(), Planted(seed, own=0.1), seed=seed, effort=Effort(trials=90, more=6), others=OTHERS)
    mix = found.strategy.mix.array()
    assert planted(found.strategy)[0] > 1.6  # of 2; one in a hundred strategies at random has 1.64
    assert np.abs(mix - MIX).sum() < 0.35
    assert WINNERS / 4 < found.strategy.winners < WINNERS * 4


@pytest.fixture(scope="module")
def searches() -> list[Found]:
    """Short searches in worlds that are noisy to find anything in, each in worlds of its own."""
    return [
        best_strategy(space(), Planted(seed, shared=0.0, own=1.0), seed=seed, effort=SHORT, others=OTHERS)
        for seed in range(REPEATS)
    ]


def test_what_is_reported_is_as_often_too_high_as_too_low(searches: list[Found]) -> None:
    errors = np.array([found.value.mean - planted(found.strategy)[0] for found in searches])
    assert abs(errors.mean()) < 2.5 * errors.std(ddof=1) / np.sqrt(REPEATS)
    inside = [found.value.low <= planted(found.strategy)[0] <= found.value.high for found in searches]
    assert np.mean(inside) > 0.85  # of 0.95; not above 0.85 in one of seventy samples of forty


def test_what_was_seen_in_the_search_is_too_high(searches: list[Found]) -> None:
    lucky = [max(found.contenders, key=lambda one: one.in_search.mean) for found in searches]
    errors = np.array([one.in_search.mean - planted(one.strategy)[0] for one in lucky])
    assert errors.mean() > 5 * errors.std(ddof=1) / np.sqrt(REPEATS)
    in_search = np.array([found.in_search.mean - planted(found.strategy)[0] for found in searches])
    assert in_search.mean() > 2 * in_search.std(ddof=1) / np.sqrt(REPEATS)
    in_choice = np.array([found.winner.choice - planted(found.strategy)[0] for found in searches])
    assert in_choice.mean() > 3 * in_choice.std(ddof=1) / np.sqrt(REPEATS)


def trade_off(strategy: Strategy) -> tuple[float, float]:
    """A quarter of a circle, along the part of subsidies; less with the part of matching."""
    mix = strategy.mix.array()
    angle = np.pi / 2 * mix[0]
    size = 1.0 - mix[2]
    return float(size * np.cos(angle)), float(size * np.sin(angle))


def test_a_trade_off_is_covered_and_none_of_it_is_beaten() -> None:
    model = Planted(1, truth=trade_off, shared=0.2, own=0.02)
    found = best_strategy(
        space(), model, seed=1, effort=Effort(trials=40, more=40, best=2, front=10, fresh=16), others=OTHERS
    )
    table = np.array(
        [[one.value.mean, one.risk, *(one.objectives[name].mean for name in OTHERS)] for one in found.pareto]
    )
    assert len(undominated(table)) == len(table) >= 5
    beaten = [one for one in found.contenders if not one.efficient]
    for one in beaten:
        row = np.array([one.value.mean, one.risk, *(one.objectives[name].mean for name in OTHERS)])
        assert (table >= row).all(axis=1).any()
    truth = np.array([trade_off(one.strategy) for one in found.pareto])
    shares = np.sort(np.arctan2(truth[:, 1], truth[:, 0]) / (np.pi / 2))
    assert shares[0] < 0.15
    assert shares[-1] > 0.85
    assert np.diff(shares).max() < 0.4
    assert np.hypot(truth[:, 0], truth[:, 1]).max() > 0.95


def test_dropping_the_worse_saves_looks_and_keeps_the_best() -> None:
    """The same strategies, the best among them, with and without rungs."""
    kept, saved = 0, []
    for seed in range(12):
        random = np.random.default_rng(seed)
        own = [at_random(random, f"own{number}") for number in range(20)]
        best = own[int(random.integers(20))] = at_best("best")
        in_rungs, in_full = (Looks(Planted(seed, own=0.3), 0, Watch()) for _ in range(2))
        there = space(*own)
        found = studied(there, in_rungs, AIMS, seed, 20, 0, (4, 12, 36))
        whole = studied(there, in_full, AIMS, seed, 20, 0, (36,))
        assert whole.pruned == 0
        assert whole.best(1)[0].strategy == best
        kept += found.best(1)[0].strategy == best
        saved.append(in_rungs.done / in_full.done)
    assert kept == 12
    assert np.mean(saved) < 0.5


def at_best(id: str) -> Strategy:
    return Strategy(id=id, budget=50.0, quarters=20, winners=WINNERS, mix=dict(zip(INSTRUMENTS, MIX, strict=True)))


def at_random(random: np.random.Generator, id: str) -> Strategy:
    shares = random.dirichlet(np.ones(3))
    shares[2] = 1 - shares[:2].sum()
    return Strategy(
        id=id, budget=50.0, quarters=20, winners=int(np.exp(random.uniform(0, 7))),
        mix=dict(zip(INSTRUMENTS, shares, strict=True)),
    )  # fmt: skip

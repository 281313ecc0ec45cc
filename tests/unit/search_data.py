"""A made-up search for the tests of its report: a planted model of the market, searched by the real search."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

from tests.unit import claims_data
from tests.unit.search_models import Planted, space

from majung.decision.search import Effort, best_strategy
from majung.decision.search.result import Found, Search
from majung.parameters import LocalText
from majung.scenario import Mix, Strategy

OWN = Strategy(
    id="on-the-table",
    title=LocalText(ko="지금의 사업", en="What is on the table"),
    budget=100.0,
    quarters=10,
    mix=Mix(subsidy=1.0, purchase=0.0, matching=0.0),
)


@cache
def search(budgets: int = 2) -> Search:
    """Return a search of which each budget has finalists, one of them the scenario's own."""
    return Search(
        run_id="9e" * 20,
        result_hash="ef" * 32,
        scenario="made-up",
        scenario_title=LocalText(ko="지어낸 시나리오", en="A made-up scenario"),
        unit="million KRW",
        seed=1,
        objective="additionality",
        objectives=("additionality", "sme_share"),
        replications=16,
        confidence=0.95,
        budgets=tuple(_found(seed) for seed in range(budgets)),
        seconds={"simulating": 1.23456},
    )


def scenario() -> Any:
    """Return what the report reads of a scenario."""
    plain = claims_data.scenario()
    return SimpleNamespace(real=plain.real, reconstructed=plain.reconstructed, as_of=claims_data.claims().day)


def _found(seed: int) -> Found:
    effort = Effort(trials=24, more=8, best=3, front=2, fresh=16, rungs=(4, 8))
    found = best_strategy(space(OWN), Planted(seed), seed=seed, effort=effort, others=("sme_share",))
    return replace(found, budget=found.budget * 10**seed)

"""What a search is asked for, checked before anything is simulated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from majung.decision.search.robust import Effort
from majung.decision.search.space import money_in_all
from majung.decision.worlds.factors import factors_of
from majung.decision.worlds.identity import run_id_of, run_record
from majung.decision.worlds.request import whole_number
from majung.ensemble import BLOCK, RunRecord
from majung.errors import InputError, Problem, not_a_choice
from majung.messages import Phrase
from majung.money import parse_amount, parse_unit
from majung.scenario.settings import LARGEST_SEED

if TYPE_CHECKING:
    from majung.decision.worlds.factors import Factor
    from majung.scenario import Scenario

__all__ = ["KIND", "OBJECTIVES", "SearchPlan", "planned_search"]

KIND: Final = "search"
OBJECTIVES: Final = (
    "gain_per_budget", "additionality", "raised_per_unit", "private_domestic_sales", "sme_sales", "exports",
    "private_raised", "live_ventures", "sme_share", "survival",
)  # fmt: skip
"""Measures of `majung.decision.worlds.MEASURES` that can be aimed at. The first is the one where no other is asked for:
what a unit of budget creates, what was returned of it included, so that a programme whose money is not taken up is
no good one."""
OTHERS: Final = ("sme_share", "survival")
"""What the objective is traded off against, beside its risk."""
SPENT: Final = "public_spent"
_MOST_TRIALS: Final = 100_000


@dataclass(frozen=True)
class SearchPlan:
    """A search that can be run.

    Parameters
    ----------
    scenario : Scenario
    budgets : tuple of float
        In all, in the scenario's unit.
    objective : str
        One of `OBJECTIVES`.
    seed : int
    effort : Effort
        For each budget.
    factors : tuple of Factor
        What is uncertain.
    replications : int
        Of each strategy in each world.
    """

    scenario: Scenario
    budgets: tuple[float, ...]
    objective: str
    seed: int
    effort: Effort
    factors: tuple[Factor, ...]
    replications: int = BLOCK

    @property
    def others(self) -> tuple[str, ...]:
        """What the objective is traded off against, beside its risk."""
        return tuple(name for name in OTHERS if name != self.objective)

    @property
    def measured(self) -> tuple[str, ...]:
        """All that is measured: beside what is aimed at, the public money that was paid."""
        return (self.objective, *self.others, SPENT)

    @cached_property
    def run_id(self) -> str:
        """Short hash of all that the result depends on."""
        return run_id_of(
            KIND,
            self.scenario,
            self.factors,
            budgets=self.budgets,
            objective=self.objective,
            effort=astuple(self.effort),
            replications=self.replications,
            seed=self.seed,
            # What it suggests may change from one version to the next.
            optuna=version("optuna"),
        )

    def record(self, kind: str, request: Mapping[str, object]) -> RunRecord:
        """Return what a store notes of the run; see `majung.ensemble.Design.record`."""
        return run_record(
            self.run_id,
            kind,
            self.scenario,
            request,
            optuna=version("optuna"),
            budgets=list(self.budgets),
            objective=self.objective,
            seed=self.seed,
            trials=self.effort.trials,
            replications=self.replications,
        )


def planned_search(
    scenario: Scenario,
    budgets: Sequence[str | float] | None = None,
    *,
    objective: str | None = None,
    trials: int | None = None,
    seed: int | None = None,
) -> SearchPlan:
    """Check what `majung.search` is asked for.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    problems: list[Problem] = []
    effort = Effort()
    asked = _default_budgets(scenario) if budgets is None else tuple(budgets)
    if not asked:
        problems.append(Problem(key="decision.search.no_budgets", found=scenario.id))
    amounts = [_amount(budget, scenario, problems) for budget in asked]
    if objective is not None and objective not in OBJECTIVES:
        expected = Phrase("decision.search.an_objective")
        problems.append(not_a_choice(objective, OBJECTIVES, expected).at(column="objective"))
    trials = whole_number(trials, effort.trials, "decision.search.trials", problems, largest=_MOST_TRIALS)
    seed = whole_number(seed, scenario.seed, "ensemble.seed", problems, least=0, largest=LARGEST_SEED)
    factors: tuple[Factor, ...] = ()
    try:
        factors = factors_of(scenario)
    except InputError as error:
        problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return SearchPlan(
        scenario, tuple(dict.fromkeys(amounts)), objective or OBJECTIVES[0], seed, effort.of_trials(trials), factors
    )


def _default_budgets(scenario: Scenario) -> tuple[float, ...]:
    """Return what the scenario's own programmes cost in all, the smallest first."""
    return tuple(sorted({round(money, 6) for strategy in scenario.strategies if (money := money_in_all(strategy)) > 0}))


def _amount(budget: str | float, scenario: Scenario, problems: list[Problem]) -> float:
    """Return a budget in the scenario's unit, or note what is wrong with it."""
    try:
        amount = float(parse_amount(budget, parse_unit(scenario.unit)))
    except InputError as error:
        problems += [problem.at(column="budgets") for problem in error.problems]
        return math.nan
    if not amount > 0:
        problems.append(Problem(key="decision.search.budget", found=str(budget)))
    return amount

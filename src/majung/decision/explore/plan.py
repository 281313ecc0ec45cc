"""What an exploration is asked for, checked before anything is simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from majung.decision.worlds.factors import factors_of
from majung.decision.worlds.identity import run_id_of, run_record
from majung.decision.worlds.measures import MEASURES
from majung.decision.worlds.request import whole_number
from majung.ensemble import RunRecord
from majung.errors import InputError, Problem, nearest, not_a_choice
from majung.messages import Phrase
from majung.scenario import HANDS_OFF
from majung.scenario.settings import LARGEST_SEED

if TYPE_CHECKING:
    from majung.decision.worlds.factors import Factor
    from majung.scenario import Scenario, Strategy

__all__ = ["KIND", "ExplorationPlan", "planned_exploration"]

KIND: Final = "explore"


@dataclass(frozen=True)
class ExplorationPlan:
    """An outcome, and the strategies of which one is looked at.

    Parameters
    ----------
    scenario : Scenario
    outcome : str
    strategies : tuple of Strategy
        One, or those among which majung chooses.
    factors : tuple of Factor
        What is varied.
    seed : int
    trajectories : int
        Of Morris's method: each takes one world more than there are factors.
    groups : int
        Of Sobol's method: each takes two worlds more than there are factors that are kept.
    kept : int
        Factors whose shares of variance are asked for.
    worlds : int
        Plausible worlds in which rules are looked for.
    """

    scenario: Scenario
    outcome: str
    strategies: tuple[Strategy, ...]
    factors: tuple[Factor, ...]
    seed: int
    trajectories: int = 10
    groups: int = 128
    kept: int = 6
    worlds: int = 500

    @property
    def above_nothing(self) -> bool:
        """Whether the outcome is held against doing nothing."""
        return MEASURES[self.outcome].above_nothing

    @cached_property
    def run_id(self) -> str:
        """Short hash of all that the result depends on."""
        return run_id_of(
            KIND,
            self.scenario,
            self.factors,
            outcome=self.outcome,
            strategies=sorted((strategy.id, strategy.hash) for strategy in self.strategies),
            seed=self.seed,
            effort=[self.trajectories, self.groups, self.kept, self.worlds],
        )

    def record(self, kind: str, request: Mapping[str, object]) -> RunRecord:
        """Return what a store notes of the run; see `majung.ensemble.Design.record`."""
        return run_record(
            self.run_id,
            kind,
            self.scenario,
            request,
            outcome=self.outcome,
            strategies={strategy.id: strategy.hash for strategy in self.strategies},
            seed=self.seed,
        )


def planned_exploration(
    scenario: Scenario, *, outcome: str | None = None, strategy: str | None = None, seed: int | None = None
) -> ExplorationPlan:
    """Check what `majung.explore` is asked for.

    Raises
    ------
    InputError
        When the outcome or the strategy is unknown, nothing is uncertain, or the seed is out of bounds.
    """
    problems: list[Problem] = []
    outcome = "additionality" if outcome is None else outcome
    if outcome not in MEASURES:
        problems.append(not_a_choice(outcome, tuple(MEASURES), Phrase("decision.claims.an_outcome")))
    by_id = {one.id: one for one in scenario.strategies}
    if strategy is not None and strategy not in by_id:
        problems.append(
            Problem(
                key="problem.unknown_name",
                found=strategy,
                expected=Phrase("ensemble.a_strategy", known=tuple(by_id)),
                suggestion=nearest(strategy, by_id),
            )
        )
    above = outcome in MEASURES and MEASURES[outcome].above_nothing
    if above and strategy == HANDS_OFF:
        problems.append(Problem(key="decision.explore.nothing_above_nothing", found=outcome))
    wanted = [one for one in scenario.strategies if strategy in (None, one.id) and not (above and one.id == HANDS_OFF)]
    if above and strategy is None and not wanted:
        problems.append(Problem(key="decision.explore.no_strategy", found=scenario.id))
    seed = whole_number(seed, scenario.seed, "ensemble.seed", problems, least=0, largest=LARGEST_SEED)
    factors: tuple[Factor, ...] = ()
    try:
        factors = factors_of(scenario)
    except InputError as error:
        problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return ExplorationPlan(scenario, outcome, tuple(wanted), factors, seed)

"""What a search says: for each budget the best strategy found, what stood beside it, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from majung.decision.search.space import describe
from majung.decision.statistics import Interval
from majung.parameters import LocalText
from majung.scenario import Strategy

__all__ = ["Contender", "Found", "Regret", "Search", "Worlds"]


class Regret(NamedTuple):
    """By how much the best of the finalists in a world beats a strategy, in units of the objective.

    Luck that is left in a world is in it, the same for all finalists.
    """

    most: float
    mean: float
    worst_world: int
    """The number of the world in which it is largest."""


class Worlds(NamedTuple):
    """In how many worlds strategies were looked at; none of the three parts shares a world with another."""

    search: int
    """At most, in the search."""
    choice: int
    """To choose among finalists."""
    report: int
    """For the figures of the finalists, which had no part in any choice."""


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A finalist.

    Parameters
    ----------
    strategy : Strategy
    own : bool
        Whether it is one of the scenario's own, with this budget.
    value : Interval
        The objective's mean in fresh worlds.
    choice : float
        Its mean in the worlds of the choice.
    in_search : Interval
        Its mean in the worlds of the search: too high for what was found there because luck favoured it.
    searched : int
        How many worlds of the search that are.
    objectives : mapping of str to Interval
        Means of all that was measured, in fresh worlds.
    risk : float
        Mean of the objective in the worst tenth of the fresh worlds.
    regret : Regret
        In fresh worlds.
    efficient : bool
        Whether no other finalist is as good in all that is traded off, and better in something, in fresh worlds.
    """

    strategy: Strategy
    own: bool
    value: Interval
    choice: float
    in_search: Interval
    searched: int
    objectives: Mapping[str, Interval]
    risk: float
    regret: Regret
    efficient: bool

    @property
    def id(self) -> str:
        """The strategy's id."""
        return self.strategy.id

    @property
    def figures(self) -> Mapping[str, float | str]:
        """The strategy's key figures; see `describe`."""
        return describe(self.strategy)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found for a budget.

    Parameters
    ----------
    budget : float
        In all, in the scenario's unit.
    objective : str
    contenders : tuple of Contender
        All finalists, the best first by the worlds of the choice.
    choices : mapping of str to str
        The contender that each rule chooses: ``expected`` the largest mean, ``regret`` the smallest of the largest
        regrets, ``risk`` the largest mean of the worst tenth of worlds. The first is the one that the search names.
    gain : Interval or None
        By how much it beats the best of the scenario's own, world by world in fresh worlds; None where it is that one
        or there is none.
    trials, pruned : int
        Strategies suggested, and how many were dropped before the last of the search's worlds.
    looks, failed : int
        Strategies times worlds looked at, and how many of these failed.
    worlds : Worlds
        Without those in which some finalist failed.
    """

    budget: float
    objective: str
    contenders: tuple[Contender, ...]
    choices: Mapping[str, str]
    gain: Interval | None
    trials: int
    pruned: int
    looks: int
    failed: int
    worlds: Worlds

    def contender(self, id: str) -> Contender:
        """Return a finalist by its id.

        Raises
        ------
        KeyError
            When there is none of that id.
        """
        for one in self.contenders:
            if one.id == id:
                return one
        raise KeyError(id)

    @property
    def winner(self) -> Contender:
        """The one with the largest mean."""
        return self.contender(self.choices["expected"])

    @property
    def strategy(self) -> Strategy:
        """The winner's strategy."""
        return self.winner.strategy

    @property
    def value(self) -> Interval:
        """The winner's mean in worlds that had no part in finding or choosing it."""
        return self.winner.value

    @property
    def in_search(self) -> Interval:
        """The winner's mean in the worlds in which it was found."""
        return self.winner.in_search

    @property
    def runner_ups(self) -> tuple[Contender, ...]:
        """The other finalists, the best first."""
        return tuple(one for one in self.contenders if one.id != self.winner.id)

    @property
    def pareto(self) -> tuple[Contender, ...]:
        """The finalists between which one would have to trade off."""
        return tuple(one for one in self.contenders if one.efficient)

    @property
    def regrets(self) -> Mapping[str, Regret]:
        """The regret table, the smallest of the largest regrets first."""
        return {one.id: one.regret for one in sorted(self.contenders, key=lambda one: one.regret.most)}


@dataclass(frozen=True, kw_only=True)
class Search:
    """The best strategy found for each budget.

    Parameters
    ----------
    run_id, result_hash : str
    scenario : str
        Its id.
    scenario_title : LocalText
    unit : str
        Of money.
    seed : int
    objective : str
    objectives : tuple of str
        All that was measured.
    replications : int
        Of each strategy in each world.
    confidence : float
        Of every interval.
    budgets : tuple of Found
        In the order asked for.
    seconds : mapping of str to float
        By stage.
    """

    run_id: str
    result_hash: str
    scenario: str
    scenario_title: LocalText
    unit: str
    seed: int
    objective: str
    objectives: tuple[str, ...]
    replications: int
    confidence: float
    budgets: tuple[Found, ...]
    seconds: Mapping[str, float]

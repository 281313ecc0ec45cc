"""What a search says: for each budget the best strategy found, what stood beside it, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from majung.decision.search.space import describe
from majung.decision.statistics import Interval, mean_interval
from majung.parameters import LocalText
from majung.scenario import Strategy

__all__ = ["Contender", "Found", "Regret", "Search", "Worlds", "difference"]


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
    by_world : mapping of int to float
        The objective in each fresh world, by the world's number. All budgets of a search meet the same.
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
    by_world: Mapping[int, float] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The strategy's id."""
        return self.strategy.id

    @property
    def figures(self) -> Mapping[str, float | str]:
        """The strategy's key figures; see `describe`."""
        return describe(self.strategy)


def difference(one: Contender, other: Contender, confidence: float) -> Interval:
    """Return by how much a finalist beats another, world by world in the fresh worlds that both have.

    NaN where they share none.
    """
    shared = sorted(one.by_world.keys() & other.by_world.keys())
    return mean_interval(np.array([one.by_world[world] - other.by_world[world] for world in shared]), confidence)


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
        """The one with the largest mean in the worlds of the choice."""
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

    def differences(self, confidence: float) -> Mapping[str, Interval]:
        """Return by how much each other finalist beats the winner in fresh worlds; see `difference`.

        The intervals hold for all at once (Bonferroni): whom one asks about is seen in the same worlds.
        """
        level = _at_once(confidence, len(self.runner_ups))
        return {one.id: difference(one, self.winner, level) for one in self.runner_ups}

    def better(self, confidence: float) -> tuple[tuple[Contender, Interval], ...]:
        """Return the finalists that do better than the winner in fresh worlds, and by how much, most first."""
        found = [(self.contender(id), ahead) for id, ahead in self.differences(confidence).items() if ahead.mean > 0]
        return tuple(sorted(found, key=lambda pair: -pair[1].mean))

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
    """The strategy chosen for each budget.

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

    @property
    def furthest(self) -> Found:
        """The budget whose winner has the largest mean in fresh worlds.

        Raises
        ------
        ValueError
            When there is none.
        """
        return max(self.budgets, key=lambda found: found.value.mean)

    @property
    def leads(self) -> tuple[tuple[Found, Interval], ...]:
        """The other budgets, and by how much the furthest beats each; the one that it is least surely ahead of first.

        The intervals hold for all at once (Bonferroni): which one is furthest is seen in the same worlds.
        """
        first = self.furthest
        others = [found for found in self.budgets if found is not first]
        level = _at_once(self.confidence, len(others))
        found = [(other, difference(first.winner, other.winner, level)) for other in others]
        return tuple(sorted(found, key=lambda pair: pair[1].low))


def _at_once(confidence: float, intervals: int) -> float:
    """Return at which level each of several intervals has to hold, for all to hold at once."""
    return 1 - (1 - confidence) / max(intervals, 1)

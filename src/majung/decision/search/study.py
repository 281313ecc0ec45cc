"""Which strategies are worth a second look: a tree-structured Parzen estimator, with worlds in rungs.

Every strategy meets the same worlds in the same order, so that means over the first worlds can be held against each
other. Successive halving (Jamieson and Talwalkar 2016; Li and others 2020, who do without waiting) asks more worlds of
the better third alone, at each rung. It looks at ranks of paired means and so at what is to be made large; a test of
Wilcoxon's kind looks at the median of differences, and what support creates comes from few great successes. The
estimator (Bergstra and others 2011) knows strategies that were dropped by the rung that they reached.

Optuna prunes no study of several objectives. The strategies that came far enough are therefore put into a second study,
of all objectives, which adds a few more that trade one off against the other (Ozaki and others 2022). A genetic
algorithm would need more generations than there are worlds to spend.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from majung.decision.search.looks import Looks, Watch
from majung.decision.search.measures import tail_mean, undominated
from majung.errors import InputError, Problem

if TYPE_CHECKING:
    import optuna

    from majung.decision.search.space import Space
    from majung.scenario import Strategy

__all__ = ["RUNGS", "Aims", "Studied", "Tried", "studied"]

Floats = NDArray[np.float64]

RUNGS: Final = (4, 12, 36)
_PART: Final = 3
"""One of so many trials goes on from a rung."""
_RANDOM: Final = 16
"""Trials without a model of what is good, about one for each dial; the scenario's own strategies are among them."""
_SEEDS: Final = 1 << 32
_OWN: Final = "own"


@dataclass(frozen=True)
class Aims:
    """What is to be made large.

    Parameters
    ----------
    measured : tuple of str
        By the evaluator.
    objective : str
        The one of them that the search is for. `risk` is the mean of it in the worst tenth of worlds.
    others : tuple of str
        Those that the objective is traded off against, beside risk.
    """

    measured: tuple[str, ...]
    objective: str
    others: tuple[str, ...] = ()

    @property
    def column(self) -> int:
        """The objective's place among what is measured."""
        return self.measured.index(self.objective)

    @property
    def names(self) -> tuple[str, ...]:
        """All that is traded off: the objective, its risk, and the others."""
        return (self.objective, "risk", *self.others)

    def of(self, values: Floats) -> Floats:
        """Return what (worlds, measured) come to by `names`: means, and risk; failed worlds are left out."""
        kept = values[~np.isnan(values[:, self.column])]
        if not len(kept):
            return np.full(len(self.names), np.nan)
        means = kept.mean(axis=0)
        others = [means[self.measured.index(name)] for name in self.others]
        return np.array([means[self.column], tail_mean(kept[:, self.column]), *others])

    def mean(self, values: Floats) -> float:
        """Return the objective's mean; NaN where every world failed."""
        return float(self.of(values)[0])


@dataclass(frozen=True)
class Tried:
    """A strategy that was tried.

    Parameters
    ----------
    strategy : Strategy
    values : (worlds, measured) array
        In the search's first worlds, as many as it came to.
    own : bool
        Whether it is one of the scenario's own.
    """

    strategy: Strategy
    values: Floats
    own: bool

    @property
    def worlds(self) -> int:
        """In how many worlds it was looked at."""
        return len(self.values)


@dataclass(frozen=True)
class Studied:
    """What a study came to.

    Parameters
    ----------
    aims : Aims
    tried : tuple of Tried
        Each strategy once, in the order of trial.
    pruned : int
        Trials that were dropped before the last rung.
    trials : int
    shared : int
        Worlds in which strategies are compared in all objectives.
    """

    aims: Aims
    tried: tuple[Tried, ...]
    pruned: int
    trials: int
    shared: int

    def best(self, count: int) -> list[Tried]:
        """Return the best by the objective's mean, those first that came farthest."""
        alive = [one for one in self.tried if not np.isnan(self._mean(one))]
        return sorted(alive, key=lambda one: (-one.worlds, -self._mean(one)))[:count]

    def front(self, count: int) -> list[Tried]:
        """Return strategies that none beats in all aims, in the worlds that they share; the most unlike where many."""
        far = [one for one in self.tried if one.worlds >= self.shared]
        table = np.array([self.aims.of(one.values[: self.shared]) for one in far]).reshape(len(far), -1)
        return [far[row] for row in undominated(table, count)]

    def _mean(self, one: Tried) -> float:
        return self.aims.mean(one.values)


def studied(
    space: Space,
    looks: Looks,
    aims: Aims,
    seed: int,
    trials: int,
    more: int,
    rungs: Sequence[int] = RUNGS,
    watch: Watch | None = None,
) -> Studied:
    """Search a space.

    The scenario's own strategies are the first trials, exactly as they are; the estimator learns of them by the nearest
    place of the space.

    Parameters
    ----------
    space : Space
    looks : Looks
        At the search's worlds.
    aims : Aims
    seed : int
    trials : int
        For the one objective.
    more : int
        For all objectives.
    rungs : sequence of int
        Worlds after which the worse are dropped, each three times the one before.
    watch : Watch, optional
        That of the looks, to be told of stages.

    Raises
    ------
    InputError
        When every world failed.
    """
    watch = watch or Watch()
    with _quiet():
        # If one of three went on from each rung, all rungs would take alike.
        watch.stage("search", trials * rungs[0] * len(rungs))
        single = _Single(space, looks, aims, seed, rungs)
        for strategy in space.own:
            single.study.enqueue_trial(dict(space.settings(strategy)), user_attrs={_OWN: strategy.hash})
        for _ in range(max(trials, len(space.own))):
            single.step()
        shared = rungs[max(len(rungs) - 2, 0)]
        if not single.tried:
            raise InputError([Problem(key="decision.search.all_failed", values={"worlds": looks.done})])
        watch.stage("pareto", more * shared)
        _trade_offs(single, seed + 1, more, shared)
    own = {strategy.hash for strategy in space.own}
    tried = (Tried(one, looks.known(one), name in own) for name, one in single.tried.items())
    return Studied(aims, tuple(tried), single.pruned, len(single.study.trials) + more, shared)


class _Single:
    """The study of one objective.

    Attributes
    ----------
    tried : dict
        Strategies by their hashes.
    places : list of (str, dict, dict)
        Hash, place and distributions of each trial that did not fail, for another study to learn from.
    """

    def __init__(self, space: Space, looks: Looks, aims: Aims, seed: int, rungs: Sequence[int]) -> None:
        # Optuna takes a third of a second to import, which only a search should cost.
        import optuna

        self.space, self.looks, self.aims, self._rungs = space, looks, aims, rungs
        self._own = {strategy.hash: strategy for strategy in space.own}
        self.tried: dict[str, Strategy] = {}
        self.places: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self.pruned = 0
        self._state = optuna.trial.TrialState
        self.study = optuna.create_study(
            direction="maximize",
            sampler=optuna.samplers.TPESampler(seed=seed % _SEEDS, n_startup_trials=_RANDOM),
            pruner=optuna.pruners.SuccessiveHalvingPruner(min_resource=rungs[0], reduction_factor=_PART),
        )

    def suggested(self, trial: optuna.Trial) -> Strategy:
        """Return what a trial suggests: one of the scenario's own where it is meant."""
        suggestion = self.space.suggest(trial)
        return self._own.get(trial.user_attrs.get(_OWN, ""), suggestion)

    def step(self) -> None:
        """Try one more strategy."""
        trial = self.study.ask()
        strategy = self.suggested(trial)
        for worlds in self._rungs:
            value = self.aims.mean(self.looks(strategy, worlds))
            if np.isnan(value):
                self.study.tell(trial, state=self._state.FAIL)
                return
            trial.report(value, worlds)
            if worlds < self._rungs[-1] and trial.should_prune():
                self.pruned += 1
                self.study.tell(trial, state=self._state.PRUNED)
                break
        else:
            self.study.tell(trial, value)
        self.note(strategy, trial)

    def note(self, strategy: Strategy, trial: optuna.Trial) -> None:
        """Remember a strategy and its place."""
        self.tried.setdefault(strategy.hash, strategy)
        self.places.append((strategy.hash, trial.params, trial.distributions))


def _trade_offs(single: _Single, seed: int, trials: int, shared: int) -> None:
    """Try more strategies, for all aims, each in the same worlds."""
    import optuna

    aims, looks = single.aims, single.looks
    study = optuna.create_study(
        directions=["maximize"] * len(aims.names),
        sampler=optuna.samplers.TPESampler(seed=seed % _SEEDS, n_startup_trials=0),
    )
    for name, params, distributions in single.places:
        values = looks.known(single.tried[name])
        if len(values) >= shared:
            known = aims.of(values[:shared]).tolist()
            study.add_trial(optuna.create_trial(params=params, distributions=distributions, values=known))
    for _ in range(trials):
        trial = study.ask()
        strategy = single.space.suggest(trial)
        found = aims.of(looks(strategy, shared))
        if np.isnan(found).any():
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            study.tell(trial, found.tolist())
            single.note(strategy, trial)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Optuna's remarks off both outputs, and leave its settings as they were."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"optuna\.")
            yield
    finally:
        optuna.logging.set_verbosity(before)

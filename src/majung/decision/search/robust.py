"""From what a study tried to the strategy that is named: finalists in fresh worlds.

Three sets of worlds have no world in common. In the first strategies are searched. In the second the finalists are
looked at and one is chosen by each rule. The third had no part in either, so that its figures are as often too high as
too low. Halves are not exchanged and averaged: each half might choose another strategy, and a figure should belong to
the one that is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

import numpy as np
from numpy.typing import NDArray

from majung.decision.search.looks import Evaluator, Looks, Watch
from majung.decision.search.measures import choices, regrets, undominated
from majung.decision.search.result import Contender, Found, Regret, Worlds
from majung.decision.search.space import Space
from majung.decision.search.study import RUNGS, Aims, Studied, Tried, studied
from majung.decision.statistics import Interval, mean_interval
from majung.errors import InputError, Problem
from majung.messages import text
from majung.parameters import LocalText
from majung.scenario import Strategy

__all__ = ["STREAM", "Effort", "best_strategy"]

Floats = NDArray[np.float64]

STREAM: Final = 1 << 20
"""The search's worlds are numbered from 0, those of the choice from here, and those of the report from twice this."""
_LEAST_COMPLETE: Final = 0.5


@dataclass(frozen=True)
class Effort:
    """How much a search of one budget may look at.

    Parameters
    ----------
    trials : int
        Strategies that are suggested for the objective; not fewer than the scenario's own.
    more : int
        Strategies that are suggested for all objectives.
    best, front : int
        Finalists by the objective, and from the trade-off; the scenario's own come to them.
    fresh : int
        Worlds of the choice, and as many of the report.
    rungs : tuple of int
        Worlds of the search after which the worse are dropped, each three times the one before.
    """

    trials: int = 80
    more: int = 12
    best: int = 4
    front: int = 4
    fresh: int = 32
    rungs: tuple[int, ...] = RUNGS

    def of_trials(self, trials: int) -> Effort:
        """Return the effort with so many trials for the objective, and those for all objectives in proportion."""
        return replace(self, trials=trials, more=-(-trials * self.more // self.trials))


def best_strategy(
    space: Space,
    evaluator: Evaluator,
    *,
    seed: int,
    effort: Effort | None = None,
    objective: str = "additionality",
    others: Sequence[str] = ("sme_share", "survival"),
    confidence: float = 0.95,
    watch: Watch | None = None,
) -> Found:
    """Search a space, and judge the finalists in worlds that had no part in finding them.

    Parameters
    ----------
    space : Space
    evaluator : Evaluator
    seed : int
    effort : Effort, optional
    objective : str
        What is to be made large: one of what the evaluator measures.
    others : sequence of str
        What else is, where one has to trade off.
    confidence : float
        Of intervals.
    watch : Watch, optional

    Raises
    ------
    InputError
        When every world failed, or there is no world in which no finalist did.
    Interrupted
        When the watch says so.
    """
    effort, watch = effort or Effort(), watch or Watch()
    aims = Aims(evaluator.objectives, objective, tuple(others))
    search = Looks(evaluator, 0, watch)
    study = studied(space, search, aims, seed, effort.trials, effort.more, effort.rungs, watch)
    finalists = _named(_finalists(study, effort))
    fresh = [Looks(evaluator, part * STREAM, watch) for part in (1, 2)]
    watch.stage("fresh", 2 * len(finalists) * effort.fresh)
    by_part = [np.stack([looks(one.strategy, effort.fresh) for one in finalists]) for looks in fresh]
    kept, complete = _complete(np.isnan(np.concatenate(by_part, axis=1)[:, :, aims.column]))
    if not complete.any():
        raise InputError([Problem(key="decision.search.all_failed", values={"worlds": complete.size})])
    halves = complete.reshape(2, effort.fresh)
    choice, report = (values[kept][:, half] for values, half in zip(by_part, halves, strict=True))
    if not choice.size or not report.size:
        raise InputError([Problem(key="decision.search.all_failed", values={"worlds": effort.fresh})])
    finalists = [finalists[row] for row in kept]
    chosen = choices(choice[:, :, aims.column])
    order = np.argsort(-choice[:, :, aims.column].mean(axis=1), kind="stable")
    contenders = _contenders(finalists, aims, choice, report, np.flatnonzero(halves[1]), confidence)
    return Found(
        budget=space.budget,
        objective=objective,
        contenders=tuple(contenders[row] for row in order),
        choices={rule: contenders[row].id for rule, row in chosen.items()},
        gain=_gain(finalists, choice[:, :, aims.column], report[:, :, aims.column], confidence),
        trials=study.trials,
        pruned=study.pruned,
        looks=sum(looks.done for looks in (search, *fresh)),
        failed=sum(looks.failed for looks in (search, *fresh)),
        worlds=Worlds(effort.rungs[-1], choice.shape[1], report.shape[1]),
    )


def _finalists(study: Studied, effort: Effort) -> list[Tried]:
    """Return the best, those that trade off, and the scenario's own, each once."""
    own = [one for one in study.tried if one.own]
    chosen = [*study.best(effort.best), *study.front(effort.front), *own]
    return list({one.strategy.hash: one for one in chosen}.values())


def _named(finalists: Sequence[Tried]) -> list[Tried]:
    """Give names to strategies that were found."""
    taken = {one.strategy.id for one in finalists if one.own}
    numbers = (number for number in count(1) if f"search-{number}" not in taken)
    return [one if one.own else Tried(_titled(one.strategy, next(numbers)), one.values, False) for one in finalists]


def _titled(strategy: Strategy, number: int) -> Strategy:
    ko, en = (text("decision.search.title", lang, number=number) for lang in ("ko", "en"))
    return strategy.model_copy(update={"id": f"search-{number}", "title": LocalText(ko=ko, en=en)})


def _complete(failed: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the finalists that are kept, and the worlds in which none of them failed.

    While too few worlds are complete, the finalist that fails most often is let go.

    Parameters
    ----------
    failed : (finalists, worlds) array
    """
    kept = np.arange(len(failed))
    while (~failed[kept].any(axis=0)).mean() < _LEAST_COMPLETE and kept.size > 1:
        kept = np.delete(kept, failed[kept].sum(axis=1).argmax())
    return kept, np.asarray(~failed[kept].any(axis=0))


def _contenders(
    finalists: Sequence[Tried],
    aims: Aims,
    choice: Floats,
    report: Floats,
    worlds: NDArray[np.int64],
    confidence: float,
) -> list[Contender]:
    table = np.array([aims.of(values) for values in report])
    efficient = set(undominated(table))
    regret = regrets(report[:, :, aims.column])
    return [
        Contender(
            strategy=one.strategy,
            own=one.own,
            value=mean_interval(report[row, :, aims.column], confidence),
            choice=float(choice[row, :, aims.column].mean()),
            in_search=mean_interval(one.values[:, aims.column], confidence),
            searched=one.worlds,
            objectives={
                name: mean_interval(report[row, :, column], confidence) for column, name in enumerate(aims.measured)
            },
            risk=float(table[row, aims.names.index("risk")]),
            regret=Regret(
                float(regret[row].max()), float(regret[row].mean()), int(worlds[regret[row].argmax()]) + 2 * STREAM
            ),
            efficient=row in efficient,
            by_world=dict(zip((worlds + 2 * STREAM).tolist(), report[row, :, aims.column].tolist(), strict=True)),
        )
        for row, one in enumerate(finalists)
    ]


def _gain(finalists: Sequence[Tried], choice: Floats, report: Floats, confidence: float) -> Interval | None:
    """Return by how much the choice beats the best of the scenario's own, by the worlds of the choice."""
    means = choice.mean(axis=1)
    own = [row for row, one in enumerate(finalists) if one.own]
    best = int(means.argmax())
    if not own or best in own:
        return None
    return mean_interval(report[best] - report[max(own, key=lambda row: means[row])], confidence)

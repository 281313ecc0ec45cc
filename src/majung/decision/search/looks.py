"""Strategies looked at in worlds: what is asked of an evaluator, counted, remembered, and stopped on request."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from majung.decision.steps import Step
from majung.errors import Interrupted
from majung.scenario import Strategy

__all__ = ["Evaluator", "Looks", "Watch"]

Floats = NDArray[np.float64]


class Evaluator(Protocol):
    """What strategies come to in worlds.

    Worlds are numbered; under one number every strategy meets the same world and the same luck.
    """

    @property
    def objectives(self) -> tuple[str, ...]:
        """Names of what is measured."""

    def __call__(self, strategy: Strategy, worlds: range) -> Floats:
        """Return what is measured by world, (worlds, objectives); rows of NaN where a world failed."""


class Watch:
    """How far a search has come, and whether it is to stop.

    Parameters
    ----------
    progress : callable, optional
        Told a `Step` after each look: how many strategies have been looked at in a world each, of how many at most.
    cancel : threading.Event, optional
    """

    def __init__(self, progress: Callable[[Step], None] | None = None, cancel: Event | None = None) -> None:
        self._progress, self._cancel = progress, cancel
        self._step = Step("", 0, 0)

    def stage(self, name: str, total: int) -> None:
        """Say what comes next, and how many looks it takes at most."""
        self._step = Step(name, 0, total)

    def count(self, looks: int) -> None:
        """Count looks.

        Raises
        ------
        Interrupted
            When the work is to stop.
        """
        done = self._step.done + looks
        self._step = self._step._replace(done=done, total=max(done, self._step.total))
        if self._progress is not None:
            self._progress(self._step)
        if self._cancel is not None and self._cancel.is_set():
            raise Interrupted("ensemble.interrupted")


class Looks:
    """Strategies in the worlds of one range, none looked at twice.

    Parameters
    ----------
    evaluator : Evaluator
    first : int
        The first of the worlds.
    watch : Watch
    """

    def __init__(self, evaluator: Evaluator, first: int, watch: Watch) -> None:
        self._evaluator, self._first, self._watch = evaluator, first, watch
        self._known: dict[str, Floats] = {}

    def __call__(self, strategy: Strategy, worlds: int) -> Floats:
        """Return what is measured in the first worlds, (worlds, objectives); rows of NaN where one failed."""
        known = self.known(strategy)
        if len(known) < worlds:
            asked = range(self._first + len(known), self._first + worlds)
            found = np.array(self._evaluator(strategy, asked), dtype=np.float64)
            found[np.isnan(found).any(axis=1)] = np.nan
            self._known[strategy.hash] = known = np.concatenate([known, found])
            self._watch.count(len(asked))
        return known[:worlds]

    def known(self, strategy: Strategy) -> Floats:
        """Return what is measured in all worlds in which a strategy was looked at."""
        return self._known.get(strategy.hash, np.zeros((0, len(self._evaluator.objectives))))

    @property
    def done(self) -> int:
        """Looks: strategies times worlds."""
        return sum(len(values) for values in self._known.values())

    @property
    def failed(self) -> int:
        """Looks at a world that failed."""
        return sum(int(np.isnan(values[:, 0]).sum()) for values in self._known.values())

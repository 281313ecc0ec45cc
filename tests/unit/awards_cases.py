"""Calls without a market: options with planted values, drawn with luck that depends on option and world alone."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from majung.decision.awards.case import Case
from majung.decision.awards.objectives import Objective
from majung.decision.awards.sets import Effect
from majung.scenario.call import Options, Row

Floats = NDArray[np.float64]
NO_LIMIT = float("inf")
SALES = Objective("private_domestic_sales", 0.0, 1.0)


def planted_case(
    amount: Sequence[float],
    *,
    budget: float,
    application: Sequence[int] | None = None,
    instrument: Sequence[int] | None = None,
    quarter: Sequence[int] | None = None,
    rows: Sequence[Row] = (),
    scores: Floats | None = None,
    size_class: Sequence[str] | None = None,
) -> Case:
    """Return a case of options with these amounts under a budget, and under other rows."""
    n = len(amount)
    money = np.array(amount, dtype=np.float64)
    of = np.arange(n) if application is None else np.array(application)
    count = int(of.max()) + 1 if n else 0
    options = Options(
        application=of,
        instrument=np.zeros(n, dtype=np.int64) if instrument is None else np.array(instrument),
        amount=money,
        quarter=np.zeros(n, dtype=np.int64) if quarter is None else np.array(quarter),
    )
    ids = np.array([f"a{place:03d}" for place in range(count)], dtype=object)
    applications = SimpleNamespace(
        id=ids,
        line=np.arange(count),
        technology=np.zeros(count, dtype=np.int64),
        firm=np.arange(count),
        scores=np.full((count, 1), np.nan) if scores is None else scores,
    )
    classes = ["small"] * count if size_class is None else list(size_class)
    scenario: Any = SimpleNamespace(lines=SimpleNamespace(id=ids))
    call: Any = SimpleNamespace(applications=applications, min_quality=0.0, match_rate=1.0)
    judgements: Any = tuple(SimpleNamespace(application=a, size_class=c) for a, c in enumerate(classes))
    limit = Row.of("budget", money, -NO_LIMIT, budget, "money")
    return Case(scenario, call, judgements, options, (limit, *rows))


class PlantedSets:
    """Stands in for simulated sets: each award adds its own value and noise, each pair of awards what is planted.

    Parameters
    ----------
    value, spread : mapping of line to number
    together : mapping of pairs of lines to number
    """

    def __init__(
        self,
        value: dict[str, float],
        spread: dict[str, float],
        together: dict[tuple[str, str], float] | None = None,
        unit: dict[str, float] | None = None,
    ) -> None:
        self.value, self.spread, self.together = value, spread, together or {}
        self.unit = unit or {}
        self.asked: list[tuple[int, int, int]] = []

    def effects(self, sets: Sequence[Sequence[Any]], first: int, worlds: int) -> list[Effect]:
        totals = self.values(sets, first, worlds)
        return [
            Effect(total, total, self._own(grants, first, worlds), *(np.zeros((len(grants), worlds)),) * 2)
            for grants, total in zip(sets, totals, strict=True)
        ]

    def _own(self, grants: Sequence[Any], first: int, worlds: int) -> Floats:
        """What each award adds to its own firm: all of it, and half of what a pair does together."""
        lines = [grant.line for grant in grants]
        own = np.array([self._one([grant], first, worlds) for grant in grants]).reshape(len(grants), worlds)
        for pair, effect in self.together.items():
            if set(pair) <= set(lines):
                own[[lines.index(line) for line in pair]] += effect / 2
        return own

    def values(self, sets: Sequence[Sequence[Any]], first: int, worlds: int) -> Floats:
        self.asked.append((len(sets), first, worlds))
        return np.array([self._one(grants, first, worlds) for grants in sets]).reshape(len(sets), worlds)

    def _one(self, grants: Sequence[Any], first: int, worlds: int) -> Floats:
        total = np.zeros(worlds)
        lines = [grant.line for grant in grants]
        for grant in grants:
            part = grant.amount / self.unit[grant.line] if grant.line in self.unit else 1.0
            noise = np.array(
                [np.random.default_rng([int(grant.line[1:]), world]).normal() for world in range(first, first + worlds)]
            )
            total += part * (self.value[grant.line] + self.spread[grant.line] * noise)
        for (one, other), effect in self.together.items():
            total += effect * (one in lines and other in lines)
        return total

"""A made-up exploration for the tests of its report: what a planted outcome hangs on, found by the real methods."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray
from tests.unit.claims_data import FACTORS

from majung.decision.explore import decompose, discover, importance, screen
from majung.decision.explore.result import Exploration, Quantiles
from majung.decision.worlds.factors import points
from majung.parameters import LocalText

Floats = NDArray[np.float64]


def planted(drawn: Floats) -> Floats:
    """Return an outcome of which the first two factors make almost all, money."""
    place = np.stack([factor.unit_of(drawn[:, column]) for column, factor in enumerate(FACTORS)], axis=1)
    return np.asarray(9e5 + 6e5 * place[:, 0] * (1 - place[:, 1]) - 1e5 * place[:, 2])


@cache
def exploration(worlds: int = 300) -> Exploration:
    """Return an exploration of the planted outcome, of which three worlds failed."""
    drawn = points(FACTORS, worlds, 5)
    values = planted(drawn)
    values[:3] = np.nan
    finite = np.isfinite(values)
    low, high = np.quantile(values[finite], (0.25, 0.75))
    quantiles = Quantiles(1.05e6, *(float(q) for q in np.quantile(values[finite], (0.5, 0.05, 0.25, 0.75, 0.95))))
    return Exploration(
        run_id="7c" * 20,
        result_hash="cd" * 32,
        scenario="made-up",
        title=LocalText(ko="지어낸 시나리오", en="A made-up scenario"),
        day=date(2024, 4, 29),
        unit="million KRW",
        outcome="private_domestic_sales",
        strategy="small-first",
        strategy_title=LocalText(ko="중소·벤처 우선", en="Small firms first"),
        chosen=True,
        seed=5,
        replications=16,
        factors=FACTORS,
        quantiles=quantiles,
        screening=screen(FACTORS, planted, trajectories=10, seed=1),
        decomposition=decompose(FACTORS[:4], lambda x: planted(_whole(x)), samples=64, seed=1),
        points=drawn,
        values=values,
        drivers=importance(drawn[finite], values[finite], FACTORS, seed=1),
        high=discover(drawn[finite], values[finite] >= high, FACTORS, seed=1),
        low=discover(drawn[finite], values[finite] <= low, FACTORS, seed=1),
        failed=3,
        confidence=0.95,
        simulated=4 * worlds,
        seconds={"simulate": 4.20001},
    )


def unknown(found: Exploration) -> Exploration:
    """Return the exploration as if nothing could be told of it."""
    return replace(found, decomposition=None, drivers=(), high=(), low=(), chosen=False, failed=0)


def _whole(x: Floats) -> Floats:
    rest = np.array([factor.central for factor in FACTORS[4:]])
    return np.column_stack([x, np.tile(rest, (len(x), 1))])

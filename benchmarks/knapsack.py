"""How long a proven optimum of a multidimensional knapsack takes: ours, HiGHS called directly, a dynamic programme.

The problems are drawn as Chu and Beasley (1998) draw them. HiGHS is called by `scipy.optimize.milp` with a gap of zero,
which is what a script would do; it stops after a limit, and says so. The dynamic programme takes problems of one
constraint only, with whole costs.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from common.timing import main, progress, table
from majung.decision.portfolio import choose

LIMIT = 120.0
"""Seconds that HiGHS by itself may take for one problem."""


def measure(quick: bool) -> dict[str, Any]:
    """Print and return the seconds of each; the first of ours, which compiles, does not count."""
    choose(*drawn(30, 5, 0.5, 99))
    cases = [(100, 5, tightness) for tightness in (0.25, 0.5, 0.75)]
    cases = [(60, 5, 0.5)] if quick else [*cases, (100, 1, 0.5), (1000, 1, 0.5), (60, 30, 0.5)]
    rows = [row for case in cases for row in compared(*case, 1 if quick else 3)]
    table(f"Seconds to a proven optimum (HiGHS by itself stopped after {LIMIT:.0f})", rows)
    return {"limit": LIMIT, "rows": rows}


def drawn(n: int, m: int, tightness: float, seed: int) -> tuple[Any, Any, Any]:
    """Return values, costs and capacities."""
    rng = np.random.default_rng(seed)
    costs = rng.integers(1, 1001, (m, n)).astype(float)
    return np.floor(costs.mean(axis=0) + 500 * rng.random(n)), costs, np.floor(tightness * costs.sum(axis=1))


def compared(n: int, m: int, tightness: float, seeds: int) -> list[dict[str, Any]]:
    """Solve the same problems by each, one after the other."""
    found = []
    for seed in range(seeds):
        progress(f"{n} items, {m} constraints, tightness {tightness}, number {seed}")
        values, costs, capacities = drawn(n, m, tightness, seed)
        ours, seconds = timed(lambda v=values, c=costs, b=capacities: float(v @ choose(v, c, b)))
        alone, direct = timed(lambda v=values, c=costs, b=capacities: by_highs(v, c, b))
        plain, dynamic = timed(lambda v=values, c=costs, b=capacities: by_table(v, c, b)) if m == 1 else (ours, None)
        if plain != ours or (alone is not None and alone != ours):
            raise AssertionError(f"{ours} is not {alone}, {plain}")
        found.append(
            {
                "items": n,
                "constraints": m,
                "tightness": tightness,
                "ours": seconds,
                "HiGHS": direct,
                "ratio": direct / seconds,
                "proven by HiGHS": "yes" if alone is not None else "no",
                "dynamic programme": "-" if dynamic is None else f"{dynamic:.3g}",
            }
        )
    return found


def timed(solve: Any) -> tuple[Any, float]:
    """Return the result and the seconds it took."""
    started = time.perf_counter()
    return solve(), time.perf_counter() - started


def by_highs(values: Any, costs: Any, capacities: Any) -> float | None:
    """Return the optimum, or None where it was not proven in time."""
    found = milp(
        -values,
        integrality=np.ones(len(values)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(costs, -np.inf, capacities),
        options={"mip_rel_gap": 0, "time_limit": LIMIT},
    )
    return round(-found.fun) if found.status == 0 else None


def by_table(values: Any, costs: Any, capacities: Any) -> float:
    """Return the optimum of one constraint by the textbook's dynamic programme, one row of it at a time."""
    best = np.zeros(int(capacities[0]) + 1)
    for value, cost in zip(values, costs[0].astype(int), strict=True):
        best[cost:] = np.maximum(best[cost:], best[: len(best) - cost] + value)
    return float(best[-1])


if __name__ == "__main__":
    main("knapsack", measure)

"""How time grows with lines, replications, strategies and workers, with the exponents of the growth and a chart."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
import vl_convert

from common.machine import cores, machine
from common.timing import RESULTS, main, progress, table
from common.worlds import Case, example, line_steps, national
from majung.market import kernel
from majung.market.kernel import LANES

Rows = list[dict[str, Any]]


def medians(jobs: dict[float, Callable[[], object]], rounds: int) -> dict[float, float]:
    """Time every job once a round, in turn, after a round that does not count; return medians."""
    seconds: dict[float, list[float]] = {size: [] for size in jobs}
    for turn in range(rounds + 1):
        for size, job in jobs.items():
            started = time.perf_counter()
            job()
            if turn:
                seconds[size].append(time.perf_counter() - started)
    return {size: statistics.median(found) for size, found in seconds.items()}


def exponent(seconds: dict[float, float]) -> tuple[float, float]:
    """Return b of seconds = a * size ** b by least squares in logs, and its standard error."""
    x, y = np.log(list(seconds)), np.log(list(seconds.values()))
    (slope, level), residual = np.polyfit(x, y, 1), 0.0
    residual = float(((y - slope * x - level) ** 2).sum())
    spread = float(((x - x.mean()) ** 2).sum())
    return float(slope), (residual / max(len(x) - 2, 1) / spread) ** 0.5


def blocks(case: Case, replications: int, strategies: Sequence[str]) -> None:
    """Simulate blocks one after the other, on one core."""
    for first in range(0, replications, LANES):
        for strategy in strategies:
            kernel.simulate(case.world, case.policies[strategy], 1, first, min(LANES, replications - first))


_case: list[Case] = []


def _open(case: Case) -> None:
    _case[:] = [case]
    kernel.compile_kernel()


def _block(number: int) -> None:
    policies = list(_case[0].policies.values())
    kernel.simulate(_case[0].world, policies[number % len(policies)], 1, number // len(policies) * LANES, LANES)


def spread(pool: Executor, count: int) -> Callable[[], object]:
    """Return a job that lets the workers of a pool do ``count`` blocks."""
    return lambda: list(pool.map(_block, range(count)))


def workers(case: Case, rounds: int) -> dict[str, dict[float, float]]:
    """Time the same blocks on 1, 2, 4, … threads and processes."""
    counts = [count for count in (1, 2, 4, 8, 16, 32, 64) if count <= cores()]
    _open(case)
    found = {}
    for kind in ("threads", "processes"):
        made: dict[float, Executor] = {
            count: ThreadPoolExecutor(count) if kind == "threads"
            else ProcessPoolExecutor(count, get_context("spawn"), _open, (case,))
            for count in counts
        }  # fmt: skip
        found[kind] = medians({count: spread(pool, 3 * counts[-1]) for count, pool in made.items()}, rounds)
        for pool in made.values():
            pool.shutdown()
    return found


def measure(quick: bool) -> dict[str, Any]:
    """Print and return times and exponents; draw them."""
    rounds = 3 if quick else 7
    korea = example()
    names = list(korea.policies)
    kernel.compile_kernel()
    found: dict[str, dict[float, float]] = {}
    progress("lines")
    sizes = (1_250, 5_000, 20_000) if quick else (625, 1_250, 2_500, 5_000, 10_000, 20_000, 40_000)
    cases = [national(size) for size in sizes]
    found["lines"] = medians(
        {case.world.lines.firm.size: partial(blocks, case, LANES, ["matching"]) for case in cases}, rounds
    )
    progress("replications")
    counts = (16, 32, 64) if quick else (16, 32, 64, 128, 256)
    found["replications"] = medians({n: partial(blocks, korea, n, ["matching"]) for n in counts}, rounds)
    progress("strategies")
    several = range(1, len(names) + 1, 2 if quick else 1)
    found["strategies"] = medians({n: partial(blocks, korea, LANES, names[:n]) for n in several}, rounds)
    progress("workers")
    largest = national(5_000) if quick else national()
    found |= workers(largest, min(rounds, 5))
    fits = {name: exponent(seconds) for name, seconds in found.items()}
    rows: Rows = [
        {"against": name, "of": size, "seconds": took, "exponent": f"{fits[name][0]:.3f} ± {2 * fits[name][1]:.3f}"}
        for name, seconds in found.items()
        for size, took in seconds.items()
    ]
    table(
        "Time against size (medians; exponent of time ~ size^b by least squares in logs, ± two standard errors)", rows
    )
    for kind in ("threads", "processes"):
        most = max(found[kind])
        print(f"  {kind}: {most:.0f} do {found[kind][1] / found[kind][most]:.2f} x what one does")
    print(f"  {3 * int(max(found['threads']))} blocks of {line_steps(largest.world) / 1e6:,.0f} million line-steps")
    draw(rows)
    return {"rows": rows, "exponents": {name: fit[0] for name, fit in fits.items()}}


def draw(rows: Rows) -> None:
    """Draw a log-log panel for each size into results/growth.svg."""
    facts = machine()

    def panel(name: str) -> dict[str, Any]:
        mine = [row for row in rows if row["against"] == name]
        log = {"type": "log"}
        return {
            "title": f"{name}: exponent {mine[0]['exponent']}",
            "width": 220,
            "height": 180,
            "data": {"values": mine},
            "mark": {"type": "line", "point": True},
            "encoding": {
                "x": {"field": "of", "type": "quantitative", "scale": log, "title": name},
                "y": {"field": "seconds", "type": "quantitative", "scale": log},
            },
        }

    panels = [panel(name) for name in dict.fromkeys(row["against"] for row in rows)]
    title = {"text": "Time of the kernel against size", "subtitle": f"{facts['cpu']}, {facts['cores']} cores, "
             f"load {facts['load']}, {facts['when']}"}  # fmt: skip
    specification = {"title": title, "concat": panels, "columns": 3}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "growth.svg").write_text(vl_convert.vegalite_to_svg(specification), encoding="utf-8")


if __name__ == "__main__":
    main("growth", measure)

"""How fast the kernel is, on one core and on more, on two worlds, and how long it compiles."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from common.machine import cores
from common.timing import interleaved, main, paired_ratio, progress, table
from common.worlds import Case, example, line_steps, live_steps, small
from majung.dims import PATH_ARRAYS
from majung.market import kernel
from majung.market.kernel import LANES

_NAMES = [array.name for array in PATH_ARRAYS]
_CHILD = """
import time
started = time.perf_counter()
from majung.market import kernel
imported = time.perf_counter()
kernel.compile_kernel()
print(imported - started, time.perf_counter() - imported)
"""


def strategies(case: Case, rounds: int) -> list[dict[str, Any]]:
    """Time a block of every strategy on one core."""

    def job(strategy: str) -> Any:
        return lambda: kernel.simulate(case.world, case.policies[strategy], 1, 0, LANES)

    seconds = interleaved({name: job(name) for name in case.policies}, rounds)
    steps = line_steps(case.world)
    rows = []
    for name, policy in case.policies.items():
        took = statistics.median(seconds[name])
        live = live_steps(case.world, kernel.simulate(case.world, policy, 1, 0, LANES), _NAMES)
        speed, lively = steps / took / 1e6, live / took / 1e6
        rows.append(_row(case.name, name, speed, lively, 1e3 * took))
    whole = sum(statistics.median(times) for times in seconds.values())
    lively = sum(row["live only"] * row["ms a block"] for row in rows) / sum(row["ms a block"] for row in rows)
    mean = 1e3 * whole / len(rows)
    return [*rows, _row(case.name, "all together", steps / mean / 1e3, lively, mean)]


def _row(world: str, strategy: str, speed: float, live: float, block: float) -> dict[str, Any]:
    return {"world": world, "strategy": strategy, "M line-steps/s": speed, "live only": live, "ms a block": block}


def threads(case: Case, rounds: int, blocks: int) -> list[dict[str, Any]]:
    """Time the same blocks on 1, 2, 4, … threads, in turn."""
    policies = list(case.policies.values())
    counts = [count for count in (1, 2, 4, 8, 16, 32, 64) if count <= cores()]
    if counts[-1] != cores():
        counts.append(cores())
    pools = {count: ThreadPoolExecutor(count) for count in counts}

    def block(number: int) -> None:
        kernel.simulate(case.world, policies[number % len(policies)], 1, number // len(policies) * LANES, LANES)

    def job(count: int) -> Any:
        return lambda: list(pools[count].map(block, range(blocks)))

    seconds = interleaved({str(count): job(count) for count in counts}, rounds)
    for pool in pools.values():
        pool.shutdown()
    rows = []
    for count in counts:
        ratio = paired_ratio(seconds["1"], seconds[str(count)])
        speed = blocks * line_steps(case.world) / statistics.median(seconds[str(count)]) / 1e6
        rows.append({"world": case.name, "threads": count, "M line-steps/s": speed, "x one thread": ratio["median"],
                     "quartiles": f"{ratio['low']:.2f}-{ratio['high']:.2f}"})  # fmt: skip
    return rows


def starts(rounds: int) -> list[dict[str, Any]]:
    """Time a start that compiles and one that finds the compiled kernel on disk, each in a process of its own."""
    found: dict[str, list[tuple[float, float]]] = {"cold": [], "cached": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for name in found:
                child = subprocess.run(
                    [sys.executable, "-c", _CHILD],
                    env={**os.environ, "NUMBA_CACHE_DIR": folder},
                    capture_output=True,
                    text=True,
                    check=True,
                )
                imports, compiles = (float(word) for word in child.stdout.split())
                found[name].append((imports, compiles))
    middles = {name: np.median(times, axis=0) for name, times in found.items()}
    return [{"start": name, "import s": float(a), "kernel s": float(b)} for name, (a, b) in middles.items()]


def measure(quick: bool) -> dict[str, Any]:
    """Print and return all of it."""
    rounds = 3 if quick else 15
    hundred, korea = small(), example()
    speeds = [*strategies(hundred, rounds * 5), *strategies(korea, rounds)]
    sizes = ", ".join(f"{case.name} {case.world.lines.firm.size:,}" for case in (hundred, korea))
    print(f"\n  lines, entry slots included: {sizes}")
    table("The kernel on one core", speeds)
    progress("threads")
    scaling = [*threads(hundred, rounds, 96), *threads(korea, rounds if quick else 9, 18)]
    table("The same blocks on more threads (median of paired ratios)", scaling)
    progress("compiling in a process of its own")
    compiling = starts(1 if quick else 3)
    table("Start: the kernel is compiled once, then found on disk", compiling)
    return {"speeds": speeds, "scaling": scaling, "starts": compiling}


if __name__ == "__main__":
    main("engine", measure)

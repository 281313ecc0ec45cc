"""The kernel beside a C++ twin of the same equations and the same layout, compiled here by g++."""

from __future__ import annotations

import platform
import statistics
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from common.check import TOLERANCE, differences
from common.machine import compiler, cores
from common.phases import GROUPS, ClockedKernel, grouped
from common.timing import interleaved, main, paired_ratio, progress, table
from common.twin import FLAGS, PHASES, Twin, build
from common.worlds import Case, example, line_steps, national, small
from majung.market import kernel
from majung.market.kernel import LANES


def compare(case: Case, strategy: str, twin: Twin, blocks: int, rounds: int) -> dict[str, Any]:
    """Check a strategy's blocks, then time them in turn."""
    policy = case.policies[strategy]
    theirs = twin.prepare(case.world, policy)
    agreed, worst = 0, 0.0
    for block in range(blocks):
        ours = kernel.simulate(case.world, policy, 1, LANES * block, LANES)
        other = theirs(1, LANES * block)
        gaps = differences(ours[:2], other[:2])
        # sums over the lanes: they agree where all replications do
        scale = np.abs(ours.firms).max(axis=1, keepdims=True)
        firms_gap = float((np.abs(ours.firms - other.firms) / np.where(scale > 0, scale, 1)).max())
        agreed, worst = agreed + int((gaps < TOLERANCE).sum()), max(worst, float(gaps.max()), firms_gap)
    seconds = interleaved(
        {
            "kernel": partial(kernel.simulate, case.world, policy, 1, 0, LANES),
            "c++": partial(theirs, 1, 0),
        },
        rounds,
    )
    ratio = paired_ratio(seconds["c++"], seconds["kernel"])
    steps = line_steps(case.world) / 1e6
    return {
        "world": case.name,
        "strategy": strategy,
        "replications that agree": f"{agreed} of {LANES * blocks}",
        "largest difference": f"{worst:.0e}",
        "kernel M/s": steps / statistics.median(seconds["kernel"]),
        "C++ M/s": steps / statistics.median(seconds["c++"]),
        "kernel / C++": ratio["median"],
        "quartiles": f"{ratio['low']:.2f}-{ratio['high']:.2f}",
    }


def on_all_cores(case: Case, twin: Twin, rounds: int) -> list[dict[str, Any]]:
    """Time the same blocks of kernel and twin, each on one thread and on all: what a neighbour takes, both lose."""
    count = cores()
    lines = case.world.lines.firm.size
    blocks = count * (24 if lines < 1000 else 4 if lines < 10_000 else 2)
    policies = list(case.policies.values())
    prepared = [twin.prepare(case.world, policy) for policy in policies]

    def ours(number: int) -> None:
        kernel.simulate(case.world, policies[number % len(policies)], 1, number // len(policies) * LANES, LANES)

    def theirs(number: int) -> None:
        prepared[number % len(policies)](1, number // len(policies) * LANES)

    with ThreadPoolExecutor(count) as pool:
        seconds = interleaved(
            {
                "kernel": lambda: [ours(number) for number in range(blocks)],
                "kernel, all": lambda: list(pool.map(ours, range(blocks))),
                "C++": lambda: [theirs(number) for number in range(blocks)],
                "C++, all": lambda: list(pool.map(theirs, range(blocks))),
            },
            rounds,
        )
    rows = []
    for name in ("kernel", "C++"):
        ratio = paired_ratio(seconds[name], seconds[f"{name}, all"])
        speed = blocks * line_steps(case.world) / statistics.median(seconds[f"{name}, all"]) / 1e6
        quartiles = f"{ratio['low']:.2f}-{ratio['high']:.2f}"
        row = {"world": case.name, "engine": name, "threads": count, "M line-steps/s": speed}
        rows.append({**row, "x one thread": ratio["median"], "quartiles": quartiles})
    return rows


def phases(case: Case, strategy: str, twin: Twin, clocked: ClockedKernel, rounds: int) -> list[dict[str, Any]]:
    """Cycles of each phase a line-step, kernel and twin in turn."""
    policy = case.policies[strategy]
    theirs = twin.prepare(case.world, policy)
    ours, others = [], []
    for turn in range(rounds + 1):
        spent = np.zeros(len(PHASES))
        theirs(1, 0, spent)
        found = clocked.cycles(case.world, policy, 1)
        if turn:
            others.append(grouped(spent))
            ours.append(found)
    steps = line_steps(case.world)
    mine, his = np.median(ours, axis=0), np.median(others, axis=0)
    ratio = np.median(np.array(others) / np.array(ours), axis=0)
    rows = [
        {
            "phase": name,
            "kernel cycles": float(mine[n] / steps),
            "C++ cycles": float(his[n] / steps),
            "kernel's share": f"{100 * mine[n] / mine.sum():.0f} %",
            "kernel / C++": float(ratio[n]),
        }
        for n, name in enumerate(GROUPS)
    ]
    whole = np.median(np.array(others).sum(axis=1) / np.array(ours).sum(axis=1))
    return [*rows, {"phase": "all", "kernel cycles": float(mine.sum() / steps), "C++ cycles": float(his.sum() / steps),
                    "kernel's share": "100 %", "kernel / C++": float(whole)}]  # fmt: skip


def measure(quick: bool) -> dict[str, Any]:
    """Check and time, on all worlds."""
    if compiler() is None:
        print("  no g++ here: the C++ twin is skipped")
        return {"skipped": "no g++"}
    with tempfile.TemporaryDirectory() as folder:
        progress(f"g++ {' '.join(FLAGS)}")
        twin = build(folder)
        assert twin is not None
        few, rounds = (1, 5) if quick else (4, 21)
        hundred, korea, nation = small(), example(), national(10_000 if quick else 40_000)
        rows = [
            compare(case, strategy, twin, few, rounds * (4 if case is hundred else 1))
            for case, strategies in ((hundred, ("hands-off", "mix", "matching")), (korea, _some(korea, quick)))
            for strategy in strategies
        ]
        rows += [compare(nation, strategy, twin, 1, 3 if quick else 5) for strategy in nation.policies]
        table("Kernel beside its C++ twin, one core (million line-steps a second; ratio: median of pairs)", rows)
        found: dict[str, Any] = {"compiler": twin.compiler, "flags": FLAGS, "rows": rows}
        shared = [*on_all_cores(hundred, twin, rounds), *on_all_cores(korea, twin, min(rounds, 9))]
        shared += on_all_cores(nation, twin, 3 if quick else 5)
        table("Both on all cores", shared)
        found["all cores"] = shared
        if platform.machine() in ("x86_64", "AMD64"):
            progress("compiling the kernel with a clock in it")
            clocked = ClockedKernel()
            for case, strategy in ((hundred, "mix"), (korea, "selective-mix")):
                by_phase = phases(case, strategy, twin, clocked, rounds)
                table(f"Cycles a line-step by phase: {case.name}, {strategy}", by_phase)
                found[f"phases, {case.name}"] = by_phase
    return found


def _some(case: Case, quick: bool) -> list[str]:
    return ["hands-off", "selective-mix"] if quick else list(case.policies)


if __name__ == "__main__":
    main("cpp_twin", measure)

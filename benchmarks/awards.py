"""A call of 300 applications decided: seconds of each stage, of simulating and of the programme, and worlds a second.

The peer is what agencies do today: rank by score and cut, which takes no time and is judged in the same worlds.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import majung as mj
from common.timing import main, progress, table
from majung.market import kernel

CALL = Path(__file__).parents[1] / "examples" / "first-buyer-call"


def measure(quick: bool) -> dict[str, Any]:
    """Print and return the seconds of each stage."""
    started = time.perf_counter()
    scenario = mj.load(CALL)
    loaded = time.perf_counter() - started
    kernel.compile_kernel()
    threads = len(os.sched_getaffinity(0))
    progress(f"{scenario.call!r}, {threads} threads")
    started = time.perf_counter()
    found = mj.allocate(scenario, budget=0.25 * scenario.call.budget() if quick else None)
    took = time.perf_counter() - started
    simulating = found.seconds["simulating"]
    rows = [{"part": "load", "seconds": loaded}]
    rows += [{"part": stage, "seconds": seconds} for stage, seconds in found.seconds.items() if stage != "simulating"]
    rows += [
        {"part": "of all: simulating", "seconds": simulating},
        {"part": "of all: choosing and telling", "seconds": took - simulating},
        {"part": "decision", "seconds": took},
    ]
    what = f"{found.applications} applications, {found.options} options, {len(found.rules)} rules, {threads} threads"
    table(what, rows)
    worlds = sum(found.worlds.values())
    print(f"\n  {worlds:,} worlds, {worlds / simulating:,.0f} a second while simulating")
    value = found.portfolio_value
    print(f"  {len(found.awards)} awards create {value.mean:,.0f} ({value.low:,.0f} to {value.high:,.0f}) {found.unit}")
    for practice in found.practices:
        more = practice.difference
        print(f"  {practice.id:12} {practice.value.mean:>10,.0f}; less by {more.mean:,.0f} ", end="")
        print(f"({more.low:,.0f} to {more.high:,.0f})")
    return {
        "threads": threads,
        "seconds": dict(found.seconds) | {"decision": took},
        "worlds": dict(found.worlds),
        "options": found.options,
        "awards": len(found.awards),
    }


if __name__ == "__main__":
    main("awards", measure)

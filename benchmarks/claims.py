"""All of majung's claims in 500 plausible worlds of the Korean example: seconds of each part, and what they come to.

There is no peer that ties verdicts to claims; the bound is 15 minutes on four cores. With a store it can be stopped.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import majung as mj
from common.timing import main, progress, table
from majung.decision.claims import planned_claims, tested
from majung.ensemble import Session, thread_count
from majung.market import kernel

SCENARIO = Path(__file__).parents[1] / "examples" / "korea-ai-2024"


def measure(quick: bool) -> dict[str, Any]:
    """Print and return seconds, memory and verdicts."""
    kernel.compile_kernel()
    scenario = mj.load(SCENARIO)
    plan = planned_claims(scenario, worlds=20 if quick else 500)
    with tempfile.TemporaryDirectory() as store, Session(store) as session:
        session.begin(plan.record("claims", {}))
        started = time.perf_counter()
        shown = 0

        def told(step: Any) -> None:
            nonlocal shown
            if step.done * 20 // max(step.total, 1) != shown:
                shown = step.done * 20 // max(step.total, 1)
                progress(f"{step.stage} {step.done} of {step.total}, {time.perf_counter() - started:,.0f} s")

        found = tested(plan, session, told)
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2) / 1024
    counts = Counter(test.verdict.value for test in found.tests)
    parts = {"all": seconds} | {name: float(value) for name, value in found.seconds.items()}
    title = f"{len(plan.claims)} claims, {plan.worlds} worlds, {len(plan.arms)} arms, {thread_count()} threads"
    table(title, [{"part": name, "seconds": value} for name, value in parts.items()])
    print(f"\n  {dict(counts)}, peak memory {peak:.2f} GiB")
    return {"worlds": plan.worlds, "arms": len(plan.arms), "seconds": parts, "peak_gib": peak, "verdicts": dict(counts)}


if __name__ == "__main__":
    main("claims", measure)

"""The main job: every strategy of the Korean example x 200 replications x 40 quarters on two threads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from common.timing import main, progress, table
from common.worlds import EXAMPLE, example, line_steps
from majung.market import kernel
from majung.market.kernel import LANES

THREADS = 2
_MAJUNG = "import sys; from majung.cli.main import main; sys.exit(main())"


def through_command_line(replications: int) -> dict[str, Any] | None:
    """Run ``majung run --json``; None where that does not work."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-c", _MAJUNG, "run", str(EXAMPLE), "--json", "--quiet",
            "--replications", str(replications), "--threads", str(THREADS), "--out", f"{folder}/run",
        ]  # fmt: skip
        started = time.perf_counter()
        # a store of its own: blocks that another run has left there would not be simulated
        child = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "MAJUNG_STORE": folder}
        )
        took = time.perf_counter() - started
    if child.returncode != 0:
        progress(
            f"majung run failed, so the blocks are run without it: {(child.stderr.strip() or '?').splitlines()[-1]}"
        )
        return None
    told = json.loads(child.stdout)
    return {"seconds": {**told["seconds"], "whole process": took}, "strategies": len(told["strategies"]),
            "line_steps": told["line_steps"], "result_hash": told["result_hash"]}  # fmt: skip


def through_threads(replications: int) -> dict[str, Any]:
    """Run the same blocks in a thread pool."""
    started = time.perf_counter()
    case = example()
    loaded = time.perf_counter()
    kernel.compile_kernel()
    compiled = time.perf_counter()
    tasks = [
        (policy, first, min(LANES, replications - first))
        for first in range(0, replications, LANES)
        for policy in case.policies.values()
    ]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda task: kernel.simulate(case.world, task[0], case.scenario.seed, *task[1:]), tasks))
    done = time.perf_counter()
    seconds = {"load": loaded - started, "compile": compiled - loaded, "simulate": done - compiled}
    steps = line_steps(case.world, replications) * len(case.policies)
    return {"seconds": seconds, "strategies": len(case.policies), "line_steps": steps}


def measure(quick: bool) -> dict[str, Any]:
    """Print and return the seconds of each phase."""
    replications = 32 if quick else 200
    kernel.compile_kernel()
    found = through_command_line(replications)
    way = "majung run"
    if found is None:
        found, way = through_threads(replications), "thread pool"
    rows = [{"phase": name, "seconds": float(value)} for name, value in found["seconds"].items()]
    table(
        f"{found['strategies']} strategies x {replications} replications x 40 quarters, {THREADS} threads ({way})", rows
    )
    speed = found["line_steps"] / found["seconds"]["simulate"] / 1e6
    print(f"\n  {found['line_steps'] / 1e6:,.0f} million line-steps, {speed:,.1f} million a second while simulating")
    return {"way": way, "replications": replications, "threads": THREADS, **found}


if __name__ == "__main__":
    main("full_run", measure)

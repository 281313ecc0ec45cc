"""A market of national size through ``majung run``: 40,000 ventures, 3 strategies, 40 quarters, 1,000 replications."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from common.machine import cores
from common.memory import tree_memory
from common.timing import main, progress, table
from common.worlds import line_steps, national, write_national
from majung.market import kernel

VENTURES, REPLICATIONS = 40_000, 1_000
_MAJUNG = "import sys; from majung.cli.main import main; sys.exit(main())"
_KERNEL = """
import sys
from concurrent.futures import ThreadPoolExecutor
from majung.ensemble.work.market import lowered
from majung.market import kernel
from majung.scenario import load
scenario, replications, threads = load(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
market = lowered(scenario, scenario.strategies)
tasks = [(row, first) for first in range(0, replications, kernel.LANES) for row in range(len(scenario.strategies))]
def block(task):
    row, first = task
    market.simulate(row, scenario.seed, first, min(kernel.LANES, replications - first))
with ThreadPoolExecutor(threads) as pool:
    for _ in pool.map(block, tasks):
        pass
"""


def watched(command: list[str], store: str) -> dict[str, Any]:
    """Run a command with a store of its own; return its seconds, its output and the most memory it held."""
    started, most, used = time.perf_counter(), 0.0, _children()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(
            command, stdout=out, stderr=errors, text=True, env={**os.environ, "MAJUNG_STORE": store}
        )
        while child.poll() is None:
            most = max(most, tree_memory(child.pid))
            time.sleep(1.0)
        seconds = time.perf_counter() - started
        out.seek(0), errors.seek(0)
        said = (errors.read().strip() or "?").splitlines()[-1]
        if child.returncode:
            raise RuntimeError(f"{command[3]} failed: {said}")
        return {"seconds": seconds, "CPU s": _children() - used, "peak MiB": most, "output": out.read()}


def _children() -> float:
    """Return processor seconds of all children so far: neighbours make a run longer, but hardly these."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def measure(quick: bool) -> dict[str, Any]:
    """Print and return seconds and memory: of the blocks alone in threads, and of the whole run."""
    replications, workers = 64 if quick else REPLICATIONS, cores()
    kernel.compile_kernel()
    world = national(VENTURES).world
    steps = 3 * line_steps(world, replications)
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, "national")
        write_national(folder, VENTURES)
        progress("the kernel's blocks, in threads")
        alone = watched([sys.executable, "-c", _KERNEL, str(folder), str(replications), str(workers)], parent)
        progress("majung run")
        told = watched(
            [sys.executable, "-c", _MAJUNG, "run", str(folder), "--json", "--quiet", "-n", str(replications),
             "--out", f"{parent}/run"],
            parent,
        )  # fmt: skip
    said = json.loads(told.pop("output"))
    rows = [
        {"what": name, "seconds": found["seconds"], "CPU s": found["CPU s"],
         "M line-steps/s": steps / found["seconds"] / 1e6,
         "peak MiB": found["peak MiB"]}
        for name, found in (("blocks alone", alone), ("majung run", told))
    ]  # fmt: skip
    table(f"{world.lines.firm.size:,} lines x 3 strategies x {world.quarters} quarters x {replications} replications, "
          f"{workers} workers", rows)  # fmt: skip
    print(f"\n  {steps / 1e6:,.0f} million line-steps; phases of majung run: {said['seconds']}")
    return {"replications": replications, "workers": workers, "line_steps": steps, "rows": rows,
            "phases": said["seconds"], "result_hash": said["result_hash"]}  # fmt: skip


if __name__ == "__main__":
    main("national", measure)

"""Peak resident memory of ``majung run``, the whole process: it must not grow with the replications."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from common.timing import main, table

THREADS = 2
EXAMPLE = Path(__file__).parents[1] / "examples" / "korea-ai-2024"
_MAJUNG = "import sys; from majung.cli.main import main; sys.exit(main())"


def majung(*arguments: str) -> tuple[float, float]:
    """Run a command as a process of its own; return its peak resident MiB and its seconds.

    The system counts what the process that starts it held, too; this one loads no library that would matter.
    """
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen([sys.executable, "-c", _MAJUNG, *arguments], stdout=said, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        took = time.perf_counter() - started
        if child.returncode:
            said.seek(0)
            raise SystemExit(said.read().decode(errors="replace"))
    # Linux counts in KiB, macOS in bytes.
    return usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024), took


def measure(quick: bool) -> dict[str, Any]:
    """Print and return the peaks at few and at many replications, and their ratios."""
    rows: list[dict[str, Any]] = []
    ratios = {}
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small"
        majung("new", str(small))
        # A process that compiles the kernel holds the compiler as well.
        majung("run", str(small), "--replications", "1", "--store", f"{folder}/first", "--quiet")
        for scenario, few, many in ((small, 100, 1_000 if quick else 10_000), (EXAMPLE, 64, 256 if quick else 1_024)):
            peaks = []
            for replications in (few, many):
                peak, seconds = majung(
                    "run", str(scenario), "--replications", str(replications), "--threads", str(THREADS),
                    "--store", f"{folder}/{scenario.name}-{replications}", "--quiet",
                )  # fmt: skip
                peaks.append(peak)
                rows.append(
                    {"scenario": scenario.name, "replications": replications, "peak MiB": peak, "seconds": seconds}
                )
            ratios[scenario.name] = peaks[1] / peaks[0]
    table(f"majung run, all strategies, {THREADS} threads, report and tables included", rows)
    for name, ratio in ratios.items():
        few, many = (row["replications"] for row in rows if row["scenario"] == name)
        print(f"\n  {name}: {ratio:.2f} times the memory for {many / few:.0f} times the replications")
    return {"threads": THREADS, "rows": rows, "ratios": ratios}


if __name__ == "__main__":
    main("memory", measure)

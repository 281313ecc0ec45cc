"""Run the benchmarks, each in a process of its own, and print the machine once.

``python benchmarks/run.py [--quick] [NAME …]``; ``make bench`` runs all.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from common.machine import machine

NAMES = (
    "engine",
    "cpp_twin",
    "numpy_twin",
    "mesa_twin",
    "pairing",
    "convergence",
    "full_run",
    "national",
    "growth",
    "memory",
    "fits",
    "knapsack",
    "awards",
    "large_call",
    "claims",
)
HERE = Path(__file__).parent
SINGLE = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def main() -> int:
    """Return how many benchmarks failed."""
    parser = argparse.ArgumentParser(description="Compare the engine with its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(NAMES)}; all by default")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and replications: minutes become one or two")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    for key, value in machine().items():
        print(f"  {key:9} {value}")
    failed = []
    for name in asked.names or NAMES:
        print(f"\n== {name}", flush=True)
        options = ["--no-machine", *(["--quick"] if asked.quick else [])]
        # BLAS of the NumPy peer would otherwise use more cores than the kernel it is held against.
        child = subprocess.run(
            [sys.executable, HERE / f"{name}.py", *options], env={**os.environ, **SINGLE}, check=False
        )
        if child.returncode:
            failed.append(name)
    print(f"\nfigures are in {HERE / 'results'}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())

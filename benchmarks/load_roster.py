"""Load a scenario whose firms.csv is 200 MB, and print the seconds it takes and the memory it needs at most.

    python benchmarks/load_roster.py [--megabytes 200] [--bad]

With --bad every row has something wrong; then the time and memory of refusing it are printed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from majung.scenario import skeleton

_ROWS = 100_000
_LIMIT_MIB = 2560

_CHILD = """
import json, resource, sys, time
from majung.errors import InputError
from majung.scenario import load
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
try:
    scenario = load(sys.argv[1])
    found = {"firms": len(scenario.firms), "lines": len(scenario.lines), "warnings": len(scenario.warnings)}
except InputError as error:
    found = {"problems": error.phrase.values["count"], "shown": len(error.problems)}
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": round(seconds, 2), "peak_mib": peak // 1024, "before_mib": base // 1024, **found}))
"""


def write_roster(folder: Path, megabytes: float, *, bad: bool) -> int:
    """Write a scenario with very many firms, one in ten of them with a line; return the number of firms."""
    skeleton.write(folder)
    rng = np.random.default_rng(20240429)
    count = 0
    with (folder / "firms.csv").open("w", encoding="utf-8") as firms, (folder / "lines.csv").open("w") as lines:
        firms.write("id,name_ko,class,cash,legacy_profit,captive,overhead,staff,origin\n")
        lines.write("firm,technology,quality,home_sales\n")
        while firms.tell() < megabytes * 1e6:
            cash = rng.lognormal(6, 2, _ROWS).round(1)
            staff = rng.integers(1, 400, _ROWS)
            kinds = np.array(["venture", "sme", "mid", "large", "foreign"])[rng.integers(0, 5, _ROWS)]
            sign = "-" if bad else ""
            rows = [
                f"f{count + i:08d},기업 {count + i},{kinds[i]},{sign}{cash[i]},,,{cash[i] / 10:.1f},{staff[i]},real\n"
                for i in range(_ROWS)
            ]
            firms.write("".join(rows))
            lines.write("".join(f"f{count + i:08d},service,0.5,{cash[i]}\n" for i in range(0, _ROWS, 10)))
            count += _ROWS
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=200)
    parser.add_argument("--bad", action="store_true", help="make every row wrong")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "roster"
        start = time.perf_counter()
        count = write_roster(folder, options.megabytes, bad=options.bad)
        size = (folder / "firms.csv").stat().st_size / 1e6
        print(f"firms.csv: {count:,} firms, {size:.0f} MB, written in {time.perf_counter() - start:.0f} s")
        # A process of its own, so that the memory of writing does not count.
        child = subprocess.run([sys.executable, "-c", _CHILD, str(folder)], capture_output=True, text=True, check=True)
    measured = json.loads(child.stdout)
    print(", ".join(f"{key} {value:,}" for key, value in measured.items()))
    within = measured["peak_mib"] < _LIMIT_MIB
    print(f"peak memory {'within' if within else 'ABOVE'} {_LIMIT_MIB:,} MiB")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())

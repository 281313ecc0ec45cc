"""Ten thousand applications decided: seconds of each part and the memory that it took, in a process of its own.

Applications are drawn from the lines of the example's small and mid-size firms, several of a firm for different
purposes, under the example's rules and a budget ten times as large. There is no peer: agencies' sheets value nothing.
"""

from __future__ import annotations

import csv
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import majung as mj
from common.timing import main, progress, table
from majung.decision.awards.case import Case
from majung.market import kernel

CALL = Path(__file__).parents[1] / "examples" / "first-buyer-call"


def drawn(folder: Path, count: int) -> Path:
    """Write a call of so many applications: the example's own, repeated for other lines, with scores of their own."""
    place = folder / "call"
    shutil.copytree(CALL, place)
    with (CALL / "applications.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    with (CALL / "lines.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["firm"][0] in "VSM"]
    random = np.random.default_rng(1)
    made = list(rows)
    for number in range(count - len(rows)):
        line, like = lines[number % len(lines)], rows[int(random.integers(len(rows)))]
        scores = {name: f"{random.uniform(50, 95):.1f}" for name in columns if name.startswith("score")}
        named = {"id": f"B{number:05d}", "firm": line["firm"], "technology": line["technology"]}
        made.append(like | named | scores | {"purpose": f"p{number}"})
    with (place / "applications.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(made)
    return place


def measure(quick: bool) -> dict[str, Any]:
    """Print and return seconds and peak memory."""
    count = 2_000 if quick else 10_000
    kernel.compile_kernel()
    with tempfile.TemporaryDirectory() as folder:
        place = drawn(Path(folder), count)
        seconds: dict[str, float] = {}
        started = time.perf_counter()
        scenario = mj.load(place)
        seconds["load"] = time.perf_counter() - started
        started = time.perf_counter()
        case = Case.of(scenario, scenario.call)
        seconds["judge, options, rows"] = time.perf_counter() - started
        progress(f"{count} applications, {len(case)} options, {len(case.rows)} rows")
        started = time.perf_counter()
        found = mj.allocate(scenario, budget=10 * scenario.call.budget())
        seconds["decision"] = time.perf_counter() - started
    seconds |= {f"of it {name}": value for name, value in found.seconds.items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2) / 1024
    table(f"{count} applications, {found.options} options", [{"part": n, "seconds": s} for n, s in seconds.items()])
    print(f"\n  {len(found.awards)} awards, {sum(found.worlds.values()):,} worlds, peak memory {peak:.2f} GiB")
    return {"applications": count, "options": found.options, "seconds": seconds, "peak_gib": peak}


if __name__ == "__main__":
    main("large_call", measure)

"""Timing side by side: candidates take turns in the same run, and only medians of paired ratios are reported."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from common.machine import machine

__all__ = ["interleaved", "main", "paired_ratio", "progress", "table"]

RESULTS = Path(__file__).parents[1] / "results"


def interleaved(candidates: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Time every candidate once a round, in turning order, after one round that does not count.

    Returns
    -------
    dict
        Seconds by candidate, one a round.
    """
    names = list(candidates)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        candidates[name]()
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            started = time.perf_counter()
            candidates[name]()
            seconds[name].append(time.perf_counter() - started)
    return seconds


def paired_ratio(over: Sequence[float], under: Sequence[float]) -> dict[str, float]:
    """Return the median, and the quartiles, of the ratios of two candidates' times in the same round."""
    ratios = sorted(a / b for a, b in zip(over, under, strict=True))
    low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return {"median": middle, "low": low, "high": high, "rounds": len(ratios)}


def table(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows under their keys; numbers to the right."""
    if not rows:
        return
    heads = list(rows[0])
    cells = [heads, *([_cell(row[head]) for head in heads] for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(heads))]
    right = [isinstance(rows[0][head], int | float) for head in heads]
    print(f"\n{title}")
    for number, line in enumerate(cells):
        text = "  ".join(
            cell.rjust(width) if flag else cell.ljust(width)
            for cell, width, flag in zip(line, widths, right, strict=True)
        )
        print("  " + text.rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))


def progress(text: str) -> None:
    """Say what is going on."""
    print(f"  … {text}", flush=True)


def main(name: str, measure: Callable[[bool], dict[str, Any]]) -> None:
    """Run a benchmark from the command line: print the machine, measure, append the figures to results/NAME.jsonl."""
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and replications")
    parser.add_argument("--no-machine", action="store_true", help="do not print the machine")
    asked = parser.parse_args()
    facts = machine()
    if not asked.no_machine:
        for key, value in facts.items():
            print(f"  {key:9} {value}")
    found = measure(asked.quick)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"machine": facts, "quick": asked.quick, **found}) + "\n")


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 10 else f"{value:,.1f}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)

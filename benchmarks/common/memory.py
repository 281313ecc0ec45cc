"""Memory that a process and all its children hold, shared pages counted once (Linux)."""

from __future__ import annotations

from pathlib import Path

__all__ = ["tree_memory"]


def tree_memory(pid: int) -> float:
    """Return MiB held by a process and its descendants; 0 where the system does not say."""
    return sum(_held(each) for each in _tree(pid)) / 1024


def _tree(pid: int) -> list[int]:
    found = [pid]
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [each for child in listed.read_text().split() for each in _tree(int(child))]
        except OSError:
            continue
    return found


def _held(pid: int) -> int:
    """Return kB: each page divided by the number of processes that share it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)

"""What the figures were measured on: no figure is worth anything without it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["compiler", "cores", "machine"]


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def compiler() -> str | None:
    """Return the path of g++, or None where there is none."""
    return shutil.which("g++")


def machine() -> dict[str, str]:
    """Describe the machine, its load at this moment, and the versions at work."""
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": _cpu(),
        "cores": str(cores()),
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: _version(name) for name in ("numba", "llvmlite", "numpy", "mesa", "majung")},
        "compiler": _first_line([found, "--version"]) if (found := compiler()) else "no g++",
        "commit": _first_line(["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    extensions = [name for name in ("avx2", "avx512f") if name in facts.get("flags", "").split()]
    name = facts.get("model name", platform.machine())
    if "model" in facts:
        name += f" family {facts.get('cpu family')} model {facts['model']}"
    return f"{name} ({', '.join([*extensions, 'L2 ' + facts.get('cache size', '?')])})"


def _first_line(command: list[str]) -> str:
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.splitlines()[0] if found else "unknown"

"""Small runs for tests of the store."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from majung.ensemble.store import RunRecord, Store
from majung.parameters.model import LocalText

REPOSITORY = Path(__file__).parents[2]
A, B, C = "ab" * 32, "cd" * 32, "ef" * 32


def record(run_id: str, **request: object) -> RunRecord:
    return RunRecord(
        run_id=run_id,
        kind="run",
        title=LocalText(en="A market", ko="시장"),
        request={"replications": 100, "strategies": ["blanket", "first-buyer"], **request},
        identity={"seed": 7, "version": "0.1.0"},
    )


def compute(store: Store, run_id: str, digests: Iterable[str]) -> None:
    for digest in digests:
        store.done(run_id, digest, *store.save(digest, {"x": np.frombuffer(bytes.fromhex(digest), dtype=np.uint8)}))


def complete(store: Store, run_id: str, digests: Iterable[str], scenario: Path | None = None) -> Path:
    digests = list(digests)
    store.begin(record(run_id), digests, [scenario] if scenario else [])
    compute(store, run_id, digests)
    outputs = store.root / run_id
    (outputs / "data.zarr" / "x").mkdir(parents=True)
    (outputs / "report.html").write_text(f"<p>{run_id}</p>")
    (outputs / "data.zarr" / "x" / "0").write_bytes(b"\0\1")
    store.finish(run_id, f"hash of {run_id}", outputs)
    return outputs


def scenario(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "scenario.toml").write_text("id = 'x'\n")
    (folder / "firms 1.csv").write_text("id\n가\n", encoding="utf-8")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def python(code: str, *arguments: object, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, env=environ(), capture_output=True, text=True, timeout=300, check=False)


def started(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=environ(),
        stdout=subprocess.PIPE,
        text=True,
    )


def ended(processes: Sequence[subprocess.Popen[str]]) -> list[int]:
    for process in processes:
        process.communicate(timeout=300)
    return [process.returncode for process in processes]


def leftovers(root: Path) -> list[str]:
    return [str(path) for path in root.rglob("*") if ".majung" in path.name or path.parent.name == ".partial"]


def environ() -> dict[str, str]:
    """Return what a process needs to import these cases."""
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")])}

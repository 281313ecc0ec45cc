"""``majung run`` killed at any moment: the same command comes to the same bytes, and nothing else is left behind."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.unit.store_cases import tree

from majung.ensemble import Store
from majung.scenario import skeleton

KILLS = 50
LANES = 4
"""Stores that are run and killed side by side."""
TIMED = {"run.json", "manifest.json", "ro-crate-metadata.json"}
"""Files that tell when they were made."""
PLAIN = "import sys; from majung.cli.main import main; main()"


@dataclass(frozen=True)
class Place:
    """Where runs are made: a scenario, and stores beside it."""

    folder: Path

    def begin(self, store: Path, *arguments: str, code: str = PLAIN) -> subprocess.Popen[str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAJUNG", "PYTHONDONT"))}
        compiled = {"PYTHONPYCACHEPREFIX": str(self.folder / "bytecode"), "MAJUNG_NUM_THREADS": "1", "PYTHONUTF8": "1"}
        return subprocess.Popen(
            [sys.executable, "-c", code, "run", "small", "-s", "first-buyer", "--store", str(store), *arguments],
            cwd=self.folder, env=plain | compiled, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip

    def finish(self, store: Path, *arguments: str, code: str = PLAIN) -> float:
        """Run to the end; return the seconds."""
        started = time.monotonic()
        process = self.begin(store, *arguments, code=code)
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        return time.monotonic() - started


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("killed")
    skeleton.write(folder / "small")
    return Place(folder)


def killed(process: subprocess.Popen[str], after: float) -> bool:
    """Kill a process after some seconds; return False where it was done before."""
    try:
        _, err = process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return process.returncode == -signal.SIGKILL
    assert process.returncode == 0, err
    return False


def assert_same(store: Path, undisturbed: Path) -> None:
    """Hold a store with one finished run against another, name by name and byte by byte."""
    names, others = ({path.relative_to(root).as_posix() for path in root.rglob("*")} for root in (store, undisturbed))
    assert names == others
    files, expected = tree(store), tree(undisturbed)
    differ = {name for name in files if files[name] != expected[name]}
    assert {Path(name).name for name in differ} <= TIMED | {"index.sqlite"}
    with Store.open(store, create=False) as opened:
        assert opened.notices == ()
        (run,) = opened.runs()
        assert run.complete
        assert run.blocks_done == run.blocks_total
        assert opened.verify(run.run_id).sound


def state(store: Path) -> str:
    """Say how far a run had come when it was killed."""
    if not (store / "index.sqlite").exists():
        return "before the store"
    if list(store.glob("*/manifest.json")):
        return "published and sealed"
    if list(store.glob("[!.]*/data.zarr")):
        return "published"
    if list(store.glob(".majung-partial-*/report.html")) or list(store.glob(".majung-partial-*/figures")):
        return "report"
    return "blocks" if list(store.rglob("*.npz")) else "no block yet"


@pytest.mark.slow
def test_fifty_kills_change_no_byte_and_leave_nothing(place: Place) -> None:
    seed = secrets.randbits(32)
    print(f"seed of the moments: {seed}")
    undisturbed = place.folder / "undisturbed"
    command = ("-n", "2500")
    place.finish(place.folder / "first", *command)
    life = place.finish(undisturbed, *command)
    # Every fiftieth of the life of a run has its kill.
    moments = [(number + random.Random(seed + number).random()) / KILLS for number in range(KILLS)]
    random.Random(seed).shuffle(moments)

    def lane(number: int) -> list[str]:
        store, states = place.folder / f"lane-{number}", []
        for moment in moments[number::LANES]:
            # One that is sooner done than killed is run again; what is in the store already makes it shorter.
            share = moment
            while not killed(place.begin(store, *command), share * life):
                share *= 0.8
            states.append(state(store))
        place.finish(store, *command)
        return states

    with ThreadPoolExecutor(LANES) as pool:
        states = [found for of_lane in pool.map(lane, range(LANES)) for found in of_lane]
    print({name: states.count(name) for name in sorted(set(states))})
    assert len(states) == KILLS
    for number in range(LANES):
        assert_same(place.folder / f"lane-{number}", undisturbed)


DYING = """
import os, signal, sys
last, met = {last}, 0
def dying(rename):
    def call(source, target, **options):
        global met
        # Not what is put into folders that are for nobody yet, nor single blocks.
        seen = not any(part.startswith((".majung-", "blocks")) for part in os.fspath(target).split(os.sep)[:-1])
        if seen and met == last:
            os.kill(os.getpid(), signal.SIGKILL)
        rename(source, target, **options)
        met += seen
    return call
os.rename, os.replace = dying(os.rename), dying(os.replace)
import majung.report
# Pictures and tables take long; a file each has the same fate.
def render(*_, out, **__):
    out.write_text("report")
    out.with_name("figures").mkdir()
    out.with_name("figures").joinpath("one.svg").write_text("figure")
def write_tables(dataset, scenario, summaries, folder, lang):
    folder.mkdir()
    folder.joinpath("one.csv").write_text("table")
majung.report.render, majung.report.write_tables = render, write_tables
from majung.cli.main import main
try:
    main()
finally:
    print(met, file=sys.stderr)
"""


@pytest.mark.slow
@pytest.mark.parametrize("again", [False, True], ids=["first", "over an earlier one"])
def test_a_kill_before_any_file_gets_its_place_changes_no_byte(place: Place, again: bool) -> None:
    """Moments that a clock never hits: between one rename and the next, while results are published and sealed."""
    command = ("-n", "20")
    undisturbed = place.folder / f"renamed-{again}"

    def run(store: Path, last: int = -1) -> tuple[int, str]:
        process = place.begin(store, *command, code=DYING.format(last=last))
        _, err = process.communicate(timeout=300)
        return process.returncode, err

    for _ in range(1 + again):
        code, err = run(undisturbed)
        assert code == 0, err
    renames = int(err.splitlines()[-1])
    assert renames >= 5

    def killed_at(last: int) -> int:
        store = place.folder / f"renamed-{again}-{last}"
        if again:
            shutil.copytree(undisturbed, store)
        code, _ = run(store, last)
        assert run(store)[0] == 0
        assert_same(store, undisturbed)
        return code

    with ThreadPoolExecutor(LANES) as pool:
        codes = list(pool.map(killed_at, range(renames)))
    assert set(codes) == {-signal.SIGKILL}


def test_an_interrupt_is_one_clear_line_and_leaves_whole_blocks_only(place: Place) -> None:
    store = place.folder / "interrupted"
    with place.begin(store, "-n", "200000") as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("simulating: "):
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    said = [line for line in err.splitlines() if not line.startswith("simulating: ")]
    assert said == ["majung: interrupted. What was finished is kept; the same command goes on from there."]
    with Store.open(store, create=False) as opened:
        (run,) = opened.runs()
        assert not run.complete
        assert 0 < run.blocks_done < run.blocks_total
        assert opened.verify(run.run_id).sound
        assert {path.name for path in store.iterdir()} - {"index.sqlite-wal", "index.sqlite-shm"} == {
            "blocks", "index.sqlite", "inputs",
        }  # fmt: skip
        assert [path.name for path in (store / "inputs").iterdir()] == [run.run_id]
    assert list((store / "blocks" / ".partial").iterdir()) == []

"""What a store goes through: full and read-only disks, damaged blocks, a lost index, clocks that lie."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests.unit.store_cases import A, B, C, complete, compute, python, record, scenario, tree

from majung.ensemble.store import Blocks, Damaged, Store
from majung.errors import InputError, StoreError

OTHERWISE = {"x": np.arange(4.0)}


@pytest.fixture
def disk(tmp_path: Path) -> tuple[str, ...]:
    """Give what begins a command that sees a small disk of its own in ``tmp_path / "disk"``."""
    folder = tmp_path / "disk"
    folder.mkdir()
    begin = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
    mount = f"mount -t tmpfs -o size=600k tmpfs '{folder}'"
    if shutil.which("unshare") is None or subprocess.run([*begin, mount], capture_output=True, check=False).returncode:
        pytest.skip("no disk of its own can be had here: unshare or mount is refused")
    return (*begin, f'{mount} && exec "$@"', "sh")


FULL = """
import errno, sys
import numpy as np
from pathlib import Path
from tests.unit.store_cases import record, tree
from majung.ensemble.store import Store
from majung.errors import StoreError
root = Path(sys.argv[1]) / "runs"
digests = [f"{number:064x}" for number in range(40)]
with Store.open(root, create=True) as store:
    store.begin(record("one"), digests)
    saved = []
    for digest in digests:
        try:
            kept = store.save(digest, {"x": np.ones(4000)})
        except StoreError as error:
            print(error.text())
            break
        store.done("one", digest, *kept)
        saved.append(digest)
    assert 2 < len(saved) < 30, len(saved)
    assert not [name for name in tree(root) if ".partial" in name]
    assert not store.blocks.path(digest).exists()
    assert all(store.load(name) is not None for name in saved)
    # The disk is filled to the last byte.
    with (root / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(512))
        except OSError as reason:
            assert reason.errno == errno.ENOSPC
    try:
        store.finish("one", "hash", root / "one")
    except StoreError as error:
        print(error.text())
    assert not [name for name in tree(root) if ".majung" in name]
    (root / "filler").unlink()
    store.blocks.remove(saved[0])
    kept = store.save(digest, {"x": np.ones(4000)})
    store.done("one", digest, *kept)
    print(store.run("one").blocks_done == len(saved) + 1)
with Store.open(root, create=True) as store:
    assert not store.notices
    found = store.verify("one")
    print(len(found.missing), len(found.damaged))
"""


def test_a_full_disk_is_said_and_what_was_finished_is_kept(disk: tuple[str, ...], tmp_path: Path) -> None:
    done = python(FULL, tmp_path / "disk", before=disk)
    assert done.returncode == 0, done.stderr
    block, results, counted, verified = done.stdout.splitlines()
    assert "no space left on the disk. What was finished is kept" in block
    assert "no space left" in results
    assert (counted, verified) == ("True", "1 0")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_is_full_at_the_last_step_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def full(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    blocks = Blocks(tmp_path)
    blocks.save(A, OTHERWISE)
    before = tree(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        for digest in (A, B):
            with pytest.raises(StoreError, match=r"no space left.*--store"):
                blocks.save(digest, {"x": np.zeros(9)})
    assert tree(tmp_path) == before
    assert blocks.load(A) is not None


READ_ONLY = """
import shutil, subprocess, sys
from pathlib import Path
from majung.ensemble.store import Store
from majung.errors import MajungError
def make(root):
    Store.open(root, create=True)
root = Path(sys.argv[1]) / "runs"
shutil.copytree(sys.argv[2], root)
subprocess.run(["mount", "-o", "remount,ro", sys.argv[1]], check=True)
with Store.open(root, create=False) as store:
    print([(run.run_id, run.complete) for run in store.runs()])
    print(store.verify("one").sound, store.load("ab" * 32) is not None)
    for refused, *arguments in ((store.save, "cd" * 32, {}), (store.remove, "one"), (make, root)):
        try:
            refused(*arguments)
        except MajungError as error:
            print(type(error).__name__, error.text())
"""


@pytest.mark.parametrize("closed", [True, False])
def test_a_read_only_store_can_be_listed_and_verified_and_says_that_it_is_read_only(
    disk: tuple[str, ...], tmp_path: Path, closed: bool
) -> None:
    root = tmp_path / "runs"
    with Store.open(root, create=True) as store:
        complete(store, "one", [A])
        if not closed:
            assert (root / "index.sqlite-wal").exists()
            (root / "index.sqlite-shm").unlink(missing_ok=True)
            # As it lies there while, or after, a process has it open.
            shutil.copytree(root, tmp_path / "open")
            connection = sqlite3.connect(root / "index.sqlite")
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            connection.close()
            shutil.copyfile(root / "index.sqlite", tmp_path / "open" / "index.sqlite")
    done = python(READ_ONLY, tmp_path / "disk", root if closed else tmp_path / "open", before=disk)
    assert done.returncode == 0, done.stderr
    listed, verified, *refused = done.stdout.splitlines()
    assert (listed, verified) == ("[('one', True)]", "True True")
    assert [line.split()[0] for line in refused] == ["StoreError", "StoreError", "InputError"]
    assert all("ead-only" in line for line in refused)
    assert "--store" in refused[-1]


def test_no_truncated_block_is_taken_for_a_whole_one(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path)
    blocks.save(A, OTHERWISE)
    whole = blocks.path(A).read_bytes()
    for length in range(len(whole)):
        blocks.path(A).write_bytes(whole[:length])
        with pytest.raises(Damaged):
            blocks.load(A)
    blocks.path(A).write_bytes(whole + b"\0")
    with pytest.raises(Damaged):
        blocks.load(A)


def test_no_flipped_bit_of_a_block_goes_unseen(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path)
    blocks.save(A, OTHERWISE)
    whole = blocks.path(A).read_bytes()
    for place in range(len(whole)):
        for bit in (0, 5, 7):
            blocks.path(A).write_bytes(whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :])
            with pytest.raises(Damaged) as found:
                blocks.load(A)
            assert found.value.digest == A
    blocks.save(A, OTHERWISE)
    assert blocks.path(A).read_bytes() == whole


def test_runs_are_in_the_order_of_their_coming_whatever_the_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = ["2031-05-01T00:00:00+00:00", "1999-12-31T23:59:59+00:00", "1970-01-01T00:00:00+00:00"]
    with Store.open(tmp_path, create=True) as store:
        for run_id, time in zip(("one", "two", "three"), times, strict=True):
            monkeypatch.setattr("majung.ensemble.store.store.now", lambda time=time: time)
            store.begin(record(run_id), [A])
        # Goes on after the clock was set back by sixty years.
        complete(store, "one", [A])
        assert [run.run_id for run in store.runs()] == ["one", "two", "three"]
        assert store.run("one").created == times[0]
        assert store.verify("one").sound
    manifest = (tmp_path / "one" / "manifest.json").read_text()
    assert f'"finished": "{times[0]}"' in manifest


@pytest.mark.parametrize("year", [1980, 2100])
def test_no_file_is_judged_by_its_age(tmp_path: Path, year: int) -> None:
    seconds = (year - 1970) * 365.25 * 86400
    with Store.open(tmp_path, create=True) as store:
        complete(store, "one", [A], scenario(tmp_path / "given"))
        store.begin(record("two"), [A, B])
        compute(store, "two", [B])
    for path in tmp_path.rglob("*"):
        os.utime(path, (seconds, seconds))
    with Store.open(tmp_path, create=True) as store:
        assert [run.blocks_done for run in store.runs()] == [1, 2]
        assert store.verify("one").sound
        assert store.verify("two").sound


def test_an_index_of_a_newer_majung_is_left_as_it_is(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        complete(store, "one", [A])
    connection = sqlite3.connect(tmp_path / "index.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (tmp_path / "index.sqlite").read_bytes()
    for create in (True, False):
        with pytest.raises(StoreError, match=r"newer majung \(version 99 .* knows 1\)"):
            Store.open(tmp_path, create=create)
    assert (tmp_path / "index.sqlite").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blocks", "index.sqlite", "one"]


def of_another_program(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (words TEXT)")
    connection.commit()
    connection.close()


DAMAGE = {
    "garbage": lambda path: path.write_bytes(b"garbage" * 999),
    "short": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "overwritten": lambda path: path.write_bytes(path.read_bytes()[:4096] + bytes(len(path.read_bytes()) - 4096)),
    "foreign": of_another_program,
    "empty": lambda path: path.write_bytes(b""),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_lost_index_is_made_again_from_the_manifests(tmp_path: Path, damage: str) -> None:
    with Store.open(tmp_path, create=True) as store:
        for run_id, digests in (("zulu", [A, B]), ("alpha", [B])):
            complete(store, run_id, digests)
        store.begin(record("half"), [B, C])
        compute(store, "half", [C])
        before = [run for run in store.runs() if run.complete]
    lost = (tmp_path / "index.sqlite").read_bytes()
    DAMAGE[damage](tmp_path / "index.sqlite")
    with Store.open(tmp_path, create=False) as store:
        assert store.runs() == before
        assert all(store.verify(run.run_id).sound for run in before)
        said = [notice.label() for notice in store.notices]
        # What the unfinished one computed is found when it goes on.
        store.begin(record("half"), [B, C])
        assert store.run("half").blocks_done == 2
    aside = tmp_path / "index.sqlite.damaged-1"
    assert aside.exists() == (damage not in {"empty", "gone"})
    assert [("damaged-1" in said[0]), ("complete runs in the folder: 2" in said[-1])] == [aside.exists(), True]
    assert lost
    with Store.open(tmp_path, create=False) as store:
        assert store.notices == ()


def test_the_second_damaged_index_does_not_replace_the_first(tmp_path: Path) -> None:
    for content in (b"first" * 999, b"second" * 999):
        (tmp_path / "index.sqlite").write_bytes(content)
        with Store.open(tmp_path, create=True) as store:
            assert len(store.notices) == 1
    assert (tmp_path / "index.sqlite.damaged-1").read_bytes().startswith(b"first")
    assert (tmp_path / "index.sqlite.damaged-2").read_bytes().startswith(b"second")


def test_a_damaged_manifest_does_not_keep_the_others_from_being_found(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        for run_id in ("one", "two"):
            complete(store, run_id, [A])
    (tmp_path / "index.sqlite").unlink()
    (tmp_path / "one" / "manifest.json").write_text('{"format": ')
    with Store.open(tmp_path, create=True) as store:
        assert [run.run_id for run in store.runs()] == ["two"]


@pytest.mark.parametrize("place", ["file", "file/deeper"])
def test_a_file_in_the_way_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"is a file.*--store"):
        Store.open(tmp_path / place, create=True)

"""What processes that work in one store, or are killed in it, do to each other: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.store_cases import A, B, complete, ended, environ, leftovers, python, scenario, started, tree

from majung.ensemble.store import Blocks, Store

HAMMER = """
import sys
import numpy as np
from pathlib import Path
from majung.ensemble.store import Blocks
blocks, own = Blocks(Path(sys.argv[1])), int(sys.argv[2])
shared = [f"{number:064x}" for number in range(4)]
for turn in range(60):
    for number, digest in enumerate(shared):
        blocks.save(digest, {"x": np.full(5000, float(number))})
        found = blocks.load(digest)
        assert found is not None and (found["x"] == number).all()
    blocks.save(f"{own:02x}" + f"{turn:062x}", {"x": np.full(50, float(turn))})
    blocks.sweep()
"""


def test_writers_of_the_same_and_of_other_blocks_do_not_hurt_each_other(tmp_path: Path) -> None:
    writers = [started(HAMMER, tmp_path, 100 + number) for number in range(4)]
    assert ended(writers) == [0] * 4
    blocks = Blocks(tmp_path)
    found = sorted(path.stem for path in tmp_path.rglob("*.npz"))
    assert len(found) == 4 + 4 * 60
    assert all(blocks.check(digest) for digest in found)
    blocks.sweep()
    assert leftovers(tmp_path) == []


RIVAL = """
import sys
from pathlib import Path
from tests.unit.store_cases import complete, compute, record
from majung.ensemble.store import Store
root, own = Path(sys.argv[1]), int(sys.argv[2])
shared = [f"{number:064x}" for number in range(5)]
for turn in range(6):
    with Store.open(root, create=True) as store:
        assert not store.notices
        run_id = f"run-{own}-{turn}"
        with store.working(run_id):
            complete(store, run_id, [*shared, f"{own:02x}{turn:062x}"])
        store.begin(record("common"), shared)
        compute(store, "common", shared)
        if turn % 2:
            store.remove(run_id)
"""


def test_processes_that_make_and_remove_runs_in_one_store_do_not_hurt_each_other(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    rivals = [started(RIVAL, root, 100 + number) for number in range(4)]
    assert ended(rivals) == [0] * 4
    with Store.open(root, create=False) as store:
        runs = store.runs()
        expected = {f"run-{100 + number}-{turn}" for number in range(4) for turn in (0, 2, 4)}
        assert {run.run_id for run in runs} == expected | {"common"}
        assert all(store.verify(run.run_id).sound for run in runs)
        assert {run.blocks_done for run in runs} == {5, 6}
        for run in runs:
            store.remove(run.run_id)
    assert leftovers(root) == []
    assert [name for name in tree(root) if not name.startswith("index.sqlite")] == []


KILLED = """
import os, signal, sys
import numpy as np
from pathlib import Path
from majung.ensemble.store import Blocks
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
Blocks(Path(sys.argv[1])).save("ab" * 32, {"x": np.zeros(3)})
"""
AT_WORK = """
import sys
import numpy as np
from pathlib import Path
from majung.ensemble.store import Blocks
replace = Path.replace
def wait(path, target):
    print("ready", flush=True)
    sys.stdin.readline()
    return replace(path, target)
Path.replace = wait
Blocks(Path(sys.argv[1])).save("cd" * 32, {"x": np.zeros(3)})
"""


def test_what_a_killed_writer_left_is_swept_and_a_living_ones_is_not(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True):
        pass
    for _ in range(3):
        assert python(KILLED, tmp_path).returncode == -signal.SIGKILL
    with subprocess.Popen(
        [sys.executable, "-c", AT_WORK, str(tmp_path)],
        env=environ(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        partial = [path for path in (tmp_path / "blocks" / ".partial").iterdir()]
        assert len(partial) == 4
        for path in partial:
            os.utime(path, (0, 0))
        with Store.open(tmp_path, create=True) as store:
            assert len(list((tmp_path / "blocks" / ".partial").iterdir())) == 1
            assert (store.load(A), store.load(B)) == (None, None)
            writer.communicate("go\n")
            assert store.load(B) is not None
    assert writer.returncode == 0
    with Store.open(tmp_path, create=True):
        assert leftovers(tmp_path) == []


STEPS = """
import sys
from pathlib import Path
from tests.unit.store_cases import complete
from majung.ensemble.store import Store
root = Path(sys.argv[1])
import majung.ensemble.store.staging as staging
for name in ("rename", "replace", "mkdir", "unlink", "write_text"):
    def step(*arguments, plain=getattr(Path, name), **options):
        print(name, flush=True)
        result = plain(*arguments, **options)
        print(name, flush=True)
        return result
    setattr(Path, name, step)
with Store.open(root, create=True) as store:
    with store.working("one"):
        outputs = root / "one"
        if outputs.exists():
            import shutil
            shutil.rmtree(outputs)
        complete(store, "one", [f"{number:064x}" for number in range(6)], Path(sys.argv[2]))
print("end", flush=True)
"""


@pytest.mark.slow
def test_a_process_killed_at_any_step_leaves_a_store_that_goes_on(tmp_path: Path) -> None:
    given = scenario(tmp_path / "given")
    whole = started(STEPS, tmp_path / "undisturbed", given).communicate()[0].splitlines()
    assert whole[-1] == "end"
    root = tmp_path / "runs"
    for steps in range(1, len(whole), 7):
        process = started(STEPS, root, given)
        assert process.stdout is not None
        for _ in range(steps):
            process.stdout.readline()
        process.kill()
        process.communicate()
        if root.exists():
            with Store.open(root, create=True) as store:
                assert store.notices == ()
                assert leftovers(root / "blocks") == []
                assert all(store.verify(run.run_id).sound for run in store.runs())
    assert ended([started(STEPS, root, given)]) == [0]
    with Store.open(root, create=False) as store:
        assert store.verify("one") == store.verify("one")
        assert (store.run("one").complete, store.verify("one").extra) == (True, ())
    changing = {"one/manifest.json", "one/ro-crate-metadata.json", "index.sqlite"}
    before, after = tree(tmp_path / "undisturbed"), tree(root)
    assert before.keys() == after.keys()
    assert [name for name in before.keys() - changing if before[name] != after[name]] == []


def test_a_removal_that_was_broken_off_can_be_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> int:
        raise KeyboardInterrupt

    with Store.open(tmp_path, create=True) as store:
        complete(store, "one", [A, B])
        with monkeypatch.context() as patched:
            patched.setattr(Blocks, "remove", killed)
            with pytest.raises(KeyboardInterrupt):
                store.remove("one")
    with Store.open(tmp_path, create=True) as store:
        assert store.remove("one") > 0
        assert store.runs() == []
    assert list(tmp_path.rglob("*.npz")) == []

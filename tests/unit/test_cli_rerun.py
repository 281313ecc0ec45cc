"""Running into a store and running again, through the command line."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from tests.unit.store_cases import tree

import majung as mj
from majung.cli.main import exit_code
from majung.ensemble import Blocks, result_hash
from majung.scenario import skeleton

ASKED = ("-n", "150", "-s", "first-buyer")
TIMED = {"run.json", "manifest.json", "ro-crate-metadata.json"}
"""Files that tell when they were made."""

Said = Callable[..., tuple[str, str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("MAJUNG_STORE", "MAJUNG_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    skeleton.write(tmp_path / "small")
    return tmp_path


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    def call(*arguments: str, code: int = 0) -> tuple[str, str]:
        found = exit_code([*arguments, "--lang", "en"])
        captured = capsys.readouterr()
        assert found == code, captured.err
        assert "Traceback" not in captured.err
        return captured.out, captured.err

    return call


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one run that nothing happened to."""
    place = tmp_path_factory.mktemp("undisturbed")
    skeleton.write(place / "small")
    assert exit_code(["run", str(place / "small"), *ASKED, "--store", str(place / "runs"), "--quiet"]) == 0
    return place / "runs"


def results(run: Path) -> dict[str, bytes]:
    return {name: content for name, content in tree(run).items() if name not in TIMED}


def the_run(store: Path) -> Path:
    (run,) = (path.parent for path in store.glob("*/manifest.json"))
    return run


def interrupt(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Let the next run be interrupted while it writes a block."""
    save, saved = Blocks.save, []

    def hit(self: Blocks, digest: str, arrays: dict[str, np.ndarray]) -> object:
        if len(saved) == after:
            raise KeyboardInterrupt
        saved.append(digest)
        return save(self, digest, arrays)

    monkeypatch.setattr(Blocks, "save", hit)


def stopped(said: Said, monkeypatch: pytest.MonkeyPatch, *options: str, after: int = 3) -> str:
    """Begin a run, interrupt it and return its id."""
    with monkeypatch.context() as patched:
        interrupt(patched, after)
        out, err = said("run", "small", *ASKED, "--threads", "1", *options, code=130)
    assert out == ""
    assert err.splitlines()[-1].startswith("majung: interrupted")
    (run,) = json.loads(said("runs", "--json")[0])
    assert not run["complete"]
    assert run["blocks_done"] < run["blocks_total"]
    assert len(list(Path("majung-runs", "blocks").rglob("*.npz"))) == after
    return str(run["run_id"])


def change(scenario: Path) -> None:
    text = (scenario / "scenario.toml").read_text(encoding="utf-8")
    (scenario / "scenario.toml").write_text(text.replace("seed = ", "seed = 1"), encoding="utf-8")
    (scenario / "firms.csv").write_text("nothing,of,use\n", encoding="utf-8")


def test_the_same_command_goes_on_and_comes_to_the_same_bytes(
    said: Said, monkeypatch: pytest.MonkeyPatch, folder: Path, undisturbed: Path
) -> None:
    stopped(said, monkeypatch)
    out, err = said("run", "small", *ASKED, "--json")
    assert "192 of 300 replications were in the store" in err
    assert results(the_run(folder / "majung-runs")) == results(the_run(undisturbed))
    assert tree(folder / "majung-runs" / "blocks") == tree(undisturbed / "blocks")
    assert json.loads(out)["result_hash"] == json.loads((the_run(undisturbed) / "run.json").read_text())["result_hash"]
    assert not (folder / "majung-runs" / "inputs").exists()


@pytest.mark.parametrize("what", [change, shutil.rmtree], ids=["changed", "deleted"])
def test_a_rerun_goes_on_with_what_the_run_was_begun_with(
    said: Said, monkeypatch: pytest.MonkeyPatch, folder: Path, undisturbed: Path, what: Callable[[Path], None]
) -> None:
    run_id = stopped(said, monkeypatch)
    what(folder / "small")
    out, err = said("rerun", run_id[:5], "--json")
    assert "192 of 300 replications were in the store" in err
    assert json.loads(out)["run_id"] == run_id
    run = the_run(folder / "majung-runs")
    assert run.name == run_id
    assert results(run) == results(the_run(undisturbed))
    (kept,) = json.loads(said("runs", "--json")[0])
    assert kept["complete"]
    said("verify", run_id)
    if what is change:
        # Not the run's folder but its copy was run, and the folder is as its owner left it.
        assert "nothing,of,use" in (folder / "small" / "firms.csv").read_text(encoding="utf-8")


def test_a_rerun_can_be_stopped_and_go_on_as_well(
    said: Said, monkeypatch: pytest.MonkeyPatch, folder: Path, undisturbed: Path
) -> None:
    run_id = stopped(said, monkeypatch, "--out", "elsewhere")
    assert not (folder / "elsewhere").exists()
    shutil.rmtree(folder / "small")
    with monkeypatch.context() as patched:
        interrupt(patched, 1)
        said("rerun", run_id, "--threads", "1", code=130)
    said("rerun", run_id)
    assert results(folder / "elsewhere") == results(the_run(undisturbed))
    assert not (folder / "majung-runs" / "inputs").exists()


def test_a_rerun_asks_for_what_the_run_asked_for(said: Said, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    options = ("--set", "quality_weight=2.2", "--seed", "7", "--paths")
    whole = json.loads(said("run", "small", *ASKED, *options, "--store", "other", "--json")[0])
    run_id = stopped(said, monkeypatch, *options)
    assert run_id == whole["run_id"]
    assert json.loads(said("rerun", run_id, "--json")[0])["result_hash"] == whole["result_hash"]
    assert results(folder / "majung-runs" / run_id) == results(folder / "other" / run_id)


def test_a_complete_run_is_reproduced_from_its_own_inputs(said: Said, folder: Path, undisturbed: Path) -> None:
    store = folder / "majung-runs"
    shutil.copytree(undisturbed, store)
    shutil.rmtree(folder / "small")
    run, before = the_run(store), tree(store)
    stored = json.loads((run / "run.json").read_text(encoding="utf-8"))
    out, err = said("rerun", run.name, "--json")
    found = json.loads(out)
    assert found["reproduced"]
    assert (found["run_id"], found["result_hash"]) == (stored["run_id"], stored["result_hash"])
    assert found["strategies"] == stored["strategies"]
    assert found["files"] == {name: str(run / Path(file).name) for name, file in stored["files"].items()}
    assert f"{run.name}: reproduced" in err
    assert "were in the store" not in err
    assert {n: c for n, c in tree(store).items() if "sqlite" not in n} == {
        n: c for n, c in before.items() if "sqlite" not in n
    }


def test_damaged_and_missing_blocks_do_not_hinder_a_reproduction(said: Said, folder: Path, undisturbed: Path) -> None:
    store = folder / "majung-runs"
    shutil.copytree(undisturbed, store)
    cut, turned, *_, lost = sorted((store / "blocks").rglob("*.npz"))
    cut.write_bytes(cut.read_bytes()[:-100])
    data = bytearray(turned.read_bytes())
    data[len(data) // 2] ^= 4
    turned.write_bytes(data)
    lost.unlink()
    out, err = said("rerun", the_run(store).name, "--quiet")
    assert "reproduced" in out
    assert err == ""
    said("verify", the_run(store).name, code=3)
    # The command itself makes again what is damaged.
    _, err = said("run", "small", *ASKED)
    assert "computed again: 2" in err
    said("verify", the_run(store).name)
    assert tree(store / "blocks") == tree(undisturbed / "blocks")


def test_what_does_not_come_out_again_is_said_and_nothing_is_replaced(
    said: Said, folder: Path, undisturbed: Path
) -> None:
    store = folder / "majung-runs"
    shutil.copytree(undisturbed, store)
    with sqlite3.connect(store / "index.sqlite") as connection:
        connection.execute("UPDATE runs SET result_hash = 'another'")
    connection.close()
    before = results(the_run(store))
    out, err = said("rerun", the_run(store).name, code=3)
    assert "not reproduced" in err
    assert "another" in err
    assert "reproduced;" not in out
    assert results(the_run(store)) == before


def test_what_cannot_be_run_again_is_said(
    said: Said, folder: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = folder / "majung-runs"
    assert "no runs are kept here" in said("rerun", "4f1c", code=3)[1]
    shutil.copytree(undisturbed, store)
    assert "holds no run 'zzz'" in said("rerun", "zzz", code=2)[1]
    plain = mj.compare(mj.load(folder / "small"), 32, "first-buyer", paths=False, store=store)
    _, err = said("rerun", plain.attrs["run_id"], code=2)
    assert "not begun with majung run" in err
    with monkeypatch.context() as patched:
        patched.setattr(sys.modules["majung.ensemble.design"], "release", lambda: "9.9.9+another")
        _, err = said("rerun", the_run(undisturbed).name, code=2)
    assert "made by version" in err


def test_paths_are_kept_where_they_are_asked_for(said: Said, folder: Path, undisturbed: Path) -> None:
    out, _ = said("run", "small", *ASKED, "--paths", "--store", "kept", "--json")
    run = the_run(folder / "kept")
    whole = mj.compare(mj.load(folder / "small"), 150, "first-buyer")
    with xr.open_zarr(run / "data.zarr", group="replications", chunks=None) as worlds:
        for name in ("private_final_sales", "adopters", "leader", "budget", "cash"):
            assert worlds[name].values.tobytes() == whole[name].values.tobytes(), name
            assert worlds[name].attrs == whole[name].attrs
        assert worlds["status"].values.tolist() == whole["status"].values.tolist()
        assert worlds["strategy"].values.tolist() == ["hands-off", "first-buyer"]
        assert worlds["replication"].values.tolist() == list(range(150))
    assert json.loads(out)["result_hash"] == result_hash(whole)
    # The same run, whether or not its paths are kept.
    assert run.name == the_run(undisturbed).name
    with xr.open_zarr(the_run(undisturbed) / "data.zarr", group="replications", chunks=None) as worlds:
        assert "adopters" not in worlds
        assert worlds["outcomes"].sizes["replication"] == 150
    said("run", "small", *ASKED, "--store", "kept", "--quiet")
    assert results(the_run(folder / "kept")) == results(the_run(undisturbed))


def test_a_store_is_where_it_is_asked_for(
    said: Said, folder: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAJUNG_STORE", str(folder / "from-environment"))
    stored: dict[str, Any] = json.loads(said("run", "small", *ASKED, "--json")[0])
    assert Path(stored["files"]["report"]).parent == the_run(folder / "from-environment")
    out, _ = said("run", "small", *ASKED, "--store", "asked", "--out", "results", "--quiet")
    assert out == f"{folder / 'results' / 'report.html'}\n"
    assert results(folder / "results") == results(the_run(undisturbed))
    assert list((folder / "asked").glob("*/manifest.json")) == []
    assert json.loads(said("runs", "--store", "asked", "--json")[0])[0]["complete"]
    assert not (folder / "majung-runs").exists()

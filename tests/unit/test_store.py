from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import xarray as xr
from tests.unit.fake_market import market, small_scenario

from majung.ensemble import Session, Staging, Worlds, collect_worlds, design, read, result_hash, write
from majung.errors import InputError, StoreError


@pytest.fixture(scope="module")
def dataset() -> xr.Dataset:
    plan = replace(design(small_scenario(), ["blanket"], replications=20), detail="paths")
    stand_in = market(plan.strategies, broken=frozenset({("blanket", 3)}))
    worlds = Worlds(plan, stand_in)
    with Session(threads=2) as session:
        for first, blocks in session.ranges(plan, stand_in):
            worlds.add(first, blocks)
    return collect_worlds(worlds, threads=2)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_result_comes_back_as_it_was(dataset: xr.Dataset, tmp_path: Path) -> None:
    write(dataset, tmp_path / "data.zarr")
    assert read(tmp_path / "data.zarr").identical(dataset)


def test_xarray_alone_reads_it_with_its_attributes(dataset: xr.Dataset, tmp_path: Path) -> None:
    write(dataset, tmp_path / "data.zarr")
    with xr.open_zarr(tmp_path / "data.zarr", chunks=None) as opened:
        assert opened.attrs == dataset.attrs
        assert opened["exports"].attrs["units"] == "million KRW"
        assert result_hash(opened) == dataset.attrs["result_hash"]
        assert opened.sel(strategy="blanket", technology="chip", quarter="2024Q3").sizes == {
            "replication": 20,
            "firm": 12,
            "line": 30,
        }


def test_what_is_no_result_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no result here"):
        read(tmp_path / "nothing.zarr")
    (tmp_path / "odd.zarr").mkdir()
    (tmp_path / "odd.zarr" / "zarr.json").write_text("{")
    with pytest.raises(StoreError, match="damaged"):
        read(tmp_path / "odd.zarr")


def test_published_files_are_whole_and_nothing_else_stays(tmp_path: Path) -> None:
    root = tmp_path / "runs" / "deep"
    with Staging(root) as staging:
        (staging.path / "report.html").write_text("new")
        (staging.path / "data.zarr").mkdir()
        (staging.path / "data.zarr" / "x").write_text("1")
        staging.publish(root / "id")
        assert not staging.path.is_relative_to(root / "id")
    assert names(root) == ["id"]
    assert names(root / "id") == ["data.zarr", "report.html"]
    assert stat.S_IMODE((root / "id").stat().st_mode) == stat.S_IMODE(root.stat().st_mode)


def test_a_second_run_replaces_its_own_files_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for content in ("first", "second"):
        with Staging(tmp_path) as staging:
            (staging.path / "data.zarr").mkdir()
            (staging.path / "data.zarr" / content).write_text(content)
            staging.publish(tmp_path)
    assert names(tmp_path) == ["data.zarr", "notes.txt"]
    assert names(tmp_path / "data.zarr") == ["second"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_what_was_not_finished_leaves_no_trace(tmp_path: Path, error: type[BaseException]) -> None:
    def work() -> None:
        with Staging(tmp_path / "runs" / "deep") as staging:
            (staging.path / "half").write_text("half")
            raise error

    with pytest.raises(error):
        work()
    assert names(tmp_path) == []


def test_what_a_killed_run_left_is_taken_away_by_the_next(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib\n"
        "from majung.ensemble import Staging\n"
        "staging = Staging(pathlib.Path(sys.argv[1])).__enter__()\n"
        "(staging.path / 'half').write_text('half')\n"
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert len(names(tmp_path)) == 1
    with Staging(tmp_path) as staging:
        assert names(tmp_path) == [staging.path.name]


def test_runs_at_work_in_one_folder_leave_each_other_alone(tmp_path: Path) -> None:
    with Staging(tmp_path) as first, Staging(tmp_path) as second:
        for staging, content in ((first, "first"), (second, "second")):
            (staging.path / "data.zarr").mkdir()
            (staging.path / "data.zarr" / "x").write_text(content)
            staging.publish(tmp_path / "id")
    assert names(tmp_path) == ["id"]
    assert (tmp_path / "id" / "data.zarr" / "x").read_text() == "second"


def test_folders_that_were_there_stay(tmp_path: Path) -> None:
    with Staging(tmp_path):
        pass
    assert tmp_path.is_dir()


@pytest.mark.parametrize("place", ["file", "file/deeper"])
def test_a_file_in_the_way_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"), Staging(tmp_path / place):
        pass


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_a_folder_that_cannot_be_written_to_is_said_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(path: str, mode: int = 0o777) -> None:
        raise OSError(code, os.strerror(code), path)

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(InputError, match=f"{os.strerror(code)}.*--out"), Staging(tmp_path / "runs"):
        pass


def test_a_full_disk_is_said(dataset: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(xr.Dataset, "to_zarr", full)
    with pytest.raises(StoreError, match="no space left"):
        write(dataset, tmp_path / "data.zarr")

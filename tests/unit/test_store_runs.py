from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from tests.unit.store_cases import A, B, C, complete, compute, record, scenario, tree

from majung.ensemble.store import Store, Verification, default_root
from majung.errors import InputError, StoreError


def test_the_root_is_what_was_asked_for_or_the_environments_or_the_usual_one(tmp_path: Path) -> None:
    assert default_root(tmp_path, {"MAJUNG_STORE": "/data"}) == tmp_path
    assert default_root(None, {"MAJUNG_STORE": "/data"}) == Path("/data")
    assert default_root(None, {"MAJUNG_STORE": ""}) == Path("majung-runs")


def test_a_run_is_listed_as_it_goes_on(tmp_path: Path) -> None:
    with Store.open(tmp_path / "runs", create=True) as store:
        store.begin(record("one"), [A, B, C])
        (run,) = store.runs()
        assert (run.blocks_done, run.blocks_total, run.bytes, run.complete) == (0, 3, 0, False)
        compute(store, "one", [A, B])
        (run,) = store.runs()
        size = sum(store.blocks.path(digest).stat().st_size for digest in (A, B))
        assert (run.blocks_done, run.blocks_total, run.bytes) == (2, 3, size)
    with Store.open(tmp_path / "runs", create=False) as store:
        assert store.runs() == [run]
        assert store.notices == ()


def test_what_is_listed_for_machines(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        store.begin(record("one"), [A])
        listed = store.runs()[0].as_json("ko")
    assert list(listed) == [
        "run_id",
        "kind",
        "title",
        "created",
        "bytes",
        "blocks_done",
        "blocks_total",
        "complete",
    ]
    assert (listed["kind"], listed["title"], listed["complete"]) == ("run", "시장", False)
    assert listed["created"].endswith("+00:00")


def test_beginning_again_keeps_the_date_and_counts_the_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(["2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00"])
    monkeypatch.setattr("majung.ensemble.store.store.now", lambda: next(times))
    with Store.open(tmp_path, create=True) as store:
        store.begin(record("one"), [A, B])
        # Killed between the writing of a block and the note of it.
        kept = store.save(A, {})
        store.begin(record("one", threads=4), [A, B])
        (run,) = store.runs()
        assert (run.created, run.blocks_done, run.bytes) == ("2026-01-01T00:00:00+00:00", 1, kept.bytes)
        assert run.request["threads"] == 4


def test_a_block_of_one_run_counts_for_another(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        store.begin(record("one"), [A])
        compute(store, "one", [A])
        store.begin(record("two"), [A, B])
        assert [(run.run_id, run.blocks_done) for run in store.runs()] == [("one", 1), ("two", 1)]


def test_more_blocks_make_a_complete_run_incomplete_and_the_same_ones_do_not(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        complete(store, "one", [A])
        store.extend("one", [A])
        assert store.run("one").complete
        store.extend("one", [A, B])
        assert (store.run("one").complete, store.run("one").blocks_total) == (False, 2)


def test_a_complete_run_has_its_inputs_its_releases_and_a_manifest_beside_its_results(tmp_path: Path) -> None:
    given = scenario(tmp_path / "given")
    with Store.open(tmp_path / "runs", create=True) as store:
        store.begin(record("one"), [A], [given])
        assert tree(store.inputs("one") / "given") == tree(given)
        outputs = complete(store, "one", [A, B])
        assert tree(store.inputs("one") / "given") == tree(given)
        (run,) = store.runs()
        assert (run.complete, run.outputs, run.result_hash) == (True, outputs, "hash of one")
        written = sum(path.stat().st_size for path in outputs.rglob("*") if path.is_file())
        blocks = sum(store.blocks.path(digest).stat().st_size for digest in (A, B))
        assert run.bytes == written + blocks
    assert not (tmp_path / "runs" / "inputs" / "one").exists()
    manifest = json.loads((outputs / "manifest.json").read_text())
    assert set(manifest["files"]) == set(tree(outputs)) - {"manifest.json"}
    assert set(manifest["blocks"]) == {A, B}
    assert "numpy==" in (outputs / "requirements.txt").read_text()
    assert not [name for name in tree(tmp_path / "runs") if ".majung" in name]


def test_results_may_lie_elsewhere_among_other_files(tmp_path: Path) -> None:
    elsewhere = tmp_path / "out"
    elsewhere.mkdir()
    for name in ("report.html", "notes.txt"):
        (elsewhere / name).write_text(name)
    with Store.open(tmp_path / "runs", create=True) as store:
        store.begin(record("one"), [A])
        compute(store, "one", [A])
        store.finish("one", "hash", elsewhere, files=["report.html"])
        assert set(json.loads((elsewhere / "manifest.json").read_text())["files"]) == {
            "report.html",
            "requirements.txt",
            "ro-crate-metadata.json",
        }
        assert store.verify("one").sound
        assert store.verify("one").extra == ()
        store.remove("one")
    assert (elsewhere / "report.html").exists()


def test_a_run_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        for run_id in ("4f1c00", "4f1d00", "88"):
            store.begin(record(run_id), [A])
        assert store.run("88").run_id == "88"
        assert store.run("4f1c").run_id == "4f1c00"
        with pytest.raises(InputError, match="4f1c00, 4f1d00"):
            store.run("4f")
        with pytest.raises(InputError, match=r"Did you mean '4f1c00'"):
            store.run("4f1c0O")
        with pytest.raises(InputError, match="holds no run ''"):
            store.run("")


@pytest.mark.parametrize("run_id", ["", "..", "a/b", "blocks", "inputs", ".x", "a.b"])
def test_an_id_is_a_name_in_the_folder(tmp_path: Path, run_id: str) -> None:
    with Store.open(tmp_path, create=True) as store, pytest.raises(ValueError, match="cannot be a run's id"):
        store.begin(record(run_id), [A])


def test_removing_a_run_takes_what_no_other_needs(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    with Store.open(root, create=True) as store:
        before = tree(root).keys()
        complete(store, "one", [A, B], scenario(tmp_path / "given"))
        store.begin(record("two"), [B, C])
        compute(store, "two", [C])
        size = store.run("one").bytes - store.blocks.path(B).stat().st_size
        assert store.remove("one") == size
        assert [run.run_id for run in store.runs()] == ["two"]
        assert [store.load(digest) is None for digest in (A, B, C)] == [True, False, False]
        assert store.verify("two").sound
        store.remove("two")
        assert tree(root).keys() == before


def test_a_run_at_work_is_not_removed(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store, Store.open(tmp_path, create=True) as other:
        store.begin(record("one"), [A])
        with store.working("one"), store.working("one"), pytest.raises(InputError, match="being worked on"):
            other.remove("one")
        other.remove("one")
        assert store.runs() == []
    assert not list(tmp_path.glob(".majung*"))


def test_verifying_names_what_is_not_as_it_was(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        outputs = complete(store, "one", [A, B])
        assert store.verify("one") == Verification(run_id="one", blocks=2, files=5)
        store.blocks.path(A).unlink()
        store.blocks.path(B).write_bytes(b"")
        (outputs / "data.zarr" / "x" / "0").write_bytes(b"\0\2")
        (outputs / "requirements.txt").unlink()
        (outputs / "mine.txt").write_text("")
        assert store.verify("one") == Verification(
            run_id="one",
            blocks=2,
            files=5,
            missing=(f"blocks/ab/{A}.npz", "one/requirements.txt"),
            damaged=(f"blocks/cd/{B}.npz", "one/data.zarr/x/0"),
            extra=("one/mine.txt",),
        )


def test_a_manifest_that_was_made_to_fit_is_found_out(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        outputs = complete(store, "one", [A])
        manifest = json.loads((outputs / "manifest.json").read_text())
        manifest["result_hash"] = "another"
        (outputs / "manifest.json").write_text(json.dumps(manifest))
        assert store.verify("one").damaged == ("one/manifest.json",)


def test_a_block_that_is_whole_but_not_the_one_noted_is_damaged(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        complete(store, "one", [A])
        store.save(A, {})
        assert store.verify("one").damaged == (f"blocks/ab/{A}.npz",)


def test_of_a_run_under_way_only_what_was_computed_is_verified(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        store.begin(record("one"), [A, B])
        compute(store, "one", [A])
        assert store.verify("one") == Verification(run_id="one", blocks=1, files=0)


def test_threads_share_a_store(tmp_path: Path) -> None:
    digests = [f"{number:064x}" for number in range(40)]
    with Store.open(tmp_path, create=True) as store:
        store.begin(record("one"), digests)
        threads = [threading.Thread(target=compute, args=(store, "one", digests[i::4])) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.run("one").blocks_done == len(digests)
        assert store.verify("one").sound


def test_a_store_moved_elsewhere_still_knows_where_its_results_are(tmp_path: Path) -> None:
    with Store.open(tmp_path / "here", create=True) as store:
        complete(store, "one", [A])
    (tmp_path / "here").rename(tmp_path / "there")
    with Store.open(tmp_path / "there", create=False) as store:
        assert store.run("one").outputs == tmp_path / "there" / "one"
        assert store.verify("one").sound


@pytest.mark.parametrize("made", [True, False])
def test_where_nothing_is_kept_nothing_is_made(tmp_path: Path, made: bool) -> None:
    root = tmp_path / "runs"
    if made:
        root.mkdir()
    with pytest.raises(StoreError, match=r"no runs are kept here.*--store"):
        Store.open(root, create=False)
    assert list(tmp_path.rglob("*")) == ([root] if made else [])

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.unit.store_cases import A, B, complete, compute, record, scenario, tree

from majung.ensemble.store import Store, export, import_
from majung.errors import InputError, MajungError, StoreError

Entries = dict[str, bytes]


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "first", create=True) as store:
        complete(store, "one", [A, B], scenario(tmp_path / "given"))
        export(store, "on", tmp_path / "one.zip")
    return tmp_path / "one.zip"


def entries(file: Path) -> Entries:
    with zipfile.ZipFile(file) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def forged(file: Path, change: Callable[[Entries], None]) -> Path:
    held = entries(file)
    change(held)
    with zipfile.ZipFile(file.with_name("forged.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return file.with_name("forged.zip")


def refused(root: Path, file: Path, message: str) -> None:
    with Store.open(root, create=True) as store:
        before = tree(root).keys()
        with pytest.raises(InputError, match=message):
            import_(store, file)
        assert tree(root).keys() == before
        assert store.runs() == []


def test_what_is_taken_in_is_what_was_exported(exported: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "second", create=True) as store:
        assert import_(store, exported) == "one"
        assert store.verify("one").sound
        (run,) = store.runs()
        assert (run.complete, run.blocks_done, run.title.ko) == (True, 2, "시장")
        # Another run finds the blocks.
        store.begin(record("two"), [A])
        assert store.run("two").blocks_done == 1
    for part in ("one", "blocks"):
        assert tree(tmp_path / "second" / part) == tree(tmp_path / "first" / part)


def test_a_run_keeps_the_time_at_which_it_was_begun(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(tmp_path / "first", create=False) as store:
        begun = store.run("one").created
    monkeypatch.setattr("majung.ensemble.store.store.now", lambda: "2099-01-01T00:00:00+00:00")
    with Store.open(tmp_path / "second", create=True) as store:
        import_(store, exported)
        assert store.run("one").created == begun


def test_the_same_run_gives_the_same_file_and_comes_through_another_store(exported: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "second", create=True) as store:
        import_(store, exported)
        export(store, "one", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == exported.read_bytes()


def test_taking_in_twice_changes_nothing_and_mends_what_was_damaged(exported: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "second", create=True) as store:
        import_(store, exported)
        before = tree(tmp_path / "second" / "one")
        import_(store, exported)
        assert len(store.runs()) == 1
        (tmp_path / "second" / "one" / "report.html").write_text("changed")
        store.blocks.path(A).write_bytes(b"")
        import_(store, exported)
        assert store.verify("one").sound
        assert tree(tmp_path / "second" / "one") == before


def test_a_run_with_other_results_is_not_replaced(exported: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "second", create=True) as store:
        store.begin(record("one"), [A])
        store.save(A, {"x": np.zeros(3)})
        before = tree(tmp_path / "second" / "blocks")
        with pytest.raises(InputError, match="with other results"):
            import_(store, exported)
        assert tree(tmp_path / "second" / "blocks") == before
    with Store.open(tmp_path / "third", create=True) as store:
        store.begin(record("one"), [A])
        compute(store, "one", [A])
        (tmp_path / "third" / "one").mkdir()
        store.finish("one", "another hash", tmp_path / "third" / "one")
        with pytest.raises(InputError, match="with other results"):
            import_(store, exported)
        assert store.run("one").result_hash == "another hash"


def test_only_a_whole_run_is_exported(tmp_path: Path) -> None:
    with Store.open(tmp_path / "runs", create=True) as store:
        store.begin(record("half"), [A, B])
        with pytest.raises(InputError, match="not complete"):
            export(store, "half", tmp_path / "half.zip")
        outputs = complete(store, "one", [A])
        (outputs / "report.html").write_text("changed")
        with pytest.raises(StoreError, match=r"one/report\.html"):
            export(store, "one", tmp_path / "one.zip")
    assert not list(tmp_path.glob("*.zip"))


def test_what_cannot_be_written_leaves_the_old_file(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = exported.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with Store.open(tmp_path / "first", create=False) as store, pytest.raises(StoreError, match="no space left"):
        export(store, "one", exported)
    assert exported.read_bytes() == before
    assert not list(tmp_path.glob(".majung*"))


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "one/../../evil", "one/./x", "C:/evil", "one\\..\\evil", "two/x", "blocks/ab/x.npz"],
)
def test_a_path_that_leads_astray_is_refused(exported: Path, tmp_path: Path, name: str) -> None:
    file = forged(exported, lambda held: held.update({name: b"evil"}))
    refused(tmp_path / "second", file, "does not hold the very files")
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", ".", "C:evil", "a\\..\\evil"])
def test_a_path_that_leads_astray_is_refused_even_if_the_manifest_has_it(
    exported: Path, tmp_path: Path, name: str
) -> None:
    def change(held: Entries) -> None:
        manifest = json.loads(held["one/manifest.json"])
        manifest["files"][name] = manifest["files"].pop("report.html")
        held["one/manifest.json"] = json.dumps(manifest).encode()
        held[f"one/{name}"] = held.pop("one/report.html")

    refused(tmp_path / "second", forged(exported, change), "list of contents is missing or damaged")


@pytest.mark.parametrize("name", ["one/report.html", f"blocks/ab/{A}.npz", "one/inputs/given/firms 1.csv"])
def test_every_hash_is_checked(exported: Path, tmp_path: Path, name: str) -> None:
    def change(held: Entries) -> None:
        held[name] = held[name][:-1] + bytes([held[name][-1] ^ 1])

    refused(tmp_path / "second", forged(exported, change), "does not match its hash")


def test_a_block_with_a_hash_of_its_own_is_checked_against_the_manifest(exported: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "other", create=True) as store:
        store.save(A, {"x": np.frombuffer(bytes.fromhex(B), dtype=np.uint8)})
        data = store.blocks.path(A).read_bytes()
    file = forged(exported, lambda held: held.update({f"blocks/ab/{A}.npz": data}))
    refused(tmp_path / "second", file, "does not match its hash")


@pytest.mark.parametrize("name", ["one/report.html", f"blocks/cd/{B}.npz"])
def test_what_is_missing_or_longer_is_refused(exported: Path, tmp_path: Path, name: str) -> None:
    file = forged(exported, lambda held: held.update({name: held[name] + bytes(10_000_000)}))
    refused(tmp_path / "second", file, "in their sizes")
    file = forged(exported, lambda held: held.pop(name) and None)
    refused(tmp_path / "second", file, "does not hold the very files")


def test_a_bomb_does_not_go_off(exported: Path, tmp_path: Path) -> None:
    file = forged(exported, lambda held: held.update({"one/report.html": bytes(20_000_000)}))
    data = bytearray(file.read_bytes())
    size = (20_000_000).to_bytes(4, "little")
    true = len(entries(exported)["one/report.html"]).to_bytes(4, "little")
    assert data.count(size) == 2
    # The archive says that the file is as small as it should be.
    file.write_bytes(data.replace(size, true))
    with Store.open(tmp_path / "second", create=True) as store:
        with pytest.raises(InputError):
            import_(store, file)
        assert max((len(data) for data in tree(tmp_path / "second").values()), default=0) < 1_000_000
        assert store.runs() == []


def test_only_plain_files_are_taken_in(exported: Path, tmp_path: Path) -> None:
    held = entries(exported)
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        for name, data in held.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = ((stat.S_IFLNK if name == "one/report.html" else stat.S_IFREG) | 0o777) << 16
            archive.writestr(entry, data)
    refused(tmp_path / "second", tmp_path / "link.zip", r"'one/report\.html', which is not a plain file")


def test_an_entry_that_is_there_twice_is_refused(exported: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(exported, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("one/report.html", "second")
    refused(tmp_path / "second", exported, "not a plain file")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda held: held.pop("one/manifest.json") and None, "missing or damaged"),
        (lambda held: held.update({"one/manifest.json": b"{"}), "missing or damaged"),
        (lambda held: held.update({"one/manifest.json": b"[]"}), "missing or damaged"),
        (lambda held: held.update({"two/manifest.json": held["one/manifest.json"]}), "missing or damaged"),
        (lambda held: held.update({"two/manifest.json": held.pop("one/manifest.json")}), "missing or damaged"),
    ],
)
def test_without_its_manifest_it_is_no_export(
    exported: Path, tmp_path: Path, change: Callable[[Entries], None], message: str
) -> None:
    refused(tmp_path / "second", forged(exported, change), message)


def test_what_is_no_zip_file_is_said(exported: Path, tmp_path: Path) -> None:
    whole = exported.read_bytes()
    for data in (b"", b"no zip", whole[: len(whole) // 2]):
        exported.write_bytes(data)
        refused(tmp_path / "second", exported, "not a zip file")
    with Store.open(tmp_path / "second", create=True) as store, pytest.raises(MajungError, match="No such file"):
        import_(store, tmp_path / "none.zip")


def test_no_flipped_bit_gets_in(exported: Path, tmp_path: Path) -> None:
    whole = exported.read_bytes()
    root = tmp_path / "second"
    expected = tree(tmp_path / "first" / "one")
    random = np.random.default_rng(1)
    with Store.open(root, create=True) as store:
        for place in random.integers(0, len(whole), 150).tolist():
            exported.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << place % 8)]) + whole[place + 1 :])
            try:
                import_(store, exported)
            except InputError:
                assert store.runs() == []
                assert not (root / "one").exists()
            else:
                # The bit says nothing, such as one of a date.
                assert tree(root / "one") == expected
                assert store.verify("one").sound
                store.remove("one")

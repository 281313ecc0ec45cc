"""The commands on kept runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.store_cases import A, B, C, complete, compute, record

from majung.cli.main import exit_code
from majung.cli.said.runs import options_of, size
from majung.ensemble.store import RunInfo, Store
from majung.parameters import LocalText


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAJUNG_STORE", str(tmp_path / "runs"))
    with Store.open(tmp_path / "runs", create=True) as store:
        complete(store, "4f1c", [A, B])
        store.begin(record("88a0"), [B, C])
    return tmp_path / "runs"


def run_of(request: dict[str, Any]) -> RunInfo:
    counts = {"bytes": 0, "blocks_done": 0, "blocks_total": 0}
    identity = {"seed": 7, "replications": 64, "strategies": {"a b": "hash"}}
    given: dict[str, Any] = {"request": request, "identity": identity, **counts}
    return RunInfo(run_id="4f1c", kind="run", title=LocalText(en="x"), created="", complete=True, **given)


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    assert exit_code([*arguments, "--lang", "en"]) == code
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_runs_are_shown_as_a_table(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "runs")
    lines = [line for line in out.splitlines() if line.strip()]
    assert lines[0].split() == ["run", "command", "title", "options", "begun", "size", "state"]
    assert lines[2].startswith(" 4f1c")
    assert lines[2].rstrip().endswith("complete")
    assert lines[3].split()[:4] == ["88a0", "run", "A", "market"]
    assert lines[3].rstrip().endswith("1 of 2 blocks")
    assert err == ""
    assert exit_code(["runs", "--lang", "ko"]) == 0
    assert "블록 2개 중 1개" in capsys.readouterr().out


def test_runs_are_told_apart_by_the_options_that_ask_for_them() -> None:
    asked = {"strategies": ["a b", "c"], "replications": None, "precision": None, "paths": True, "seed": None}
    run = run_of({**asked, "overrides": {"churn": 0.5}, "scenario": "x", "out": "o", "lang": "ko"})
    assert options_of(run).replace("\N{NO-BREAK SPACE}", " ") == "-s 'a b' -s c -n 64 --paths --seed 7 --set churn=0.5"
    # How many it took is not what was asked for.
    run = run_of({**asked, "precision": 0.1})
    assert "-n" not in options_of(run).split()


def test_every_id_that_is_no_run_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    err = said(capsys, "rm", "4f1c", "zz", "yy", "zz", code=2)[1]
    assert "2 problems" in err
    assert "'zz'" in err
    assert "'yy'" in err
    with Store.open(root, create=False) as store:
        assert [run.run_id for run in store.runs()] == ["4f1c", "88a0"]


def test_runs_are_listed_for_machines(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = json.loads(said(capsys, "runs", "--json")[0])
    with Store.open(root, create=False) as store:
        assert [first, second] == [run.as_json("en") for run in store.runs()]
    assert (first["run_id"], first["complete"], second["run_id"], second["complete"]) == ("4f1c", True, "88a0", False)


def test_where_nothing_was_run_yet_that_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAJUNG_STORE", raising=False)
    assert said(capsys, "runs")[0] == "No runs in majung-runs yet; majung run makes one.\n"
    assert said(capsys, "runs", "--json")[0] == "[]\n"
    with Store.open(tmp_path / "empty", create=True):
        pass
    assert said(capsys, "runs", "--store", "empty", "--json")[0] == "[]\n"
    out, err = said(capsys, "runs", "--store", "nowhere", "--json", code=3)
    assert (out, "no runs are kept here" in err) == ("", True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty"]


def test_verify_is_quiet_about_what_is_sound_and_names_what_is_not(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "verify", "4f")[0] == "4f1c: 2 blocks and 5 files are as they were written\n"
    (root / "blocks" / "ab" / f"{A}.npz").unlink()
    (root / "4f1c" / "report.html").write_text("changed")
    (root / "4f1c" / "mine").write_text("")
    out, err = said(capsys, "verify", "4f", code=3)
    assert out.splitlines() == [
        f"missing: blocks/ab/{A}.npz",
        "damaged: 4f1c/report.html",
        "not of this run: 4f1c/mine",
    ]
    assert "run 4f1c: 1 missing, 1 damaged" in err
    found = json.loads(said(capsys, "verify", "4f", "--json", code=3)[0])
    assert (found["sound"], found["missing"], found["damaged"], found["extra"]) == (
        False,
        [f"blocks/ab/{A}.npz"],
        ["4f1c/report.html"],
        ["4f1c/mine"],
    )


def test_rm_takes_all_or_none_of_those_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = said(capsys, "rm", "4f1c", "unknown", code=2)
    assert "holds no run 'unknown'" in err
    assert len(json.loads(said(capsys, "runs", "--json")[0])) == 2
    out, _ = said(capsys, "rm", "4f1c", "4f", "88a0")
    assert [line.split(":")[0] for line in out.splitlines()] == ["4f1c", "88a0"]
    assert json.loads(said(capsys, "runs", "--json")[0]) == []
    assert list(root.rglob("*.npz")) == []


def test_a_run_goes_from_one_store_to_another(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "export", "4f")[0].startswith("4f1c: written to 4f1c.zip (")
    out, _ = said(capsys, "import", "4f1c.zip", "--store", "other")
    assert out == f"4f1c: taken in; results in {tmp_path / 'other' / '4f1c'}\n"
    said(capsys, "verify", "4f1c", "--store", "other")
    assert "not complete" in said(capsys, "export", "88", "--out", "half.zip", code=2)[1]
    assert "not a zip file" in said(capsys, "import", str(root / "4f1c" / "report.html"), code=2)[1]
    assert "No such file" in said(capsys, "import", "none.zip", code=3)[1]


def test_a_mended_index_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "index.sqlite").write_bytes(b"garbage" * 99)
    out, err = said(capsys, "runs", "--json")
    assert [run["run_id"] for run in json.loads(out)] == ["4f1c"]
    assert err.count("warning: ") == 2
    assert "index.sqlite.damaged-1" in err
    assert said(capsys, "runs", "--json") == (out, "")


def test_a_run_at_work_is_not_removed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store.open(root, create=True) as store, store.working("88a0"):
        compute(store, "88a0", [C])
        assert "being worked on" in said(capsys, "rm", "88a0", code=2)[1]


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (123_456_789, "123.5 MB"), (5 * 10**15, "5000.0 TB")],
)
def test_sizes_are_for_people(count: int, words: str) -> None:
    assert size(count) == words

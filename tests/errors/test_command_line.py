"""The command line as a process: exit codes, what goes to which stream, no traceback, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from majung.cli.main import exit_code
from majung.messages import Lang
from majung.scenario import load, skeleton

COMMAND = (sys.executable, "-m", "majung")


@dataclass(frozen=True)
class Case:
    """A process that is done, where it ran."""

    folder: Path
    code: int
    out: str
    err: str


def environ(**others: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAJUNG", "LC_", "LANG"))}
    return plain | {"PYTHONUTF8": "1"} | others


def majung(*arguments: str, folder: Path, **variables: str) -> Case:
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environ(**variables),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return Case(folder, done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    skeleton.write(folder / "small")
    return folder


@pytest.fixture(scope="module")
def ran(folder: Path) -> Case:
    return majung(
        "run", "small", "-n", "20", "-s", "first-buyer", "--json", "--lang", "ko", "--threads", "2", folder=folder
    )


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_run_prints_one_object_and_writes_what_it_names(ran: Case) -> None:
    assert ran.code == 0, ran.err
    result: dict[str, Any] = json.loads(ran.out)
    assert [strategy["id"] for strategy in result["strategies"]] == ["hands-off", "first-buyer"]
    assert (result["replications"], result["threads"], result["seed"]) == (20, 2, 20240429)
    home = ran.folder / "majung-runs" / result["run_id"]
    assert contents(ran.folder / "majung-runs") == sorted([result["run_id"], "blocks", "index.sqlite"])
    for file in result["files"].values():
        path = Path(file)
        assert path.exists()
        assert path.parent == home
    assert json.loads((home / "run.json").read_text(encoding="utf-8")) == result
    assert not [path for path in home.rglob(".*") if "partial" in path.name or "replaced" in path.name]


def test_everything_for_people_goes_aside_in_their_language(ran: Case) -> None:
    for words in ("모의실험", "시드 20240429", "공공이 첫 구매자", "보고서: "):
        assert words in ran.err
    assert "simulating" not in ran.err


def test_the_stored_result_has_the_hash_that_was_printed(ran: Case) -> None:
    from majung.ensemble import result_hash

    result = json.loads(ran.out)
    with xr.open_zarr(result["files"]["data"], chunks=None) as dataset:
        assert result_hash(dataset) == result["result_hash"] == dataset.attrs["result_hash"]
        spent = (dataset["budget"] - dataset["returned"]).sel(strategy="first-buyer", statistic="mean")
        assert float(spent.sum()) == pytest.approx(result["strategies"][1]["public_spent"])
        assert np.isfinite(dataset["private_final_sales"]).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nowhere"], ["nowhere"]),
        (["run", "small", "-s", "first-byer"], ["Did you mean 'first-buyer'?"]),
        (["run", "small", "-n", "0"], ["1 or more"]),
        (["run", "small", "-n", "many"], ["--replications", "majung run --help"]),
        (["run", "small", "--precision", "0.1", "-n", "5"], ["exclude each other"]),
        (["run", "small", "--set", "quality_wait=2"], ["quality_weight"]),
        (["run", "small", "--set", "quality_weight"], ["NAME=VALUE"]),
        (["run", "small", "--threads", "0"], ["number of threads"]),
        (["run", "small", "--out", "small/firms.csv"], ["is a file"]),
        (["run", "small", "--out", "/proc/majung"], ["/proc/majung", "--out"]),
        (["run", "small", "--store", "small/firms.csv"], ["is a file", "--store"]),
        (["run", "small", "--store", "/proc/majung"], ["/proc/majung", "--store"]),
        (["run", "small", "--cluster", "here"], ["'here' is not a cluster", "local:N"]),
        (["run", "small", "--cluster", "local:0"], ["'local:0'"]),
        (["run", "small", "--cluster", "tcp://127.0.0.1"], ["'tcp://127.0.0.1'", "tcp://HOST:PORT"]),
        (["run", "small", "--cluster", "slurm:-1"], ["'slurm:-1'"]),
        (["runn", "small"], ["Did you mean 'run'"]),
        (["check", "broken"], ["firms.csv", "midium", "'mid'"]),
        (["new", "small"], ["small"]),
    ],
    ids=lambda value: " ".join(value) if value and value[0] in ("run", "runn", "check", "new") else "",
)
def test_bad_input_is_explained_with_code_2(
    folder: Path,
    arguments: list[str],
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if "broken" in arguments and not (folder / "broken").exists():
        skeleton.write(folder / "broken")
        firms = folder / "broken" / "firms.csv"
        firms.write_text(firms.read_text(encoding="utf-8-sig").replace(",mid,", ",midium,"), encoding="utf-8")
    before = contents(folder)
    monkeypatch.chdir(folder)
    assert exit_code(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    for word in words:
        assert word in err
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("variables", "options", "words"),
    [
        ({}, ["--lang", "ko"], "전략"),
        ({"MAJUNG_LANG": "ko"}, [], "전략"),
        ({"LANG": "ko_KR.UTF-8"}, [], "전략"),
        ({"MAJUNG_LANG": "ko"}, ["--lang", "en"], "strategy"),
    ],
)
def test_errors_speak_the_language_asked_for(
    folder: Path,
    variables: dict[str, str],
    options: list[str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("MAJUNG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert exit_code(["run", str(folder / "small"), "-s", "none", *options]) == 2
    assert words in capsys.readouterr().err


def test_help_is_quick_and_has_examples(folder: Path) -> None:
    started = time.monotonic()
    done = majung("run", "--help", folder=folder)
    assert time.monotonic() - started < 2
    assert done.code == 0
    for words in ("--precision", "--set", "Examples:", "majung run examples/korea-ai-2024"):
        assert words in done.out
    help_of_all, version = majung("--help", folder=folder, MAJUNG_LANG="ko"), majung("--version", folder=folder)
    assert (help_of_all.code, help_of_all.out.count("보기:")) == (0, 1)
    assert (version.code, version.out.split()[0]) == (0, "majung")
    assert majung(folder=folder).code == 2


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys, contextlib, io\n"
        "from majung.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()): main(['run', '--help'])\n"
        "print(sorted({'numpy', 'pandas', 'numba', 'xarray', 'scipy', 'altair', 'rich'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_check_counts_what_is_there(folder: Path) -> None:
    done = majung("check", "small", folder=folder)
    assert done.code == 0
    assert "12 firms, 14 lines, 3 technologies, 5 strategies" in done.out


@pytest.mark.parametrize(
    ("lang", "nothing", "some"),
    [("en", "Nothing to warn of", "warnings above: "), ("ko", "경고할 것도 없습니다", "위의 경고: ")],
)
def test_check_prints_every_warning_or_says_that_there_is_none(
    folder: Path, capsys: pytest.CaptureFixture[str], lang: Lang, nothing: str, some: str
) -> None:
    warned = folder / "warned"
    if not warned.exists():
        skeleton.write(warned)
        (warned / "notes.csv").write_text("a,b\n", encoding="utf-8")
    assert load(folder / "small").warnings == ()
    assert exit_code(["check", str(folder / "small"), "--lang", lang]) == 0
    assert nothing in capsys.readouterr().out
    warnings = load(warned).warnings
    assert warnings
    assert exit_code(["check", str(warned), "--lang", lang]) == 0
    out = capsys.readouterr().out
    assert all(warning.text(lang) in out for warning in warnings)
    assert f"{some}{len(warnings)}" in out
    assert nothing not in out


@pytest.mark.parametrize("request_to_stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_soon_and_leaves_nothing(folder: Path, ran: Case, request_to_stop: signal.Signals) -> None:
    before = contents(folder)
    with subprocess.Popen(
        [*COMMAND, "run", "small", "-n", "20000", "--out", "deep/out"],
        cwd=folder, env=environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            if "simulating: " in line:
                break
        assert contents(folder) == sorted([*before, "deep"])
        process.send_signal(request_to_stop)
        started = time.monotonic()
        out, err = process.communicate(timeout=60)
    assert time.monotonic() - started < 5
    assert process.returncode == 130
    assert out == ""
    assert "interrupted" in err
    assert "Traceback" not in err
    assert contents(folder) == before


def test_a_reader_that_leaves_is_no_bug(folder: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "check", "small"],
        cwd=folder,
        env=environ(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize("closed", ["1", "2", "1>&- 2"])
def test_a_closed_stream_is_no_bug(folder: Path, closed: str) -> None:
    command = f'exec "$0" -m majung check small {closed}>&-'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable], cwd=folder, env=environ(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_output_that_finds_no_space_is_no_bug(folder: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, "check", "small"],
            cwd=folder,
            env=environ(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert "no space left" in done.stderr
    assert "bug" not in done.stderr


def test_a_bug_says_so_and_shows_its_traceback_when_asked(folder: Path) -> None:
    code = (
        "import sys\n"
        "from majung.scenario import skeleton\n"
        "def broken(folder): raise ZeroDivisionError('on purpose')\n"
        "skeleton.write = broken\n"
        "from majung.cli import main\n"
        "main(['new', 'x', *sys.argv[1:]])"
    )
    for arguments, shown in (([], False), (["--debug"], True)):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=folder,
            env=environ(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert ("Traceback" in done.stderr) == shown
        assert "bug in majung" in done.stderr
        assert "on purpose" in done.stderr
        assert "--debug" in done.stderr

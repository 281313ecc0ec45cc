"""What is asked wrongly of the commands that study a scenario ends at once, with all that is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from majung.cli.main import exit_code
from majung.messages import LANGUAGES
from majung.scenario import skeleton

WRONG = {
    "claims": [
        (["--claims", "M4,M99,first-buyr"], ["M99", "first-buyr", "'M9'"]),
        (["--worlds", "0", "--replications", "-1", "--seed", "-5"], ["'0'", "'-1'", "-5"]),
        (["--claims", ","], ["--claims"]),
        (["--from", "nowere"], ["nowere", "nowhere"]),
        (["--from", "nowhere"], ["nowhere"]),
    ],
    "explore": [
        (
            ["--outcome", "survivl", "--strategy", "first-buyr", "--seed", "-1"],
            ["survivl", "'survival'", "'first-buyer'", "'-1'"],
        ),
        (["--strategy", "hands-off"], ["additionality"]),
    ],
    "search": [
        (["--budgets", "10apples,-5", "-b", "0", "--trials", "0"], ["10apples", "-5", "'0'"]),
        (["--budgets", "1,200억"], ["1,200억"]),
        (["--budgets", "30억USD"], ["30억USD"]),
        (["--budgets", " , "], ["--budgets"]),
    ],
}
CASES = [(command, asked, found) for command, cases in WRONG.items() for asked, found in cases]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("asked")
    skeleton.write(place / "small")
    (place / "nowhere").mkdir()
    return place


@pytest.fixture
def said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[str, str]]:
    """Give what ends a command with exit code 2, and returns what it said."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("MAJUNG_STORE", raising=False)

    def call(*arguments: str) -> tuple[str, str]:
        code = exit_code([*arguments])
        captured = capsys.readouterr()
        assert code == 2, captured.err
        return captured.out, captured.err

    return call


def held(out: str, err: str, found: list[str]) -> None:
    """Assert that it is one message, with all that is wrong."""
    assert out == ""
    assert [name for name in found if name not in err] == []
    assert sum(line.startswith("majung: ") for line in err.splitlines()) == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("command", "asked", "found"), CASES, ids=lambda value: value if isinstance(value, str) else value[0]
)
def test_what_is_asked_wrongly_is_one_message_with_all_of_it(
    folder: Path, said: Callable[..., tuple[str, str]], command: str, asked: list[str], found: list[str]
) -> None:
    errors = []
    for lang in LANGUAGES:
        out, err = said(command, "small", *asked, "--lang", lang)
        held(out, err, found)
        errors.append(err)
    assert errors[0] != errors[1]
    # Nothing was begun.
    assert not (folder / "majung-runs").exists()


def test_a_process_says_the_same_and_ends_with_the_same_code(folder: Path) -> None:
    environ = {**os.environ, "MAJUNG_LANG": "ko"}
    environ.pop("MAJUNG_STORE", None)
    begun = [
        (
            subprocess.Popen(
                [sys.executable, "-m", "majung", command, "small", *cases[0][0]], cwd=folder, env=environ, text=True,
                encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            ),
            cases[0][1],
        )
        for command, cases in WRONG.items()
    ]  # fmt: skip
    ended = [(process, *process.communicate(timeout=120), found) for process, found in begun]
    for process, out, err, found in ended:
        assert process.returncode == 2, err
        held(out, err, found)
    assert not (folder / "majung-runs").exists()


def test_a_claim_that_is_wrong_is_named_with_its_file(folder: Path, said: Callable[..., tuple[str, str]]) -> None:
    own = folder / "own"
    own.mkdir()
    (own / "one.toml").write_text('id = "A"\noutcome = "suvival"\neffect = "a -"\nsmalest = 1\n', encoding="utf-8")
    _, err = said("claims", "small", "--from", "own", "--lang", "en")
    lines = [line for line in err.splitlines() if "one.toml" in line]
    assert len(lines) >= 4
    for words in ("'survival'", "'smallest'", "'a -' is not a formula"):
        assert any(words in line for line in lines), words

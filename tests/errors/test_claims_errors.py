"""What is asked wrongly of the commands that study a scenario ends at once, with all that is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
}
CASES = [(command, asked, found) for command, cases in WRONG.items() for asked, found in cases]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("asked")
    skeleton.write(place / "small")
    (place / "nowhere").mkdir()
    return place


def majung(*arguments: str, folder: Path, lang: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "MAJUNG_LANG": lang}
    environ.pop("MAJUNG_STORE", None)
    return subprocess.run(
        [sys.executable, "-m", "majung", *arguments], cwd=folder, env=environ, capture_output=True, text=True,
        encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(("command", "asked", "found"), CASES, ids=lambda value: " ".join(value)[:40])
def test_what_is_asked_wrongly_is_one_message_with_all_of_it(
    folder: Path, command: str, asked: list[str], found: list[str]
) -> None:
    said = {lang: majung(command, "small", *asked, folder=folder, lang=lang) for lang in LANGUAGES}
    for done in said.values():
        assert done.returncode == 2, done.stderr
        assert done.stdout == ""
        assert [name for name in found if name not in done.stderr] == []
        assert sum(line.startswith("majung: ") for line in done.stderr.splitlines()) == 1
        assert "Traceback" not in done.stderr
    assert said["en"].stderr != said["ko"].stderr
    # Nothing was begun.
    assert not (folder / "majung-runs").exists()


def test_a_claim_that_is_wrong_is_named_with_its_file(folder: Path) -> None:
    own = folder / "own"
    own.mkdir()
    (own / "one.toml").write_text('id = "A"\noutcome = "suvival"\neffect = "a -"\nsmalest = 1\n', encoding="utf-8")
    done = majung("claims", "small", "--from", "own", folder=folder, lang="en")
    assert done.returncode == 2
    lines = [line for line in done.stderr.splitlines() if "one.toml" in line]
    assert len(lines) >= 4
    for words in ("'survival'", "'smallest'", "'a -' is not a formula"):
        assert any(words in line for line in lines), words

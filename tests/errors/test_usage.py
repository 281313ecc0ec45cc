"""What the parser refuses is said in the reader's language, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from majung.cli.main import exit_code
from majung.scenario import skeleton

WRONG = [
    (["run"], "DIR is missing.", "DIR을 써야 합니다."),
    (["--debug"], "a command is missing.", "명령을 써야 합니다."),
    (["rn"], "there is no command 'rn'. Did you mean 'run'?", "명령 'rn'은(는) 없습니다. 혹시 'run' 아닌가요?"),
    (
        ["run", "x", "--sede", "3"],
        "there is no option '--sede'. Did you mean '--seed'?",
        "옵션 '--sede'은(는) 없습니다.",
    ),
    (["run", "x", "-n", "two"], "--replications takes a whole number.", "--replications에는 정수를 써야 합니다."),
    (["run", "x", "--precision", "z"], "--precision takes a number.", "--precision에는 수를 써야 합니다."),
    (["run", "x", "-n"], "-n needs a value.", "-n에는 값이 있어야 합니다."),
    (["run", "x", "y"], "more than this command takes: y", "이 명령이 받지 않는 것이 더 있습니다: y"),
    (["run", "--lang", "fr", "x"], "--lang takes one of en, ko.", "--lang에는 en, ko 가운데 하나를 써야 합니다."),
]


@pytest.mark.parametrize(("arguments", "english", "korean"), WRONG, ids=lambda value: " ".join(value)[:30])
def test_what_is_typed_wrong_is_said_in_both_languages(
    arguments: list[str], english: str, korean: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for lang, message in (("en", english), ("ko", korean)):
        monkeypatch.setenv("MAJUNG_LANG", lang)
        assert exit_code(arguments) == 2
        said = capsys.readouterr().err
        assert said.startswith(f"majung: {message}"), said
        assert "--help" in said


def test_the_language_asked_for_holds_even_where_the_rest_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["rn", "--lang=ko"]) == 2
    assert "명령 'rn'은(는) 없습니다" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--lang", "ko", "rn"], ["--lang=ko", "run"], ["--lang", "ko"]])
def test_the_language_may_be_asked_for_before_the_command(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAJUNG_LANG", "en")
    assert exit_code(arguments) == 2
    said = capsys.readouterr().err
    assert "--help'로 쓰는 법을 볼 수 있습니다" in said
    assert "명령" in said or "DIR을 써야 합니다" in said


@pytest.mark.parametrize("before", [[], ["run"], ["rm"]])
def test_help_is_in_the_language_that_is_asked_for_throughout(
    before: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in ([*before, "--help", "--lang", "ko"], ["--lang", "ko", *before, "--help"]):
        assert exit_code(arguments) == 0
        said = capsys.readouterr().out
        assert said.startswith("사용법: majung")
        for word in ("Usage", "Options", "OPTIONS", "Arguments", "Commands", "required", "Show this message"):
            assert word not in said
        assert ("[필수]" in said) == bool(before)


def test_the_list_of_commands_holds_whole_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["--help", "--lang", "en"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("Usage: majung [OPTIONS] COMMAND")
    assert "in how many plausible worlds each holds, by how much, and where it turns." in said
    assert "..." not in said.removeprefix("Usage: majung [OPTIONS] COMMAND [ARGS]...")


def test_all_that_is_wrong_with_a_take_off_is_said_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "series.csv"
    table.write_text("id,date,value\nfax,2020,1\nfax,2021,2\nfax,2022,4\n", encoding="utf-8")
    options = {"--as-of": "2024-13-45", "--rule": "elbw", "--kind": "xx", "--series": "foo", "--bootstrap": "-1"}
    given = [part for option in {**options, "--market": "-5"}.items() for part in option]
    assert exit_code(["takeoff", str(table), *given, "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("majung: 6 problems in the input:")
    for found in ("2024-13-45", "elbw", "xx", "foo", "-1", "-5.0"):
        assert f"'{found}'" in said, said
    assert exit_code(["takeoff", str(tmp_path / "none.csv"), "--rule", "elbw", "--lang", "ko"]) == 2
    said = capsys.readouterr().err
    assert "그런 파일이나 폴더가 없습니다" in said
    assert "'elbw'" in said


def test_all_that_is_wrong_with_a_run_is_said_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skeleton.write(tmp_path / "small")
    settings = ["--set", "qualty_weight=2", "--set", "x", "--set", "churn=a"]
    for given, count in ((settings, 5), (settings[:2], 3)):
        assert exit_code(["run", str(tmp_path / "small"), *given, "-s", "blankt", "-n", "0", "--lang", "en"]) == 2
        said = capsys.readouterr().err
        assert f"majung: {count} problems in the input:" in said
        assert "Did you mean 'quality_weight'?" in said
        assert "there is no strategy among hands-off" in said
        assert "named 'blankt'. Did you mean 'blanket'?" in said
        assert "1 or more are needed" in said

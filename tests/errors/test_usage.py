"""What the parser refuses is said in the reader's language, too."""

from __future__ import annotations

import pytest

from majung.cli.main import exit_code

WRONG = [
    (["run"], "DIR is missing.", "DIR이 없습니다."),
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

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from majung.messages import LANGUAGES, Phrase, catalogue, preferred_language, text

SOURCE = Path(__file__).parents[2] / "src" / "majung"
SPEAKERS = {"text", "Phrase", "refuse", "MajungError", "StoreError", "Interrupted"}


def placeholders(template: str) -> set[str]:
    return {
        name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(template) if name is not None
    }


def keys_used(path: Path) -> list[tuple[str, int]]:
    """Return the message keys that a module names, with their lines."""
    used = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else None
        candidates = node.args[:1] if name in SPEAKERS else []
        if name == "Problem":
            candidates = [keyword.value for keyword in node.keywords if keyword.arg == "key"]
        used += [
            (constant.value, constant.lineno)
            for constant in candidates
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
        ]
    return used


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_languages_say_the_same_with_the_same_values(key: str) -> None:
    templates = [catalogue(lang)[key] for lang in LANGUAGES]
    assert all(template.strip() for template in templates)
    assert len({frozenset(placeholders(template)) for template in templates}) == 1


def test_every_key_in_the_code_is_in_the_catalogue() -> None:
    unknown = [
        f"{path.name}:{line} {key}"
        for path in sorted(SOURCE.rglob("*.py"))
        for key, line in keys_used(path)
        if key not in catalogue("en")
    ]
    assert unknown == []


def words_of_the_source() -> tuple[set[str], list[re.Pattern[str]], set[str]]:
    """Return the texts of the source, the keys that it puts together, as patterns, and all words it could put in."""
    texts: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    words: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                words.add(node.target.id)
            elif isinstance(node, ast.JoinedStr):
                parts = [str(part.value) if isinstance(part, ast.Constant) else None for part in node.values]
                if re.match(r"[a-z_]+\.", parts[0] or ""):
                    patterns.append(re.compile("".join("(.+)" if part is None else re.escape(part) for part in parts)))
    others = [path.read_text(encoding="utf-8") for end in ("j2", "yaml") for path in SOURCE.rglob(f"*.{end}")]
    words.update(*(re.findall(r"\w+", text) for text in (*texts, *others) if "\n\n" not in text or text in others))
    return texts, patterns, words


def test_every_message_is_said_somewhere() -> None:
    texts, patterns, words = words_of_the_source()

    def known(word: str) -> bool:
        return word in words or any(word[:cut] in words and word[cut:] in words for cut in range(1, len(word)))

    def put_together(key: str) -> bool:
        found = (pattern.fullmatch(key) for pattern in patterns)
        return any(match and all(map(known, re.findall(r"\w+", " ".join(match.groups())))) for match in found)

    assert [key for key in catalogue("en") if key not in texts and not put_together(key)] == []


def test_phrase_inside_a_message_is_put_in_the_same_language() -> None:
    values = {"found": "약 30억", "expected": Phrase("expected.unit")}
    assert text("problem.unexpected", **values) == ("'약 30억' is not a unit of money, such as million KRW or 억원.")
    assert text("problem.unexpected", "ko", **values) == (
        "'약 30억'을 읽을 수 없습니다. 써야 할 것: 금액 단위(보기: 백만원, million KRW)."
    )


def test_unknown_key_and_missing_value_are_named() -> None:
    with pytest.raises(KeyError, match=r"no message 'no\.such'"):
        text("no.such")
    with pytest.raises(KeyError, match=r"'where\.row' needs a value for 'row'"):
        text("where.row")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("시장", "'시장'은"),
        ("기술", "'기술'은"),
        ("메모리", "'메모리'는"),
        ("2024", "'2024'는"),
        ("13", "'13'은"),
        ("GPU", "'GPU'는"),
        ("HBM", "'HBM'은"),
        ("mid", "'mid'은(는)"),
        ("대기업(foreign)", "'대기업(foreign)'은(는)"),
    ],
)
def test_korean_particle_follows_the_word(found: str, said: str) -> None:
    assert text("problem.not_a_choice", "ko", found=found, expected="규모", choices=()).startswith(said)


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8", "MAJUNG_LANG": "ko"}, "ko"),
    ],
)
def test_language_is_the_readers(environ: dict[str, str], lang: str) -> None:
    assert preferred_language(environ) == lang

"""The one catalogue of what majung says, in English and Korean.

Every sentence of the command line, the report and the page is a key with an ``en`` and a ``ko`` text in a
``messages.toml``: the one beside this module, or that of a package with much to say, whose keys begin with the
package's name. TOML, because a key written twice is an error there.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final, Literal, Protocol, get_args, runtime_checkable

__all__ = ["LANGUAGES", "Labelled", "Lang", "Phrase", "catalogue", "preferred_language", "text"]

Lang = Literal["en", "ko"]
LANGUAGES: Final[tuple[Lang, ...]] = get_args(Lang)


@runtime_checkable
class Labelled(Protocol):
    """Something with a name in every language: a phrase, a unit of money, a quarter."""

    def label(self, lang: Lang = "en") -> str:
        """Return the name in one language."""
        ...


class Phrase:
    """A message with its values, not yet put into a language.

    Parameters
    ----------
    key : str
        A key of the catalogue.
    **values
        What the message's placeholders stand for. A value may itself be a phrase, or have a `label` as one has.
    """

    __slots__ = ("key", "values")

    def __init__(self, key: str, /, **values: object) -> None:
        self.key = key
        self.values = values

    def label(self, lang: Lang = "en") -> str:
        """Render in one language."""
        return text(self.key, lang, **self.values)

    def __str__(self) -> str:
        return self.label("en")

    def __repr__(self) -> str:
        values = "".join(f", {name}={value!r}" for name, value in self.values.items())
        return f"Phrase({self.key!r}{values})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrase) and (self.key, self.values) == (other.key, other.values)

    def __hash__(self) -> int:
        return hash(self.key)


def text(key: str, lang: Lang = "en", /, **values: object) -> str:
    """Render a message.

    Parameters
    ----------
    key : str
        A key of the catalogue, such as ``problem.not_a_choice``.
    lang : {"en", "ko"}
        The language.
    **values
        What the placeholders stand for. What has a `label` is put in the same language; a list or tuple is joined by
        commas.

    Returns
    -------
    str
        The message. In Korean the particles written as ``은(는)`` follow the word before them.

    Raises
    ------
    KeyError
        When the catalogue lacks the key or the message has a placeholder without a value.
    """
    template = catalogue(lang).get(key)
    if template is None:
        raise KeyError(f"no message {key!r} in the catalogue")
    try:
        rendered = template.format(**{name: _plain(value, lang) for name, value in values.items()})
    except KeyError as missing:
        raise KeyError(f"message {key!r} needs a value for {missing}") from None
    return _settle_particles(rendered) if lang == "ko" else rendered


@cache
def catalogue(lang: Lang) -> Mapping[str, str]:
    """Return every message of one language, by key, with its placeholders as they are."""
    messages: dict[str, str] = {}
    for prefix, file in _files():
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        entries = {key: texts[lang] for key, texts in _entries(tables)}
        if strays := [key for key in entries if not key.startswith(prefix)]:
            raise ValueError(f"{file}: {strays[0]!r} does not begin with {prefix!r}")
        if doubles := sorted(messages.keys() & entries.keys()):
            raise ValueError(f"{file}: {doubles[0]!r} is in another file too")
        messages |= entries
    return MappingProxyType(messages)


def preferred_language(environ: Mapping[str, str] | None = None) -> Lang:
    """Return the reader's language: ``MAJUNG_LANG``, or else what the locale variables say, or else English."""
    environ = os.environ if environ is None else environ
    for name in ("MAJUNG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if chosen := environ.get(name):
            return "ko" if chosen.lower().startswith("ko") else "en"
    return "en"


def _files() -> list[tuple[str, Traversable]]:
    """Return the files of the catalogue, each with what its keys begin with."""
    root = files("majung")
    packages = sorted((entry for entry in root.iterdir() if entry.is_dir()), key=lambda entry: entry.name)
    own = [(f"{package.name}.", package.joinpath("messages.toml")) for package in packages]
    return [("", root.joinpath("messages.toml")), *((prefix, file) for prefix, file in own if file.is_file())]


def _entries(tables: Mapping[str, object], prefix: str = "") -> list[tuple[str, dict[Lang, str]]]:
    """Flatten nested tables to dotted keys; a table that has ``en`` is a message."""
    entries: list[tuple[str, dict[Lang, str]]] = []
    for name, value in tables.items():
        key = f"{prefix}{name}"
        if not isinstance(value, dict):
            raise ValueError(f"messages.toml: {key!r} is not a table with en and ko")
        if "en" in value or "ko" in value:
            if set(value) != set(LANGUAGES):
                raise ValueError(f"messages.toml: {key!r} must have en and ko, and nothing else")
            entries.append((key, value))
        else:
            entries.extend(_entries(value, f"{key}."))
    return entries


def _plain(value: object, lang: Lang) -> object:
    if isinstance(value, Labelled):
        return value.label(lang)
    if isinstance(value, list | tuple):
        return ", ".join(str(_plain(item, lang)) for item in value)
    return value


_PARTICLE: Final = re.compile(r"([0-9A-Za-z가-힣]+)([^\w\s(]*)(은\(는\)|이\(가\)|을\(를\)|와\(과\)|\(으\)로)")
# With and without a final consonant. 로 also follows a final ㄹ.
_PARTICLE_FORMS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "은(는)": ("은", "는"),
        "이(가)": ("이", "가"),
        "을(를)": ("을", "를"),
        "와(과)": ("과", "와"),
        "(으)로": ("으로", "로"),
    }
)
_RIEUL: Final = 8
_DIGIT_FINALS: Final = (21, 8, 0, 16, 0, 0, 1, 8, 8, 0)  # 영 일 이 삼 사 오 육 칠 팔 구
_LETTER_FINALS: Final[Mapping[str, int]] = MappingProxyType({"L": 8, "M": 16, "N": 4, "R": 8})  # 엘 엠 엔 알


def _settle_particles(sentence: str) -> str:
    return _PARTICLE.sub(_settled, sentence)


def _settled(match: re.Match[str]) -> str:
    word, closing, particle = match.groups()
    final = _final_consonant(word)
    if final is None:
        return match.group(0)
    with_final, without = _PARTICLE_FORMS[particle]
    takes_final = final != 0 and not (particle == "(으)로" and final == _RIEUL)
    return f"{word}{closing}{with_final if takes_final else without}"


def _final_consonant(word: str) -> int | None:
    """Return the last syllable's final consonant by its index, 0 for none, None where a Latin word tells nothing."""
    last = word[-1]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28
    if last.isdigit():
        return _DIGIT_FINALS[int(last)]
    if word.isupper():
        return _LETTER_FINALS.get(last, 0)
    return None

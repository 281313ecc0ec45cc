"""Read scenario.toml: what the scenario is, when it starts, how long and how often it runs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from majung.errors import InputError, Problem, nearest
from majung.messages import Phrase
from majung.money import Quarter, Unit, parse_date, parse_quarter, parse_unit
from majung.parameters import NO_TEXT, LocalText
from majung.parameters.model import SOURCE_STATUSES
from majung.tables.cells import LONGEST_ID, has_unseen
from majung.tables.files import decode
from majung.tables.problems import Problems

__all__ = [
    "DEFAULT_UNIT",
    "KEYS",
    "LARGEST_SEED",
    "MOST_QUARTERS",
    "Settings",
    "SourceNote",
    "dotted",
    "local_text",
    "read_settings",
    "read_toml",
    "spelled",
    "unknown_keys",
]

_T = TypeVar("_T")

KEYS: Final = (
    "id", "title", "description", "as_of", "start", "quarters", "unit", "currency", "seed", "replications", "real",
    "reconstructed", "sources", "parameters",
)  # fmt: skip
_SOURCE_KEYS: Final = ("id", "title", "author", "year", "venue", "url", "licence", "retrieved", "status", "used_for")
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 12, 31)
MOST_QUARTERS: Final = 400
_MOST_REPLICATIONS: Final = 1_000_000
LARGEST_SEED: Final = 2**63 - 1
DEFAULT_UNIT: Final = Unit("KRW", 6)
"""Of amounts where a scenario names no unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNote:
    """Where figures of a scenario come from."""

    title: str
    id: str = ""
    author: str = ""
    year: int | None = None
    venue: str = ""
    url: str = ""
    licence: str = ""
    retrieved: date | None = None
    status: str = ""
    used_for: LocalText = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What scenario.toml says."""

    id: str
    title: LocalText
    description: LocalText
    as_of: date
    start: Quarter
    quarters: int
    unit: Unit
    seed: int
    replications: int
    real: LocalText
    reconstructed: LocalText
    sources: tuple[SourceNote, ...]
    overrides: Mapping[str, object] = field(default_factory=dict)


def read_toml(path: Path, problems: Problems) -> dict[str, Any] | None:
    """Read a TOML file, or note what is wrong with it and return None."""
    try:
        if path.exists() and not path.is_file():
            raise InputError([Problem(key="file.special")])
        return tomllib.loads(decode(path.read_bytes()).replace("\r\n", "\n"))
    except OSError as error:
        problems.add(Problem(key="file.unreadable", file=path.name, values={"detail": error.strerror or str(error)}))
    except InputError as error:
        problems.extend(problem.at(file=path.name) for problem in error.problems)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        detail = str(error)
        place = re.search(r" \(at line (\d+), column \d+\)", detail)
        problems.add(
            Problem(
                key="file.broken_toml",
                file=path.name,
                row=int(place[1]) if place else None,
                values={
                    "detail": detail.replace(place[0], "") if place else detail.replace(" (at end of document)", "")
                },
            )
        )
    return None


def dotted(location: tuple[int | str, ...]) -> str:
    """Return where something stands, as people write it: ``awards[2].amount``, counted from one."""
    path = ""
    for part in location:
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def spelled(found: object) -> str:
    """Return a value as TOML spells it."""
    return str(found).lower() if isinstance(found, bool) else str(found)


def local_text(found: object, note: Callable[[Problem], None], column: str) -> LocalText:
    """Read a text in one language or both: ``"…"`` or ``{ko = "…", en = "…"}``."""
    if isinstance(found, str):
        return LocalText(ko=found.strip(), en=found.strip())
    if (
        isinstance(found, dict)
        and found.keys() <= {"ko", "en"}
        and all(isinstance(text, str) for text in found.values())
    ):
        return LocalText(**{lang: text.strip() for lang, text in found.items()})
    note(Problem(key="problem.unexpected", column=column, found=str(found), expected=Phrase("expected.local_text")))
    return LocalText()


def unknown_keys(
    found: Mapping[str, Any], known: tuple[str, ...], note: Callable[[Problem], None], prefix: str = ""
) -> None:
    """Note each key that is not known, with the nearest that is."""
    for key in found:
        if key not in known:
            note(
                Problem(
                    key="toml.unknown_key",
                    column=f"{prefix}{key}",
                    found=key,
                    suggestion=nearest(key, known),
                    values={"choices": known},
                )
            )


class _Reader:
    def __init__(self, file: str, found: dict[str, Any], problems: Problems) -> None:
        self.file, self.found, self.problems = file, found, problems

    def note(self, problem: Problem) -> None:
        self.problems.add(problem.at(file=self.file))

    def get(self, key: str, parse: Callable[[Any], _T], default: _T | None = None) -> _T | None:
        """Read a key, or note that it is missing or wrong."""
        if key not in self.found:
            if default is None:
                self.note(Problem(key="toml.missing_key", column=key, expected=Phrase(f"setting.{key}")))
            return default
        try:
            return parse(self.found[key])
        except InputError as error:
            for problem in error.problems:
                self.note(problem.at(column=key))
        except (TypeError, ValueError, AttributeError):
            self.unexpected(key, Phrase(f"setting.{key}"))
        return default

    def unexpected(self, key: str, expected: Phrase, *, ranged: bool = False) -> None:
        message = "problem.out_of_range" if ranged else "problem.unexpected"
        self.note(Problem(key=message, column=key, found=spelled(self.found[key]), expected=expected))

    def whole(self, key: str, default: int, lowest: int, highest: int) -> int:
        found = self.found.get(key, default)
        if isinstance(found, bool) or not isinstance(found, int) or not lowest <= found <= highest:
            expected = Phrase("bounds.whole", lowest=f"{lowest:,}", highest=f"{highest:,}")
            self.unexpected(key, expected, ranged=type(found) is int)
            return default
        return found

    def local(self, key: str) -> LocalText:
        return local_text(self.found.get(key, ""), self.note, key)

    def id(self, folder: str) -> str:
        found = self.found.get("id", folder)
        if not isinstance(found, str) or not found.strip() or len(found) > LONGEST_ID or has_unseen(found):
            self.note(Problem(key="problem.unexpected", column="id", found=str(found), expected=Phrase("setting.id")))
            return folder
        return found.strip()

    def unit(self) -> Unit:
        unit = self.get("unit", parse_unit, DEFAULT_UNIT) or DEFAULT_UNIT
        currency = self.found.get("currency", unit.currency)
        if currency != unit.currency:
            self.note(
                Problem(key="setting.currency_differs", column="currency", found=str(currency), expected=unit.currency)
            )
        return unit

    def day(self) -> date | None:
        day = self.get("as_of", lambda found: parse_date(found.date() if isinstance(found, datetime) else found))
        if day is not None and not _EARLIEST <= day <= _LATEST:
            self.unexpected("as_of", Phrase("bounds.dates", lowest=_EARLIEST, highest=_LATEST), ranged=True)
            return None
        return day

    def start(self, day: date | None) -> Quarter | None:
        if day is None:
            self.get("start", parse_quarter, Quarter(2000, 1))
            return None
        here = Quarter.of(day)
        start = self.get("start", parse_quarter, here) or here
        if not -4 <= start - here <= 4:
            expected = Phrase("bounds.start", lowest=here + -4, highest=here + 4, as_of=day)
            self.unexpected("start", expected, ranged=True)
        return start

    def sources(self) -> tuple[SourceNote, ...]:
        found = self.found.get("sources", [])
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            self.unexpected("sources", Phrase("setting.sources"))
            return ()
        notes = []
        for place, entry in enumerate(found, start=1):
            prefix = f"sources[{place}]."
            unknown_keys(entry, _SOURCE_KEYS, self.note, prefix)
            if not str(entry.get("title", "")).strip():
                self.note(Problem(key="toml.missing_key", column=f"{prefix}title", expected=Phrase("setting.title")))
                continue
            if entry.get("status", "READ") not in SOURCE_STATUSES:
                self.note(
                    Problem(
                        key="parameter.status",
                        column=f"{prefix}status",
                        found=str(entry["status"]),
                        suggestion=nearest(str(entry["status"]), SOURCE_STATUSES),
                        values={"choices": SOURCE_STATUSES},
                    )
                )
            known = {key: value for key, value in entry.items() if key in _SOURCE_KEYS}
            known["used_for"] = local_text(entry.get("used_for", ""), self.note, f"{prefix}used_for")
            for key in ("id", "title", "author", "venue", "url", "licence", "status"):
                if key in known:
                    known[key] = str(known[key])
            notes.append(SourceNote(**known))
        return tuple(notes)


def read_settings(path: Path, problems: Problems) -> Settings | None:
    """Read scenario.toml, or note everything that is wrong with it and return None."""
    found = read_toml(path, problems)
    if found is None:
        return None
    reader = _Reader(path.name, found, problems)
    unknown_keys(found, KEYS, reader.note)
    unit, day = reader.unit(), reader.day()
    start = reader.start(day)
    if "title" not in found:
        reader.note(Problem(key="toml.missing_key", column="title", expected=Phrase("setting.title")))
    overrides = found.get("parameters", {})
    if not isinstance(overrides, dict):
        reader.unexpected("parameters", Phrase("setting.parameters"))
        overrides = {}
    settings = {
        "id": reader.id(path.parent.resolve().name),
        "title": reader.local("title"),
        "description": reader.local("description"),
        "quarters": reader.whole("quarters", 40, 1, MOST_QUARTERS),
        "seed": reader.whole("seed", 1, 0, LARGEST_SEED),
        "replications": reader.whole("replications", 200, 1, _MOST_REPLICATIONS),
        "real": reader.local("real"),
        "reconstructed": reader.local("reconstructed"),
        "sources": reader.sources(),
    }
    if day is None or start is None:
        return None
    return Settings(as_of=day, start=start, unit=unit, overrides=overrides, **settings)  # type: ignore[arg-type]

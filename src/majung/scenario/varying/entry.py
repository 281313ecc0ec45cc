"""A table of a TOML file that is read key by key: what is wrong is noted, and reading goes on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from majung.errors import Problem, not_a_choice
from majung.messages import Phrase
from majung.parameters import LocalText
from majung.scenario.settings import local_text, spelled, unknown_keys
from majung.tables.cells import LONGEST_ID, has_unseen

__all__ = ["Entry"]


class Entry:
    """A TOML table.

    Parameters
    ----------
    found : mapping
        As it was read.
    note : callable
        Is told each problem.
    place : str
        Where the table stands in the file, for messages; empty for the file itself.
    """

    def __init__(self, found: Mapping[str, Any], note: Callable[[Problem], None], place: str = "") -> None:
        self.found, self.place = found, place
        self._note = note

    def note(self, problem: Problem, key: str = "") -> None:
        """Note a problem of a key, or of the table."""
        inside = ".".join(part for part in (self.place, key, problem.column or "") if part)
        self._note(problem.at(column=inside or None))

    def only(self, known: Sequence[str]) -> None:
        """Note each key that is not known, with the nearest that is."""
        unknown_keys(self.found, tuple(known), self._note, f"{self.place}." if self.place else "")

    def missing(self, key: str, expected: Phrase) -> None:
        """Note that a key is missing."""
        self.note(Problem(key="toml.missing_key", expected=expected), key)

    def unexpected(self, key: str, expected: Phrase, *, ranged: bool = False) -> None:
        """Note that what stands at a key is something else, or out of range."""
        message = "problem.out_of_range" if ranged else "problem.unexpected"
        self.note(Problem(key=message, found=spelled(self.found[key]), expected=expected), key)

    def name(self, key: str) -> str:
        """Return a short name, or an empty text where there is none."""
        found = self.found.get(key)
        if found is None:
            self.missing(key, Phrase("setting.id"))
            return ""
        if not isinstance(found, str) or not found.strip() or len(found) > LONGEST_ID or has_unseen(found):
            self.unexpected(key, Phrase("setting.id"))
            return ""
        return found.strip()

    def words(self, key: str, default: str | None = None) -> str:
        """Return a text; `default` where the key is left out, which is noted where there is no default."""
        found = self.found.get(key)
        if found is None:
            if default is None:
                self.missing(key, Phrase("scenario.varying.text"))
            return default or ""
        if not isinstance(found, str) or not found.strip():
            self.unexpected(key, Phrase("scenario.varying.text"))
            return ""
        return found.strip()

    def local(self, key: str, *, needed: bool = False) -> LocalText:
        """Return a text in one language or both."""
        if key not in self.found and needed:
            self.missing(key, Phrase("expected.local_text"))
        return local_text(self.found.get(key, ""), self._note, f"{self.place}.{key}" if self.place else key)

    def flag(self, key: str) -> bool:
        """Return whether a key says so; not by default."""
        found = self.found.get(key, False)
        if not isinstance(found, bool):
            self.unexpected(key, Phrase("expected.flag"))
            return False
        return found

    def number(self, key: str, default: float = math.nan, *, lowest: float = -math.inf) -> float:
        """Return a number; `default` where the key is left out."""
        found = self.found.get(key, default)
        if isinstance(found, bool) or not isinstance(found, int | float) or (key in self.found and math.isinf(found)):
            self.unexpected(key, Phrase("expected.number"))
            return default
        if key in self.found and not found >= lowest:
            self.unexpected(key, Phrase("bounds.from", lowest=f"{lowest:g}"), ranged=True)
            return default
        return float(found)

    def choice(self, key: str, choices: Sequence[str], expected: Phrase, default: str = "") -> str:
        """Return one of a closed list; `default` where the key is left out, which is noted where there is none."""
        found = self.found.get(key, default)
        if key not in self.found and not default:
            self.note(Problem(key="toml.missing_key", expected=expected), key)
            return ""
        if found not in choices:
            self.note(not_a_choice(str(found), choices, expected), key)
            return ""
        return str(found)

    def table(self, key: str) -> Entry | None:
        """Return a table in this one, or None where there is none."""
        found = self.found.get(key)
        if found is None:
            return None
        if not isinstance(found, dict):
            self.unexpected(key, Phrase("expected.table"))
            return None
        return self._inner(found, key)

    def tables(self, key: str) -> Iterator[Entry]:
        """Yield the tables of a list in this one."""
        found = self.found.get(key, [])
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            self.unexpected(key, Phrase("scenario.varying.tables", name=key))
            return
        for place, entry in enumerate(found, start=1):
            yield self._inner(entry, f"{key}[{place}]")

    def inner_tables(self) -> Iterator[tuple[str, Entry]]:
        """Yield the tables in this one by their keys; what is no table is noted."""
        for key, found in self.found.items():
            if isinstance(found, dict):
                yield key, self._inner(found, key)
            else:
                self.unexpected(key, Phrase("expected.table"))

    def _inner(self, found: Mapping[str, Any], key: str) -> Entry:
        return Entry(found, self._note, f"{self.place}.{key}" if self.place else key)

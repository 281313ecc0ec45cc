"""What can go wrong, and how it is said.

::

    MajungError            exit code 2; every message is in the catalogue, in English and Korean
    ├── InputError         what was given is wrong; lists every problem at once
    ├── StoreError         exit code 3; a store of results cannot be read or written
    ├── ClusterError       exit code 4; a cluster cannot be reached, or went away
    └── Interrupted        exit code 130; stopped on request, what was finished is kept
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import partial
from typing import ClassVar

from majung.messages import Labelled, Lang, Phrase, text

__all__ = [
    "ClusterError",
    "InputError",
    "Interrupted",
    "MajungError",
    "Problem",
    "StoreError",
    "nearest",
    "not_a_choice",
]

_LONGEST_QUOTE = 80


class MajungError(Exception):
    """Base of every error that majung raises on purpose.

    Parameters
    ----------
    key : str
        A key of the message catalogue.
    **values
        What the message's placeholders stand for.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.phrase = Phrase(key, **values)

    def text(self, lang: Lang = "en") -> str:
        """Render in one language."""
        return self.phrase.label(lang)

    def __str__(self) -> str:
        return self.text("en")

    def __reduce__(self) -> tuple[object, ...]:
        # The default would lose the values on the way back from a worker process.
        return partial(type(self), self.phrase.key, **self.phrase.values), ()


class InputError(MajungError):
    """What was given is wrong.

    Parameters
    ----------
    problems : iterable of Problem
        All that was found, in the order in which a person would mend it.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("error.input", count=len(self.problems))

    def text(self, lang: Lang = "en") -> str:
        """Render in one language: one line a problem, under a count where there are several."""
        lines = [problem.text(lang) for problem in self.problems]
        if len(lines) != 1:
            lines = [self.phrase.label(lang), *(f"  {line}" for line in lines)]
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.problems,)


class StoreError(MajungError):
    """A store of results cannot be read or written."""

    exit_code: ClassVar[int] = 3


class ClusterError(MajungError):
    """A cluster cannot be reached, or went away; finished blocks are kept."""

    exit_code: ClassVar[int] = 4


class Interrupted(MajungError):
    """Stopped on request; what was finished is kept."""

    exit_code: ClassVar[int] = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in what was given.

    Parameters
    ----------
    key : str
        The message, a key of the catalogue. Its placeholders may name any field below and any of ``values``.
    file : str, optional
        The file's name, as the reader knows it.
    row : int, optional
        Counted as a spreadsheet counts: the header is row 1.
    column : str, optional
        The column; without a row, the key in a TOML or YAML file.
    found : str, optional
        What stands there.
    expected : str or Labelled, optional
        What should stand there, with its article: ``a size class``.
    suggestion : str, optional
        The nearest right value.
    values : mapping
        What else the message needs.
    """

    key: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    found: str | None = None
    expected: str | Labelled | None = None
    suggestion: str | None = None
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def at(self, *, file: str | None = None, row: int | None = None, column: str | None = None) -> Problem:
        """Return the same problem with its place; what is None stays as it was."""
        return replace(
            self,
            file=self.file if file is None else file,
            row=self.row if row is None else row,
            column=self.column if column is None else column,
        )

    def place(self, lang: Lang = "en") -> str:
        """Return where it is, such as ``firms.csv row 17, column class``; empty where nothing is known."""
        row = "" if self.row is None else text("where.row", lang, row=self.row)
        column = ""
        if self.column is not None:
            column = text("where.key" if self.row is None else "where.column", lang, column=_quotable(self.column))
        file_and_row = " ".join(part for part in (self.file or "", row) if part)
        return ", ".join(part for part in (file_and_row, column) if part)

    def text(self, lang: Lang = "en") -> str:
        """Render in one language: the place, what is wrong, and the nearest right value."""
        message = text(
            self.key,
            lang,
            **{
                "file": self.file,
                "row": self.row,
                "column": self.column,
                "found": _quotable(self.found),
                "expected": self.expected,
                "suggestion": self.suggestion,
                **self.values,
            },
        )
        if self.suggestion is not None:
            message = f"{message} {text('problem.did_you_mean', lang, suggestion=self.suggestion)}"
        place = self.place(lang)
        return f"{place}: {message}" if place else message

    def __str__(self) -> str:
        return self.text("en")


def not_a_choice(
    found: str,
    choices: Iterable[str],
    expected: str | Labelled,
    *,
    file: str | None = None,
    row: int | None = None,
    column: str | None = None,
) -> Problem:
    """Return the problem of a value outside a closed list, with the nearest right one.

    Parameters
    ----------
    found : str
        What stands there.
    choices : iterable of str
        The closed list, in the order in which to print it.
    expected : str or Labelled
        What the list is of, with its article: ``a size class``.
    file, row, column
        As in `Problem`.
    """
    listed = tuple(choices)
    return Problem(
        key="problem.not_a_choice",
        file=file,
        row=row,
        column=column,
        found=found,
        expected=expected,
        suggestion=nearest(found, listed),
        values={"choices": listed},
    )


def nearest(name: str, choices: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the choice most like a name, or None where none is like it.

    Case, spaces, hyphens and underscores do not count. Hangul is compared letter by letter, so that one wrong letter of
    a syllable is a small difference. The first of equally good choices wins.

    Parameters
    ----------
    name : str
        What was written.
    choices : iterable of str
        What could have been meant.
    cutoff : float
        Least similarity, between 0 and 1 [Ratcliff and Metzener, 1988].
    """
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(_letters(name))
    best, best_ratio = None, cutoff
    for choice in choices:
        matcher.set_seq1(_letters(choice))
        ratio = matcher.ratio()
        if ratio > best_ratio or (best is None and ratio >= cutoff):
            best, best_ratio = choice, ratio
    return best


def _letters(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c not in " -_\t")


def _quotable(found: str | None) -> str | None:
    """Keep what was found on one line of bearable length."""
    if found is None:
        return None
    line = " ".join(found.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1]}…"

"""Cells that hold several words, and cells that hold a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from majung.errors import InputError, Problem
from majung.money import parse_date
from majung.tables.cells import Cells, Flags, Flaws, empties, texts, unseen

__all__ = ["choices", "days", "word_sets"]

_BETWEEN_CHOICES: Final = re.compile(r"[,;/|+·、，；\n]")
_BETWEEN_WORDS: Final = re.compile(r"[,;|、，；\n]")
_MIDNIGHT: Final = re.compile(r"[T ]00:00:00(\.0+)?$")
_LONGEST_LIST: Final = 500


def choices(
    cells: Cells, known: Mapping[str, int], width: int, problem: Callable[[str], Problem]
) -> tuple[Flags, Flags, list[Flaws]]:
    """Read words of a closed list, several in a cell, such as ``subsidy; purchase`` or ``보조금/구매``.

    Parameters
    ----------
    cells : pyarrow array
    known : mapping
        Position of a word, in lower case.
    width : int
        Length of the list.
    problem : callable
        Makes the problem of a word that is not in it.

    Returns
    -------
    flags : (n, width) array of bool
    empty : (n,) array of bool
    flaws : list of Flaws
    """

    def read(cell: str) -> Flags:
        flags = np.zeros(width, dtype=bool)
        for word in _words(cell, _BETWEEN_CHOICES):
            place = known.get(word.casefold())
            if place is None:
                raise InputError([problem(word)])
            flags[place] = True
        return flags

    return _each(cells, read, lambda count: np.zeros((count, width), dtype=bool))


def word_sets(cells: Cells) -> tuple[NDArray[np.object_], Flags, list[Flaws]]:
    """Read words of an open list, several in a cell, as sets."""

    def read(cell: str) -> frozenset[str]:
        if len(cell) > _LONGEST_LIST:
            raise InputError([Problem(key="table.long_text", found=cell, values={"longest": _LONGEST_LIST})])
        return frozenset(_words(cell, _BETWEEN_WORDS))

    def nothing(count: int) -> NDArray[np.object_]:
        sets = np.empty(count, dtype=object)
        sets[:] = [frozenset()] * count
        return sets

    sets, empty, flaws = _each(cells, read, nothing)
    return sets, empty, [*flaws, *unseen(texts(cells))]


def days(cells: Cells) -> tuple[NDArray[np.datetime64], Flags, list[Flaws]]:
    """Read dates; not-a-time where empty or wrong."""
    return _each(
        cells,
        lambda cell: np.datetime64(parse_date(_MIDNIGHT.sub("", cell)), "D"),
        lambda count: np.full(count, np.datetime64("NaT", "D")),
    )


def _words(cell: str, between: re.Pattern[str]) -> list[str]:
    return [word for part in between.split(cell) if (word := " ".join(part.split()))]


def _each(
    cells: Cells, read: Callable[[str], Any], nothing: Callable[[int], NDArray[Any]]
) -> tuple[Any, Flags, list[Flaws]]:
    """Read each spelling once."""
    text = texts(cells)
    encoded = pc.dictionary_encode(text)
    spellings = encoded.dictionary.to_pylist()
    values = nothing(len(spellings))
    refused: dict[int, Problem] = {}
    for place, cell in enumerate(spellings):
        if not cell:
            continue
        try:
            values[place] = read(cell)
        except InputError as error:
            refused[place] = error.problems[0]
    codes = encoded.indices.to_numpy(zero_copy_only=False) if len(text) else np.zeros(0, np.int64)
    wrong = np.flatnonzero(np.isin(codes, list(refused)))
    return values[codes], empties(text), [Flaws(wrong, lambda i: refused[int(codes[i])])]

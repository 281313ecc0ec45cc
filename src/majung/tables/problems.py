"""Gather what is wrong, file by file, without letting a bad file of a million rows fill the memory or the screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from numpy.typing import NDArray

from majung.errors import InputError, Problem
from majung.messages import Phrase

__all__ = ["SHOWN_PER_FILE", "Problems", "likely"]

SHOWN_PER_FILE: Final = 50


class Problems:
    """What is wrong with a scenario: the first problems of each file, and how many more there are."""

    def __init__(self) -> None:
        self._shown: list[Problem] = []
        self._shown_by_file: Counter[str] = Counter()
        self._count: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return self._count.total() > 0

    def add(self, problem: Problem) -> None:
        """Note one problem."""
        file = problem.file or ""
        self._count[file] += 1
        if self._shown_by_file[file] < SHOWN_PER_FILE:
            self._shown_by_file[file] += 1
            self._shown.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note several problems."""
        for problem in problems:
            self.add(problem)

    def add_each(self, file: str, places: NDArray[Any], problem: Callable[[int], Problem]) -> None:
        """Note a problem for each place; only those that will be shown are made.

        Parameters
        ----------
        file : str
            The file that they are in.
        places : array of int
            What `problem` is called with.
        problem : callable
            Makes the problem of a place.
        """
        room = max(SHOWN_PER_FILE - self._shown_by_file[file], 0)
        for place in places[:room].tolist():
            self.add(problem(place).at(file=file))
        self._count[file] += max(len(places) - room, 0)

    def count(self, file: str) -> int:
        """Return how many problems a file has."""
        return self._count[file]

    def refuse(self, files: Iterable[str]) -> None:
        """Raise what was gathered, if anything.

        Parameters
        ----------
        files : iterable of str
            The order in which to show the files.

        Raises
        ------
        InputError
            With the problems by file and row.
        """
        if not self:
            return
        order = {file: place for place, file in enumerate(files)}
        shown = sorted(self._shown, key=lambda p: (order.get(p.file or "", -1), p.row or 0))
        listed: list[Problem] = []
        for place, problem in enumerate(shown):
            listed.append(problem)
            file = problem.file or ""
            hidden = self._count[file] - self._shown_by_file[file]
            if hidden and (place + 1 == len(shown) or (shown[place + 1].file or "") != file):
                listed.append(Problem(key="scenario.more", file=problem.file, values={"count": hidden}))
        error = InputError(listed)
        error.phrase = Phrase("error.input", count=self._count.total())
        raise error


def likely(found: str, names: Collection[str], *, most: int = 500) -> list[str]:
    """Return the names worth comparing letter by letter: all of a few, of many those that begin or end alike."""
    if len(names) <= most:
        return list(names)
    alike = [
        name
        for name in names
        if abs(len(name) - len(found)) <= 2 and (name[:1] == found[:1] or name[-1:] == found[-1:])
    ]
    return alike[:most]

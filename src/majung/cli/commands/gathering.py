"""What several steps find wrong, said all at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from majung.errors import InputError, Problem

__all__ = ["Gathering"]

T = TypeVar("T")


class Gathering:
    """Try one step after the other, and keep what each finds wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def tried(self, step: Callable[[], T]) -> T | None:
        """Return what a step gives; None where what it was given is wrong."""
        try:
            return step()
        except InputError as error:
            self.problems += (problem for problem in error.problems if problem not in self.problems)
            return None

    def settle(self) -> None:
        """Raise all that was found.

        Raises
        ------
        InputError
            When anything was wrong.
        """
        if self.problems:
            raise InputError(self.problems)

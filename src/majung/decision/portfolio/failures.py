"""What can go wrong when a portfolio is chosen, beside what was given wrongly."""

from __future__ import annotations

from collections.abc import Iterable

from majung.errors import InputError, MajungError, Problem

__all__ = ["Infeasible", "Unproven"]


class Infeasible(InputError):
    """The rules cannot be met at once.

    Parameters
    ----------
    rules : iterable of str
        Ids of the rules that clash; none where they can all be met, but not the target of a chance constraint.
    """

    def __init__(self, rules: Iterable[str]) -> None:
        self.rules = tuple(rules)
        keys = ("decision.portfolio.infeasible_target", "decision.portfolio.infeasible_one")
        key = keys[len(self.rules)] if len(self.rules) < len(keys) else "decision.portfolio.infeasible"
        super().__init__([Problem(key=key, values={"rules": self.rules})])

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.rules,)


class Unproven(MajungError):
    """The time was up, or the solver gave up, before an answer was there that can be stood by."""

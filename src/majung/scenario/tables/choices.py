"""Words of closed lists, and what a cell outside of its bounds is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from majung.errors import Problem, not_a_choice
from majung.messages import Phrase
from majung.scenario.tables.column import LARGEST, Column

__all__ = ["bad_choice", "choices_of", "expected_of"]

_KOREAN: Final[Mapping[str, Mapping[str, str]]] = {
    "class": {
        "벤처": "venture", "벤처기업": "venture", "스타트업": "venture", "중소": "sme", "중소기업": "sme",
        "중견": "mid", "중견기업": "mid", "대기업": "large", "외국": "foreign", "외국기업": "foreign",
        "해외": "foreign",
    },
    "region": {"국내": "home", "해외": "world", "세계": "world"},
    "buyer": {"민간": "private", "공공": "public"},
    "origin": {"실제": "real", "재구성": "reconstructed"},
}  # fmt: skip


def choices_of(column: Column) -> dict[str, int]:
    """Return the position of each word that is understood as a choice."""
    choices = {choice: place for place, choice in enumerate(column.choices)}
    others = {**_KOREAN.get(column.name, {}), **column.spellings}
    return choices | {word: choices[choice] for word, choice in others.items()}


def bad_choice(found: str, column: Column) -> Problem:
    """Return the problem of a word that is none of a column's choices."""
    return not_a_choice(found, column.choices, Phrase(f"choice.{column.name}"))


def expected_of(column: Column, lowest: float, highest: float) -> Phrase:
    """Return what a number of a column should be."""
    if column.kind == "money":
        return Phrase("bounds.amount_above" if column.above else "bounds.amount_from")
    bounds = {"lowest": f"{lowest:g}", "highest": f"{highest:g}"}
    if highest >= LARGEST:
        return Phrase("bounds.above" if column.above else "bounds.from", **bounds)
    return Phrase("bounds.above_to" if column.above else "bounds.between", **bounds)

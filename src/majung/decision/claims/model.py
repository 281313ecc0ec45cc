"""A claim: a sentence, and what of the model would make it true or false."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from majung.decision.worlds.measures import MEASURES
from majung.decision.worlds.panel import Arm
from majung.messages import Lang
from majung.parameters import NO_TEXT, LocalText

if TYPE_CHECKING:
    from majung.decision.claims.formula import Formula
    from majung.decision.worlds.measures import Measure

__all__ = ["DIRECTIONS", "Claim", "Direction"]

Direction: TypeAlias = Literal["greater", "less"]
DIRECTIONS: Final[tuple[str, ...]] = get_args(Direction)


@dataclass(frozen=True, kw_only=True, eq=False)
class Claim:
    """What is put to the test.

    Parameters
    ----------
    id : str
        Such as ``M3``.
    sentence : LocalText
        What is claimed.
    question : LocalText
        How the model is asked, in words.
    outcome : str
        One of `MEASURES`: what an arm's name stands for in the formulas.
    effect : Formula
        How large the effect is in a world; above zero speaks for the claim where the direction is ``greater``.
    direction : {"greater", "less"}
    smallest : float
        The smallest effect that matters, above or equal to zero: the claim holds in a world whose effect, in its
        direction, reaches it and is above zero.
    unit : LocalText
        Of the effect.
    percent : bool
        Whether the effect is a part of a whole, which people read in per cent.
    arms : mapping of str to Arm
        Strategies in settings, by the names that the formulas use.
    titles : mapping of str to LocalText
        Of the arms, for people.
    where : Formula or None
        A condition: in worlds where it is not met the claim says nothing.
    idea : str
        The idea of the strategy that it tests (``M3``).
    source : str
        Where the smallest effect comes from, or ``free``.
    note : LocalText
        What a reader must know about the test.
    """

    id: str
    sentence: LocalText
    question: LocalText = NO_TEXT
    outcome: str
    effect: Formula
    direction: Direction = "greater"
    smallest: float
    unit: LocalText
    percent: bool = False
    arms: Mapping[str, Arm]
    titles: Mapping[str, LocalText]
    where: Formula | None = None
    idea: str = ""
    source: str = ""
    note: LocalText = NO_TEXT

    @property
    def sign(self) -> int:
        """1 where a large effect speaks for the claim, -1 where a small one does."""
        return 1 if self.direction == "greater" else -1

    @property
    def measure(self) -> Measure:
        """What arms are judged by."""
        return MEASURES[self.outcome]

    def title(self, arm: str, lang: Lang = "en") -> str:
        """Return an arm's name for people."""
        return self.titles[arm].text(lang) or arm

    @property
    def hash(self) -> str:
        """SHA-256 of all that the verdict depends on, and of every word: no claim is changed unseen."""
        arms = {
            name: [
                arm.strategy.hash,
                arm.setting.id,
                [[repr(change), value] for change, value in arm.setting.changes],
                arm.setting.longer,
            ]
            for name, arm in self.arms.items()
        }
        words = (self.sentence, self.question, self.unit, self.note, *self.titles.values())
        content = [
            self.id,
            self.idea,
            self.source,
            [[text.ko, text.en] for text in words],
            self.outcome,
            self.effect.text,
            self.direction,
            self.smallest,
            self.percent,
            None if self.where is None else self.where.text,
            arms,
        ]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

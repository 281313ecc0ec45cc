"""What a rule found of an application, beside what it requires: values that can be put into either language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from majung.messages import Lang, Phrase, text
from majung.money import Unit, format_amount, format_date
from majung.parameters import LocalText
from majung.scenario.tables.column import Floats

__all__ = ["Day", "Finding", "Judgement", "Local", "Money", "Status"]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that is written out in the reader's language."""

    amount: float
    unit: Unit

    def label(self, lang: Lang = "en") -> str:
        """Return the amount as a newspaper would write it."""
        return format_amount(self.amount, self.unit, lang)


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is written out in the reader's language."""

    day: date

    def label(self, lang: Lang = "en") -> str:
        """Return the date."""
        return format_date(self.day, lang)


@dataclass(frozen=True, slots=True)
class Local:
    """A text that is there in both languages."""

    said: LocalText

    def label(self, lang: Lang = "en") -> str:
        """Return one language."""
        return self.said.text(lang)


class Status(Enum):
    """What comes of an application before anybody looks at its merit. The value is the message."""

    ELIGIBLE = "scenario.call.status.eligible"
    INELIGIBLE = "scenario.call.status.ineligible"
    NEEDS_DOCUMENT = "scenario.call.status.needs_document"

    def label(self, lang: Lang = "en") -> str:
        """Return the status in one language."""
        return text(self.value, lang)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found and what it requires.

    Parameters
    ----------
    rule : str
        Id of the rule.
    clause : str
        Of the law or the call.
    found, required : Phrase or str
    source : str
        Where the rule stands.
    """

    rule: str
    clause: str
    found: Phrase | str
    required: Phrase | str
    source: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Judgement:
    """What the rules on applications say of one.

    Parameters
    ----------
    application : int
        Row in the call's applications.
    status : Status
    findings : tuple of Finding
        Why it is not eligible, or what is missing; what was taken as declared, or cut.
    size_class : str
        By the law of the call's day: micro, small, medium, sme (not known which), mid, large.
    size_reason : Finding
        Why.
    ceiling : (3,) array
        Most money by instrument (`majung.dims.INSTRUMENTS`): infinite where there is no limit, 0 where it is out.
    cited : tuple of str
        Ids of the rules that turned it down, hold it, or set a ceiling.
    """

    application: int
    status: Status
    findings: tuple[Finding, ...]
    size_class: str
    size_reason: Finding
    ceiling: Floats
    cited: tuple[str, ...]

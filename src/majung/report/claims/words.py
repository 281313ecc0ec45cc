"""Verdicts, effects and turning points in words, as everything that shows a test of claims writes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from majung.decision.statistics import Interval
from majung.messages import Lang, catalogue, text
from majung.money import parse_unit
from majung.report.factors import rule_words
from majung.report.figures.style import MoneyScale
from majung.report.outcomes import scale_of
from majung.report.wording import NOTHING, amount, count, interval_bounds, number, percent, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from majung.decision.claims.model import Claim
    from majung.decision.claims.result import Claims, ClaimTest
    from majung.decision.explore.discovery import Box
    from majung.decision.worlds.factors import Factor

__all__ = [
    "MARKS",
    "OUTCOMES",
    "Said",
    "between",
    "effect_bounds",
    "effect_scale",
    "flip_words",
    "luck_words",
    "open_to",
    "open_words",
    "quantity",
    "range_words",
    "reach_words",
    "rule_words",
    "said_of",
    "share_bounds",
    "threshold_words",
    "turns",
    "verdict_words",
]

Said: TypeAlias = Literal["holds", "mixed", "fails", "silent"]

OUTCOMES: Final[tuple[Said, ...]] = ("holds", "mixed", "fails", "silent")
MARKS: Final[dict[Said, str]] = {"holds": "○", "mixed": "△", "fails": "×", "silent": "–"}
"""So that a verdict is seen without its colour."""


_MOST: Final = 0.5
"""Share of a box's worlds from which on they give the other answer."""


def said_of(test: ClaimTest) -> Said:
    """Return what is said of a claim: its verdict, or that no world says anything of it."""
    found: Said = test.verdict.value
    return found if test.counts.answered else "silent"


def open_to(test: ClaimTest, most: float) -> Literal["holds", "fails", "either"] | None:
    """Return which verdict more worlds could still bring to a claim that is mixed; None where they hardly can.

    They could where the interval of the share reaches over `most`, or under one less it.

    Parameters
    ----------
    test : ClaimTest
    most : float
        Share of worlds above which a claim holds.
    """
    if said_of(test) != "mixed":
        return None
    above, below = test.share_high > most, test.share_low < 1 - most
    return "either" if above and below else "holds" if above else "fails" if below else None


def open_words(test: ClaimTest, most: float, lang: Lang) -> str:
    """Say which verdict more worlds could still bring; empty where they hardly can."""
    found = open_to(test, most)
    return text(f"report.claims.open_{found}", lang) if found else ""


def luck_words(claims: Claims) -> str:
    """Write how often each strategy met luck in a world: ``16``, or ``16–64`` where some were looked at again."""
    numbers = dict.fromkeys((claims.replications, claims.max_replications))
    return "–".join(count(number) for number in numbers)


def verdict_words(test: ClaimTest, lang: Lang) -> str:
    """Write the verdict with its mark: ``○ holds``."""
    found = said_of(test)
    return f"{MARKS[found]} {text(f'report.claims.verdict.{found}', lang)}"


def between(low: str, high: str, lang: Lang) -> str:
    """Write two bounds as a range."""
    return text("report.range", lang, low=low, high=high)


def share_bounds(test: ClaimTest, lang: Lang) -> tuple[str, str]:
    """Write the share of worlds in which a claim holds, and its interval."""
    if not math.isfinite(test.share):
        return NOTHING, ""
    return percent(test.share), between(percent(test.share_low), percent(test.share_high), lang)


def effect_scale(claim: Claim, values: Iterable[float], money: str, lang: Lang) -> MoneyScale:
    """Choose how effects of a claim are written; see `scale_of`."""
    if _in_money(claim):
        return scale_of(values, "money", money, lang)
    return MoneyScale(_times(claim), _unit(claim, lang))


def quantity(value: float, claim: Claim, money: str, lang: Lang) -> str:
    """Write an effect with its unit: ``KRW 1.2 billion``, ``0.32 units of private sales per unit of public money``."""
    if not math.isfinite(value):
        return NOTHING
    if _in_money(claim):
        return amount(value, parse_unit(money), lang)
    return _with_unit(number(_times(claim) * value), claim, lang)


def effect_bounds(test: ClaimTest, money: str, lang: Lang) -> tuple[str, str]:
    """Write the mean effect with its unit, and its interval."""
    effect, claim = test.effect, test.claim
    if not _in_money(claim):
        mean, bounds = interval_bounds(Interval(effect.mean, effect.low, effect.high), lang, _times(claim))
        return (mean if mean == NOTHING else _with_unit(mean, claim, lang)), bounds
    low, high = (quantity(bound, claim, money, lang) for bound in (effect.low, effect.high))
    return quantity(effect.mean, claim, money, lang), between(low, high, lang) if NOTHING not in (low, high) else ""


def range_words(low: float, high: float, claim: Claim, money: str, lang: Lang) -> str:
    """Write two effects as a range with its unit."""
    if _in_money(claim):
        return between(quantity(low, claim, money, lang), quantity(high, claim, money, lang), lang)
    times = _times(claim)
    return _with_unit(between(number(times * low), number(times * high), lang), claim, lang)


def threshold_words(claim: Claim, money: str, lang: Lang) -> str:
    """Write the smallest effect that matters, with its sign and unit."""
    value = claim.sign * claim.smallest
    return (
        quantity(value, claim, money, lang)
        if _in_money(claim)
        else _with_unit(tidy(_times(claim) * value), claim, lang)
    )


def reach_words(claim: Claim, money: str, lang: Lang) -> str:
    """Say which effect makes a claim hold in a world: ``at least 3 lines``, ``above zero``."""
    if claim.smallest == 0:
        return text(f"report.claims.reach.{claim.direction}_zero", lang)
    value = threshold_words(claim, money, lang)
    return text(f"report.claims.reach.{claim.direction}", lang, value=value)


def flip_words(box: Box, factors: Sequence[Factor], flips_to: bool, lang: Lang) -> str:
    """Say where a claim turns, how much of the turning the rule covers, and how often it is right.

    Parameters
    ----------
    box : Box
    factors : sequence of Factor
    flips_to : bool
        Whether the claim holds there (True) or fails.
    lang : {"en", "ko"}
    """
    return text(
        f"report.claims.flip.{'holds' if flips_to else 'fails'}{'' if turns(box) else '_more'}",
        lang,
        rule=rule_words(box, factors, lang),
        coverage=percent(box.coverage),
        density=percent(box.density),
        base=percent(box.base_rate),
    )


def turns(box: Box) -> bool:
    """Return whether the other answer is the rule in a box, and not only more common than elsewhere.

    That is decided by worlds that the box was not found from; one that has no such worlds does not turn anything.
    """
    return box.density_cv > _MOST


def _in_money(claim: Claim) -> bool:
    return claim.unit.en == catalogue("en").get("decision.claims.unit.money")


def _times(claim: Claim) -> float:
    """Return by what an effect is multiplied to be written."""
    return 100.0 if claim.percent else 1.0


def _unit(claim: Claim, lang: Lang) -> str:
    """Return the unit of an effect as it is written."""
    return text(f"report.claims.unit.{_written(claim)}", lang, unit=_of_what(claim, lang)).strip()


def _of_what(claim: Claim, lang: Lang) -> str:
    """Return the claim's unit; where it has none of its own and is a ratio, what is counted and what it is divided by.

    The claim may be of an effect other than the difference of its outcome, so that a unit of its own goes first.
    """
    key = f"report.study.per.{claim.outcome}"
    plain = claim.unit.en == catalogue("en")["decision.claims.unit.1"]
    return text(key, lang) if plain and key in catalogue(lang) else claim.unit.text(lang)


def _with_unit(written: str, claim: Claim, lang: Lang) -> str:
    unit = _of_what(claim, lang)
    return text(f"report.claims.quantity.{_written(claim)}", lang, value=written, unit=unit) if unit else written


def _written(claim: Claim) -> Literal["plain", "percent", "points"]:
    """Return how an effect is written: a part of a whole in per cent, the difference of two parts in points."""
    if not claim.percent:
        return "plain"
    return "points" if claim.unit.en == catalogue("en")["decision.claims.unit.share"] else "percent"

"""Why this firm: what drives an award's value, in words and figures, down to rows of the data and to rules."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from majung.messages import Lang, text
from majung.money import Unit
from majung.report.awards.words import money_bounds, place_words, quarter_words
from majung.report.wording import NOTHING, amount, number, percent

if TYPE_CHECKING:
    from majung.decision.awards.result import Drivers

__all__ = ["Driver", "Link", "drivers_of", "places_of", "rule_links"]

_LOW: Final = 1 / 3
_HIGH: Final = 2 / 3
_CRITERIA: Final = ("quality", "reputation", "need", "focus", "traction", "opening")


@dataclass(frozen=True, slots=True)
class Driver:
    """One thing that the value comes from.

    Parameters
    ----------
    figure : str
        As it is written.
    words : str
        What that means.
    share : float, optional
        Where the figure lies in [0, 1].
    """

    name: str
    figure: str
    words: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Words, and the part of the page that they lead to; nowhere where the part is not there."""

    words: str
    target: str = ""


def drivers_of(one: Any, unit: Unit, lang: Lang) -> list[Driver]:
    """Return the drivers of an award's or a near miss's value.

    Parameters
    ----------
    one : Awarded or NearMiss
    """
    found: Drivers = one.drivers
    return [
        _stage(found, one.technology_name.text(lang) or one.technology, lang),
        *(_criterion(name, getattr(found, name), lang) for name in _CRITERIA),
        _crowding(one, lang),
        _money("own", found.own, unit, lang),
        _others(found, unit, lang),
        _money("paid", found.paid, unit, lang, asked=amount(one.amount, unit, lang)),
        _survival(found, lang),
    ]


def _named(key: str, figure: str, words: str, lang: Lang, share: float | None = None) -> Driver:
    return Driver(text(f"report.awards.driver.{key}.name", lang), figure, words, share)


def _stage(found: Drivers, technology: str, lang: Lang) -> Driver:
    growth = text("report.awards.driver.growth", lang, growth=percent(found.growth))
    if found.growth < 0:
        growth = text("report.awards.driver.shrinking", lang, growth=percent(-found.growth))
    elif not math.isfinite(found.growth):
        growth = ""
    key = "stage_none" if found.takeoff is None else "stage"
    words = text(f"report.awards.driver.{key}.text", lang, technology=technology)
    figure = NOTHING if found.takeoff is None else quarter_words(found.takeoff, lang)
    return _named("stage", figure, f"{words} {growth}".strip(), lang)


def _criterion(name: str, share: float, lang: Lang) -> Driver:
    if not math.isfinite(share):
        return _named(name, NOTHING, "", lang)
    grade = "low" if share < _LOW else "middle" if share < _HIGH else "high"
    words = text(f"report.awards.driver.{name}.{grade}", lang)
    return _named(name, number(share, decimals=2), words, lang, min(max(share, 0.0), 1.0))


def _crowding(one: Any, lang: Lang) -> Driver:
    share = one.drivers.crowding_out
    # An order is paid for what is delivered: only a grant can stand in for the firm's own money.
    key = "grant" if one.instrument == "subsidy" else "other"
    return _named("crowding_out", percent(share), text(f"report.awards.driver.crowding_out.{key}", lang), lang, share)


def _money(name: str, found: Any, unit: Unit, lang: Lang, **values: object) -> Driver:
    mean, bounds = money_bounds(found, unit, lang)
    words = text(f"report.awards.driver.{name}.text", lang, **values)
    return _named(name, mean, _bounded(words, bounds), lang)


def _bounded(words: str, bounds: str) -> str:
    return f"{words.removesuffix('.')} ({bounds})." if bounds else words


def _others(found: Drivers, unit: Unit, lang: Lang) -> Driver:
    mean, bounds = money_bounds(found.others, unit, lang)
    key = "takes" if found.others.mean < 0 else "gives"
    words = text(f"report.awards.driver.others.{key}", lang)
    return _named("others", mean, _bounded(words, bounds), lang)


def _survival(found: Drivers, lang: Lang) -> Driver:
    points = found.survival
    if not math.isfinite(points.mean):
        return _named("survival", NOTHING, "", lang)
    bounds = ""
    if math.isfinite(points.low) and math.isfinite(points.high):
        low, high = (number(100 * bound, decimals=1) for bound in (points.low, points.high))
        bounds = text("report.range", lang, low=low, high=high)
    figure = text("report.awards.points", lang, points=number(100 * points.mean, decimals=1))
    return _named("survival", figure, _bounded(text("report.awards.driver.survival.text", lang), bounds), lang)


def places_of(one: Any, lang: Lang) -> list[str]:
    """Return the rows of the tables that something was judged from."""
    return [place_words(place, lang) for place in one.places]


def rule_links(ids: Any, rules: Mapping[str, tuple[str, str]]) -> list[Link]:
    """Return rules by their titles, each with the part of the page that has it.

    Parameters
    ----------
    ids : iterable of str
    rules : mapping
        Title and target by id.
    """
    return [Link(*rules.get(id, (id, ""))) for id in ids]

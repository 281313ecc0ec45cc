"""Awards and near misses as the page lists them: a line each, and below it, folded, why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from majung.messages import Lang, text
from majung.money import Unit, parse_unit
from majung.report.awards.why import Driver, Link, drivers_of, places_of, rule_links
from majung.report.awards.words import (
    exact,
    joined,
    name_of,
    named,
    purpose_name,
    quarter_words,
    ratio,
    region_name,
    said,
    sentence,
    short_of,
    whole_amounts,
    worth_bounds,
    worth_scale,
)
from majung.report.figures.style import MoneyScale
from majung.report.wording import NOTHING, amount, count, interval_bounds, number

if TYPE_CHECKING:
    from majung.decision.awards.result import Allocation

__all__ = ["Entry", "Listed", "Shown", "awards_listed", "near_misses_listed", "rule_targets"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure of an entry: what it is called, what it says, how sure that is."""

    name: str
    main: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An application in a list.

    Parameters
    ----------
    key : str
        Its id on the page.
    under : str
        Line and technology.
    shown : tuple of Shown
        What its line says.
    sentence : str
        Why, or what would have put it in.
    facts : tuple of (str, str)
        What else is known of it.
    """

    key: str
    name: str
    under: str
    shown: tuple[Shown, ...]
    sentence: str
    facts: tuple[tuple[str, str], ...]
    drivers: Sequence[Driver]
    rules: Sequence[Link]
    places: Sequence[str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of entries.

    Parameters
    ----------
    head : tuple of str
        The names of what each line says.
    """

    caption: str
    head: tuple[str, ...]
    entries: Sequence[Entry]


def awards_listed(allocation: Allocation, lang: Lang) -> Listed:
    """Return the awards, in their order."""
    unit = parse_unit(allocation.unit)
    found = allocation.awards
    scale = _scale_of(found, allocation, lang)
    won = whole_amounts([one.amount for one in found], unit)
    names = _names(("amount", "value", "per", "score"), lang, allocation)
    targets = rule_targets(allocation, lang)
    entries = [
        _entry(
            one,
            f"award-{place}",
            (
                Shown(names[0], exact(money, unit, lang), _asked(one, unit, lang)),
                *_values(one, names[1:3], scale, lang),
                _score(one, names[3], lang),
            ),
            sentence(said(one.reason, lang)),
            allocation,
            targets,
            lang,
        )
        for place, (one, money) in enumerate(zip(found, won, strict=True), 1)
    ]
    return Listed(_caption("awards", scale, lang), _head(names, lang), entries)


def near_misses_listed(allocation: Allocation, lang: Lang, most: int) -> Listed:
    """Return the first near misses, in their order."""
    unit = parse_unit(allocation.unit)
    found = allocation.near_misses[:most]
    scale = _scale_of(found, allocation, lang)
    names = _names(("amount", "value", "short", "extra"), lang, allocation)
    targets = rule_targets(allocation, lang)
    entries = []
    for place, one in enumerate(found, 1):
        money = amount(one.amount, unit, lang)
        score = text("report.awards.scored", lang, score=number(one.score, decimals=1), rank=count(one.rank))
        shown = (
            Shown(names[0], money, score),
            _values(one, names[1:3], scale, lang)[0],
            Shown(names[2], number(one.short * scale.factor)),
            Shown(names[3], short_of(amount(one.extra, unit, lang), one.extra, lang)),
        )
        entries.append(_entry(one, f"near-{place}", shown, sentence(said(one.change, lang)), allocation, targets, lang))
    return Listed(_caption("near", scale, lang), _head(names, lang), entries)


def rule_targets(allocation: Allocation, lang: Lang) -> dict[str, tuple[str, str]]:
    """Return the title of each rule and where on the page it stands, by its id."""
    return {
        rule.id: (name_of(rule.title, rule.id, lang), f"rule-{place}") for place, rule in enumerate(allocation.rules, 1)
    }


def _entry(
    one: Any,
    key: str,
    shown: tuple[Shown, ...],
    sentence: str,
    allocation: Allocation,
    targets: Mapping[str, tuple[str, str]],
    lang: Lang,
) -> Entry:
    unit = parse_unit(allocation.unit)
    technology = one.technology_name.text(lang) or one.technology
    instrument = named("report.instrument", one.instrument, lang)
    mean, bounds = worth_bounds(one.value, allocation, lang)
    facts = {
        "application": one.application,
        "firm": one.firm,
        "line": one.line,
        "size_class": named("report.class", one.size_class, lang),
        "region": region_name(one.region, lang) or NOTHING,
        "purpose": purpose_name(one.purpose, lang) or NOTHING,
        "value": text(
            "report.awards.from_worlds",
            lang,
            value=f"{mean} ({bounds})" if bounds else mean,
            worlds=count(one.worlds),
        ),
    }
    named_facts = ((text(f"report.awards.fact.{name}", lang), value) for name, value in facts.items())
    return Entry(
        key=key,
        name=name_of(one.firm_name, one.firm, lang),
        under=joined((technology, instrument, quarter_words(one.quarter, lang))),
        shown=shown,
        sentence=sentence,
        facts=tuple(named_facts),
        drivers=drivers_of(one, unit, lang),
        rules=rule_links(one.rules, targets),
        places=places_of(one, lang),
    )


def _values(one: Any, names: Sequence[str], scale: MoneyScale, lang: Lang) -> tuple[Shown, Shown]:
    per = interval_bounds(ratio(one.value, one.amount), lang)
    return Shown(names[0], *interval_bounds(one.value, lang, scale.factor)), Shown(names[1], *per)


def _score(one: Any, name: str, lang: Lang) -> Shown:
    return Shown(name, number(one.score, decimals=1), text("report.awards.rank", lang, rank=count(one.rank)))


def _asked(one: Any, unit: Unit, lang: Lang) -> str:
    if one.asked <= one.amount:
        return ""
    return text("report.awards.of_asked", lang, asked=amount(one.asked, unit, lang))


def _scale_of(found: Iterable[Any], allocation: Allocation, lang: Lang) -> MoneyScale:
    return worth_scale((value for one in found for value in (one.value.mean, one.value.high)), allocation, lang)


def _names(keys: Sequence[str], lang: Lang, allocation: Allocation) -> list[str]:
    currency = text(f"money.currency.{parse_unit(allocation.unit).currency}", lang)
    return [text(f"report.awards.column.{key}", lang, currency=currency) for key in keys]


def _head(names: Sequence[str], lang: Lang) -> tuple[str, ...]:
    return (text("report.awards.column.firm", lang), *names)


def _caption(key: str, scale: MoneyScale, lang: Lang) -> str:
    return text(f"report.awards.caption.{key}", lang, unit=scale.label)

"""The tables of the report on awards, as rows of written cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from majung.messages import Lang, text
from majung.money import Unit, format_date, parse_unit
from majung.report.awards.sentences import refusals_by_rule
from majung.report.awards.words import joined, name_of, named, place_words, said, sentence, short_of, worth, worth_scale
from majung.report.figures.style import money_scale
from majung.report.page.cells import Block, Cell
from majung.report.wording import NOTHING, amount, count, interval_bounds, number, percent

if TYPE_CHECKING:
    from majung.decision.awards.result import Allocation, NearMiss, Practice, Refusal, RuleUse

__all__ = ["near_block", "practices_block", "refusal_block", "refusals_block", "rules_block", "worlds_block"]


def near_block(found: Sequence[NearMiss], allocation: Allocation, lang: Lang) -> Block:
    """Return near misses of which nothing more is said than a row."""
    unit = parse_unit(allocation.unit)
    scale = worth_scale((one.value.mean for one in found), allocation, lang)
    titles = _titles(allocation, lang)
    rows = [
        [
            Cell(name_of(one.firm_name, one.firm, lang), one.application),
            Cell(named("report.instrument", one.instrument, lang), one.technology_name.text(lang) or one.technology),
            Cell(sentence(said(one.change, lang)), joined(titles.get(rule, rule) for rule in one.rules)),
            Cell(amount(one.amount, unit, lang)),
            Cell(*interval_bounds(one.value, lang, scale.factor)),
            Cell(number(one.short * scale.factor)),
            Cell(short_of(amount(one.extra, unit, lang), one.extra, lang)),
            Cell(number(one.score, decimals=1), text("report.awards.rank", lang, rank=count(one.rank))),
        ]
        for one in found
    ]
    columns = ("firm", "instrument", "change", "amount", "value", "short", "extra", "score")
    return _block("near_rest", columns, rows, lang, words=3, unit=scale.label)


def refusals_block(allocation: Allocation, lang: Lang) -> Block:
    """Return how many applications each rule refused."""
    titles = _titles(allocation, lang)
    clauses = {rule.id: rule.clause for rule in allocation.rules}
    rows = [
        [Cell(titles.get(rule, rule), clauses.get(rule, "")), Cell(count(refused))]
        for rule, refused in refusals_by_rule(allocation)
    ]
    return _block("refusals", ("rule", "refused"), rows, lang, words=1)


def refusal_block(key: str, found: Sequence[Refusal], allocation: Allocation, lang: Lang) -> Block:
    """Return applications with what was found and what the rule requires.

    Parameters
    ----------
    key : {"ineligible", "documents"}
    """
    titles = _titles(allocation, lang)
    rows = [
        [
            Cell(name_of(one.firm_name, one.firm, lang), one.application),
            Cell(titles.get(one.rule, one.rule), one.clause),
            Cell(said(one.found, lang)),
            Cell(said(one.required, lang)),
            Cell(one.source or NOTHING, joined(place_words(place, lang) for place in one.places)),
        ]
        for one in found
    ]
    return _block(key, ("firm", "rule", "found", "required", "source"), rows, lang, words=5)


def rules_block(allocation: Allocation, lang: Lang) -> Block:
    """Return every rule: where it stands, how far it is verified, and how it was met."""
    rows = [_rule(rule, allocation, lang) for rule in allocation.rules]
    columns = ("rule", "clause", "effective", "verified", "limit", "used", "bound", "price", "refused")
    return _block("rules", columns, rows, lang, words=4)


def practices_block(allocation: Allocation, lang: Lang, level: str) -> Block:
    """Return the chosen awards, and what other ways to choose come to in the same worlds."""
    unit = parse_unit(allocation.unit)
    values = (value for one in allocation.practices for value in (one.value.mean, one.difference.mean))
    scale = worth_scale([*values, allocation.portfolio_value.mean], allocation, lang)
    money = money_scale((one.spent for one in allocation.practices), unit, lang)
    titles = _titles(allocation, lang)
    chosen = [
        Cell(text("report.awards.chosen", lang)),
        Cell(NOTHING),
        Cell(count(len(allocation.awards))),
        Cell(number(allocation.spent * money.factor)),
        Cell(*interval_bounds(allocation.portfolio_value, lang, scale.factor)),
        Cell(NOTHING),
    ]
    rows = [_practice(one, titles, scale.factor, money.factor, lang) for one in allocation.practices]
    columns = ("practice", "unmet", "awards", "spent", "value", "difference")
    return _block(
        "practices", columns, [chosen, *rows], lang, words=2, unit=scale.label, money=money.label, level=level
    )


def worlds_block(allocation: Allocation, lang: Lang) -> Block:
    """Return what was simulated, stage by stage."""
    rows = [
        [Cell(named("report.awards.stage", stage, lang)), Cell(count(worlds))]
        for stage, worlds in allocation.worlds.items()
    ]
    return _block("worlds", ("stage", "worlds"), rows, lang, words=1)


def _rule(rule: RuleUse, allocation: Allocation, lang: Lang) -> list[Cell]:
    unit = parse_unit(allocation.unit)
    since = NOTHING if rule.effective is None else format_date(rule.effective, lang)
    force = "" if rule.in_force else text("report.awards.not_in_force", lang)
    used = _counted(rule.used, rule.measure, lang, unit)
    of = percent(rule.used / rule.limit) if rule.measure != "share" and rule.limit > 0 else ""
    bound = text(f"report.awards.{'bound' if rule.binding else 'not_bound'}", lang)
    return [
        Cell(name_of(rule.title, rule.id, lang), rule.id),
        Cell(rule.clause or NOTHING, rule.source),
        Cell(since, force),
        Cell(named("report.status", rule.status, lang)),
        Cell(_counted(rule.limit, rule.measure, lang, unit)),
        Cell(used, "" if of == NOTHING else of),
        Cell(bound),
        Cell(_price(rule, allocation, lang)),
        Cell(count(rule.refused) if rule.refused else NOTHING),
    ]


def _counted(value: float, measure: str, lang: Lang, unit: Unit | None = None) -> str:
    if measure == "money" and unit is not None:
        return amount(value, unit, lang)
    if measure == "share":
        return percent(value)
    return count(round(value)) if math.isfinite(value) and value == round(value) else number(value)


def _price(rule: RuleUse, allocation: Allocation, lang: Lang) -> str:
    """Write what one more unit of a limit was worth: of money per unit of money, else money."""
    if not rule.price or not math.isfinite(rule.price):
        return NOTHING
    return number(rule.price) if rule.measure == "money" else worth(rule.price, allocation, lang)


def _practice(one: Practice, titles: dict[str, str], factor: float, money: float, lang: Lang) -> list[Cell]:
    return [
        Cell(sentence(one.title.label(lang))),
        Cell(joined(titles.get(rule, rule) for rule in one.unmet)),
        Cell(_counted(one.awards, "count", lang)),
        Cell(number(one.spent * money)),
        Cell(*interval_bounds(one.value, lang, factor)),
        Cell(*interval_bounds(one.difference, lang, factor)),
    ]


def _titles(allocation: Allocation, lang: Lang) -> dict[str, str]:
    return {rule.id: name_of(rule.title, rule.id, lang) for rule in allocation.rules}


def _block(
    key: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], lang: Lang, *, words: int, **values: object
) -> Block:
    head = [text(f"report.awards.head.{column}", lang) for column in columns]
    return Block(text(f"report.awards.table.{key}", lang, **values), head, rows, words)

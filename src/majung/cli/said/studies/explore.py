"""What an exploration says to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from majung.cli.said.studies.parts import plain_table
from majung.messages import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.table import Table

    from majung.cli.said.speaker import Said
    from majung.decision.explore import Box, Exploration
    from majung.report.figures.style import MoneyScale
    from majung.scenario import Scenario

__all__ = ["drivers_table", "exploration_said"]

_WIDE: Final = 110
_MOST: Final = 10
"""Factors of which the terminal says how much they move the outcome; the report says all."""


def exploration_said(found: Exploration, scenario: Scenario, lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of an exploration: the outcome over the worlds, what it hangs on, the best and the worst."""
    from majung.decision.worlds.measures import MEASURES
    from majung.report.wording import count, number

    scale = _scale(found, lang)
    outcome = MEASURES[found.outcome].label.text(lang)
    strategy = found.strategy_title.text(lang) or found.strategy
    yield text(
        "cli.explore.heading", lang, title=found.title.text(lang) or found.scenario, strategy=strategy, outcome=outcome
    )
    if found.chosen:
        yield text("cli.explore.chosen", lang, strategy=strategy)
    names = ("central", "median", "p05", "p25", "p75", "p95")
    quantiles = {name: number(scale.factor * getattr(found.quantiles, name)) for name in names}
    quantiles["median"] = f"{quantiles['median']} {scale.label}".rstrip()
    yield text("cli.explore.quantiles", lang, worlds=count(len(found.points)), **quantiles)
    yield drivers_table(found, lang, width=width)
    yield text("cli.explore.note", lang)
    yield _where("high", found.high, found, lang)
    yield _where("low", found.low, found, lang)
    if found.failed:
        yield text("cli.explore.failed", lang, failed=count(found.failed), worlds=count(len(found.points)))


def drivers_table(found: Exploration, lang: Lang, *, width: int) -> Table:
    """Return what moves the outcome most as a table for a terminal; a narrow one leaves out intervals."""
    from rich.text import Text

    from majung.decision.statistics import Interval
    from majung.report.factors import by_name, factor_name
    from majung.report.wording import interval, number

    scale, factors = _scale(found, lang), by_name(found.factors)
    shares = {} if found.decomposition is None else {one.parameter: one for one in found.decomposition.shares}

    def written(value: float, low: float, high: float, factor: float = 1.0) -> str:
        return interval(Interval(value, low, high), lang, factor) if width >= _WIDE else number(factor * value)

    shown = plain_table()
    shown.add_column(text("cli.explore.column.factor", lang), overflow="fold")
    for key in ("moves", *(("first", "total") if shares else ())):
        shown.add_column(
            text(f"cli.explore.column.{key}", lang, unit=scale.label).rstrip(", "), justify="right", overflow="fold"
        )
    for effect in found.screening.effects[:_MOST]:
        moves = effect.mu_star
        cells = [
            factor_name(effect.parameter, factors, lang),
            written(moves.value, moves.low, moves.high, scale.factor),
        ]
        if share := shares.get(effect.parameter):
            cells += [written(one.value, one.low, one.high) for one in (share.first, share.total)]
        shown.add_row(*map(Text, cells))
    return shown


def _where(end: str, boxes: Sequence[Box], found: Exploration, lang: Lang) -> str:
    """Say in which worlds the outcome is among the best, or the worst, quarter."""
    from majung.report.factors import rule_words
    from majung.report.wording import percent

    if not boxes:
        return text(f"cli.explore.no_{end}", lang)
    rules = [
        text(
            "cli.explore.rule",
            lang,
            rule=rule_words(box, found.factors, lang),
            coverage=percent(box.coverage),
            density=percent(box.density),
        )
        for box in boxes
    ]
    return text(f"cli.explore.{end}", lang, rules=text("cli.explore.or", lang).join(rules))


def _scale(found: Exploration, lang: Lang) -> MoneyScale:
    """Return how values of the outcome are written."""
    from majung.decision.worlds.measures import MEASURES
    from majung.report.claims.words import scale_of

    quantiles = found.quantiles
    return scale_of((quantiles.p05, quantiles.p95), MEASURES[found.outcome].unit, found.unit, lang)

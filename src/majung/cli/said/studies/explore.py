"""What an exploration says to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from majung.cli.said.studies.parts import plain_table
from majung.messages import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from majung.cli.said.speaker import Said
    from majung.decision.explore import Estimate, Exploration
    from majung.report.figures.style import MoneyScale
    from majung.scenario import Scenario

__all__ = ["drivers_table", "exploration_said"]

_WIDE: Final = 110
_MOST: Final = 10
"""Factors of which the terminal says how much they move the outcome; the report says all."""


def exploration_said(found: Exploration, scenario: Scenario, lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of an exploration: what the outcome hangs on, how far it spreads, the best and the worst."""
    from majung.report.explore.sentences import headline, rule_sentences, support

    title = found.title.text(lang) or found.scenario
    yield text("cli.study_heading", lang, title=title, said=headline(found, lang))
    yield from support(found, lang)
    yield drivers_table(found, lang, width=width)
    yield text("cli.explore.note", lang)
    for side in ("high", "low"):
        yield from rule_sentences(found, side, lang)


def drivers_table(found: Exploration, lang: Lang, *, width: int) -> Table:
    """Return what moves the outcome most as a table for a terminal; a narrow one leaves out intervals."""
    from rich.text import Text

    from majung.decision.statistics import Interval
    from majung.report.factors import by_name, factor_name
    from majung.report.wording import interval, number

    scale, factors = _scale(found, lang), by_name(found.factors)
    shares = {} if found.decomposition is None else {one.parameter: one for one in found.decomposition.shares}

    wide = width >= _WIDE
    shown = plain_table()
    shown.add_column(text("cli.explore.column.factor", lang), overflow="fold")
    for key in ("moves", *(("first", "total") if shares else ())):
        shown.add_column(
            text(f"cli.explore.column.{key}", lang, unit=scale.label).rstrip(", "), justify="right", overflow="fold"
        )
    for effect in found.screening.effects[:_MOST]:
        moves = effect.mu_star
        within = Interval(moves.value, moves.low, moves.high)
        moved = interval(within, lang, scale.factor) if wide else number(scale.factor * moves.value)
        cells = [factor_name(effect.parameter, factors, lang), moved]
        if share := shares.get(effect.parameter):
            cells += [_part(one, lang, wide=wide) for one in (share.first, share.total)]
        shown.add_row(*map(Text, cells))
    return shown


def _part(found: Estimate, lang: Lang, *, wide: bool) -> str:
    """Write a part of the variance; an estimate that lies below nothing is nothing."""
    from majung.report.wording import percent

    value, low, high = (percent(max(one, 0.0)) for one in (found.value, found.low, found.high))
    return f"{value} ({text('report.range', lang, low=low, high=high)})" if wide else value


def _scale(found: Exploration, lang: Lang) -> MoneyScale:
    """Return how values of the outcome are written."""
    from majung.decision.worlds.measures import MEASURES
    from majung.report.outcomes import scale_of

    quantiles = found.quantiles
    return scale_of((quantiles.p05, quantiles.p95), MEASURES[found.outcome].unit, found.unit, lang)

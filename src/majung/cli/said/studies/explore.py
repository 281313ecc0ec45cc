"""What an exploration says to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from majung.cli.said.grid import Column, Grid, within
from majung.messages import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from majung.cli.said.speaker import Said
    from majung.decision.explore import Exploration
    from majung.report.figures.style import MoneyScale
    from majung.scenario import Scenario

__all__ = ["drivers_table", "exploration_said"]

_MOST: Final = 10
"""Factors of which the terminal says how much they move the outcome; the report says all."""


def exploration_said(found: Exploration, scenario: Scenario, lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of an exploration: what the outcome hangs on, how far it spreads, the best and the worst."""
    from majung.report.explore.sentences import headline, rule_sentences, support

    title = found.title.text(lang) or found.scenario
    yield text("cli.study_heading", lang, title=title, said=headline(found, lang))
    yield from support(found, lang)
    yield drivers_table(found, lang)
    yield text("cli.explore.note", lang)
    for side in ("high", "low"):
        yield from rule_sentences(found, side, lang)


def drivers_table(found: Exploration, lang: Lang) -> Grid:
    """Return what moves the outcome most as a table for a terminal; with fewer shares where there is no room."""
    from majung.decision.statistics import Interval
    from majung.report.explore.sentences import share_bounds
    from majung.report.factors import by_name, factor_name
    from majung.report.wording import interval_bounds

    scale, factors = _scale(found, lang), by_name(found.factors)
    shares = {} if found.decomposition is None else {one.parameter: one for one in found.decomposition.shares}
    columns = (("moves", 0), ("first", 1), ("total", 2)) if shares else (("moves", 0),)
    shown = Grid(
        [
            Column("factor", text("cli.explore.column.factor", lang)),
            *(
                Column(key, text(f"cli.explore.column.{key}", lang, unit=scale.label).rstrip(", "), "right", lesser)
                for key, lesser in columns
            ),
        ]
    )
    for effect in found.screening.effects[:_MOST]:
        moves = effect.mu_star
        moved = within(*interval_bounds(Interval(moves.value, moves.low, moves.high), lang, scale.factor))
        share = shares.get(effect.parameter)
        estimates = () if not shares else (None, None) if share is None else (share.first, share.total)
        parts = ("" if one is None else within(*share_bounds(one, lang)) for one in estimates)
        shown.add(factor_name(effect.parameter, factors, lang), moved, *parts)
    return shown


def _scale(found: Exploration, lang: Lang) -> MoneyScale:
    """Return how values of the outcome are written."""
    from majung.decision.worlds.measures import MEASURES
    from majung.report.outcomes import scale_of

    quantiles = found.quantiles
    return scale_of((quantiles.p05, quantiles.p95), MEASURES[found.outcome].unit, found.unit, lang)

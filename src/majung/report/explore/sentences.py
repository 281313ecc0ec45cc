"""What the report on an exploration says in sentences, found from the numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from majung.decision.worlds.measures import MEASURES
from majung.messages import Lang, text
from majung.report.factors import by_name, factor_name, rule_words
from majung.report.outcomes import outcome_words
from majung.report.wording import count, percent

if TYPE_CHECKING:
    from majung.decision.explore.discovery import Box
    from majung.decision.explore.result import Exploration

__all__ = ["headline", "outcome_name", "rule_sentence", "rule_sentences", "strategy_name", "support", "value_words"]

_MOST_NAMED: Final = 3


def outcome_name(found: Exploration, lang: Lang) -> str:
    """Return what the outcome is called."""
    return MEASURES[found.outcome].label.text(lang)


def strategy_name(found: Exploration, lang: Lang) -> str:
    """Return what the strategy is called."""
    return found.strategy_title.text(lang) or found.strategy


def value_words(value: float, found: Exploration, lang: Lang) -> str:
    """Write a value of the outcome with its unit."""
    return outcome_words(value, MEASURES[found.outcome].unit, found.unit, lang)


def headline(found: Exploration, lang: Lang) -> str:
    """Return what the outcome hangs on most, in a sentence."""
    known = by_name(found.factors)
    names = [factor_name(one.parameter, known, lang) for one in found.drivers if one.matters][:_MOST_NAMED]
    values = {"outcome": outcome_name(found, lang)}
    if not names:
        return text("report.explore.headline.nothing", lang, **values)
    listed = (
        text("report.explore.headline.and", lang).join([", ".join(names[:-1]), names[-1]]) if names[1:] else names[0]
    )
    return text("report.explore.headline.drivers", lang, names=listed, **values)


def support(found: Exploration, lang: Lang) -> list[str]:
    """Return how far the outcome spreads, how much of it a few numbers explain, and what was left out."""
    quantiles = found.quantiles
    values = {name: value_words(getattr(quantiles, name), found, lang) for name in ("median", "p05", "p95", "central")}
    values |= {"strategy": strategy_name(found, lang), "worlds": count(len(found.values))}
    said = [text("report.explore.support.spread", lang, **values)]
    if found.decomposition is not None and found.decomposition.shares:
        known, most = by_name(found.factors), found.decomposition.shares[0]
        name = factor_name(most.parameter, known, lang)
        share = {"total": percent(max(most.total.value, 0.0)), "first": percent(max(most.first.value, 0.0))}
        said.append(text("report.explore.support.variance", lang, name=name, **share))
    if found.chosen:
        said.append(text("report.explore.support.chosen", lang, strategy=strategy_name(found, lang)))
    if found.failed:
        failed = {"failed": count(found.failed), "worlds": count(len(found.values))}
        said.append(text("report.explore.support.failed", lang, **failed))
    return said


def rule_sentence(box: Box, found: Exploration, side: str, lang: Lang) -> str:
    """Say where the highest or the lowest quarter of the worlds is.

    Parameters
    ----------
    box : Box
    found : Exploration
    side : {"high", "low"}
    lang : {"en", "ko"}
    """
    return text(
        f"report.explore.rule.{side}",
        lang,
        rule=rule_words(box, found.factors, lang),
        coverage=percent(box.coverage),
        density=percent(box.density),
    )


def rule_sentences(found: Exploration, side: str, lang: Lang) -> list[str]:
    """Return all rules of a quarter, and how they do in worlds that they were not found from."""
    said = []
    for box in found.high if side == "high" else found.low:
        held_out = ""
        if math.isfinite(box.coverage_cv) and math.isfinite(box.density_cv):
            values = {"coverage": percent(box.coverage_cv), "density": percent(box.density_cv)}
            held_out = " " + text("report.claims.flip.held_out", lang, **values)
        said.append(rule_sentence(box, found, side, lang) + held_out)
    return said or [text(f"report.explore.rule.no_{side}", lang)]

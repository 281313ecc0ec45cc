"""What the report on an exploration says in sentences, found from the numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from majung.decision.worlds.measures import MEASURES
from majung.messages import Lang, text
from majung.report.factors import by_name, factor_name, rule_words
from majung.report.outcomes import outcome_words
from majung.report.wording import NOTHING, count, percent

if TYPE_CHECKING:
    from majung.decision.explore.discovery import Box
    from majung.decision.explore.result import Exploration
    from majung.decision.explore.sensitivity import Estimate

__all__ = [
    "MOST_NAMED",
    "headline",
    "ordered",
    "outcome_name",
    "rule_sentence",
    "rule_sentences",
    "share_bounds",
    "strategy_name",
    "support",
    "told_apart",
    "value_words",
]

MOST_NAMED: Final = 3
"""Numbers that the headline names."""


def outcome_name(found: Exploration, lang: Lang) -> str:
    """Return what the outcome is called."""
    return MEASURES[found.outcome].label.text(lang)


def strategy_name(found: Exploration, lang: Lang) -> str:
    """Return what the strategy is called."""
    return found.strategy_title.text(lang) or found.strategy


def value_words(value: float, found: Exploration, lang: Lang) -> str:
    """Write a value of the outcome with its unit."""
    return outcome_words(value, MEASURES[found.outcome].unit, found.unit, lang)


def ordered(found: Exploration) -> list[str]:
    """Return the factors by their names, that with the largest mean absolute effect first, as all that lists them does.

    Shares of variance are known of the first ones, as they were chosen by the same index.
    """
    effects = [one.parameter for one in found.screening.effects]
    return list(dict.fromkeys([*effects, *(factor.name for factor in found.factors)]))


def told_apart(found: Exploration) -> list[str]:
    """Return the factors that move the outcome more than luck does, in the same order."""
    more = {one.parameter for one in found.drivers if one.matters}
    return [name for name in ordered(found) if name in more]


def share_bounds(one: Estimate, lang: Lang) -> tuple[str, str]:
    """Write a share of variance and its interval; estimates beyond nothing and all are written as these."""
    value, low, high = (percent(min(max(end, 0.0), 1.0)) for end in (one.value, one.low, one.high))
    return value, "" if NOTHING in (low, high) else text("report.range", lang, low=low, high=high)


def headline(found: Exploration, lang: Lang) -> str:
    """Return what the outcome hangs on most, in a sentence."""
    known = by_name(found.factors)
    names = [factor_name(name, known, lang) for name in told_apart(found)[:MOST_NAMED]]
    values = {"outcome": outcome_name(found, lang)}
    if not names:
        return text("report.explore.headline.nothing", lang, **values)
    listed = (
        text("report.explore.headline.and", lang).join([", ".join(names[:-1]), names[-1]]) if names[1:] else names[0]
    )
    return text("report.explore.headline.drivers", lang, names=listed, **values)


def support(found: Exploration, lang: Lang) -> list[str]:
    """Return how far the outcome spreads, how much of it a number explains if any does, and what was left out."""
    quantiles, told = found.quantiles, told_apart(found)
    values = {name: value_words(getattr(quantiles, name), found, lang) for name in ("median", "p05", "p95", "central")}
    if math.isfinite(quantiles.central_low):
        ends = {side: value_words(getattr(quantiles, f"central_{side}"), found, lang) for side in ("low", "high")}
        values["central"] += f" ({text('report.range', lang, **ends)})"
    values |= {"strategy": strategy_name(found, lang), "worlds": count(len(found.values))}
    said = [text("report.explore.support.spread", lang, **values)]
    shares = () if found.decomposition is None else found.decomposition.shares
    share = next((one for name in told for one in shares if one.parameter == name), None)
    if share is not None:
        name = factor_name(share.parameter, by_name(found.factors), lang)
        parts = {key: share_bounds(getattr(share, key), lang) for key in ("total", "first")}
        written = {key: f"{value} ({within})" if within else value for key, (value, within) in parts.items()}
        said.append(text("report.explore.support.variance", lang, name=name, **written))
    if not told:
        said.append(text("report.explore.support.luck", lang))
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

"""How good the chosen awards are, and how much evaluators' disagreement matters: sentences with their figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from majung.messages import Lang, text
from majung.money import parse_unit
from majung.report.awards.words import effect, in_money, worth, worth_bounds
from majung.report.wording import amount, count, number, percent

if TYPE_CHECKING:
    from majung.decision.awards.result import Allocation

__all__ = ["Pairs", "noise_of", "quality_of"]

Pairs = list[tuple[str, str]]
"""Names, and what is said of them."""


def quality_of(allocation: Allocation, lang: Lang, level: str) -> Pairs:
    """Return what is known of how good the awards are, figure by figure."""
    if not allocation.awards:
        return []
    unit = parse_unit(allocation.unit)
    joint, single = allocation.portfolio_value, allocation.single_values
    found: Pairs = []

    def add(key: str, **values: object) -> None:
        found.append((text(f"report.awards.quality.{key}.name", lang), _said(key, lang, **values)))

    mean, bounds = worth_bounds(joint, allocation, lang)
    add("value", mean=mean, range=text("report.awards.bounds", lang, level=level, bounds=bounds) if bounds else "")
    add(
        "gap",
        mean=worth(allocation.gap.mean, allocation, lang),
        high=worth(allocation.gap.high, allocation, lang),
        level=level,
    )
    change = joint.mean - single
    kind = "interaction_less" if change < 0 else "interaction_more"
    share = percent(abs(change) / abs(single)) if single else number(None)
    found.append(
        (
            text("report.awards.quality.interaction.name", lang),
            _said(
                kind,
                lang,
                single=worth(single, allocation, lang),
                joint=worth(joint.mean, allocation, lang),
                change=worth(abs(change), allocation, lang),
                share=share,
            ),
        )
    )
    if math.isfinite(allocation.cvar):
        add("cvar", effect=effect(allocation.cvar, allocation, lang), spent=amount(allocation.spent, unit, lang))
    if in_money(allocation) and math.isfinite(allocation.loss):
        add("loss", share=percent(allocation.loss))
    add("swaps", swaps=count(allocation.swaps), tried=count(allocation.tried))
    return found


def noise_of(allocation: Allocation, lang: Lang, level: str) -> Pairs:
    """Return how much evaluators' disagreement matters to choosing by score; nothing where there are no scores."""
    noise = allocation.noise
    if not noise.evaluators > 0:
        return []
    found: Pairs = []

    def add(key: str, known: float, **values: object) -> None:
        if math.isfinite(known):
            found.append((text(f"report.awards.quality.{key}.name", lang), _said(key, lang, **values)))

    add("evaluators", noise.evaluators, evaluators=number(noise.evaluators, decimals=1))
    add("deviation", noise.deviation, deviation=number(noise.deviation))
    add("reliability", noise.reliability, share=percent(noise.reliability))
    add("overlap", noise.overlap, share=percent(noise.overlap), rest=percent(1 - noise.overlap))
    mean, bounds = worth_bounds(noise.value, allocation, lang)
    words = text("report.awards.bounds", lang, level=level, bounds=bounds) if bounds else ""
    add("panels", noise.value.mean, mean=mean, range=words)
    return found


def _said(key: str, lang: Lang, **values: object) -> str:
    return text(f"report.awards.quality.{key}.text", lang, **values)

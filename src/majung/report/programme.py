"""A programme in words: its instruments, and whom it chooses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from majung.dims import CLASSES, INSTRUMENTS
from majung.messages import Lang, text
from majung.report.wording import percent, tidy

if TYPE_CHECKING:
    from majung.scenario import Strategy

__all__ = ["mix_words", "selection_words"]


def mix_words(strategy: Strategy, lang: Lang) -> str:
    """Return the parts of the instruments: ``subsidy 25 %, public purchase 75 %``."""
    return ", ".join(
        f"{text(f'report.instrument.{name}', lang)} {percent(strategy.mix[name])}"
        for name in INSTRUMENTS
        if strategy.mix[name] > 0
    )


def selection_words(strategy: Strategy, lang: Lang) -> Iterator[str]:
    """Say who gets support and how it is shared out, a sentence at a time, without their full stops."""

    def said(key: str, **values: object) -> str:
        return text(f"report.programme.{key}", lang, **values)

    yield said("winners", count=strategy.winners) if strategy.winners else said("everybody")
    weights = [
        said("weight", name=text(f"report.criterion.{name}", lang), weight=tidy(strategy.criteria[name]))
        for name in type(strategy.criteria).names
        if strategy.criteria[name]
    ]
    weights += [
        said("weight", name=text(f"report.class.{name}", lang), weight=tidy(strategy.class_weights[name]))
        for name in CLASSES
        if strategy.class_weights[name]
    ]
    if strategy.winners:
        if weights:
            yield said("criteria", weights=", ".join(weights))
        if strategy.noise:
            yield said("noise", noise=tidy(strategy.noise))
        yield said("review", count=strategy.review)
        if strategy.gate:
            yield said("gate")
        if strategy.small_firm_floor:
            yield said("floor", share=percent(strategy.small_firm_floor))
    yield said(f"spread_{strategy.spread}")
    if strategy.mix.purchase and strategy.min_quality:
        yield said("min_quality", share=percent(strategy.min_quality))

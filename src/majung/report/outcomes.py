"""Outcomes of worlds in words: the unit they are written in, and their values with it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from majung.messages import Lang, catalogue, text
from majung.money import parse_unit
from majung.report.figures.style import MoneyScale, money_scale
from majung.report.wording import NOTHING, amount, number, percent

if TYPE_CHECKING:
    from majung.decision.worlds.measures import Unit

__all__ = ["outcome_words", "scale_of"]


def scale_of(values: Iterable[float], unit: Unit, money: str, lang: Lang) -> MoneyScale:
    """Choose how values of a measure are written: what they are multiplied by, and the name of the unit.

    Parameters
    ----------
    values : iterable of float
    unit : str
        Of the measure, as in `majung.decision.worlds.measures`.
    money : str
        The scenario's unit.
    lang : {"en", "ko"}
    """
    if unit == "money":
        return money_scale(values, parse_unit(money), lang)
    key = f"report.study.unit.{unit}"
    return MoneyScale(100.0 if unit == "share" else 1.0, text(key, lang) if key in catalogue(lang) else "")


def outcome_words(value: float, unit: Unit, money: str, lang: Lang) -> str:
    """Write a value of a measure with its unit: ``KRW 1.2 billion``, ``34 %``, ``7.1 quarters``."""
    if not math.isfinite(value):
        return NOTHING
    if unit == "money":
        return amount(value, parse_unit(money), lang)
    if unit == "share":
        return percent(value)
    key = f"report.study.value.{unit}"
    written = number(value)
    return text(key, lang, value=written) if key in catalogue(lang) else written

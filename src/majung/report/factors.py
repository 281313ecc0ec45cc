"""What was varied, and the rules found in it, in words: names, values with their units, limits of a box."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from majung.messages import Lang, catalogue, text
from majung.report.page.cells import Block, Cell
from majung.report.wording import NOTHING, percent, tidy

if TYPE_CHECKING:
    from majung.decision.explore.discovery import Box, Limit
    from majung.decision.worlds.factors import Factor

__all__ = [
    "OF_HUNDRED",
    "by_name",
    "factor_name",
    "factor_value",
    "factors_block",
    "rule_words",
    "tendency",
    "unit_name",
]

Floats = NDArray[np.float64]

OF_HUNDRED: Final = ("share", "share/quarter", "share of cost")
"""Units whose numbers are written as percentages."""
_PLAIN: Final = 2.0
"""Standard errors that a rank correlation must be away from zero to be spoken of."""


def by_name(factors: Sequence[Factor]) -> dict[str, Factor]:
    """Return factors by their names."""
    return {factor.name: factor for factor in factors}


def factor_name(name: str, factors: Mapping[str, Factor], lang: Lang) -> str:
    """Return what a factor is called; its name where it has no label."""
    factor = factors.get(name)
    return name if factor is None else factor.label.text(lang) or name


def factor_value(value: float, factor: Factor | None, lang: Lang) -> str:
    """Write a value of a factor with its unit: ``12 %``, ``6 years``, ``1.4``; logarithms have none."""
    unit = "" if factor is None else factor.unit
    written = percent(value) if unit in OF_HUNDRED and value >= 0 else tidy(value)
    key = f"report.factors.value.{unit}"
    return text(key, lang, value=written) if key in catalogue(lang) else written


def unit_name(factor: Factor, lang: Lang) -> str:
    """Return what an axis of a factor is in: ``%``, ``years``; empty where the label says all."""
    key = f"report.factors.unit.{factor.unit}"
    return text(key, lang) if key in catalogue(lang) else ""


def rule_words(box: Box, factors: Sequence[Factor], lang: Lang) -> str:
    """Say a rule: ``mark-up (large) is above 40 % and research share is below 9.1 %``.

    Parameters
    ----------
    box : Box
        From `majung.decision.explore.discover`.
    factors : sequence of Factor
        Among which its limits are.
    lang : {"en", "ko"}
    """
    known = by_name(factors)
    limits = [_limit_words(limit, known, lang) for limit in box.limits]
    return text("report.factors.and", lang).join(limits) or NOTHING


def _limit_words(limit: Limit, factors: Mapping[str, Factor], lang: Lang) -> str:
    factor, name = factors.get(limit.name), factor_name(limit.name, factors, lang)
    bounds = {
        side: factor_value(bound, factor, lang)
        for side, bound in (("low", limit.low), ("high", limit.high))
        if bound is not None and math.isfinite(bound)
    }
    key = {("low", "high"): "between", ("low",): "above", ("high",): "below"}.get(tuple(bounds), "any")
    return text(f"report.factors.{key}", lang, name=name, **bounds)


def factors_block(factors: Sequence[Factor], lang: Lang) -> Block:
    """Return all that was varied, its range, and what the scenario has."""
    rows = [
        [
            Cell(factor.label.text(lang) or factor.name, factor.name),
            Cell(text("report.range", lang, low=factor_value(factor.low, factor, lang),
                      high=factor_value(factor.high, factor, lang))),
            Cell(factor_value(factor.central, factor, lang)),
            Cell(text(f"report.factors.{'even_log' if factor.log else 'even'}", lang)),
        ]
        for factor in factors
    ]  # fmt: skip
    head = [text(f"report.factors.column.{name}", lang) for name in ("factor", "range", "central", "drawn")]
    return Block(text("report.factors.caption", lang, count=len(factors)), head, rows)


def tendency(values: Floats, outcome: Floats) -> int:
    """Return whether an outcome rises (1) or falls (-1) with a factor, by rank; 0 where that is not plain.

    Parameters
    ----------
    values, outcome : (n,) array
        Of the same worlds; the outcome NaN where there is none.
    """
    known = np.isfinite(values) & np.isfinite(outcome)
    n = int(known.sum())
    if n < 3 or np.ptp(values[known]) == 0 or np.ptp(outcome[known]) == 0:
        return 0
    ranks = [np.argsort(np.argsort(found[known], kind="stable"), kind="stable") for found in (values, outcome)]
    rho = float(np.corrcoef(ranks[0], ranks[1])[0, 1])
    # Of ranks that have nothing to do with each other, the standard deviation is 1/sqrt(n - 1) (Spearman 1904).
    return 0 if abs(rho) * math.sqrt(n - 1) < _PLAIN else int(math.copysign(1, rho))

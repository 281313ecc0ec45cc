"""The tables of the report on claims, as rows of written cells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from majung.decision.statistics import Interval
from majung.messages import Lang, text
from majung.report.claims.words import (
    effect_bounds,
    flip_words,
    open_words,
    quantity,
    range_words,
    said_of,
    share_bounds,
    verdict_words,
)
from majung.report.factors import by_name, factor_name
from majung.report.page.cells import Block, Cell
from majung.report.wording import NOTHING, count, interval_bounds, number, percent

if TYPE_CHECKING:
    from majung.decision.claims.result import Claims, ClaimTest

__all__ = ["counts_pairs", "drivers_block", "not_asked_block", "verdicts_block"]


def verdicts_block(claims: Claims, lang: Lang) -> Block:
    """Return every claim with its verdict, its share of worlds, its effect and where it turns."""
    rows = []
    for test in claims.tests:
        flips = [flip_words(box, claims.factors, test.flips_to, lang) for box in test.flips]
        rows.append(
            [
                Cell(f"{test.claim.id}. {test.claim.sentence.text(lang)}"),
                Cell(verdict_words(test, lang), open_words(test, claims.most, lang), tone=said_of(test)),
                Cell(flips[0] if flips else NOTHING, flips[1] if len(flips) > 1 else ""),
                Cell(*share_bounds(test, lang)),
                Cell(*effect_bounds(test, claims.unit, lang)),
            ]
        )
    head = [text(f"report.claims.column.{name}", lang) for name in ("claim", "verdict", "flips", "share", "effect")]
    caption = text("report.claims.caption.verdicts", lang, level=percent(claims.confidence))
    return Block(caption, head, rows, words=3)


def drivers_block(test: ClaimTest, claims: Claims, lang: Lang) -> Block:
    """Return all that the effect hangs on, and by how much."""
    known = by_name(claims.factors)
    rows = [
        [
            Cell(factor_name(one.parameter, known, lang), one.parameter),
            Cell(*interval_bounds(Interval(one.index, one.low, one.high), lang)),
            Cell(text(f"report.claims.{'matters' if one.matters else 'matters_not'}", lang)),
        ]
        for one in test.drivers
    ]
    head = [text(f"report.claims.column.{name}", lang) for name in ("factor", "index", "matters")]
    threshold = number(test.drivers[0].threshold, decimals=2) if test.drivers else NOTHING
    return Block(text("report.claims.caption.drivers", lang, threshold=threshold), head, rows)


def not_asked_block(claims: Claims, lang: Lang) -> Block:
    """Return the claims that do not fit the scenario, and why."""
    rows = [
        [Cell(claim), Cell(" ".join(problem.text(lang) for problem in problems))]
        for claim, problems in claims.not_asked.items()
    ]
    head = [text(f"report.claims.column.{name}", lang) for name in ("claim", "why")]
    return Block(text("report.claims.caption.not_asked", lang), head, rows, words=2)


def counts_pairs(test: ClaimTest, claims: Claims, lang: Lang) -> list[tuple[str, str]]:
    """Return what became of the worlds, how sure each is, and the quantiles of the effect."""
    counts, effect = test.counts, test.effect
    found = [
        (key, count(getattr(counts, key)))
        for key in ("answered", "outside", "undefined", "failed")
        if key == "answered" or getattr(counts, key)
    ]
    if counts.answered:
        of = {"answered": count(counts.answered)}
        found += [
            (key, text("report.claims.of_answered", lang, count=count(getattr(counts, key)), **of))
            for key in ("sure_for", "sure_against")
        ]
        found.append(("median", quantity(effect.median, test.claim, claims.unit, lang)))
        found.append(("spread", range_words(effect.p05, effect.p95, test.claim, claims.unit, lang)))
    if math.isfinite(effect.central):
        found.append(("central", quantity(effect.central, test.claim, claims.unit, lang)))
    if math.isfinite(test.noise):
        found.append(("noise", percent(test.noise)))
    if claims.max_replications > claims.replications and counts.answered:
        found.append(("replications", number(test.mean_replications, decimals=1)))
    return [(text(f"report.claims.count.{key}", lang), value) for key, value in found]

"""What the report on claims says in sentences, found from the numbers."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from majung.messages import Lang, text
from majung.report.claims.words import (
    OUTCOMES,
    effect_bounds,
    flip_words,
    open_to,
    open_words,
    reach_words,
    said_of,
    share_bounds,
    verdict_words,
)
from majung.report.wording import count, percent

if TYPE_CHECKING:
    from majung.decision.claims.result import Claims, ClaimTest

__all__ = ["finding", "flip_sentences", "headline", "support"]


def headline(claims: Claims, lang: Lang) -> str:
    """Return how many claims hold, are mixed and fail, and in how many worlds, in a sentence."""
    found = Counter(said_of(test) for test in claims.tests)
    undecided = sum(open_to(test, claims.most) is not None for test in claims.tests)
    parts = []
    for word in (word for word in OUTCOMES if found[word]):
        key: str = word
        if word == "mixed" and undecided:
            key = "mixed_all" if undecided == found[word] else "mixed_some"
        one = "_one" if found[word] == 1 else ""
        values = {"count": count(found[word]), "open": count(undecided)}
        parts.append(text(f"report.claims.headline.{key}{one}", lang, **values))
    *most, last = parts or [text("report.claims.headline.nothing", lang)]
    joined = text("report.claims.headline.and", lang, most=", ".join(most), last=last) if most else last
    key = f"report.claims.headline.all{'_one' if len(claims.tests) == 1 else ''}"
    return text(key, lang, claims=count(len(claims.tests)), parts=joined, worlds=count(claims.worlds))


def support(claims: Claims, lang: Lang) -> list[str]:
    """Return what the verdicts mean, and what was left out."""
    most = {"most": percent(claims.most), "less": percent(1 - claims.most)}
    found = [text("report.claims.support.rule", lang, **most)]
    undecided = [test.claim.id for test in claims.tests if open_to(test, claims.most)]
    if undecided:
        found.append(text("report.claims.support.open", lang, names=", ".join(undecided), **most))
    failed = max((test.counts.failed for test in claims.tests), default=0)
    if failed:
        found.append(text("report.claims.support.failed", lang, failed=count(failed), worlds=count(claims.worlds)))
    if claims.not_asked:
        found.append(text("report.claims.support.not_asked", lang, names=", ".join(claims.not_asked)))
    return found


def finding(test: ClaimTest, claims: Claims, lang: Lang) -> str:
    """Return a claim's verdict with its share of worlds and its effect, in a sentence."""
    counts = test.counts
    if not counts.answered:
        return text(
            "report.claims.finding.silent", lang, verdict=verdict_words(test, lang), worlds=count(claims.worlds)
        )
    share, bounds = share_bounds(test, lang)
    mean, range_ = effect_bounds(test, claims.unit, lang)
    still = open_words(test, claims.most, lang)
    return text(
        "report.claims.finding.answer",
        lang,
        verdict=f"{verdict_words(test, lang)}{f' ({still})' if still else ''}",
        share=share,
        bounds=bounds,
        answered=count(counts.answered),
        reach=reach_words(test.claim, claims.unit, lang),
        mean=mean,
        range=f" ({range_})" if range_ else "",
    )


def flip_sentences(test: ClaimTest, claims: Claims, lang: Lang) -> list[str]:
    """Return where a claim turns, a sentence a rule; or that no rule was found."""
    if not test.counts.answered:
        return []
    found = []
    for box in test.flips:
        held_out = ""
        if math.isfinite(box.coverage_cv) and math.isfinite(box.density_cv):
            values = {"coverage": percent(box.coverage_cv), "density": percent(box.density_cv)}
            held_out = " " + text("report.claims.flip.held_out", lang, **values)
        found.append(flip_words(box, claims.factors, test.flips_to, lang) + held_out)
    return found or [text("report.claims.flip.none", lang)]

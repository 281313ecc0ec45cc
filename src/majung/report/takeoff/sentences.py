"""What the verdicts come to, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from majung.messages import Lang, text
from majung.money import format_date
from majung.report.takeoff.overview import ranked, says_yes
from majung.report.takeoff.shown import Shown
from majung.report.takeoff.words import grain_of, joined, odds, takeoff_words, title, within

if TYPE_CHECKING:
    from majung.evidence.takeoff import Takeoff

__all__ = ["finding", "headline", "support"]

_FEW: Final = 8


def headline(found: Sequence[Shown], lang: Lang) -> str:
    """Return the answer in a sentence."""
    verdicts = [shown.verdict for shown in found]
    if len(verdicts) == 1:
        return f"{title(verdicts[0], lang)}: {finding(verdicts[0], lang)}"
    taken = sum(_taken(verdict) for verdict in verdicts)
    days = {verdict.as_of for verdict in verdicts}
    key = "none" if not taken else "all" if taken == len(verdicts) else "some"
    day = format_date(max(days), lang)
    return text(f"report.takeoff.headline.{key}", lang, taken=taken, count=len(verdicts), day=day)


def support(found: Sequence[Shown], lang: Lang) -> list[str]:
    """Return which series have taken off, which not, and of which nothing can be said, each with its odds."""
    order = [shown.verdict for shown in ranked(found)]
    if len(order) == 1:
        return []
    spoken = [verdict for verdict in order if verdict.stage is not None]
    groups = {
        "taken": [_with_odds(verdict, lang) for verdict in spoken if _taken(verdict)],
        "not_taken": [_with_odds(verdict, lang) for verdict in spoken if not _taken(verdict)],
        "unsaid": [title(verdict, lang) for verdict in order if verdict.stage is None],
    }
    return [
        text(f"report.takeoff.support.{key}", lang, names=joined(names, lang, _FEW))
        for key, names in groups.items()
        if names
    ]


def finding(verdict: Takeoff, lang: Lang) -> str:
    """Return what is said of one series, in a sentence."""
    if verdict.stage is None:
        return text("report.takeoff.finding.unsaid", lang)
    stage = text(f"report.takeoff.stage.{verdict.stage}", lang)
    likely = odds(verdict.stage_probabilities.get(verdict.stage))
    reading = verdict.takeoff
    chance = odds(reading.probability)
    values = {"stage": stage, "likely": likely, "chance": chance}
    if not says_yes(reading):
        key = "not_yet" if reading.probability is not None else "not_yet_plain"
        return text(f"report.takeoff.finding.{key}", lang, **values)
    if reading.date is None:
        return text("report.takeoff.finding.undated", lang, **values)
    day, bounds = takeoff_words(reading, grain_of(verdict.series), lang)
    key = "before" if reading.before_data else "taken" if reading.probability is not None else "taken_plain"
    if not reading.before_data:
        day = within(reading.date, grain_of(verdict.series), lang)
    when = f"{day} ({bounds})" if bounds else day
    return text(f"report.takeoff.finding.{key}", lang, when=when, **values)


def _taken(verdict: Takeoff) -> bool:
    return verdict.stage is not None and says_yes(verdict.takeoff)


def _with_odds(verdict: Takeoff, lang: Lang) -> str:
    likely = verdict.takeoff.probability
    return title(verdict, lang) if likely is None else f"{title(verdict, lang)} ({odds(likely)})"

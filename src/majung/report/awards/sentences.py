"""What the report on awards says in sentences, found from the numbers."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from majung.messages import Lang, text
from majung.money import parse_unit
from majung.report.awards.words import effect, in_money, named, objective, ratio, worth, worth_bounds
from majung.report.wording import amount, count, interval_bounds, number, percent

if TYPE_CHECKING:
    from majung.decision.awards.result import Allocation, Practice

__all__ = ["Rival", "findings", "headline", "refusals_by_rule", "rival", "support"]


@dataclass(frozen=True, slots=True)
class Rival:
    """The practice that comes nearest to the chosen awards, or beats them.

    Parameters
    ----------
    verdict : {"beats", "unsure", "behind"}
        Whether the awards create more than every practice for sure, on average, or not.
    """

    practice: Practice
    verdict: Literal["beats", "unsure", "behind"]


def rival(allocation: Allocation) -> Rival | None:
    """Return the practice with the least difference; None where there is none to hold the awards against."""
    compared = [one for one in allocation.practices if math.isfinite(one.difference.mean)]
    if not compared or not allocation.awards:
        return None
    nearest = min(compared, key=lambda one: one.difference.mean)
    if nearest.difference.mean <= 0:
        return Rival(nearest, "behind")
    sure = all(one.difference.low > 0 for one in compared)
    return Rival(nearest if sure else min(compared, key=_lowest), "beats" if sure else "unsure")


def _lowest(practice: Practice) -> float:
    low = practice.difference.low
    return low if math.isfinite(low) else -math.inf


def headline(allocation: Allocation, lang: Lang) -> str:
    """Return what came of the call, in a sentence."""
    if not allocation.awards:
        return text("report.awards.headline.nothing", lang, title=allocation.title.text(lang) or allocation.call)
    unit = parse_unit(allocation.unit)
    nearest, value = rival(allocation), allocation.portfolio_value.mean
    # Who takes away less than others does has no more to show for it.
    alone = nearest is None or (value < 0 and nearest.verdict != "behind")
    return text(
        f"report.awards.headline.{'alone' if alone or nearest is None else nearest.verdict}",
        lang,
        count=count(len(allocation.awards)),
        spent=amount(allocation.spent, unit, lang),
        effect=effect(value, allocation, lang),
        **({} if nearest is None else {"practice": nearest.practice.title.label(lang)}),
    )


def support(allocation: Allocation, lang: Lang, level: str) -> list[str]:
    """Return how much that is per won, how sure, and against what.

    Parameters
    ----------
    level : str
        Of the intervals, such as ``95 %``.
    """
    if not allocation.awards:
        return [text(f"report.awards.nothing.{_why_nothing(allocation)}", lang)]
    return [
        *_per(allocation, lang, level),
        *_sure(allocation, lang),
        *_weak(allocation, lang),
        *_against(allocation, lang, level),
    ]


def _why_nothing(allocation: Allocation) -> str:
    if not allocation.applications:
        return "nobody"
    if not allocation.eligible:
        return "ineligible"
    return "no_budget" if not allocation.budget > 0 else "no_gain"


def _per(allocation: Allocation, lang: Lang, level: str) -> list[str]:
    if not in_money(allocation):
        return []
    unit = parse_unit(allocation.unit)
    mean, bounds = interval_bounds(ratio(allocation.portfolio_value, allocation.spent), lang)
    return [
        text(
            f"report.awards.support.per{'' if bounds else '_only'}",
            lang,
            currency=text(f"money.currency.{unit.currency}", lang),
            mean=mean,
            what=objective(allocation, lang),
            **({"bounds": bounds, "level": level} if bounds else {}),
        )
    ]


def _sure(allocation: Allocation, lang: Lang) -> list[str]:
    if not (in_money(allocation) and math.isfinite(allocation.loss) and math.isfinite(allocation.cvar)):
        return []
    key = "loss" if allocation.loss > 0 else "no_loss"
    found: dict[str, str] = {"share": percent(allocation.loss)} if allocation.loss > 0 else {}
    return [text(f"report.awards.support.{key}", lang, worst=effect(allocation.cvar, allocation, lang), **found)]


def _weak(allocation: Allocation, lang: Lang) -> list[str]:
    """Return how many awards alone do not bring back what they cost: who only wants those that do has to say so."""
    if not in_money(allocation) or allocation.objective == "net_gain":
        return []
    weak = [award for award in allocation.awards if award.value.mean < award.amount]
    if not weak:
        return []
    money = worth(sum(award.amount for award in weak), allocation, lang)
    net = named("decision.awards.objective", "net_gain", lang)
    counted = {"count": count(len(weak)), "all": count(len(allocation.awards))}
    return [text("report.awards.support.weak", lang, money=money, net=net, **counted)]


def _against(allocation: Allocation, lang: Lang, level: str) -> list[str]:
    nearest = rival(allocation)
    if nearest is None:
        return []
    found = nearest.practice.difference
    mean, bounds = worth_bounds(found, allocation, lang)
    if nearest.verdict == "behind":
        mean = worth(-found.mean, allocation, lang)
    return [
        text(
            f"report.awards.against.{nearest.verdict}",
            lang,
            title=nearest.practice.title.label(lang),
            difference=mean,
            range=text("report.awards.bounds", lang, level=level, bounds=bounds) if bounds else "",
        )
    ]


def findings(allocation: Allocation, lang: Lang, level: str) -> dict[str, str]:
    """Return the finding of each section of the page, by its key; `level` as of `support`."""
    unit = parse_unit(allocation.unit)
    refused = [one for one in allocation.ineligible if not one.document]
    binding = sum(rule.binding for rule in allocation.rules)
    return {
        "awards": text(
            "report.awards.finding.awards",
            lang,
            count=count(len(allocation.awards)),
            applications=count(allocation.applications),
            spent=amount(allocation.spent, unit, lang),
            budget=amount(allocation.budget, unit, lang),
        ),
        "near": text("report.awards.finding.near", lang, count=count(len(allocation.near_misses))),
        "ineligible": text(
            "report.awards.finding.ineligible",
            lang,
            count=count(len({one.application for one in refused})),
            documents=count(allocation.documents),
        ),
        "rules": text("report.awards.finding.rules", lang, count=count(len(allocation.rules)), binding=count(binding)),
        "practices": _practices(allocation, lang),
        "quality": _quality(allocation, lang, level),
    }


def _practices(allocation: Allocation, lang: Lang) -> str:
    nearest = rival(allocation)
    if nearest is None:
        return text("report.awards.finding.no_practices", lang)
    beaten = sum(one.difference.low > 0 for one in allocation.practices)
    return text("report.awards.finding.practices", lang, beaten=count(beaten), count=count(len(allocation.practices)))


def _quality(allocation: Allocation, lang: Lang, level: str) -> str:
    if not allocation.awards or not math.isfinite(allocation.gap.high):
        return text("report.awards.finding.gap_unknown", lang)
    value = allocation.portfolio_value.mean
    share = percent(allocation.gap.high / value) if value > 0 else number(None)
    return text(
        "report.awards.finding.gap", lang, high=worth(allocation.gap.high, allocation, lang), share=share, level=level
    )


def refusals_by_rule(allocation: Allocation) -> list[tuple[str, int]]:
    """Return how many applications each rule refused, most first."""
    pairs = {(one.rule, one.application) for one in allocation.ineligible if not one.document}
    return sorted(Counter(rule for rule, _ in pairs).items(), key=lambda pair: (-pair[1], pair[0]))

"""What is seen, in a sentence each, found from the numbers: the headline and the headings over the charts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from majung.dims import SMALL_CLASSES
from majung.messages import Lang, text
from majung.report.page.certainty import Lead, chance_of_best, lead
from majung.report.series import Results, quarter_words
from majung.report.wording import HUNDREDTHS, amount, count, interval_bounds, number, percent

if TYPE_CHECKING:
    from majung.decision import StrategySummary

__all__ = ["Headline", "finding", "headline"]

# Below this part of the worlds a leading strategy is ahead, not clearly best.
_CLEARLY: float = 0.9


@dataclass(frozen=True, slots=True)
class Headline:
    """The first thing a reader sees, and the numbers behind it."""

    sentence: str
    support: tuple[str, ...]


def headline(results: Results, lang: Lang) -> Headline:
    """Say which strategy does best and how sure that is, or that none beats hands-off."""
    if not results.others:
        return Headline(text("report.headline.alone", lang), ())
    best = results.others[0]
    values = {"title": results.titles(lang)[best.id], "gain": amount(best.net_gain.mean, results.unit, lang)}
    values |= {"share": percent(best.probability_best), "count": count(results.replications)}
    return Headline(text(f"report.headline.{_verdict(results)}", lang, **values), tuple(_support(results, best, lang)))


def finding(key: str, results: Results, lang: Lang) -> str:
    """Say what is seen under one heading of the report.

    Parameters
    ----------
    key : str
        The section, such as ``ranking`` or ``survival``.
    """
    return str(_FINDINGS[key](results, lang))


def _verdict(results: Results) -> str:
    best = results.others[0]
    gain = best.net_gain
    if math.isnan(gain.mean):
        return "unknown"
    if math.isnan(gain.low):
        return "one_world" if gain.mean > 0 else "one_world_nobody"
    if gain.mean <= 0:
        return "nobody" if all(other.net_gain.high < 0 for other in results.others) else "nobody_unsure"
    if gain.low <= 0:
        return "unsure"
    return "clear" if best.probability_best >= _CLEARLY else "ahead"


def _support(results: Results, best: StrategySummary, lang: Lang) -> list[str]:
    values = {"title": results.titles(lang)[best.id], "level": percent(results.confidence)}
    sentences = []
    if best.additionality is not None and math.isfinite(best.additionality.mean):
        mean, bounds = interval_bounds(best.additionality, lang, least=HUNDREDTHS)
        currency = text(f"money.currency.{results.unit.currency}", lang)
        key = "per_unit" if bounds else "per_unit_only"
        sentences.append(text(f"report.support.{key}", lang, **values, mean=mean, bounds=bounds, currency=currency))
    if (ahead := lead(results)) is not None and math.isfinite(ahead.difference.low):
        sentences.append(_ahead(ahead, results, lang))
    first = results.summaries[0]
    chance = chance_of_best(first, results)
    if chance is not None:
        values |= {"title": results.titles(lang)[first.id], "share": percent(first.probability_best)}
        values |= {"worlds": count(results.replications), "regret": amount(first.expected_regret, results.unit, lang)}
        values |= {"bounds": text("report.range", lang, low=percent(chance.low), high=percent(chance.high))}
        key = "chance" if first.probability_best < 1 else "always"
        sentences.append(text(f"report.support.{key}", lang, **values, count=len(results.strategies)))
    return sentences


def _ahead(ahead: Lead, results: Results, lang: Lang) -> str:
    """Say how much more the best gains than the next best, and whether that is more than luck."""
    titles, (mean, low, high) = (
        results.titles(lang),
        (
            amount(value, results.unit, lang)
            for value in (ahead.difference.mean, ahead.difference.low, ahead.difference.high)
        ),
    )
    values = {"first": titles[ahead.first.id], "second": titles[ahead.second.id], "difference": mean}
    values |= {"bounds": text("report.range", lang, low=low, high=high), "level": percent(results.confidence)}
    key = "lead" if ahead.difference.low > 0 else "lead_unsure"
    return text(f"report.support.{key}", lang, **values)


def _ranking(results: Results, lang: Lang) -> str:
    if not results.others:
        return text("report.finding.alone", lang)
    gains = [summary.net_gain for summary in results.others]
    winning = sum(gain.mean > 0 for gain in gains)
    values = {"winning": winning, "sure": sum(gain.low > 0 for gain in gains), "count": len(gains)}
    key = "ranking" if winning else "ranking_none"
    if any(math.isnan(gain.low) for gain in gains):
        key = "ranking_one"
    return text(f"report.finding.{key}", lang, **values)


def _sales(results: Results, lang: Lang) -> str:
    last = _at_end(results.fan("sales"), results)
    values = {
        "quarter": quarter_words(results.quarters[-1], lang),
        "base": amount(last[results.baseline], results.unit, lang),
    }
    if not results.others:
        return text("report.finding.sales_alone", lang, **values)
    title = results.titles(lang)[results.leading]
    return text(
        "report.finding.sales", lang, **values, title=title, best=amount(last[results.leading], results.unit, lang)
    )


def _difference(results: Results, lang: Lang) -> str:
    last = _at_end(results.fan("difference"), results)
    above = [name for name in results.strategies if name != results.baseline and last[name] > 0]
    values = {"quarter": quarter_words(results.quarters[-1], lang), "above": len(above), "count": len(results.others)}
    if not above:
        return text("report.finding.difference_none", lang, **values)
    top = max(above, key=lambda name: last[name])
    most = amount(last[top], results.unit, lang)
    return text("report.finding.difference", lang, **values, title=results.titles(lang)[top], most=most)


def _money(results: Results, lang: Lang) -> str:
    spenders = [summary for summary in results.others if summary.public_spent + summary.returned > 0]
    if not spenders:
        return text("report.finding.money_none", lang)
    top = max(spenders, key=lambda found: found.returned / (found.public_spent + found.returned))
    share = top.returned / (top.public_spent + top.returned)
    most = amount(max(summary.public_spent for summary in spenders), results.unit, lang)
    if share < 0.005:
        return text("report.finding.money_all", lang, most=most)
    return text("report.finding.money", lang, title=results.titles(lang)[top.id], share=percent(share), most=most)


def _raised(results: Results, lang: Lang) -> str:
    gaps = {name: gap for name, (_, gap) in results.raised().items() if name != results.baseline}
    top = max(gaps, key=lambda name: gaps[name].mean)
    values = {"title": results.titles(lang)[top], "most": amount(abs(gaps[top].mean), results.unit, lang)}
    return text(f"report.finding.raised{'' if gaps[top].mean > 0 else '_none'}", lang, **values)


def _supported(results: Results, lang: Lang) -> str:
    frame = results.money_by_class().pivot_table(index="strategy", columns="size_class", values="amount", sort=False)
    totals = frame.sum(axis=1)
    shares = (frame[[name for name in SMALL_CLASSES if name in frame]].sum(axis=1) / totals[totals > 0]).dropna()
    if shares.empty:
        return text("report.finding.supported_none", lang)
    titles = results.titles(lang)
    most, least = str(shares.idxmax()), str(shares.idxmin())
    values = {
        "most": titles[most],
        "high": percent(shares[most]),
        "least": titles[least],
        "low": percent(shares[least]),
    }
    key = "supported" if values["high"] != values["low"] else "supported_alike"
    return text(f"report.finding.{key}", lang, **values)


def _survival(results: Results, lang: Lang) -> str:
    last = _at_end(results.fan("ventures"), results, "mean")
    base = number(last[results.baseline])
    if not results.others:
        return text("report.finding.survival_alone", lang, base=base)
    title = results.titles(lang)[results.leading]
    return text("report.finding.survival", lang, title=title, best=number(last[results.leading]), base=base)


def _chain(results: Results, lang: Lang) -> str:
    frame = results.chain()
    totals = frame[frame["strategy"] == results.leading].groupby("technology")[["final", "derived"]].sum()
    shares = (totals["derived"] / totals.sum(axis=1)).dropna()
    if shares.empty or shares.max() <= 0:
        return text("report.finding.chain_none", lang)
    most = str(shares.idxmax())
    values = {"all": percent(float(totals["derived"].sum() / totals.to_numpy().sum())), "share": percent(shares[most])}
    technology = results.technology_titles(lang)[most]
    return text(
        "report.finding.chain", lang, title=results.titles(lang)[results.leading], technology=technology, **values
    )


def _chain_difference(results: Results, lang: Lang) -> str:
    frame = results.chain_difference()
    gaps = frame[frame["strategy"] == results.leading].set_index("technology")[["final", "derived"]].sum(axis=1)
    title = results.titles(lang)[results.leading]
    rising = gaps[gaps > 0]
    if rising.empty:
        return text("report.finding.chain_difference_none", lang, title=title)
    most = str(rising.idxmax())
    values = {"technology": results.technology_titles(lang)[most], "share": percent(float(rising[most] / rising.sum()))}
    return text("report.finding.chain_difference", lang, title=title, **values)


def _takeoff(results: Results, lang: Lang) -> str:
    by_id = {summary.id: summary.takeoff_quarter for summary in results.summaries}
    base, best = by_id.get(results.baseline, {}), by_id[results.leading]
    # Quarters are written so that later ones sort after earlier ones; never comes last.
    earlier = sum((best.get(name) or "~") < (base.get(name) or "~") for name in results.technologies)
    taken = sum(base.get(name) is not None for name in results.technologies)
    values = {"count": len(results.technologies), "taken": taken, "earlier": earlier}
    if all(base.get(name) == results.quarters[0] for name in results.technologies):
        return text("report.finding.takeoff_before", lang, **values)
    if not results.others:
        return text("report.finding.takeoff_alone", lang, **values)
    key = "takeoff" if earlier else "takeoff_none"
    return text(f"report.finding.{key}", lang, title=results.titles(lang)[results.leading], **values)


def _at_end(fan: pd.DataFrame, results: Results, column: str = "") -> dict[str, float]:
    column = column or ("p50" if results.replications > 1 else "mean")
    last = fan[fan["quarter"] == results.quarters[-1]]
    return dict(zip(last["strategy"], last[column].astype(float), strict=True))


_FINDINGS = {
    "ranking": _ranking,
    "sales": _sales,
    "difference": _difference,
    "money": _money,
    "raised": _raised,
    "supported": _supported,
    "survival": _survival,
    "chain": _chain,
    "chain_difference": _chain_difference,
    "takeoff": _takeoff,
}

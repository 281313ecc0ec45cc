"""The parts of the page that say what went in: programmes, parameters, sources, where the calibration does not meet."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from majung import parameters
from majung.messages import Lang, catalogue, text
from majung.report.figures.style import money_scale
from majung.report.page.blocks import block
from majung.report.page.cells import Block, Cell
from majung.report.programme import mix_words, selection_words
from majung.report.series import Results
from majung.report.wording import NOTHING, amount, number, parameter, percent

if TYPE_CHECKING:
    from majung.parameters import Parameter, Source
    from majung.scenario import Strategy

__all__ = ["Link", "assumptions", "calibration", "references", "sources", "strategies"]


class Link(NamedTuple):
    """A source: its words, and its address where it has one that a browser may open."""

    words: str
    address: str = ""
    note: str = ""


def strategies(results: Results, lang: Lang) -> Block:
    """Return what each strategy is."""
    known = {strategy.id: strategy for strategy in results.scenario.strategies}
    rows = [
        [Cell(results.titles(lang)[name]), *_programme(known[name], results, lang)]
        for name in results.strategies
        if name in known
    ]
    return block("strategies", ("strategy", "budget", "when", "split", "who", "how"), rows, results, lang, words=6)


def assumptions(results: Results, lang: Lang) -> list[Block]:
    """Every parameter with value, range and source, a table for each group."""
    used = results.scenario.parameters
    usual = parameters.load(as_of=results.scenario.as_of)
    groups = dict.fromkeys(found.group for found in used.values())
    columns = ("symbol", "meaning", "value", "plausible", "unit", "source")
    blocks = []
    for group in groups:
        rows = [
            [
                Cell(found.symbol),
                Cell(found.label.text(lang), found.name),
                Cell(_cells(found, lambda value, _: parameter(value), lang), _remark(found, usual.get(name), lang)),
                Cell(_cells(found, lambda _, bounds: _range(bounds, lang), lang)),
                Cell(_unit(found.unit, lang)),
                _source(found, used.sources, lang),
            ]
            for name, found in used.items()
            if found.group == group
        ]
        blocks.append(block(f"parameters.{group}", columns, rows, results, lang, words=6))
    return blocks


def sources(results: Results, lang: Lang) -> list[Link]:
    """Where the scenario's figures come from."""
    links = []
    for note in results.scenario.sources:
        words = ", ".join(part for part in (note.author, note.title, note.venue, str(note.year or "")) if part)
        remark = "; ".join(
            part for part in (note.used_for.text(lang), _status(note.status, lang), note.licence) if part
        )
        links.append(Link(words, _openable(note.url), remark))
    return links


def references(results: Results, lang: Lang) -> list[Link]:
    """Where the parameters come from, those that are used."""
    found = results.scenario.parameters
    keys = dict.fromkeys(key for p in found.values() for key in (p.source, *p.compare) if key)
    known = [found.sources[key] for key in keys if key in found.sources]
    ordered = sorted(known, key=lambda source: (source.author, source.year or 0))
    return [Link(s.citation(), _openable(s.url or ""), _status(s.status, lang)) for s in ordered]


def calibration(results: Results, lang: Lang) -> Block | None:
    """Where the model's first quarter does not meet the observed sales; None where it does everywhere."""
    gaps = json.loads(str(results.dataset.attrs.get("calibration", "[]")))
    if not gaps:
        return None
    names = results.technology_titles(lang)
    scale = money_scale((gap["observed"] for gap in gaps), results.unit, lang)
    rows = [
        [
            Cell(names.get(gap["technology"], gap["technology"])),
            Cell(text(f"report.region.{gap['region']}", lang)),
            Cell(number(gap["observed"] * scale.factor)),
            Cell(number(gap["difference"] * scale.factor)),
            Cell(percent(gap["difference"] / gap["observed"] if gap["observed"] else math.nan)),
        ]
        for gap in gaps
    ]
    columns = ("technology", "region", "observed", "gap", "gap_share")
    return block("calibration", columns, rows, results, lang, words=2, unit=scale.label)


def _programme(strategy: Strategy, results: Results, lang: Lang) -> list[Cell]:
    if not strategy.budget and not strategy.awards:
        return [Cell(NOTHING)] * 5
    if strategy.awards:
        first = min(award.quarter for award in strategy.awards)
        final = max(award.quarter for award in strategy.awards)
        total = amount(sum(award.amount for award in strategy.awards), results.unit, lang)
        when = text("report.range", lang, low=results.scenario.start + first, high=results.scenario.start + final)
        awards = text("report.programme.awards", lang, count=len(strategy.awards))
        return [Cell(total), Cell(when), Cell(awards), Cell(NOTHING), Cell(NOTHING)]
    start = results.scenario.start + strategy.start
    last = start + (strategy.quarters - 1)
    names = results.technology_titles(lang)
    who = ", ".join(text(f"report.class.{name}", lang) for name in strategy.classes)
    chosen = strategy.technologies
    which = (
        ", ".join(names.get(name, name) for name in chosen)
        if chosen
        else text("report.programme.all_technologies", lang)
    )
    return [
        Cell(text("report.programme.per_quarter", lang, amount=amount(strategy.budget, results.unit, lang))),
        Cell(
            text("report.range", lang, low=start, high=last),
            text("report.programme.quarters", lang, count=strategy.quarters),
        ),
        Cell(mix_words(strategy, lang)),
        Cell(who, which),
        Cell(". ".join(selection_words(strategy, lang)) + "."),
    ]


def _cells(found: Parameter, write: Callable[[float, tuple[float, float]], str], lang: Lang) -> str:
    """Write a parameter's value or range once, or once for each size class where they differ."""
    written = {name: write(value, bounds) for name, (value, bounds) in found.cells().items()}
    if len(set(written.values())) == 1:
        return next(iter(written.values()))
    classes = {name: text(f"report.class.{name.removeprefix(found.name + '.')}", lang) for name in written}
    return ", ".join(f"{classes[name]} {value}" for name, value in written.items())


def _range(bounds: tuple[float, float], lang: Lang) -> str:
    return text("report.range", lang, low=parameter(bounds[0]), high=parameter(bounds[1]))


def _remark(found: Parameter, usual: Parameter | None, lang: Lang) -> str:
    remarks = []
    if usual is not None and dict(found.cells()) != dict(usual.cells()):
        remarks.append(text("report.changed", lang, usual=_cells(usual, lambda value, _: parameter(value), lang)))
    if found.outside_range:
        remarks.append(text("report.outside_range", lang))
    return "; ".join(remarks)


def _source(found: Parameter, known: Mapping[str, Source], lang: Lang) -> Cell:
    note = found.note or ""
    if found.source is None:
        return Cell(text("report.status.FREE", lang), note)
    source = known.get(found.source)
    words = found.source if source is None else f"{source.author} ({source.year})" if source.year else source.author
    return Cell(words, "; ".join(part for part in (_status(found.status, lang), note) if part))


def _unit(unit: str, lang: Lang) -> str:
    key = f"report.unit.{unit}"
    return text(key, lang) if key in catalogue(lang) else unit


def _status(status: str, lang: Lang) -> str:
    key = f"report.status.{status}"
    return text(key, lang) if key in catalogue(lang) else status


def _openable(address: str) -> str:
    return address if address.lower().startswith(("https://", "http://")) else ""
